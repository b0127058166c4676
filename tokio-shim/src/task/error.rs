use std::any::Any;
use std::{fmt, io};

use surefoot::error::{Panicked, TaskError};

use super::Id;

/// [`tokio::task::JoinError`], or why a simulated task has no output.
pub struct JoinError(ErrorOf);

enum ErrorOf {
    Tokio(tokio::task::JoinError),
    Simulated { id: Id, panicked: Option<Panicked> },
}

impl JoinError {
    pub(super) fn tokio(error: tokio::task::JoinError) -> Self {
        Self(ErrorOf::Tokio(error))
    }

    pub(super) fn simulated(id: Id, error: TaskError) -> Self {
        let panicked = match error {
            TaskError::Panicked(panicked) => Some(panicked),
            _ => None,
        };
        Self(ErrorOf::Simulated { id, panicked })
    }

    /// Whether the task was aborted.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        !self.is_panic()
    }

    /// Whether the task panicked.
    #[must_use]
    pub fn is_panic(&self) -> bool {
        match &self.0 {
            ErrorOf::Tokio(error) => error.is_panic(),
            ErrorOf::Simulated { panicked, .. } => panicked.is_some(),
        }
    }

    /// What the task panicked with; of a simulated task, its message alone if it
    /// was no text.
    ///
    /// # Panics
    ///
    /// If the task did not panic.
    #[track_caller]
    #[must_use]
    pub fn into_panic(self) -> Box<dyn Any + Send + 'static> {
        match self.try_into_panic() {
            Ok(payload) => payload,
            Err(error) => panic!("`JoinError` reason is not a panic: {error}"),
        }
    }

    /// What the task panicked with; of a simulated task, its message alone if it
    /// was no text.
    ///
    /// # Errors
    ///
    /// `self`, if the task did not panic.
    pub fn try_into_panic(self) -> Result<Box<dyn Any + Send + 'static>, Self> {
        match self.0 {
            ErrorOf::Tokio(error) => error.try_into_panic().map_err(Self::tokio),
            ErrorOf::Simulated { panicked: Some(panicked), .. } => Ok(panicked.to_payload()),
            ErrorOf::Simulated { panicked: None, .. } => Err(self),
        }
    }

    /// Which task it was.
    #[must_use]
    pub fn id(&self) -> Id {
        match &self.0 {
            ErrorOf::Tokio(error) => Id::tokio(error.id()),
            ErrorOf::Simulated { id, .. } => *id,
        }
    }
}

impl fmt::Display for JoinError {
    /// In the words of Tokio's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            ErrorOf::Tokio(error) => error.fmt(f),
            ErrorOf::Simulated { id, panicked: None } => write!(f, "task {id} was cancelled"),
            ErrorOf::Simulated { id, panicked: Some(panicked) } => {
                write!(f, "task {id} panicked with message {:?}", panicked.message())
            }
        }
    }
}

impl fmt::Debug for JoinError {
    /// In the words of Tokio's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            ErrorOf::Tokio(error) => error.fmt(f),
            ErrorOf::Simulated { id, panicked: None } => write!(f, "JoinError::Cancelled({id:?})"),
            ErrorOf::Simulated { id, panicked: Some(panicked) } => {
                write!(f, "JoinError::Panic({id:?}, {:?}, ...)", panicked.message())
            }
        }
    }
}

impl std::error::Error for JoinError {}

impl From<JoinError> for io::Error {
    fn from(error: JoinError) -> Self {
        match error.0 {
            ErrorOf::Tokio(error) => error.into(),
            ErrorOf::Simulated { panicked: None, .. } => Self::other("task was cancelled"),
            ErrorOf::Simulated { .. } => Self::other("task panicked"),
        }
    }
}
