use crate::error::{Elapsed, Transient};

/// Why [`try_all`](super::try_all) with a [deadline](super::Join::deadline) gave
/// no outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TryError<E> {
    /// A future failed, this one first.
    #[error("one of the joined futures failed")]
    Failed(#[source] E),
    /// The deadline passed first.
    #[error(transparent)]
    Elapsed(Elapsed),
}

/// Why one of the futures of [`settle`](super::settle) with a
/// [deadline](super::Join::deadline) has no output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unsettled<E> {
    /// It failed in time.
    #[error("the future failed")]
    Failed(#[source] E),
    /// It was running when the deadline passed: what it has done is unknown.
    #[error("the future was cut")]
    Cut(#[source] Elapsed),
    /// It was never polled: the [limit](super::Join::limit) kept it back until the
    /// deadline passed.
    #[error("the future was not started")]
    NotStarted(#[source] Elapsed),
}

impl<E: Transient> Transient for TryError<E> {
    fn is_transient(&self) -> bool {
        match self {
            Self::Failed(error) => error.is_transient(),
            Self::Elapsed(elapsed) => elapsed.is_transient(),
        }
    }
}

impl<E: Transient> Transient for Unsettled<E> {
    fn is_transient(&self) -> bool {
        match self {
            Self::Failed(error) => error.is_transient(),
            Self::Cut(elapsed) | Self::NotStarted(elapsed) => elapsed.is_transient(),
        }
    }
}
