use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use surefoot::spawn::Task;

use super::{Id, JoinError};

/// [`tokio::task::JoinHandle`], or that of a simulated task. Dropping it detaches
/// the task.
///
/// # Cancel safety
///
/// Polling it by reference (`(&mut handle).await`) is cancel safe.
pub struct JoinHandle<T>(HandleOf<T>);

enum HandleOf<T> {
    Tokio(tokio::task::JoinHandle<T>),
    Simulated(Detaching<T>),
}

/// A task that is detached when this is dropped: `Some` until then.
struct Detaching<T>(Option<Task<T>>);

impl<T> Detaching<T> {
    fn task(&self) -> &Task<T> {
        self.0.as_ref().expect("it is taken on drop")
    }
}

impl<T> Drop for Detaching<T> {
    fn drop(&mut self) {
        if let Some(task) = self.0.take() {
            task.detach();
        }
    }
}

impl<T> JoinHandle<T> {
    pub(super) fn tokio(handle: tokio::task::JoinHandle<T>) -> Self {
        Self(HandleOf::Tokio(handle))
    }

    pub(super) fn simulated(task: Task<T>) -> Self {
        Self(HandleOf::Simulated(Detaching(Some(task))))
    }

    /// Asks the task to end at its next await. A task that has ended already
    /// keeps its output.
    pub fn abort(&self) {
        match &self.0 {
            HandleOf::Tokio(handle) => handle.abort(),
            HandleOf::Simulated(task) => task.task().abort(),
        }
    }

    /// Whether the task has ended, by itself or by an abort.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        match &self.0 {
            HandleOf::Tokio(handle) => handle.is_finished(),
            HandleOf::Simulated(task) => task.task().is_finished(),
        }
    }

    /// The task's identity.
    #[must_use]
    pub fn id(&self) -> Id {
        match &self.0 {
            HandleOf::Tokio(handle) => Id::tokio(handle.id()),
            HandleOf::Simulated(task) => Id::simulated(task.task().id()),
        }
    }

    /// A switch that aborts the task.
    #[must_use]
    pub fn abort_handle(&self) -> AbortHandle {
        match &self.0 {
            HandleOf::Tokio(handle) => AbortHandle::tokio(handle.abort_handle()),
            HandleOf::Simulated(task) => AbortHandle::simulated(task.task().abort_handle()),
        }
    }
}

impl<T> Future for JoinHandle<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            HandleOf::Tokio(handle) => Pin::new(handle).poll(cx).map_err(JoinError::tokio),
            HandleOf::Simulated(Detaching(task)) => {
                let task = task.as_mut().expect("it is taken on drop");
                let id = Id::simulated(task.id());
                Pin::new(task).poll(cx).map_err(|error| JoinError::simulated(id, error))
            }
        }
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").field("id", &self.id()).finish()
    }
}

/// [`tokio::task::AbortHandle`], or that of a simulated task.
#[derive(Clone)]
pub struct AbortHandle(AbortOf);

#[derive(Clone)]
enum AbortOf {
    Tokio(tokio::task::AbortHandle),
    Simulated(surefoot::spawn::AbortHandle),
}

impl AbortHandle {
    pub(super) fn tokio(handle: tokio::task::AbortHandle) -> Self {
        Self(AbortOf::Tokio(handle))
    }

    pub(super) fn simulated(handle: surefoot::spawn::AbortHandle) -> Self {
        Self(AbortOf::Simulated(handle))
    }

    /// Asks the task to end at its next await. A task that has ended already
    /// keeps its output.
    pub fn abort(&self) {
        match &self.0 {
            AbortOf::Tokio(handle) => handle.abort(),
            AbortOf::Simulated(handle) => handle.abort(),
        }
    }

    /// Whether the task has ended, by itself or by an abort.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        match &self.0 {
            AbortOf::Tokio(handle) => handle.is_finished(),
            AbortOf::Simulated(handle) => handle.is_finished(),
        }
    }

    /// The task's identity.
    #[must_use]
    pub fn id(&self) -> Id {
        match &self.0 {
            AbortOf::Tokio(handle) => Id::tokio(handle.id()),
            AbortOf::Simulated(handle) => Id::simulated(handle.id()),
        }
    }
}

impl fmt::Debug for AbortHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AbortHandle").field("id", &self.id()).finish()
    }
}
