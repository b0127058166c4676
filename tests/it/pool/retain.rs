//! Idle connections that somebody looks through.

use tokio_test::{assert_pending, assert_ready, task};

use crate::support::*;

/// pool/POOL8: what is rejected is closed and counted; what is kept stays in its
/// order; what is on loan is not asked about.
#[tokio::test(start_paused = true)]
async fn what_is_rejected_is_closed_and_counted() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(5));
    let mut all = Vec::new();
    for _ in 0..5 {
        all.push(holder(&pool).await);
    }
    let held = all.pop();
    all.drain(..).for_each(drop);
    let mut asked = Vec::new();
    let closed = pool.retain(|conn, info| {
        assert_eq!((conn.id as u64, info.uses), (info.id, 1));
        asked.push(conn.id);
        conn.id % 2 == 0
    });
    assert_eq!((closed, asked), (2, vec![1, 2, 3, 4]));
    settle().await;
    assert_eq!(server.asked("close"), [(0, 1), (0, 3)]);
    let status = pool.status();
    assert_eq!((status.closed_by.retain, status.idle, status.in_use), (2, 2, 1));
    assert_eq!(status.size, 3);
    drop(held);
    let order: Vec<_> = std::iter::from_fn(|| pool.try_acquire().map(pooled_id)).collect();
    assert_eq!(order, [5, 4, 2], "the last used first");
}

/// Takes it out, so that it does not come back.
fn pooled_id(pooled: surefoot::pool::Pooled<Server>) -> usize {
    pooled.detach().id
}

/// pool/POOL9: the predicate learns for how long a connection was idle.
#[tokio::test(start_paused = true)]
async fn the_predicate_is_told_the_time_idle() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(2).max_lifetime(ms(100_000)));
    let (first, second) = (holder(&pool).await, holder(&pool).await);
    drop(first);
    wait(30).await;
    drop(second);
    wait(40).await;
    let mut told = Vec::new();
    pool.retain(|conn, info| {
        told.push((conn.id, info.idle_for));
        true
    });
    assert_eq!(told, [(1, Some(ms(70))), (2, Some(ms(40)))]);
}

/// pool/POOL13, pool/X3: a predicate that panics costs the connection that it was
/// asked about, and no other. [deadpool: the lock is poisoned for ever]
#[tokio::test(start_paused = true)]
async fn a_panicking_predicate_loses_nothing() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(3));
    let (first, second) = (holder(&pool).await, holder(&pool).await);
    let mut asked = 0;
    drop((first, second, holder(&pool).await));
    let message = panic_of(|| {
        pool.retain(|_, _| {
            asked += 1;
            assert!(asked != 2, "boom");
            true
        })
    });
    assert_eq!(message, "boom");
    settle().await;
    let status = pool.status();
    assert_eq!((status.idle, status.checking, status.closing), (2, 0, 0));
    assert_eq!((status.size, server.alive(), server.asked("close")), (2, 2, vec![(0, 2)]));
    assert_eq!((status.closed_by.retain, status.closed_by.check), (1, 0));
    let all = [holder(&pool).await, holder(&pool).await, holder(&pool).await];
    assert_eq!(all.map(|conn| conn.id), [3, 1, 4]);
    pool.close().await;
    assert_eq!((pool.status().size, server.alive()), (0, 0));
}

/// pool/POOL2: who comes while connections are looked through waits for one that
/// is kept, or for one that takes the place of one that is not.
#[tokio::test(start_paused = true)]
async fn who_comes_meanwhile_is_served() {
    for keeps in [true, false] {
        let server = Server::new();
        let pool = server.pool(|p| p.max_size(1));
        drop(holder(&pool).await);
        let mut waiter = task::spawn(pool.acquire());
        pool.retain(|_, _| {
            assert_eq!((pool.status().checking, pool.status().idle), (1, 0));
            assert!(pool.try_acquire().is_none());
            assert_pending!(waiter.poll());
            keeps
        });
        assert_eq!(waiter.is_woken(), keeps);
        settle().await;
        if !keeps {
            assert_pending!(waiter.poll());
            settle().await;
        }
        let id = if keeps { 1 } else { 2 };
        assert_eq!(outcome(&assert_ready!(waiter.poll())), format!("connection {id}"));
        assert_eq!(server.peak(), 1);
    }
}

/// pool/POOL8: one that nobody used yet and that was idle is checked before it is
/// handed out, also if it comes to its caller from here.
#[tokio::test(start_paused = true)]
async fn what_was_idle_is_checked_though_nobody_used_it() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1));
    pool.warm_up(1).await.expect("the server is well");
    wait(24 * 3_600_000).await;
    server.checks([fails("hung up")]);
    let mut waiter = task::spawn(pool.acquire());
    pool.retain(|_, info| {
        assert_pending!(waiter.poll());
        info.uses == 0
    });
    assert_pending!(waiter.poll());
    settle().await;
    assert_pending!(waiter.poll());
    settle().await;
    assert_eq!(outcome(&assert_ready!(waiter.poll())), "connection 2");
    assert_eq!((server.calls()[1], pool.status().closed_by.check), (1, 1));
}

/// pool/POOL10, pool/POOL11: what is looked through when the pool is closed or
/// shrunk does not come back.
#[tokio::test(start_paused = true)]
async fn what_is_kept_is_kept_only_if_it_may_be() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(3));
    pool.warm_up(3).await.expect("the server is well");
    assert_eq!(pool.retain(|_, _| pool.resize(1).is_ok()), 0);
    settle().await;
    assert_eq!((pool.status().size, pool.status().closed_by.resize), (1, 2));
    let mut close = task::spawn(pool.close());
    pool.retain(|_, _| {
        assert_pending!(close.poll());
        true
    });
    settle().await;
    assert!(close.is_woken());
    assert_ready!(close.poll());
    assert_eq!((pool.status().size, pool.status().closed_by.closed), (0, 1));
}

/// pool/X5: a rejected connection may be rejected outside a runtime: it is
/// dropped, and counted.
#[test]
fn retain_needs_no_runtime() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(2));
    runtime().block_on(async { drop((holder(&pool).await, holder(&pool).await)) });
    assert_eq!(pool.retain(|conn, _| conn.id == 1), 1);
    let status = pool.status();
    assert_eq!((status.idle, status.closed_by.retain, status.dropped_unclosed), (1, 1, 1));
}
