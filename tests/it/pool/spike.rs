//! Many callers at once, and few connections.

use tokio_test::{assert_pending, assert_ready, task};

use crate::support::*;

/// pool/POOL4: fifty requests at once, each of 2 ms, where a connect takes 150 ms:
/// those that are there serve them all, at exactly the pace that they can.
#[tokio::test(start_paused = true)]
async fn a_spike_is_served_by_the_connections_there_are() {
    let server = Server::new();
    server.usual_connect(well().after(150));
    let pool = server.pool(|p| p.max_size(50).min_idle(5).max_connecting(1));
    pool.warm_up(5).await.expect("the server is well");
    assert_eq!((server.clock(), server.calls()[0]), (750, 5));
    let lines = ends([(); 50].map(|()| visit(&server, &pool, 0, 2))).await;
    for (i, line) in lines.iter().enumerate() {
        let at = 750 + 2 * (i / 5);
        assert!(line.starts_with(&format!("{at}: connection")), "visitor {i}: {line}");
    }
    until(&server, 10_000).await;
    assert_eq!((server.calls()[0], server.peak()), (6, 6), "connects, and open at once");
    assert_eq!((pool.status().idle, pool.status().waited), (6, 45));
}

/// pool/POOL4: the same on a pool that has nothing yet: the first connection
/// serves everybody before the second is there.
#[tokio::test(start_paused = true)]
async fn a_spike_on_a_cold_pool_is_served_by_the_first_connection() {
    let server = Server::new();
    server.usual_connect(well().after(150));
    let pool = server.pool(|p| p.max_size(50).min_idle(5).max_connecting(1));
    let lines = ends([(); 50].map(|()| visit(&server, &pool, 0, 2))).await;
    for (i, line) in lines.iter().enumerate() {
        assert_eq!(*line, format!("{}: connection 1", 150 + 2 * i));
    }
    until(&server, 10_000).await;
    assert_eq!((server.calls()[0], server.peak()), (5, 5), "connects, and open at once");
    let began: Vec<_> = server.asked("connect").iter().map(|(at, _)| *at).collect();
    assert_eq!(began, [0, 150, 300, 450, 600], "one at a time");
}

/// pool/POOL4: a waiter takes the return or the new connection, whichever is
/// first; the other one is kept.
#[tokio::test(start_paused = true)]
async fn a_waiter_takes_whichever_comes_first() {
    for (connect, stays, served) in [
        (100, 30, "30: connection 1"),
        (20, 30, "20: connection 2"),
        (31, 30, "30: connection 1"),
        (29, 30, "29: connection 2"),
    ] {
        let server = Server::new();
        let pool = server.pool(|p| p.max_size(2));
        server.connects([well(), well().after(connect)]);
        let visits = [visit(&server, &pool, 0, stays), visit(&server, &pool, 0, 200)];
        settle().await;
        let [first, second] = visits;
        assert_eq!(ends([first]).await, ["0: connection 1"]);
        until(&server, 150).await;
        let status = pool.status();
        assert_eq!((status.idle, status.in_use, server.calls()[0]), (1, 1, 2), "{served}");
        assert_eq!(ends([second]).await, [served]);
    }
}

/// pool/POOL4: who waits for a connect that hangs is served by a return, and the
/// connect serves the next.
#[tokio::test(start_paused = true)]
async fn a_return_serves_who_waits_for_a_connect() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(2).connect_timeout(None));
    server.connects([well(), well().after(1_000)]);
    let held = holder(&pool).await;
    let (mut first, mut second) = (task::spawn(pool.acquire()), task::spawn(pool.acquire()));
    assert_pending!(first.poll());
    assert_pending!(second.poll());
    pass(10).await;
    drop(held);
    assert!(first.is_woken() && !second.is_woken());
    let held = assert_ready!(first.poll());
    assert_eq!(outcome(&held), "connection 1");
    pass(990).await;
    assert!(second.is_woken());
    assert_eq!(outcome(&assert_ready!(second.poll())), "connection 2");
    assert_eq!(server.calls(), [2, 1, 0]);
}
