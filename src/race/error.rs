use std::error::Error;
use std::fmt;

use crate::error::{Elapsed, Empty, Transient};

/// All futures of [`first_ok`](super::first_ok), or all attempts of
/// [`hedge`](super::hedge), failed.
///
/// As the source of this error stands the first of `errors`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AllFailed<E> {
    /// The errors, in the order of the futures. None if there was no future.
    pub errors: Vec<E>,
}

impl<E> fmt::Display for AllFailed<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.errors.len() {
            0 => f.write_str("there was nothing to try"),
            1 => f.write_str("the only one that was tried failed"),
            n => write!(f, "all {n} that were tried failed"),
        }
    }
}

impl<E: Error + 'static> Error for AllFailed<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.errors.first().map(|error| error as _)
    }
}

impl<E: Transient> Transient for AllFailed<E> {
    /// If any of the errors is: the next time one success is enough.
    fn is_transient(&self) -> bool {
        self.errors.iter().any(Transient::is_transient)
    }
}

/// Why [`first`](super::first) with a [deadline](super::Race::deadline) has no
/// winner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FirstError {
    /// Nobody ran.
    #[error(transparent)]
    Empty(Empty),
    /// The deadline passed first.
    #[error(transparent)]
    Elapsed(Elapsed),
}

impl Transient for FirstError {
    fn is_transient(&self) -> bool {
        match self {
            Self::Empty(_) => false,
            Self::Elapsed(elapsed) => elapsed.is_transient(),
        }
    }
}

/// Why [`first_ok`](super::first_ok) with a [deadline](super::Race::deadline) has
/// no winner.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FirstOkError<E> {
    /// All failed in time.
    #[error(transparent)]
    AllFailed(AllFailed<E>),
    /// The deadline passed while some were running.
    #[error("none succeeded in time")]
    #[non_exhaustive]
    Elapsed {
        /// The limit that passed.
        #[source]
        elapsed: Elapsed,
        /// The errors of those that had failed by then, with their futures'
        /// places, in the order of the futures.
        errors: Vec<(usize, E)>,
    },
}

impl<E: Transient> Transient for FirstOkError<E> {
    fn is_transient(&self) -> bool {
        match self {
            Self::AllFailed(failed) => failed.is_transient(),
            Self::Elapsed { elapsed, .. } => elapsed.is_transient(),
        }
    }
}
