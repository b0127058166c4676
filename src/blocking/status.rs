use super::core::Core;

/// What goes on, and what happened so far. A snapshot, consistent in itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Status {
    /// Closures that run, or are about to.
    pub running: usize,
    /// Callers that wait for a thread.
    pub waiting: usize,
    /// The limit of `running`.
    pub threads: usize,
    /// The limit of `waiting`.
    pub queue: usize,
    /// Closures that got a thread so far.
    pub started: u64,
    /// Callers that were told [`Full`](super::BlockingError::Full) so far.
    pub refused: u64,
    /// Callers so far that left after their closure had got a thread, before they
    /// had its output.
    pub abandoned: u64,
    /// Closures that ran longer than [`warn_after`](super::Builder::warn_after) so
    /// far. Counted when that time passes, not at their end.
    pub overran: u64,
}

impl Status {
    pub(super) fn new(core: &Core) -> Self {
        let (limits, counters) = (core.limits(), core.counters);
        Self {
            running: core.running(),
            waiting: core.waiting(),
            threads: limits.threads,
            queue: limits.queue,
            started: counters.started,
            refused: counters.refused,
            abandoned: counters.abandoned,
            overran: counters.overran,
        }
    }
}
