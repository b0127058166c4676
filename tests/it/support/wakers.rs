//! Wakers that misbehave.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use super::TestPool;

pub(crate) fn poll_with<F: Future + ?Sized>(future: Pin<&mut F>, waker: &Waker) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(waker))
}

/// Panics when it is woken.
pub(crate) struct Panicking;

impl Panicking {
    pub(crate) fn waker() -> Waker {
        Arc::new(Self).into()
    }
}

impl Wake for Panicking {
    fn wake(self: Arc<Self>) {
        panic!("a waker that panics");
    }
}

/// Uses the pool when it is woken and when it is dropped: with the pool's lock
/// held, that would never end.
pub(crate) struct Prying {
    pool: TestPool,
    counts: Arc<Counts>,
}

#[derive(Default)]
pub(crate) struct Counts {
    woken: AtomicUsize,
    dropped: AtomicUsize,
}

impl Counts {
    /// How many were woken and how many are gone.
    pub(crate) fn seen(&self) -> [usize; 2] {
        [&self.woken, &self.dropped].map(|count| count.load(Ordering::SeqCst))
    }
}

impl Prying {
    pub(crate) fn waker(pool: &TestPool, counts: &Arc<Counts>) -> Waker {
        Arc::new(Self { pool: pool.clone(), counts: counts.clone() }).into()
    }

    fn pry(&self) {
        drop(self.pool.try_acquire());
        let status = self.pool.status();
        assert!(status.size <= status.max_size);
    }
}

impl Wake for Prying {
    fn wake(self: Arc<Self>) {
        self.counts.woken.fetch_add(1, Ordering::SeqCst);
        self.pry();
    }
}

impl Drop for Prying {
    fn drop(&mut self) {
        self.counts.dropped.fetch_add(1, Ordering::SeqCst);
        self.pry();
    }
}

/// Calls back when it is woken and when it is dropped: with a lock held that the
/// call needs, that would never end.
pub(crate) struct Calling<F: Fn() + Send + Sync + 'static>(F);

impl<F: Fn() + Send + Sync + 'static> Calling<F> {
    pub(crate) fn waker(call: F) -> Waker {
        Arc::new(Self(call)).into()
    }
}

impl<F: Fn() + Send + Sync + 'static> Wake for Calling<F> {
    fn wake(self: Arc<Self>) {
        (self.0)();
    }
}

impl<F: Fn() + Send + Sync + 'static> Drop for Calling<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// Panics when its last clone is dropped.
pub(crate) struct PanickingAtItsEnd;

impl PanickingAtItsEnd {
    pub(crate) fn waker() -> Waker {
        Arc::new(Self).into()
    }
}

impl Wake for PanickingAtItsEnd {
    fn wake(self: Arc<Self>) {}
}

impl Drop for PanickingAtItsEnd {
    fn drop(&mut self) {
        assert!(std::thread::panicking(), "a waker that panics at its end");
    }
}
