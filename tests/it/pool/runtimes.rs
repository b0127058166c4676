//! Runtimes that are not there, or end.

use tokio_test::{assert_pending, assert_ready, task};

use crate::support::*;

/// pool/X5: a broken connection that is dropped where no runtime is, is dropped
/// unclosed, and counted; its slot is free.
#[test]
fn a_broken_connection_may_be_dropped_outside_a_runtime() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1));
    let mut held = runtime().block_on(holder(&pool));
    held.is_broken = true;
    drop(held);
    let status = pool.status();
    assert_eq!((status.size, status.closed_by.broken, status.dropped_unclosed), (0, 1, 1));
    assert_eq!((server.alive(), server.calls()[2]), (0, 0));
    assert_eq!(runtime().block_on(holder(&pool)).id, 2);
}

/// pool/X5: the same for one that is discarded, and the waiter that gets its
/// slot, on another runtime, is woken.
#[test]
fn a_connection_may_be_discarded_outside_a_runtime() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1));
    let runtime = runtime();
    let held = runtime.block_on(holder(&pool));
    let mut waiter = task::spawn(pool.acquire());
    runtime.block_on(async { assert_pending!(waiter.poll()) });
    held.discard();
    assert!(waiter.is_woken());
    assert_eq!(pool.status().dropped_unclosed, 1);
    assert_eq!(outcome(&runtime.block_on(waiter)), "connection 2");
}

/// pool/X5: the last handle may go outside a runtime, with idle connections and
/// some on loan, which outlive it.
#[test]
fn the_last_handle_may_be_dropped_outside_a_runtime() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(3));
    let (held, idle) = runtime().block_on(async { (holder(&pool).await, holder(&pool).await) });
    drop(idle);
    drop(pool);
    assert_eq!(server.alive(), 1, "the idle one is gone");
    drop(held);
    assert_eq!((server.alive(), server.calls()[2]), (0, 0));
}

/// pool/X5: closing by a call that is polled outside a runtime drops what is
/// idle, and counts it.
#[test]
fn a_pool_may_be_closed_outside_a_runtime() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(3));
    runtime().block_on(async { drop((holder(&pool).await, holder(&pool).await)) });
    let mut close = task::spawn(pool.close());
    assert_ready!(close.poll());
    let status = pool.status();
    assert_eq!((status.size, status.closed_by.closed, status.dropped_unclosed), (0, 2, 2));
    assert_eq!(server.alive(), 0);
}

/// pool/X5: calls that wait, connect or check may be dropped after their runtime
/// is gone.
#[test]
fn waiting_calls_may_be_dropped_outside_a_runtime() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(2));
    server.connects([well(), hangs()]);
    server.checks([hangs()]);
    let runtime = runtime();
    runtime.block_on(async { drop(holder(&pool).await) });
    let mut calls: Vec<_> = (0..3).map(|_| task::spawn(pool.acquire())).collect();
    runtime.block_on(async {
        for call in &mut calls {
            assert_pending!(call.poll());
        }
        settle().await;
    });
    let status = pool.status();
    assert_eq!((status.checking, status.connecting, status.waiting), (1, 1, 2));
    drop(runtime);
    assert_eq!(pool.status().connecting, 0, "the connect ended with its runtime");
    drop(calls);
    let status = pool.status();
    assert_eq!((status.size, status.waiting), (0, 0));
    assert_eq!((status.closed_by.check, status.dropped_unclosed, server.alive()), (1, 1, 0));
}

/// pool/X5: a runtime that ends takes nothing of the pool with it but what was
/// under way on it, and that is counted.
#[test]
fn a_pool_outlives_a_runtime_that_ends_in_the_middle_of_everything() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(5));
    server.closes([hangs()]);
    let first = runtime();
    first.block_on(async {
        // One is on loan, one is checked, one is closed, one is connected, and
        // somebody waits for each.
        let [lent, checked, closed] =
            [holder(&pool).await, holder(&pool).await, holder(&pool).await];
        closed.discard();
        drop(checked);
        server.checks([hangs()]);
        server.connects([hangs(), hangs()]);
        for _ in 0..4 {
            visit(&server, &pool, 0, 0).detach();
        }
        surefoot::spawn::spawn(async move {
            let _lent = lent;
            std::future::pending::<()>().await;
        })
        .detach();
        settle().await;
        let status = pool.status();
        assert_eq!((status.in_use, status.checking, status.closing), (1, 1, 1));
        assert_eq!((status.connecting, status.waiting, status.size), (2, 3, 5));
    });
    drop(first);
    let status = pool.status();
    assert_eq!((status.waiting, status.connecting, status.checking, status.closing), (0, 0, 0, 0));
    assert_eq!((status.size, status.idle, server.alive()), (1, 1, 1), "the one on loan came back");
    assert_eq!(status.dropped_unclosed, 2);
    let server = &server;
    runtime().block_on(async {
        let all: [_; 5] = std::array::from_fn(|_| visit(server, &pool, 0, 10));
        let lines = ends(all).await;
        assert!(lines.iter().all(|line| line.contains("connection")), "{lines:?}");
        pool.close().await;
    });
    assert_eq!((server.alive(), server.peak()), (0, 5));
}

/// pool/X5, pool/X2: the connect that two wait for dies with its runtime, and so
/// does the first of the two; the other, on a runtime that lives, is woken and
/// served.
#[test]
fn a_connect_that_dies_with_its_runtime_is_begun_anew_on_another() {
    for first_goes_before in [false, true] {
        let server = Server::new();
        let pool = server.pool(|p| p.max_size(1));
        server.connects([hangs()]);
        let (dying, living) = (runtime(), runtime());
        let mut first = Some(task::spawn(pool.acquire()));
        dying.block_on(async {
            assert_pending!(first.as_mut().expect("it is there").poll());
            settle().await;
        });
        let mut second = task::spawn(pool.acquire());
        living.block_on(async { assert_pending!(second.poll()) });
        if first_goes_before {
            drop(first.take());
        }
        drop(dying);
        if let Some(first) = first {
            assert!(first.is_woken() && !second.is_woken());
            drop(first);
        }
        assert!(second.is_woken());
        assert_eq!(outcome(&living.block_on(second)), "connection 2");
        assert_eq!(server.peak(), 1);
    }
}

/// pool/X5: a call that has to connect where no runtime is panics, as its docs
/// say, and takes nothing with it.
#[test]
fn connecting_outside_a_runtime_panics_and_leaves_the_pool_whole() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1));
    let mut call = Some(task::spawn(pool.acquire()));
    let message = panic_of(|| call.as_mut().expect("it is there").poll().is_ready());
    assert_eq!(message, "a pool connects inside a Tokio runtime only");
    drop(call.take());
    let status = pool.status();
    assert_eq!((status.size, status.waiting), (0, 0));
    assert_eq!(runtime().block_on(holder(&pool)).id, 1);
}
