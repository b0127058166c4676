use std::future::Future;
use std::panic::Location;

use super::Outcome;
use super::job::{Here, Job, Work};
use super::shared::Shared;
use crate::error::hold_future;

/// A resource, and what is to be done with it at the end. Dropped, the body was
/// cancelled.
pub(super) struct Open<R, C, Fut>
where
    R: Send + 'static,
    C: FnOnce(R, Outcome) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    shared: Shared,
    begun_at: &'static Location<'static>,
    parts: Option<(R, C)>,
}

impl<R, C, Fut> Open<R, C, Fut>
where
    R: Send + 'static,
    C: FnOnce(R, Outcome) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    /// Counted from here on.
    pub(super) fn new(
        shared: &Shared,
        begun_at: &'static Location<'static>,
        resource: R,
        cleanup: C,
    ) -> Self {
        shared.core.with(super::core::Core::begin);
        Self { shared: shared.clone(), begun_at, parts: Some((resource, cleanup)) }
    }

    /// Runs the body, and the cleanup after it.
    pub(super) async fn run<T, E>(
        mut self,
        body: impl AsyncFnOnce(&mut R) -> Result<T, E>,
    ) -> Result<T, E> {
        let (resource, _) = self.parts.as_mut().expect("they are taken at the end");
        // What the closure does before its future runs inside, too.
        let ended = hold_future(async { body(resource).await }).await;
        let outcome = match &ended {
            Ok(Ok(_)) => Outcome::Success,
            Ok(Err(_)) => Outcome::Error,
            Err(_) => Outcome::Panicked,
        };
        let cleanup = self.begin_cleanup(outcome).map(Here::new);
        let cleaned = cleanup.expect("they are taken here").await;
        match (ended, cleaned) {
            (Ok(output), Ok(())) => output,
            // The body's own panic comes first.
            (Err(panic), _) | (Ok(_), Err(panic)) => panic.resume(),
        }
    }

    fn begin_cleanup(&mut self, outcome: Outcome) -> Option<Job> {
        let (resource, cleanup) = self.parts.take()?;
        // What the closure does before its future runs inside, too.
        let work = Work::new(self.begun_at, async move { cleanup(resource, outcome).await });
        Some(Job::new(&self.shared, work))
    }
}

impl<R, C, Fut> Drop for Open<R, C, Fut>
where
    R: Send + 'static,
    C: FnOnce(R, Outcome) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    fn drop(&mut self) {
        if let Some(job) = self.begin_cleanup(Outcome::Cancelled) {
            job.hand_over();
        }
    }
}
