//! Tasks with an owner.
//!
//! `tokio::spawn` hands back a handle that most code drops, and with it the
//! task's error and its panic; the task itself runs on, owned by nobody. Here
//! a dropped [`Task`] is an aborted task, unless it was [detached](Task::detach)
//! in so many words, and a panic comes back as a value that says what, where
//! and who.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! use surefoot::spawn::{Spawner, spawn};
//!
//! let sum = spawn(async { 2 + 2 });
//! assert_eq!(sum.await, Ok(4));
//!
//! let named = Spawner::new().name("greeter").spawn(async { "hello" });
//! assert_eq!(named.await, Ok("hello"));
//! # }
//! ```
//!
//! A task works for whoever started it: it inherits the
//! [deadline's scope](crate::deadline::Deadline::scope).
//!
//! # In a simulation
//!
//! Inside [`sim`](crate::sim) these tasks run under the simulator, which
//! chooses the order of their polls.
//!
//! # When not to use it
//!
//! To wait for several futures without parallelism, no task is needed: join
//! them. For many children that must end together, use a set of tasks.

pub use crate::rt::Id;

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::deadline::{Deadline, Scoped};
use crate::error::TaskError;
use crate::rt;

/// Starts a task. Inside a simulation, the simulator runs it.
///
/// # Panics
///
/// Outside a runtime.
#[track_caller]
pub fn spawn<F>(future: F) -> Task<F::Output>
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    Spawner::new().spawn(future)
}

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

/// What a task is called, and what a simulation may do with it.
#[derive(Clone, Debug)]
#[must_use = "a spawner does nothing until `spawn` is called"]
pub struct Spawner {
    name: Cow<'static, str>,
    cancellable: bool,
    daemon: bool,
    deadline: Option<Deadline>,
}

impl Spawner {
    /// A spawner of unnamed tasks.
    pub fn new() -> Self {
        Self { name: Cow::Borrowed("task"), cancellable: false, daemon: false, deadline: None }
    }

    /// What reports call the task. Default: `task`.
    pub fn name(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.name = name.into();
        self
    }

    /// Whether a schedule may drop the task at any of its awaits. Default:
    /// `false`. Means nothing outside a simulation.
    pub fn cancellable(mut self, cancellable: bool) -> Self {
        self.cancellable = cancellable;
        self
    }

    /// Whether the task serves others for ever (upkeep, heartbeats), so that
    /// its running is no progress of the scenario's. Default: `false`. Means
    /// nothing outside a simulation.
    pub fn daemon(mut self, daemon: bool) -> Self {
        self.daemon = daemon;
        self
    }

    /// The deadline whose [scope](Deadline::scope) the task runs in. Default: that of
    /// whoever starts the task. With [`Deadline::never`], the task outlives them all.
    pub fn deadline(mut self, deadline: Deadline) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Starts a task.
    ///
    /// # Panics
    ///
    /// Outside a runtime.
    #[track_caller]
    pub fn spawn<F>(&self, future: F) -> Task<F::Output>
    where
        F: Future<Output: Send + 'static> + Send + 'static,
    {
        match self.try_spawn(future) {
            Ok(task) => task,
            Err(_) => panic!("a task was spawned outside a Tokio runtime"),
        }
    }

    /// Starts a task, or hands the future back where no runtime is.
    ///
    /// # Errors
    ///
    /// The future, outside a runtime.
    #[track_caller]
    pub fn try_spawn<F>(&self, future: F) -> Result<Task<F::Output>, F>
    where
        F: Future<Output: Send + 'static> + Send + 'static,
    {
        let meta = rt::Meta {
            name: self.name.clone(),
            cancellable: self.cancellable,
            daemon: self.daemon,
            spawned_at: Location::caller(),
        };
        let scoped = self.deadline.unwrap_or_else(Deadline::current).scope(future);
        let spawned = rt::try_spawn(meta, scoped).map_err(Scoped::into_inner);
        spawned.map(|handle| Task { handle, abort_on_drop: true })
    }
}

impl Default for Spawner {
    fn default() -> Self {
        Self::new()
    }
}
