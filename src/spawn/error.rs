use std::time::Duration;

use crate::error::{TaskError, Transient};

/// Why a task that returns a `Result` gave no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FlatError<E> {
    /// The task has no output: it panicked, or was cancelled.
    #[error(transparent)]
    Task(TaskError),
    /// The task ended, and returned an error.
    #[error("the task returned an error")]
    Inner(#[source] E),
}

impl<E: Transient> Transient for FlatError<E> {
    fn is_transient(&self) -> bool {
        match self {
            Self::Task(error) => error.is_transient(),
            Self::Inner(error) => error.is_transient(),
        }
    }
}

/// A [supervised](super::supervise()) task failed more often than it may.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("gave up after {restarts} restarts in {elapsed:?}")]
#[non_exhaustive]
pub struct GaveUp<E> {
    /// How often it was started again, in all.
    pub restarts: u32,
    /// From the first start to the last failure.
    pub elapsed: Duration,
    /// How it failed last.
    #[source]
    pub last: FlatError<E>,
}
