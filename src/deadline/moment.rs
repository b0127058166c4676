use std::future::Future;
use std::time::Duration;

use super::Bound;
use crate::rt::{self, Instant};

/// A moment by which a piece of work must have ended, on Tokio's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Deadline {
    at: Option<Instant>,
    /// What was asked for, for the error.
    limit: Duration,
}

impl Deadline {
    /// `limit` from now.
    #[must_use]
    pub fn after(limit: Duration) -> Self {
        Self { at: rt::now().checked_add(limit), limit }
    }

    /// At the moment `at`. A moment that has passed is past already.
    #[must_use]
    pub fn at(at: Instant) -> Self {
        Self { at: Some(at), limit: at.saturating_duration_since(rt::now()) }
    }

    /// No limit.
    #[must_use]
    pub const fn never() -> Self {
        Self { at: None, limit: Duration::MAX }
    }

    /// The time that is left: zero when it is past, `None` when there is no
    /// limit.
    #[must_use]
    pub fn remaining(&self) -> Option<Duration> {
        self.at.map(|at| at.saturating_duration_since(rt::now()))
    }

    /// The nearer of two.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        match (self.at, other.at) {
            (Some(mine), Some(theirs)) if theirs < mine => other,
            (None, Some(_)) => other,
            _ => self,
        }
    }

    /// Whether it has passed.
    #[must_use]
    pub fn is_past(&self) -> bool {
        self.remaining() == Some(Duration::ZERO)
    }

    pub(crate) fn instant(&self) -> Option<Instant> {
        self.at
    }

    /// The limit that it was made from.
    pub(crate) fn limit(&self) -> Duration {
        self.limit
    }

    /// Runs `future` until this moment at most; otherwise as [`timeout`](super::timeout).
    ///
    /// # Errors
    ///
    /// [`Elapsed`](crate::error::Elapsed) if the deadline, or a nearer one of the
    /// [scope](Self::scope), passed first; its `after` is the limit that this
    /// deadline was made from.
    ///
    /// # Panics
    ///
    /// When it is polled outside a Tokio runtime and has to keep a time limit.
    ///
    /// # Cancel safety
    ///
    /// As cancel safe as `future`.
    pub fn bound<F: Future>(self, future: F) -> Bound<F> {
        Bound::new(Limit::At(self), future)
    }
}

/// A limit that may not have begun yet: reading the clock costs more than most
/// operations take that are ready at once.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Limit {
    /// Counts from the moment when it is first asked.
    After(Duration),
    At(Deadline),
    /// Was asked: the nearer of its own and the scope's.
    Begun(Deadline),
}

impl Limit {
    /// `None` is no limit.
    pub(crate) fn optional(limit: Option<Duration>) -> Self {
        limit.map_or(Self::At(Deadline::never()), Self::After)
    }

    /// Begins, if it has not yet.
    pub(crate) fn begin(&mut self) -> Deadline {
        let own = match *self {
            Self::Begun(nearest) => return nearest,
            Self::After(limit) => Deadline::after(limit),
            Self::At(deadline) => deadline,
        };
        let nearest = own.min(Deadline::current());
        *self = Self::Begun(nearest);
        nearest
    }
}
