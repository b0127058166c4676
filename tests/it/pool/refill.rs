//! As many idle connections as are to be kept.

use std::time::Duration;

use surefoot::backoff::Backoff;
use surefoot::pool::Builder;
use tokio_test::{assert_pending, task};

use crate::support::*;

fn exact(p: Builder<Server>) -> Builder<Server> {
    p.upkeep_backoff(Backoff::exponential(ms(100)).max_delay(ms(800)))
}

/// pool/POOL9: nothing is made before the first call; from then on so many are
/// idle beside those in use, as far as they fit.
#[tokio::test(start_paused = true)]
async fn so_many_are_idle_beside_those_in_use() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(6).min_idle(3));
    wait(1_000).await;
    assert_eq!(server.calls()[0], 0);
    let mut held = Vec::new();
    for (in_use, idle) in [(1, 3), (2, 3), (3, 3), (4, 2), (5, 1), (6, 0)] {
        held.push(holder(&pool).await);
        settle().await;
        let status = pool.status();
        assert_eq!((status.in_use, status.idle, status.size), (in_use, idle, in_use + idle));
    }
    assert_eq!(server.clock(), 1_000);
}

/// pool/POOL9: whatever takes one away, another is made at once: a break, a
/// detach, an end of life, a rejection.
#[tokio::test(start_paused = true)]
async fn what_is_lost_is_replaced_at_once() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(4).min_idle(2).max_lifetime(ms(100)));
    server.usual_close(well().after(30));
    server.usual_connect(well().after(1));
    pool.warm_up(2).await.expect("the server is well");
    until(&server, 10).await;
    holder(&pool).await.discard();
    until(&server, 12).await;
    assert_eq!(pool.status().idle, 2, "one broke");
    drop(pool.try_acquire().expect("one is idle").detach());
    until(&server, 14).await;
    assert_eq!(pool.status().idle, 2, "one was taken out");
    assert_eq!(pool.retain(|conn, _| conn.id != 1), 1);
    until(&server, 16).await;
    assert_eq!((pool.status().idle, pool.status().closing), (2, 2), "one was rejected");
    until(&server, 150).await;
    assert_eq!(pool.status().idle, 2, "two got too old");
    assert_eq!(pool.status().closed_by.lifetime, 2);
    let made: Vec<_> = server.asked("connect").iter().map(|(at, _)| *at).collect();
    assert_eq!(made, [0, 0, 10, 12, 14, 113, 115]);
}

/// pool/POOL9: after connects that failed and that nobody waited for, it waits
/// for exactly as long as the backoff says; a success begins anew.
#[tokio::test(start_paused = true)]
async fn failing_connects_that_nobody_waits_for_back_off() {
    let server = Server::new();
    let pool = server.pool(|p| exact(p.max_size(4).min_idle(1)));
    let _held = holder(&pool).await;
    settle().await;
    server.take_log();
    server.usual_connect(fails("refused"));
    drop(pool.try_acquire().expect("one is idle").detach());
    until(&server, 2_400).await;
    let tries =
        |server: &Server| server.asked("connect").iter().map(|(at, _)| *at).collect::<Vec<_>>();
    assert_eq!(tries(&server), [0, 100, 300, 700, 1_500, 2_300]);
    server.usual_connect(well());
    until(&server, 3_000).await;
    assert_eq!((tries(&server).len(), pool.status().idle), (6, 0), "2,300 + 800 is to come");
    until(&server, 3_101).await;
    assert_eq!(tries(&server).last(), Some(&3_100));
    server.take_log();
    server.usual_connect(fails("refused again"));
    drop(pool.try_acquire().expect("one is idle").detach());
    until(&server, 3_500).await;
    assert_eq!(tries(&server), [3_101, 3_201, 3_401], "from the first delay again");
}

/// pool/POOL9: a connect that somebody waits for is not held up; and if it does
/// well, the rest is made at once.
#[tokio::test(start_paused = true)]
async fn a_connect_that_somebody_waits_for_is_not_held_up() {
    let server = Server::new();
    let pool = server.pool(|p| exact(p.max_size(4).min_idle(1)));
    let _held = holder(&pool).await;
    settle().await;
    server.usual_connect(fails("refused"));
    drop(pool.try_acquire().expect("one is idle").detach());
    until(&server, 750).await;
    server.take_log();
    assert_eq!(ends([visit(&server, &pool, 0, 0)]).await, ["750: not connected: refused"]);
    server.usual_connect(well().after(5));
    let visitor = visit(&server, &pool, 10, 50);
    until(&server, 771).await;
    assert_eq!((pool.status().idle, pool.status().in_use), (1, 2));
    assert!(ends([visitor]).await[0].starts_with("765: connection"));
    let tries: Vec<_> = server.asked("connect").iter().map(|(at, _)| *at).collect();
    assert_eq!(tries, [750, 760, 765]);
}

/// pool/POOL9, pool/X6: a backoff that lasts for ever is one attempt, and not an
/// attempt at every instant.
#[tokio::test(start_paused = true)]
async fn a_backoff_of_any_length_is_waited_for() {
    for delay in [Duration::MAX, edge_of_the_clock()] {
        let server = Server::new();
        let pool = server.pool(|p| p.min_idle(1).upkeep_backoff(Backoff::constant(delay)));
        let _held = holder(&pool).await;
        settle().await;
        server.usual_connect(fails("refused"));
        drop(pool.try_acquire().expect("one is idle").detach());
        wait(365 * 24 * 3_600_000).await;
        assert_eq!(server.calls()[0], 3);
        assert_eq!(pool.status().idle, 0);
        server.usual_connect(well());
        drop(holder(&pool).await);
        settle().await;
        assert_eq!(pool.status().idle, 2, "but a caller ends it: its own, and one beside it");
    }
}

/// pool/POOL9, pool/X5: a connect for nobody that ends with its runtime is begun
/// anew by upkeep on another.
#[test]
fn a_connect_that_ends_with_its_runtime_leaves_no_gap() {
    let server = Server::new();
    let (living, dying) = (runtime(), runtime());
    let pool = living.block_on(async {
        let pool = server.pool(|p| p.max_size(3).min_idle(1));
        // Upkeep starts here.
        pool.warm_up(1).await.expect("the server is well");
        pool
    });
    let mut waiter = task::spawn(pool.acquire());
    let first = pool.try_acquire();
    // Its connect takes the place of one for nobody once the caller is gone.
    server.usual_connect(hangs());
    dying.block_on(async {
        assert_pending!(waiter.poll());
        settle().await;
    });
    drop(waiter);
    living.block_on(settle());
    assert_eq!((pool.status().connecting, pool.status().in_use), (1, 1));
    server.usual_connect(well());
    drop(dying);
    living.block_on(settle());
    assert_eq!((pool.status().connecting, pool.status().idle), (0, 1));
    drop(first);
}
