use super::core::{Census, Counters};

/// What a pool holds, and what it did so far.
///
/// A snapshot, consistent in itself:
/// `size == idle + in_use + connecting + checking + closing`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Status {
    /// Connections of the pool's, in whatever state.
    pub size: usize,
    /// Ready to be handed out.
    pub idle: usize,
    /// Handed out.
    pub in_use: usize,
    /// Being made.
    pub connecting: usize,
    /// Being checked, where that takes time.
    pub checking: usize,
    /// Being closed.
    pub closing: usize,
    /// Callers that wait.
    pub waiting: usize,
    /// The limit of `size`.
    pub max_size: usize,
    /// Connections handed out so far.
    pub acquired: u64,
    /// Callers that had to wait so far.
    pub waited: u64,
    /// Callers whose time passed so far.
    pub timed_out: u64,
    /// Connections made so far.
    pub created: u64,
    /// Connections given up so far.
    pub closed_by: ClosedBy,
    /// Of those, how many were only dropped, since no runtime was there to close
    /// them on, or since closing them took too long.
    pub dropped_unclosed: u64,
    /// Connections that were held longer than [`leak_after`](super::Builder::leak_after)
    /// so far.
    pub held_too_long: u64,
}

/// Why connections were given up, and how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClosedBy {
    /// [`is_broken`](super::Manage::is_broken), or
    /// [`discard`](super::Pooled::discard).
    pub broken: u64,
    /// A check that failed, took too long, or was cancelled.
    pub check: u64,
    /// Older than [`max_lifetime`](super::Builder::max_lifetime).
    pub lifetime: u64,
    /// Idle for longer than [`idle_timeout`](super::Builder::idle_timeout).
    pub idle: u64,
    /// Too many after a [`resize`](super::Pool::resize).
    pub resize: u64,
    /// Not wanted by [`retain`](super::Pool::retain).
    pub retain: u64,
    /// The pool was closed.
    pub closed: u64,
}

impl Status {
    pub(super) fn new(census: Census, counters: Counters, max_size: usize, overdue: u64) -> Self {
        let Census { idle, in_use, connecting, checking, closing, waiting } = census;
        Self {
            size: census.size(),
            idle,
            in_use,
            connecting,
            checking,
            closing,
            waiting,
            max_size,
            acquired: counters.acquired,
            waited: counters.waited,
            timed_out: counters.timed_out,
            created: counters.created,
            closed_by: ClosedBy {
                broken: counters.broken,
                check: counters.failed_check,
                lifetime: counters.lifetime,
                idle: counters.idle,
                resize: counters.resize,
                retain: counters.retain,
                closed: counters.closed,
            },
            dropped_unclosed: counters.dropped_unclosed,
            held_too_long: overdue,
        }
    }
}
