//! Connections that are made before anybody asks.

use surefoot::pool::AcquireError;
use surefoot::spawn::spawn;
use tokio_test::{assert_pending, assert_ready, task};

use crate::support::*;

fn told(result: Result<(), AcquireError<ServerError>>) -> String {
    match result {
        Ok(()) => "warm".to_owned(),
        Err(AcquireError::Connect(error)) => format!("not connected: {error}"),
        Err(AcquireError::Panicked(panicked)) => format!("panicked: {}", panicked.message()),
        Err(AcquireError::Closed) => "closed".to_owned(),
        Err(other) => panic!("no test expects {other}"),
    }
}

/// pool/POOL6: it ends when there are so many, made no more at a time than
/// allowed; those in use count, and again there is nothing to do.
#[tokio::test(start_paused = true)]
async fn it_makes_as_many_as_are_missing() {
    let server = Server::new();
    server.usual_connect(well().after(10));
    let pool = server.pool(|p| p.max_size(9).max_connecting(2));
    assert_eq!(told(pool.warm_up(5).await), "warm");
    assert_eq!((server.clock(), pool.status().idle, server.connecting_peak()), (30, 5, 2));
    let _held = holder(&pool).await;
    assert_eq!(told(pool.warm_up(5).await), "warm");
    assert_eq!(told(pool.warm_up(0).await), "warm");
    assert_eq!((server.clock(), server.calls()[0]), (30, 5));
}

/// pool/POOL1: more than may be are not made, and not waited for.
#[tokio::test(start_paused = true)]
async fn it_makes_no_more_than_may_be() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(3));
    assert_eq!(told(pool.warm_up(usize::MAX).await), "warm");
    assert_eq!((pool.status().idle, server.peak()), (3, 3));
}

/// pool/POOL7: a connect that fails ends it with its error, and no caller is told
/// of it again; what was begun goes on.
#[tokio::test(start_paused = true)]
async fn a_failed_connect_ends_it() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_connecting(2).acquire_timeout(ms(5)));
    server.connects([fails("refused").after(10), well().after(20)]);
    assert_eq!(told(pool.warm_up(2).await), "not connected: refused");
    assert_eq!((server.clock(), pool.status().connecting), (10, 1));
    until(&server, 20).await;
    assert_eq!(pool.status().idle, 1);
    let _held = holder(&pool).await;
    server.usual_connect(hangs());
    server.connects([panics("boom")]);
    assert_eq!(told(pool.warm_up(2).await), "panicked: boom");
    assert_eq!(outcome(&pool.acquire().await), "out of time in connect after 5ms");
}

/// pool/POOL7: a failure is told although another connect does well in the same
/// instant, before or after it, and whatever failed earlier.
#[tokio::test(start_paused = true)]
async fn a_failure_is_not_hidden_by_a_success() {
    for acts in [[fails("refused"), well()], [well(), fails("refused")]] {
        let server = Server::new();
        let pool = server.pool(|p| p);
        for _ in 0..3 {
            server.connects([fails("earlier")]);
            assert_eq!(told(pool.warm_up(1).await), "not connected: earlier");
        }
        server.connects(acts.map(|act| act.after(10)));
        assert_eq!(told(pool.warm_up(2).await), "not connected: refused");
        assert_eq!(pool.status().created, 1);
    }
}

/// pool/POOL7: what failed before it is not its own failure.
#[tokio::test(start_paused = true)]
async fn an_earlier_failure_is_not_told() {
    let server = Server::new();
    let pool = server.pool(|p| p);
    server.connects([fails("earlier"), well()]);
    let mut gone = task::spawn(pool.acquire());
    assert_pending!(gone.poll());
    drop(gone);
    settle().await;
    assert_eq!(told(pool.warm_up(1).await), "warm");
}

/// pool/POOL2: a caller that waits takes what is made, and its error as well.
#[tokio::test(start_paused = true)]
async fn callers_come_first() {
    let server = Server::new();
    server.connects([fails("refused").after(10), well().after(20)]);
    let pool = server.pool(|p| p.max_size(2).max_connecting(1));
    let mut warm = task::spawn(pool.warm_up(2));
    assert_pending!(warm.poll());
    let visits = [visit(&server, &pool, 5, 0), visit(&server, &pool, 5, 100)];
    assert_eq!(ends(visits).await, ["10: not connected: refused", "30: connection 2"]);
    assert_eq!(told(warm.await), "warm");
    assert_eq!(server.calls()[0], 3);
}

/// pool/POOL10: a pool that is closed, before or meanwhile, says so at once.
#[tokio::test(start_paused = true)]
async fn a_closed_pool_is_not_warmed_up() {
    let server = Server::new();
    let pool = server.pool(|p| p);
    server.connects([hangs()]);
    let mut warm = task::spawn(pool.warm_up(1));
    assert_pending!(warm.poll());
    settle().await;
    assert_pending!(task::spawn(pool.close()).poll());
    assert!(warm.is_woken());
    assert_eq!(told(assert_ready!(warm.poll())), "closed");
    assert_eq!(told(pool.warm_up(0).await), "closed");
    assert_eq!(server.calls()[0], 1);
}

/// pool/POOL1: two at a time make what the larger asks for, once.
#[tokio::test(start_paused = true)]
async fn two_share_the_work() {
    let server = Server::new();
    server.usual_connect(well().after(10));
    let pool = server.pool(|p| p);
    let (mut three, mut five) = (task::spawn(pool.warm_up(3)), task::spawn(pool.warm_up(5)));
    assert_pending!(three.poll());
    assert_pending!(five.poll());
    pass(10).await;
    assert_eq!(told(assert_ready!(three.poll())), "warm");
    assert_pending!(five.poll());
    pass(10).await;
    assert_eq!(told(assert_ready!(five.poll())), "warm");
    assert_eq!((server.calls()[0], pool.status().idle), (5, 5));
}

/// pool/X1: cancelled, what it began goes on.
#[tokio::test(start_paused = true)]
async fn cancelled_it_leaves_its_connects() {
    let server = Server::new();
    server.usual_connect(well().after(10));
    let pool = server.pool(|p| p.max_connecting(2));
    let mut warm = task::spawn(pool.warm_up(5));
    assert_pending!(warm.poll());
    drop(warm);
    until(&server, 1_000).await;
    assert_eq!((pool.status().idle, server.calls()[0]), (2, 2));
}

/// pool/POOL6, pool/X9: where all slots are taken by connections that are being
/// closed, it waits for them, and lets everybody else run.
#[tokio::test(start_paused = true)]
async fn it_waits_for_slots_to_be_free() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(2));
    server.usual_close(well().after(50));
    let (first, second) = (holder(&pool).await, holder(&pool).await);
    first.discard();
    until(&server, 20).await;
    second.discard();
    let warm = spawn({
        let pool = pool.clone();
        async move { pool.warm_up(2).await }
    });
    until(&server, 69).await;
    assert_eq!(pool.status().idle, 1, "the first slot is used as soon as it is free");
    assert_eq!(told(warm.await.expect("it does not panic")), "warm");
    assert_eq!((server.clock(), server.peak()), (70, 2));
}

/// pool/X5, pool/X2: connects that end with another runtime are begun anew.
#[test]
fn connects_that_end_with_their_runtime_are_begun_anew() {
    let server = Server::new();
    let pool = server.pool(|p| p);
    server.connects([hangs(), hangs()]);
    let (dying, living) = (runtime(), runtime());
    let mut gone = task::spawn(pool.warm_up(2));
    dying.block_on(async {
        assert_pending!(gone.poll());
        settle().await;
    });
    let mut warm = task::spawn(pool.warm_up(2));
    living.block_on(async { assert_pending!(warm.poll()) });
    drop(dying);
    assert!(warm.is_woken());
    assert_eq!(told(living.block_on(warm)), "warm");
    assert_eq!((pool.status().idle, server.alive()), (2, 2));
}
