//! Wakers that misbehave.

use std::future::{Future, pending};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::{Wake, Waker};

use surefoot::shutdown::Shutdown;
use tokio_test::task::spawn as by_hand;
use tokio_test::{assert_pending, assert_ready};

use crate::support::{Panicking, panic_of, poll_with};

/// Uses the shutdown when it is woken and when it is dropped: with the lock held,
/// that would never end.
struct Prying {
    shutdown: Shutdown,
    seen: Arc<AtomicUsize>,
}

impl Prying {
    fn waker(shutdown: &Shutdown, seen: &Arc<AtomicUsize>) -> Waker {
        Arc::new(Self { shutdown: shutdown.clone(), seen: seen.clone() }).into()
    }

    fn pry(&self) {
        let child = self.shutdown.token().child();
        drop(self.shutdown.track("prying"));
        drop(self.shutdown.status());
        child.trigger("prying");
        self.seen.fetch_add(1, SeqCst);
    }
}

impl Wake for Prying {
    fn wake(self: Arc<Self>) {
        self.pry();
    }
}

impl Drop for Prying {
    fn drop(&mut self) {
        self.pry();
    }
}

/// shutdown/X4: woken, replaced and dropped, by a trigger, an abort, an end and
/// the future itself.
#[tokio::test(start_paused = true)]
async fn a_waker_that_uses_the_shutdown_does_not_deadlock() {
    let shutdown = Shutdown::new();
    let seen = Arc::new(AtomicUsize::new(0));
    let waker = || Prying::waker(&shutdown, &seen);
    let token = shutdown.token();
    let child = token.child();
    let guard = shutdown.track("guard").unwrap();
    {
        let mut triggered = pin!(token.triggered());
        let mut accepting = Box::pin(child.accepting());
        let mut run = pin!(child.run(child.shield(pending::<()>())));
        for _ in 0..2 {
            assert!(poll_with(triggered.as_mut(), &waker()).is_pending());
            assert!(poll_with(accepting.as_mut(), &waker()).is_pending());
            assert!(poll_with(run.as_mut(), &waker()).is_pending());
        }
        {
            let mut dropped = pin!(child.triggered());
            assert!(poll_with(dropped.as_mut(), &waker()).is_pending());
        }
        shutdown.trigger("a test");
        assert!(poll_with(accepting.as_mut(), &waker()).is_ready());
        drop(accepting);
        assert!(poll_with(triggered.as_mut(), &waker()).is_ready());
        assert!(poll_with(run.as_mut(), &waker()).is_pending(), "it is shielded");
        let mut drain = pin!(shutdown.drain());
        for _ in 0..2 {
            assert!(poll_with(drain.as_mut(), &waker()).is_pending());
        }
        shutdown.abort();
        assert!(poll_with(run.as_mut(), &waker()).is_ready());
        assert!(poll_with(drain.as_mut(), &waker()).is_pending());
        drop(guard);
    }
    assert!(seen.load(SeqCst) > 20, "they pried");
}

/// shutdown/X3: a waker that panics keeps nobody else from being woken.
#[tokio::test(start_paused = true)]
async fn a_waker_that_panics_keeps_the_trigger_from_nobody() {
    let shutdown = Shutdown::new();
    let token = shutdown.token();
    let (mut first, mut last) = (by_hand(token.triggered()), by_hand(token.triggered()));
    let mut bad = pin!(token.triggered());
    assert_pending!(first.poll());
    assert!(
        bad.as_mut().poll(&mut std::task::Context::from_waker(&Panicking::waker())).is_pending()
    );
    assert_pending!(last.poll());
    assert_eq!(panic_of(|| shutdown.trigger("a test")), "a waker that panics");
    assert!(first.is_woken() && last.is_woken());
    assert_ready!(last.poll());
    assert!(shutdown.drain().await.is_clean());
}

/// shutdown/X3: nor is it the business of who drops the last handle.
#[test]
fn a_waker_that_panics_does_not_make_a_drop_panic() {
    let shutdown = Shutdown::new();
    let token = shutdown.token();
    let mut bad = pin!(token.triggered());
    assert!(poll_with(bad.as_mut(), &Panicking::waker()).is_pending());
    drop(shutdown);
    assert!(token.is_triggered());
}

/// shutdown/X13: a waker that is replaced between polls is the one that is woken.
#[test]
fn the_waker_of_the_last_poll_is_woken() {
    let shutdown = Shutdown::new();
    let token = shutdown.token().child();
    let mut waiting = pin!(token.triggered());
    let mut first = by_hand(std::future::poll_fn(|cx| waiting.as_mut().poll(cx)));
    assert_pending!(first.poll());
    assert_pending!(first.poll());
    drop(first);
    let mut second = by_hand(std::future::poll_fn(|cx| waiting.as_mut().poll(cx)));
    assert_pending!(second.poll());
    shutdown.trigger("a test");
    assert!(second.is_woken());
    assert_ready!(second.poll());
}

struct Quiet;

impl Wake for Quiet {
    fn wake(self: Arc<Self>) {}
}

/// shutdown/X1: a wait that is dropped takes its waker with it.
#[test]
fn a_wait_that_is_dropped_leaves_no_waker_behind() {
    let shutdown = Shutdown::new();
    let token = shutdown.token().child();
    let quiet = Arc::new(Quiet);
    let waker: Waker = quiet.clone().into();
    assert!(poll_with(pin!(token.triggered()), &waker).is_pending());
    assert!(poll_with(pin!(token.clone().triggered_owned()), &waker).is_pending());
    assert!(poll_with(pin!(token.accepting()), &waker).is_pending());
    assert!(poll_with(pin!(token.run(pending::<()>())), &waker).is_pending());
    drop(waker);
    assert_eq!(Arc::strong_count(&quiet), 1);
}

/// shutdown/X1, shutdown/X3: a drain whose trigger meets a waker that panics has its
/// place nevertheless, and gives it back when it is dropped.
#[test]
fn a_drain_that_meets_a_waker_that_panics_leaves_nothing_behind() {
    let shutdown = Shutdown::new();
    let (_guard, token) = (shutdown.track("guard").unwrap(), shutdown.token());
    let mut triggered = pin!(token.triggered());
    assert!(poll_with(triggered.as_mut(), &Panicking::waker()).is_pending());
    let quiet = Arc::new(Quiet);
    let mut drain = Box::pin(shutdown.drain());
    let said = panic_of(|| poll_with(drain.as_mut(), &quiet.clone().into()));
    assert_eq!(said, "a waker that panics");
    drop(drain);
    assert_eq!(Arc::strong_count(&quiet), 1, "the shutdown has its waker still");
}
