use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::{FlatError, Id};
use crate::error::TaskError;
use crate::rt;

/// A running task. Dropping it aborts the task.
///
/// As a future, it gives the task's output, or why there is none.
///
/// # Cancel safety
///
/// Polling it by reference (`(&mut task).await`) is cancel safe. Dropping it
/// aborts the task.
#[must_use = "dropping a task aborts it: await it, keep it, or `detach` it"]
pub struct Task<T> {
    handle: rt::Handle<T>,
    abort_on_drop: bool,
}

impl<T> Task<T> {
    /// The owner of a task that was just started.
    pub(super) fn new(handle: rt::Handle<T>) -> Self {
        Self { handle, abort_on_drop: true }
    }

    /// Lets the task run on, owned by nobody. Its output is dropped.
    pub fn detach(mut self) {
        self.abort_on_drop = false;
    }

    /// Asks the task to end at its next await. A task that has ended already
    /// keeps its output.
    pub fn abort(&self) {
        self.handle.abort();
    }

    /// A switch that aborts the task, for others than its owner.
    #[must_use]
    pub fn abort_handle(&self) -> AbortHandle {
        AbortHandle(self.handle.abort_handle())
    }

    /// Whether the task has ended, by itself or by an abort.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.handle.is_finished()
    }

    /// The task's identity, unique among the tasks that run now.
    #[must_use]
    pub fn id(&self) -> Id {
        self.handle.id()
    }
}

impl<T, E> Task<Result<T, E>> {
    /// Waits for the output of a task that may itself fail, with one error type
    /// for both ways to fail, so that one `?` is enough.
    ///
    /// # Errors
    ///
    /// [`FlatError::Task`] if the task has no output, [`FlatError::Inner`] with
    /// the error that it returned.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future aborts the task.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use surefoot::spawn::{FlatError, spawn};
    ///
    /// let parsed = spawn(async { "x".parse::<u8>() }).flatten().await;
    /// assert!(matches!(parsed, Err(FlatError::Inner(_))));
    /// # }
    /// ```
    pub async fn flatten(self) -> Result<T, FlatError<E>> {
        match self.await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(FlatError::Inner(error)),
            Err(error) => Err(FlatError::Task(error)),
        }
    }
}

impl<T> Future for Task<T> {
    type Output = Result<T, TaskError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.handle.poll(cx)
    }
}

// The handle owns no `T` in place, only a way to one.
impl<T> Unpin for Task<T> {}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        if self.abort_on_drop {
            self.handle.abort();
        }
    }
}

impl<T> fmt::Debug for Task<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task")
            .field("id", &self.id())
            .field("is_finished", &self.is_finished())
            .finish()
    }
}

/// A switch that aborts a task. Dropping it does nothing.
#[derive(Clone)]
pub struct AbortHandle(rt::AbortHandle);

impl AbortHandle {
    /// Asks the task to end at its next await. A task that has ended already
    /// keeps its output.
    pub fn abort(&self) {
        self.0.abort();
    }

    /// Whether the task has ended, by itself or by an abort.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.0.is_finished()
    }

    /// The task's identity, unique among the tasks that run now.
    #[must_use]
    pub fn id(&self) -> Id {
        self.0.id()
    }
}

impl fmt::Debug for AbortHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AbortHandle")
            .field("id", &self.id())
            .field("is_finished", &self.is_finished())
            .finish()
    }
}
