use std::borrow::Cow;
use std::future::Future;
use std::panic::Location;

use super::Task;
use crate::deadline::{Deadline, Scoped};
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
        self.try_spawn_at(Location::caller(), future)
    }

    /// As [`try_spawn`](Self::try_spawn), on behalf of a caller further up.
    pub(crate) fn try_spawn_at<F>(
        &self,
        spawned_at: &'static Location<'static>,
        future: F,
    ) -> Result<Task<F::Output>, F>
    where
        F: Future<Output: Send + 'static> + Send + 'static,
    {
        let meta = rt::Meta {
            name: self.name.clone(),
            cancellable: self.cancellable,
            daemon: self.daemon,
            spawned_at,
        };
        let scoped = self.deadline.unwrap_or_else(Deadline::current).scope(future);
        rt::try_spawn(meta, scoped).map(Task::new).map_err(Scoped::into_inner)
    }
}

impl Default for Spawner {
    fn default() -> Self {
        Self::new()
    }
}
