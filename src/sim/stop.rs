use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Ends explorations early, from another thread: [`Explorer::stop`](super::Explorer::stop).
///
/// Each ends after the schedule that it is at, and returns what was found so far, as
/// if its time were up. Clones are the same switch; there is no way back.
///
/// ```
/// use surefoot::sim::{Explorer, Stop};
///
/// let stop = Stop::new();
/// let interrupt = stop.clone(); // for the thread that waits for a signal
/// let stats = Explorer::new().schedules(u64::MAX).stop(&stop).run(move || {
///     interrupt.stop();
///     async {
///         surefoot::sim::choose(1_000_000);
///     }
/// })?;
/// assert!(stop.is_stopped() && stats.stopped);
/// # Ok::<(), Box<surefoot::sim::Failure>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// A switch that is not thrown.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Throws it.
    pub fn stop(&self) {
        // Relaxed: what is seen late costs a schedule more.
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it is thrown.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
