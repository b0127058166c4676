use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How far an exploration is, for who looks on from another thread.
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    schedules: AtomicU64,
    distinct: AtomicU64,
}

impl Progress {
    /// Relaxed, here and below: they are looked at, and decide nothing.
    pub(crate) fn set(&self, schedules: u64, distinct: u64) {
        self.0.schedules.store(schedules, Ordering::Relaxed);
        self.0.distinct.store(distinct, Ordering::Relaxed);
    }

    /// Schedules that were run, and how many of them differ.
    #[cfg(feature = "cli")]
    pub(crate) fn get(&self) -> (u64, u64) {
        (self.0.schedules.load(Ordering::Relaxed), self.0.distinct.load(Ordering::Relaxed))
    }
}
