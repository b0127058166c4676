use crate::error::{Panicked, TaskError, Transient};

/// Why a closure has no output.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BlockingError {
    /// It panicked.
    #[error("the closure panicked")]
    Panicked(#[source] Panicked),
    /// As many wait for a thread as may. It did not run.
    #[error("too many closures wait for a thread")]
    Full,
    /// The runtime shut down first. It did not run.
    #[error("the runtime shut down before the closure ran")]
    Shutdown,
}

impl From<TaskError> for BlockingError {
    fn from(error: TaskError) -> Self {
        match error {
            TaskError::Panicked(panicked) => Self::Panicked(panicked),
            // Only callers that are gone abort.
            TaskError::Cancelled => Self::Shutdown,
        }
    }
}

impl Transient for BlockingError {
    /// A full queue passes; a panic and the end of the runtime do not.
    fn is_transient(&self) -> bool {
        match self {
            Self::Full => true,
            Self::Panicked(_) | Self::Shutdown => false,
        }
    }
}
