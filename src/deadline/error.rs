use crate::error::{Elapsed, Transient};

/// Why [`try_timeout`](super::try_timeout) gave no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimeoutError<E> {
    /// The limit passed first.
    #[error(transparent)]
    Elapsed(Elapsed),
    /// The operation failed.
    #[error("the operation failed within its time limit")]
    Inner(#[source] E),
}

impl<E: Transient> Transient for TimeoutError<E> {
    fn is_transient(&self) -> bool {
        match self {
            Self::Elapsed(elapsed) => elapsed.is_transient(),
            Self::Inner(error) => error.is_transient(),
        }
    }
}
