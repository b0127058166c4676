//! Wakers that re-enter the pool, are replaced, or come for nothing.
//!
//! Mostly without time limits: a limit's timer keeps a waker of its own.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Poll, Waker};

use tokio_test::{assert_pending, assert_ready, task};

use crate::support::*;

/// What there is to do with a pool of one, held, and with a waiter.
type Step = fn(&TestPool, surefoot::pool::Pooled<Server>);

/// pool/X4: a waker may use the pool when it is woken and when it is dropped,
/// whatever it is woken by.
#[tokio::test(start_paused = true)]
async fn a_waker_that_uses_the_pool_does_not_deadlock() {
    let steps: [(Step, bool); 5] = [
        (|_, held| drop(held), true),
        (|_, held| drop(held.detach()), false),
        (|_, held| held.discard(), false),
        (|pool, _held| assert_pending!(task::spawn(pool.close()).poll()), true),
        (|_, mut held| held.is_broken = true, false),
    ];
    for (i, (step, is_granted)) in steps.into_iter().enumerate() {
        let server = Server::new();
        let pool = server.pool(|p| p.max_size(1).acquire_timeout(None));
        let counts = Arc::new(Counts::default());
        let held = holder(&pool).await;
        let mut waiter = Box::pin(pool.acquire());
        assert!(poll_with(waiter.as_mut(), &Prying::waker(&pool, &counts)).is_pending());
        assert_eq!(counts.seen(), [0, 0]);
        step(&pool, held);
        settle().await;
        assert_eq!(counts.seen(), [1, 1], "step {i}");
        // Polled with a waker that is not needed, if it is granted already.
        let again = poll_with(waiter.as_mut(), &Prying::waker(&pool, &counts));
        assert_eq!(again.is_ready(), is_granted, "step {i}");
        drop((again, waiter));
        settle().await;
        let [woken, dropped] = counts.seen();
        assert_eq!(dropped, 2, "step {i}");
        assert!(woken <= 2, "step {i}");
    }
}

/// pool/X4: the same where the pool's own task wakes it, at the end of a connect
/// or of the pool.
#[tokio::test(start_paused = true)]
async fn a_waker_that_uses_the_pool_may_be_woken_by_its_tasks() {
    for act in [well(), fails("refused"), panics("boom")] {
        let server = Server::new();
        let pool = server.pool(|p| p.max_size(1).acquire_timeout(None));
        let counts = Arc::new(Counts::default());
        server.connects([act]);
        let mut waiter = Box::pin(pool.acquire());
        assert!(poll_with(waiter.as_mut(), &Prying::waker(&pool, &counts)).is_pending());
        settle().await;
        assert_eq!(counts.seen(), [1, 1], "{act:?}");
        let Poll::Ready(answer) = poll_with(waiter.as_mut(), Waker::noop()) else {
            panic!("the connect ended");
        };
        let mut close = pin!(pool.close());
        let is_closed = poll_with(close.as_mut(), &Prying::waker(&pool, &counts)).is_ready();
        assert_eq!(is_closed, answer.is_err());
        drop(answer);
        settle().await;
        assert_eq!(counts.seen(), [if is_closed { 1 } else { 2 }, 2], "{act:?}");
        assert!(is_closed || poll_with(close.as_mut(), Waker::noop()).is_ready());
    }
}

/// pool/X4, pool/X13: a waker that is replaced or withdrawn is dropped, outside
/// the lock.
#[tokio::test(start_paused = true)]
async fn a_waker_that_uses_the_pool_may_be_dropped_by_it() {
    let pool = Server::new().pool(|p| p.max_size(1).acquire_timeout(None));
    let counts = Arc::new(Counts::default());
    let held = holder(&pool).await;
    let mut waiter = Box::pin(pool.acquire());
    for polls in 0..3 {
        assert!(poll_with(waiter.as_mut(), &Prying::waker(&pool, &counts)).is_pending());
        assert_eq!(counts.seen(), [0, polls]);
    }
    drop(waiter);
    assert_eq!(counts.seen(), [0, 3]);
    let mut close = Box::pin(pool.close());
    for polls in 3..6 {
        assert!(poll_with(close.as_mut(), &Prying::waker(&pool, &counts)).is_pending());
        assert_eq!(counts.seen(), [0, polls]);
    }
    drop(close);
    assert_eq!(counts.seen(), [0, 6]);
    drop(held);
}

/// pool/X13: polls that nothing asked for change nothing.
#[tokio::test(start_paused = true)]
async fn spurious_polls_are_harmless() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1).acquire_timeout(None));
    server.connects([well().after(10)]);
    let mut first = task::spawn(pool.acquire());
    let mut second = task::spawn(pool.acquire());
    for _ in 0..50 {
        assert_pending!(first.poll());
        assert_pending!(second.poll());
    }
    settle().await;
    let status = pool.status();
    assert_eq!((status.waiting, status.waited, status.connecting), (2, 2, 1));
    pass(10).await;
    assert!(first.is_woken() && !second.is_woken());
    for _ in 0..50 {
        assert_pending!(second.poll());
    }
    let held = assert_ready!(first.poll());
    assert_eq!((outcome(&held).as_str(), server.calls()[0]), ("connection 1", 1));
    server.checks([well().after(10)]);
    drop(held);
    for _ in 0..50 {
        assert_pending!(second.poll());
    }
    assert_eq!((pool.status().checking, server.calls()[1]), (1, 1));
    pass(10).await;
    let held = assert_ready!(second.poll());
    let mut close = task::spawn(pool.close());
    for _ in 0..50 {
        assert_pending!(close.poll());
    }
    drop(held);
    settle().await;
    assert!(close.is_woken());
    assert_ready!(close.poll());
}

/// pool/X13: the waker of the last poll is the one that is woken.
#[tokio::test(start_paused = true)]
async fn the_latest_waker_is_woken() {
    let pool = Server::new().pool(|p| p.max_size(1).acquire_timeout(None));
    let held = holder(&pool).await;
    let [old, new] = [Arc::new(Counts::default()), Arc::new(Counts::default())];
    let mut waiter = Box::pin(pool.acquire());
    assert!(poll_with(waiter.as_mut(), &Prying::waker(&pool, &old)).is_pending());
    assert!(poll_with(waiter.as_mut(), &Prying::waker(&pool, &new)).is_pending());
    drop(held);
    assert_eq!((old.seen(), new.seen()), ([0, 1], [1, 1]));
    assert!(poll_with(waiter.as_mut(), Waker::noop()).is_ready());
}

/// pool/X13: a limit wakes the waker of the last poll as well.
#[tokio::test(start_paused = true)]
async fn the_latest_waker_is_woken_by_the_limit() {
    let pool = Server::new().pool(|p| p.max_size(1).acquire_timeout(ms(10)));
    let _held = holder(&pool).await;
    let [old, new] = [Arc::new(Counts::default()), Arc::new(Counts::default())];
    let mut waiter = Box::pin(pool.acquire());
    assert!(poll_with(waiter.as_mut(), &Prying::waker(&pool, &old)).is_pending());
    assert!(poll_with(waiter.as_mut(), &Prying::waker(&pool, &new)).is_pending());
    pass(10).await;
    assert_eq!((old.seen()[0], new.seen()[0]), (0, 1));
    assert!(poll_with(waiter.as_mut(), Waker::noop()).is_ready());
}
