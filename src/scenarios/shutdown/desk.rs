use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Where units of work are done: it counts them.
///
/// All its orderings are relaxed: a simulation runs on one thread.
#[derive(Clone)]
pub(super) struct Desk(Arc<Inner>);

struct Inner {
    jobs: AtomicUsize,
    begun: AtomicUsize,
    finished: AtomicUsize,
    is_closed: AtomicBool,
}

impl Desk {
    pub(super) fn new(jobs: usize) -> Self {
        Self(Arc::new(Inner {
            jobs: AtomicUsize::new(jobs),
            begun: AtomicUsize::new(0),
            finished: AtomicUsize::new(0),
            is_closed: AtomicBool::new(false),
        }))
    }

    /// The next job; once there is none, it waits for ever.
    pub(super) async fn next(&self) {
        tokio::task::yield_now().await;
        let jobs = self.0.jobs.load(Ordering::Relaxed);
        match jobs.checked_sub(1) {
            Some(left) => self.0.jobs.store(left, Ordering::Relaxed),
            None => pending().await,
        }
    }

    /// A unit of work, which takes a moment.
    pub(super) async fn unit(&self) {
        let is_closed = || self.0.is_closed.load(Ordering::Relaxed);
        assert!(!is_closed(), "work begins after the drain");
        self.0.begun.fetch_add(1, Ordering::Relaxed);
        tokio::task::yield_now().await;
        assert!(!is_closed(), "work goes on after the drain");
        self.0.finished.fetch_add(1, Ordering::Relaxed);
    }

    /// From now on, nothing is to be done here.
    pub(super) fn close(&self) {
        self.0.is_closed.store(true, Ordering::Relaxed);
    }

    /// How many units were left half done.
    pub(super) fn halves(&self) -> usize {
        self.0.begun.load(Ordering::Relaxed) - self.0.finished.load(Ordering::Relaxed)
    }
}
