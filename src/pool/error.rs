use std::fmt;
use std::time::Duration;

use crate::error::{Panicked, Transient};

/// Why [`Pool::acquire`](super::Pool::acquire) gave no connection.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AcquireError<E> {
    /// A time limit passed.
    #[error("no connection within {after:?}: the time passed in the phase `{phase}`")]
    Timeout {
        /// What was going on when it passed.
        phase: Phase,
        /// The limit.
        after: Duration,
        /// Why the last connect failed that nobody was told of.
        #[source]
        last_error: Option<E>,
    },
    /// The connect that this caller was first in line for failed.
    #[error("the pool could not connect")]
    Connect(#[source] E),
    /// The manager's code panicked.
    #[error("the pool's manager panicked")]
    Panicked(#[source] Panicked),
    /// The pool is closed.
    #[error("the pool is closed")]
    Closed,
    /// As many callers wait as may.
    #[error("too many callers wait for a connection")]
    TooManyWaiters,
}

/// What an acquire was waiting for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// For a connection to be returned.
    Wait,
    /// For a connect to end.
    Connect,
    /// For a check to end.
    Check,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Wait => "wait",
            Self::Connect => "connect",
            Self::Check => "check",
        })
    }
}

impl<E: Transient> Transient for AcquireError<E> {
    /// Time-outs and a full queue pass; a panic and a closed pool do not.
    fn is_transient(&self) -> bool {
        match self {
            Self::Timeout { .. } | Self::TooManyWaiters => true,
            Self::Connect(error) => error.is_transient(),
            Self::Panicked(_) | Self::Closed => false,
        }
    }
}

/// What a failed connect leaves.
#[derive(Debug)]
pub(super) enum Failure<E> {
    Error(E),
    TimedOut(Duration),
    Panicked(Panicked),
}

impl<E> Failure<E> {
    pub(super) fn into_error(self) -> AcquireError<E> {
        match self {
            Self::Error(error) => AcquireError::Connect(error),
            Self::TimedOut(after) => {
                AcquireError::Timeout { phase: Phase::Connect, after, last_error: None }
            }
            Self::Panicked(panicked) => AcquireError::Panicked(panicked),
        }
    }

    /// The manager's own error, if it is one.
    pub(super) fn into_inner(self) -> Option<E> {
        match self {
            Self::Error(error) => Some(error),
            Self::TimedOut(_) | Self::Panicked(_) => None,
        }
    }
}
