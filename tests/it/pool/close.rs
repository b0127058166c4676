//! The end of a pool.

use tokio_test::{assert_pending, assert_ready, task};

use crate::support::*;

/// pool/POOL10: who waits is told at once, what is idle or connecting goes at
/// once, and the call ends with the last return.
#[tokio::test(start_paused = true)]
async fn close_tells_waiters_at_once_and_ends_with_the_last_return() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(4).max_connecting(1));
    server.connects([well(), well(), well(), hangs()]);
    let [lent, idle, closing] = [holder(&pool).await, holder(&pool).await, holder(&pool).await];
    server.closes([well().after(10)]);
    closing.discard();
    let mut waiters: Vec<_> = (0..3).map(|_| task::spawn(pool.acquire())).collect();
    for waiter in &mut waiters {
        assert_pending!(waiter.poll());
    }
    settle().await;
    // The first of them is granted the connection, and is not polled.
    drop(idle);
    let mut granted = waiters.remove(0);
    assert!(granted.is_woken());

    let mut close = task::spawn(pool.close());
    assert_pending!(close.poll());
    assert!(pool.is_closed());
    for waiter in &mut waiters {
        assert!(waiter.is_woken());
        assert_eq!(outcome(&assert_ready!(waiter.poll())), "closed");
    }
    settle().await;
    assert_eq!(pool.status().connecting, 0, "a connect that hangs is stopped");
    let last = assert_ready!(granted.poll());
    assert_eq!(outcome(&last), "connection 2", "what was granted before stays granted");

    drop(lent);
    pass(9).await;
    assert_eq!((pool.status().in_use, pool.status().closing), (1, 1));
    drop(last);
    settle().await;
    assert!(!close.is_woken(), "one is being closed still");
    assert_pending!(close.poll());
    pass(1).await;
    assert!(close.is_woken());
    assert_ready!(close.poll());
    assert_eq!((pool.status().size, server.alive(), pool.status().closed_by.closed), (0, 0, 2));
}

/// pool/POOL10: idle connections are closed in good manner, each within its
/// time, before the call ends.
#[tokio::test(start_paused = true)]
async fn close_waits_for_idle_connections_to_be_closed() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(3).close_timeout(ms(40)));
    drop([holder(&pool).await, holder(&pool).await, holder(&pool).await]);
    server.closes([well().after(10), hangs(), well()]);
    assert_eq!(pool.status().idle, 3);
    pool.close().await;
    assert_eq!((server.clock(), server.alive(), server.calls()[2]), (40, 0, 3));
    let status = pool.status();
    assert_eq!((status.closed_by.closed, status.dropped_unclosed), (3, 1));
}

/// pool/POOL10: a pool with nothing in it is closed at the first poll.
#[tokio::test(start_paused = true)]
async fn an_empty_pool_is_closed_at_once() {
    let pool = Server::new().pool(|p| p);
    assert!(!pool.is_closed());
    let mut close = task::spawn(pool.close());
    assert_ready!(close.poll());
    assert!(pool.is_closed());
}

/// pool/POOL10: all calls of `close` end at the end, those before it and those
/// after.
#[tokio::test(start_paused = true)]
async fn close_may_be_called_again() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1));
    let held = holder(&pool).await;
    let mut closes = [task::spawn(pool.close()), task::spawn(pool.close())];
    for close in &mut closes {
        assert_pending!(close.poll());
    }
    drop(held);
    assert!(!closes[0].is_woken());
    settle().await;
    for close in &mut closes {
        assert!(close.is_woken());
        assert_ready!(close.poll());
    }
    let mut third = task::spawn(pool.close());
    assert_ready!(third.poll());
    assert_eq!((pool.status().closed_by.closed, server.calls()[2]), (1, 1));
}

/// pool/POOL10, pool/X1: a call that is dropped has closed the pool all the same,
/// and the others go on.
#[tokio::test(start_paused = true)]
async fn a_cancelled_close_has_closed_the_pool() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1));
    let held = holder(&pool).await;
    let mut gone = task::spawn(pool.close());
    let mut stays = task::spawn(pool.close());
    assert_pending!(gone.poll());
    assert_pending!(stays.poll());
    drop(gone);
    assert!(pool.is_closed());
    assert_eq!(outcome(&pool.acquire().await), "closed");
    drop(held);
    settle().await;
    assert!(stays.is_woken());
    assert_ready!(stays.poll());
    assert_eq!(server.alive(), 0);
}

/// pool/POOL10: nothing is handed out, made or kept after the close.
#[tokio::test(start_paused = true)]
async fn a_closed_pool_serves_nobody() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(2).max_waiters(0));
    let (held, idle) = (holder(&pool).await, holder(&pool).await);
    drop(idle);
    assert_pending!(task::spawn(pool.close()).poll());
    assert!(pool.is_closed());
    assert!(pool.try_acquire().is_none());
    let mut late = task::spawn(pool.acquire());
    assert_eq!(outcome(&assert_ready!(late.poll())), "closed");
    drop(held);
    assert!(pool.try_acquire().is_none());
    settle().await;
    assert_eq!((server.alive(), server.calls()), (0, [2, 0, 2]));
}

/// pool/POOL10: a connection that was taken out is not waited for.
#[tokio::test(start_paused = true)]
async fn close_does_not_wait_for_what_was_detached() {
    let pool = Server::new().pool(|p| p);
    let held = holder(&pool).await;
    let mut close = task::spawn(pool.close());
    assert_pending!(close.poll());
    let own = held.detach();
    assert!(close.is_woken());
    assert_ready!(close.poll());
    drop(own);
}

/// pool/POOL10: a connect that ends in the instant of the close is closed, not
/// lost.
#[tokio::test(start_paused = true)]
async fn a_connect_that_ends_with_the_close_is_closed() {
    let server = Server::new();
    let pool = server.pool(|p| p);
    server.connects([well().after(10)]);
    let mut waiter = task::spawn(pool.acquire());
    assert_pending!(waiter.poll());
    settle().await;
    // The connect's task is woken by its timer and by the close at once.
    tokio::time::advance(ms(10)).await;
    let mut close = task::spawn(pool.close());
    let at_once = close.poll().is_ready();
    settle().await;
    assert!(at_once || assert_ready_after(close));
    assert!(waiter.is_woken());
    drop(assert_ready!(waiter.poll()));
    settle().await;
    assert_eq!((server.alive(), pool.status().size), (0, 0));
}

/// pool/POOL10: the last handle closes the pool; one on loan outlives it, and is
/// closed when it comes back.
#[tokio::test(start_paused = true)]
async fn the_last_handle_closes_the_pool() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(3));
    let (held, idle) = (holder(&pool).await, holder(&pool).await);
    drop(idle);
    let other = pool.clone();
    drop(pool);
    settle().await;
    assert!(!other.is_closed());
    assert_eq!((server.calls()[2], other.status().idle), (0, 1));
    server.connects([hangs()]);
    let (mut waiter, mut second) = (task::spawn(other.acquire()), task::spawn(other.acquire()));
    drop(assert_ready!(waiter.poll()));
    drop(waiter);
    let taken = other.try_acquire();
    assert_pending!(second.poll());
    settle().await;
    assert_eq!(other.status().connecting, 1);
    drop((second, taken));
    drop(other);
    settle().await;
    assert_eq!((server.calls()[2], server.alive()), (1, 1), "the connect was stopped");
    drop(held);
    settle().await;
    assert_eq!((server.calls()[2], server.alive()), (2, 0));
}

/// pool/POOL10: a caller that is checking when the pool closes may finish, and
/// its connection is closed when it comes back.
#[tokio::test(start_paused = true)]
async fn a_check_under_way_may_end_after_the_close() {
    let server = Server::new();
    let pool = server.pool(|p| p);
    drop(holder(&pool).await);
    server.checks([well().after(5), fails("stale").after(5)]);
    let mut checking = task::spawn(pool.acquire());
    assert_pending!(checking.poll());
    let mut close = task::spawn(pool.close());
    assert_pending!(close.poll());
    pass(5).await;
    let last = assert_ready!(checking.poll());
    assert_eq!(outcome(&last), "connection 1");
    assert_pending!(close.poll());
    drop(last);
    settle().await;
    assert_ready!(close.poll());
    assert_eq!(server.alive(), 0);
}

/// pool/POOL10: one whose check fails after the close is told of the close.
#[tokio::test(start_paused = true)]
async fn a_check_that_fails_after_the_close_ends_in_closed() {
    let server = Server::new();
    let pool = server.pool(|p| p);
    drop(holder(&pool).await);
    server.checks([fails("stale").after(5)]);
    let checking = visit(&server, &pool, 0, 0);
    settle().await;
    pool.close().await;
    assert_eq!(ends([checking]).await, ["5: closed"]);
    assert_eq!((server.alive(), server.calls()[0]), (0, 1));
}

fn assert_ready_after<F: Future<Output = ()>>(mut close: task::Spawn<F>) -> bool {
    close.is_woken() && close.poll().is_ready()
}
