use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use tokio::task::yield_now;

use crate::probe;
use crate::rt;

/// The books of the other side.
///
/// All orderings are relaxed: a simulation runs on one thread.
#[derive(Clone, Debug, Default)]
pub(super) struct Ledger(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    begun: AtomicUsize,
    released: AtomicUsize,
}

impl Ledger {
    /// Releases that came to their end.
    pub(super) fn released(&self) -> usize {
        self.0.released.load(Relaxed)
    }

    /// Releases that did not come to their end.
    pub(super) fn half_done(&self) -> usize {
        self.0.begun.load(Relaxed) - self.released()
    }
}

/// Something that the other side has to be told of when it is not needed any more.
#[derive(Debug)]
pub(super) struct Resource(Ledger);

impl Resource {
    pub(super) fn new(ledger: &Ledger) -> Self {
        Self(ledger.clone())
    }

    /// Uses it, which may panic.
    pub(super) async fn work(&mut self) {
        yield_now().await;
        probe::panic_point("the work panics");
        yield_now().await;
    }

    /// Tells the other side, which may be slow.
    pub(super) async fn release(self) {
        self.0.0.begun.fetch_add(1, Relaxed);
        if probe::choose(2) == 1 {
            let slow = rt::now() + Duration::from_secs(2);
            rt::sleep_until(slow).await;
        }
        yield_now().await;
        self.0.0.released.fetch_add(1, Relaxed);
    }
}
