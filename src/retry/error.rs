use std::fmt;
use std::time::Duration;

use crate::error::{Elapsed, Transient};

/// Why the retries ended without a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stop {
    /// [`when`](super::Retry::when) said that another attempt can't help.
    Permanent,
    /// All attempts were made.
    Attempts,
    /// The deadline passed, or would have before the next attempt.
    Deadline,
    /// The [`Budget`](super::Budget) has no room for another attempt.
    Budget,
    /// The future of [`stop_on`](super::Retry::stop_on) ended.
    Stopped,
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Permanent => "the error is permanent",
            Self::Attempts => "no attempts are left",
            Self::Deadline => "no time is left",
            Self::Budget => "the retry budget is spent",
            Self::Stopped => "it was stopped",
        })
    }
}

/// The retries ended without a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("gave up after {attempts} attempt(s) in {elapsed:?}: {stop}")]
#[non_exhaustive]
pub struct RetryError<E> {
    /// How many attempts were begun.
    pub attempts: u32,
    /// The time since the first attempt was found pending, or failed, sleeps included.
    pub elapsed: Duration,
    /// Why no more were made.
    pub stop: Stop,
    /// How the last attempt that ended failed. `None` if none ended.
    #[source]
    pub last: Option<AttemptError<E>>,
    /// Whether an attempt was interrupted, by the deadline or by
    /// [`stop_on`](super::Retry::stop_on). What it did is unknown: it may have
    /// succeeded on the other side.
    pub cut: bool,
}

impl<E> Transient for RetryError<E> {
    /// Whether the same may succeed later. A permanent error does not, and who
    /// stopped it does not want to know.
    fn is_transient(&self) -> bool {
        match self.stop {
            Stop::Attempts | Stop::Deadline | Stop::Budget => true,
            Stop::Permanent | Stop::Stopped => false,
        }
    }
}

/// How an attempt failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AttemptError<E> {
    /// With an error of its own.
    #[error("the attempt failed")]
    Error(#[source] E),
    /// By the limit of [`attempt_timeout`](super::Retry::attempt_timeout). What it
    /// did is unknown: it may have succeeded on the other side.
    #[error(transparent)]
    TimedOut(Elapsed),
}

impl<E: Transient> Transient for AttemptError<E> {
    fn is_transient(&self) -> bool {
        match self {
            Self::Error(error) => error.is_transient(),
            Self::TimedOut(elapsed) => elapsed.is_transient(),
        }
    }
}

/// An attempt that failed and will be followed by another, as
/// [`notify`](super::Retry::notify) is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt<'a, E> {
    /// Its number, from 1.
    pub number: u32,
    /// How it failed.
    pub error: &'a AttemptError<E>,
    /// How long the sleep is that begins now.
    pub delay: Duration,
    /// The time since the first attempt was found pending, or failed.
    pub elapsed: Duration,
}
