use std::time::Duration;

use super::Panicked;

/// A time limit passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("time limit of {after:?} passed")]
#[non_exhaustive]
pub struct Elapsed {
    /// The limit, as it was asked for.
    pub after: Duration,
}

impl Elapsed {
    /// An error that says that the limit `after` passed.
    #[must_use]
    pub fn new(after: Duration) -> Self {
        Self { after }
    }
}

/// The operation was cancelled before it ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, thiserror::Error)]
#[error("cancelled")]
pub struct Cancelled;

/// The other side is closed and takes no more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, thiserror::Error)]
#[error("closed")]
pub struct Closed;

/// There was nothing to wait for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, thiserror::Error)]
#[error("empty set")]
pub struct Empty;

/// Why a task has no output.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use surefoot::{error::TaskError, spawn::spawn};
///
/// let task = spawn(async { panic!("out of paper") });
/// let Err(TaskError::Panicked(panic)) = task.await else { unreachable!() };
/// assert_eq!(panic.message(), "out of paper");
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TaskError {
    /// The task panicked.
    #[error("task panicked")]
    Panicked(#[source] Panicked),
    /// The task was aborted, or its runtime ended first.
    #[error("task was cancelled")]
    Cancelled,
}

/// Whether trying again can help.
pub trait Transient {
    /// `true` if the same operation may succeed when it is tried again.
    fn is_transient(&self) -> bool;
}

impl Transient for Elapsed {
    fn is_transient(&self) -> bool {
        true
    }
}

impl Transient for TaskError {
    /// A panic or an abort is no passing state of the outside world.
    fn is_transient(&self) -> bool {
        false
    }
}
