//! Connections that are no good any more.

use tokio_test::{assert_pending, assert_ready, task};

use crate::support::*;

/// pool/POOL8: a connection that fails its check is closed and replaced, and its
/// caller gets the replacement.
#[tokio::test(start_paused = true)]
async fn a_failed_check_costs_the_connection_and_not_the_caller() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1));
    drop(holder(&pool).await);
    server.checks([fails("stale").after(10)]);
    server.closes([well().after(5)]);
    server.connects([well().after(3)]);
    assert_eq!(ends([visit(&server, &pool, 0, 0)]).await, ["18: connection 2"]);
    let status = pool.status();
    assert_eq!((status.closed_by.check, status.created, status.size), (1, 2, 1));
    assert_eq!((server.calls(), server.alive(), server.peak()), ([2, 1, 1], 1, 1));
}

/// pool/POOL8: a check that takes too long is a check that failed.
#[tokio::test(start_paused = true)]
async fn a_check_out_of_its_own_time_costs_the_connection() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1).check_timeout(ms(20)));
    drop(holder(&pool).await);
    server.checks([hangs()]);
    assert_eq!(ends([visit(&server, &pool, 0, 0)]).await, ["20: connection 2"]);
    assert_eq!((pool.status().closed_by.check, pool.status().timed_out), (1, 0));
}

/// pool/POOL8: a connection that is known to be broken is not asked, not handed
/// out, and not kept.
#[tokio::test(start_paused = true)]
async fn a_connection_that_is_returned_broken_is_closed() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1));
    holder(&pool).await.is_broken = true;
    assert_eq!((pool.status().idle, pool.status().closing), (0, 1));
    assert!(pool.try_acquire().is_none());
    assert_eq!(outcome(&pool.acquire().await), "connection 2");
    assert_eq!(pool.status().closed_by.broken, 1);
    assert_eq!(server.calls(), [2, 0, 1]);
}

/// pool/POOL8, pool/X8: a caller whose connection turned out unfit keeps its
/// place: it comes before all that came after it.
#[tokio::test(start_paused = true)]
async fn a_failed_check_does_not_cost_the_place_in_the_queue() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1));
    server.checks([fails("stale").after(5)]);
    let visits = [
        visit(&server, &pool, 0, 10),
        visit(&server, &pool, 1, 10),
        visit(&server, &pool, 2, 10),
        visit(&server, &pool, 12, 10),
    ];
    assert_eq!(
        ends(visits).await,
        ["0: connection 1", "15: connection 2", "25: connection 2", "35: connection 2"]
    );
}

/// pool/POOL8, pool/X8: so does one that found a connection idle and did not
/// have to wait: who came while it was checked is behind it.
#[tokio::test(start_paused = true)]
async fn a_caller_that_never_waited_keeps_its_place_too() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1));
    drop(holder(&pool).await);
    server.checks([fails("stale").after(5)]);
    let visits = [visit(&server, &pool, 0, 10), visit(&server, &pool, 1, 10)];
    assert_eq!(ends(visits).await, ["5: connection 2", "15: connection 2"]);
}

/// pool/POOL8, pool/X6: a caller that was let in once is not turned away when
/// its connection turns out unfit, however few may wait.
#[tokio::test(start_paused = true)]
async fn a_failed_check_is_not_too_many_waiters() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1).max_waiters(0));
    drop(holder(&pool).await);
    server.checks([fails("stale")]);
    assert_eq!(outcome(&pool.acquire().await), "connection 2");

    let pool = server.pool(|p| p.max_size(1).max_waiters(1));
    server.checks([fails("stale").after(5)]);
    let visits = [
        visit(&server, &pool, 0, 10),
        visit(&server, &pool, 1, 10),
        visit(&server, &pool, 11, 10),
        visit(&server, &pool, 12, 10),
    ];
    let lines = ends(visits).await;
    assert_eq!(lines[1..], ["15: connection 4", "25: connection 4", "12: too many"]);
}

/// pool/POOL8: a new connection is handed out as it is, and one that was idle
/// only after a check; even if nobody had it before.
#[tokio::test(start_paused = true)]
async fn whatever_was_idle_is_checked() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1));
    server.connects([well().after(10)]);
    let mut gone = task::spawn(pool.acquire());
    assert_pending!(gone.poll());
    drop(gone);
    pass(10).await;
    assert_eq!((pool.status().idle, server.calls()[1]), (1, 0));
    // A day later, the server has hung up.
    pass(24 * 3600 * 1000).await;
    server.checks([fails("hung up")]);
    assert_eq!(outcome(&pool.acquire().await), "connection 2");
    assert_eq!((server.calls()[1], pool.status().closed_by.check), (1, 1));
}

/// pool/POOL8: a connection that passes from hand to hand is checked as well.
#[tokio::test(start_paused = true)]
async fn a_connection_that_is_handed_over_is_checked() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1));
    let held = holder(&pool).await;
    let mut next = task::spawn(pool.acquire());
    assert_pending!(next.poll());
    drop(held);
    assert_eq!(outcome(&assert_ready!(next.poll())), "connection 1");
    assert_eq!(server.calls()[1], 1);
}

/// pool/POOL8: `try_acquire` skips what is broken, and checks nothing.
#[tokio::test(start_paused = true)]
async fn try_acquire_takes_only_what_is_sound() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(2));
    let (mut first, second) = (holder(&pool).await, holder(&pool).await);
    assert!(pool.try_acquire().is_none());
    first.is_broken = true;
    drop(first);
    drop(second);
    assert_eq!(pool.try_acquire().map(|conn| conn.id), Some(2));
    assert_eq!(server.calls()[1], 0);
}

/// pool/POOL8: a connection that broke while it was idle is neither checked nor
/// handed out.
#[tokio::test(start_paused = true)]
async fn a_connection_that_broke_while_idle_is_replaced() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(2));
    let both = [holder(&pool).await, holder(&pool).await];
    drop(both);
    server.break_all();
    assert!(pool.try_acquire().is_none());
    assert_eq!(pool.status().closed_by.broken, 2);
    let third = holder(&pool).await;
    assert_eq!((third.id, server.calls()[1]), (3, 0));
    drop(third);
    server.break_all();
    assert_eq!(outcome(&pool.acquire().await), "connection 4");
    assert_eq!((pool.status().closed_by.broken, server.calls()[1]), (3, 0));
}
