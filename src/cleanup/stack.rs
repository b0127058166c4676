use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;

use super::job::{Here, Job, Work};
use super::shared::Shared;
use crate::error::hold_future;

type Cleanup = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Cleanups of what was acquired step by step: the last one runs first.
///
/// Dropped, on an early return, a panic or a cancellation, they all run as one
/// task of the [reaper](super::Reaper)'s, or where no runtime is, by whoever waits
/// for it. One that panics keeps none of the others from running.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use std::sync::{Arc, Mutex};
/// use surefoot::cleanup::Reaper;
///
/// let reaper = Reaper::new();
/// let log = Arc::new(Mutex::new(Vec::new()));
/// let mut stack = reaper.stack();
/// for step in ["bucket", "upload"] {
///     let log = log.clone();
///     stack.push(move || async move { log.lock().unwrap().push(step) });
/// }
/// drop(stack);
/// reaper.wait().await;
/// assert_eq!(*log.lock().unwrap(), ["upload", "bucket"]);
/// # }
/// ```
#[must_use = "dropped at once, it has nothing to run"]
pub struct AsyncStack {
    shared: Shared,
    begun_at: &'static Location<'static>,
    /// `None` when they were taken, to run or not.
    cleanups: Option<Vec<Cleanup>>,
}

impl AsyncStack {
    pub(super) fn new(shared: &Shared, begun_at: &'static Location<'static>) -> Self {
        shared.core.with(super::core::Core::begin);
        Self { shared: shared.clone(), begun_at, cleanups: Some(Vec::new()) }
    }

    /// Adds a cleanup, to run before those that are there.
    pub fn push<F, Fut>(&mut self, cleanup: F)
    where
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        if let Some(cleanups) = &mut self.cleanups {
            // What the closure does before its future waits for its turn, too.
            cleanups.push(Box::pin(async move { cleanup().await }));
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cleanups.as_ref().map_or(0, Vec::len)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Runs them here, the last one first.
    ///
    /// # Panics
    ///
    /// If one of them does, with the first panic, after all have run.
    ///
    /// # Cancel safety
    ///
    /// Dropped half-way, or before it was polled, they go on from where they were,
    /// as a task of the reaper's.
    pub fn run_now(mut self) -> impl Future<Output = ()> + Send {
        let job = self.begin_cleanup().map(Here::new);
        async move {
            if let Some(job) = job
                && let Err(panic) = job.await
            {
                panic.resume();
            }
        }
    }

    /// Drops them all without running any: what they were to undo stays.
    pub fn commit(mut self) {
        let undone = self.cleanups.replace(Vec::new());
        drop(self);
        drop(undone);
    }

    fn begin_cleanup(&mut self) -> Option<Job> {
        let cleanups = self.cleanups.take()?;
        if cleanups.is_empty() {
            self.shared.core.with(|core| core.end(false)).wake();
            return None;
        }
        Some(Job::new(&self.shared, Work::new(self.begun_at, run_all(cleanups))))
    }
}

async fn run_all(mut cleanups: Vec<Cleanup>) {
    let mut first = None;
    while let Some(cleanup) = cleanups.pop() {
        match (hold_future(cleanup).await, &first) {
            (Ok(()), _) => {}
            (Err(panic), None) => first = Some(panic),
            (Err(panic), Some(_)) => drop(panic.into_caught()),
        }
    }
    if let Some(panic) = first {
        panic.resume();
    }
}

impl Drop for AsyncStack {
    fn drop(&mut self) {
        if let Some(job) = self.begin_cleanup() {
            job.hand_over();
        }
    }
}

impl fmt::Debug for AsyncStack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncStack").field("len", &self.len()).finish_non_exhaustive()
    }
}
