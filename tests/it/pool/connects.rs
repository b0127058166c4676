//! Connects that fail, panic, hang, or come too late.

use std::sync::Arc;

use surefoot::pool::{AcquireError, Pool, manage_fn};
use tokio_test::{assert_pending, assert_ready, task};

use crate::support::*;

/// pool/POOL6, pool/POOL7: a connect that hangs ends at its own limit: its slot
/// is free, the first waiter learns of it, and the next has a new connect.
#[tokio::test(start_paused = true)]
async fn a_hanging_connect_frees_its_slot_at_its_limit() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1).connect_timeout(ms(50)));
    server.connects([hangs(), well().after(5)]);
    let visits =
        [visit(&server, &pool, 0, 0), visit(&server, &pool, 0, 10), visit(&server, &pool, 0, 0)];
    assert_eq!(
        ends(visits).await,
        ["50: out of time in connect after 50ms", "55: connection 2", "65: connection 2"]
    );
    assert_eq!((server.peak(), server.alive()), (1, 1));
}

/// pool/POOL6, pool/POOL13: the same for a connect that panics, at once or
/// after a while; the caller is told what it said and where the pool was set up.
#[tokio::test(start_paused = true)]
async fn a_panicking_connect_frees_its_slot_at_once() {
    let server = Server::new();
    let here = line!() + 1;
    let pool = server.pool(|p| p.max_size(1));
    server.connects([panics("at once"), panics("later").after(20), well()]);
    let visits =
        [visit(&server, &pool, 0, 0), visit(&server, &pool, 0, 0), visit(&server, &pool, 0, 0)];
    assert_eq!(
        ends(visits).await,
        ["0: panicked: at once", "20: panicked: later", "20: connection 3"]
    );
    pool.acquire().await.expect("it is idle").discard();
    server.connects([panics("again")]);
    let Err(AcquireError::Panicked(panicked)) = pool.acquire().await else {
        panic!("the connect panics");
    };
    let place = panicked.spawned_at();
    assert_eq!((place.file(), place.line()), (file!(), here));
}

/// pool/POOL7: a failed connect reaches exactly the first waiter; every other
/// one is served by a connect of its own.
#[tokio::test(start_paused = true)]
async fn a_failed_connect_reaches_exactly_the_first_waiter() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1));
    server.connects([fails("first").after(10), fails("second").after(10), well().after(10)]);
    let visits =
        [visit(&server, &pool, 0, 0), visit(&server, &pool, 1, 0), visit(&server, &pool, 2, 5)];
    assert_eq!(
        ends(visits).await,
        ["10: not connected: first", "20: not connected: second", "30: connection 3"]
    );
    assert_eq!(server.calls(), [3, 0, 0]);
}

/// pool/POOL7: the first waiter in order of arrival, whichever connect it was
/// that failed.
#[tokio::test(start_paused = true)]
async fn whichever_connect_fails_the_first_waiter_learns_of_it() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(2));
    server.connects([well().after(30), fails("refused").after(10), well().after(50)]);
    let visits = [visit(&server, &pool, 0, 0), visit(&server, &pool, 1, 0)];
    assert_eq!(ends(visits).await, ["11: not connected: refused", "30: connection 1"]);
}

/// pool/POOL6: two connects that hang, or panic, do not disable a pool of two.
#[tokio::test(start_paused = true)]
async fn bad_connects_do_not_use_up_the_pool() {
    for bad in [hangs(), panics("boom"), fails("refused")] {
        let server = Server::new();
        let pool = server.pool(|p| p.max_size(2).connect_timeout(ms(10)));
        server.connects([bad, bad]);
        let bad_two = ends([visit(&server, &pool, 0, 0), visit(&server, &pool, 0, 0)]).await;
        assert!(bad_two.iter().all(|line| !line.contains("connection")), "{bad_two:?}");
        for _ in 0..3 {
            let two = (holder(&pool).await, holder(&pool).await);
            assert_ne!(two.0.id, two.1.id);
        }
        assert_eq!(server.peak(), 2);
    }
}

/// pool/POOL4: a waiter takes a connection that is returned before its own
/// connect ends; what that makes is for the next one, or idle.
#[tokio::test(start_paused = true)]
async fn a_waiter_takes_what_comes_first() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(2));
    server.connects([well(), well().after(100)]);
    let visits = [visit(&server, &pool, 0, 30), visit(&server, &pool, 10, 500)];
    assert_eq!(ends(visits).await, ["0: connection 1", "30: connection 1"]);
    assert_eq!((pool.status().idle, pool.status().created), (2, 2), "the connect went on");
    let uses = [holder(&pool).await, holder(&pool).await].map(|conn| (conn.id, conn.info().uses));
    assert_eq!(uses, [(1, 3), (2, 1)]);
}

/// pool/POOL4: a burst shares the connections that there are, rather than open
/// one for each caller.
#[tokio::test(start_paused = true)]
async fn a_burst_of_short_queries_opens_one_connection() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(50).max_connecting(1));
    let warm = [(); 5].map(|()| visit(&server, &pool, 0, 1));
    ends(warm).await;
    assert_eq!(server.calls()[0], 5);
    server.usual_connect(well().after(150));
    let burst = ends([(); 50].map(|()| visit(&server, &pool, 0, 2))).await;
    assert!(burst.iter().all(|line| line.contains("connection")), "{burst:?}");
    wait(1000).await;
    assert_eq!(server.calls()[0], 6);
}

/// pool/POOL1, pool/POOL4: connects are begun as `max_connecting` allows, and
/// each one that ends is followed by the next at once.
#[tokio::test(start_paused = true)]
async fn no_more_connects_at_a_time_than_allowed() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(5).max_connecting(2));
    server.usual_connect(well().after(10));
    let visits = [(); 7].map(|()| visit(&server, &pool, 0, 100));
    let ends = ends(visits).await;
    let times: Vec<_> = ends.iter().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(times, ["10", "10", "20", "20", "30", "110", "110"]);
    assert_eq!((server.connecting_peak(), server.peak()), (2, 5));
}

/// pool/POOL4: once the demand is gone, nothing more is connected.
#[tokio::test(start_paused = true)]
async fn demand_is_looked_at_again_before_each_connect() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(5).max_connecting(1));
    server.usual_connect(well().after(10));
    let mut waiters: Vec<_> = (0..3).map(|_| task::spawn(pool.acquire())).collect();
    for waiter in &mut waiters {
        assert_pending!(waiter.poll());
    }
    waiters.truncate(1);
    pass(10).await;
    assert_eq!(outcome(&assert_ready!(waiters[0].poll())), "connection 1");
    pass(100).await;
    assert_eq!(server.calls()[0], 1);
}

/// pool/POOL1: a closure that connects is a manager: its connections are sound
/// as long as they are not given up, and are dropped when they are closed.
#[tokio::test(start_paused = true)]
async fn a_closure_is_a_manager() {
    let made = Arc::new(());
    let connect = {
        let made = made.clone();
        move || {
            let conn = made.clone();
            async move { Ok::<_, ServerError>(conn) }
        }
    };
    let manager = manage_fn(connect);
    assert_eq!(format!("{manager:?}"), "ManageFn { .. }");
    let pool = Pool::builder(manager).max_size(1).build().expect("the defaults are good");
    for uses in 1..4 {
        let conn = pool.acquire().await.expect("it connects");
        assert_eq!((conn.info().uses, Arc::strong_count(&made)), (uses, 3));
    }
    pool.close().await;
    assert_eq!((Arc::strong_count(&made), pool.status().dropped_unclosed), (2, 0));
}
