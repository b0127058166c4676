use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;

use crate::scope::{Scope, ScopeError, map, scope};

/// What runs as a task. An error is the name of the job that failed.
pub(super) type Job = Pin<Box<dyn Future<Output = Result<&'static str, &'static str>> + Send>>;

/// What is told of a panic.
pub(super) const PANIC: &str = "a panic";

/// A way to run jobs as tasks, as the bodies of the claims see it.
pub(super) trait Subject: 'static {
    /// Runs all, and gives back their values, or the error that ended them.
    fn gather(
        jobs: Vec<Job>,
    ) -> impl Future<Output = Result<Vec<&'static str>, &'static str>> + Send;
}

/// A way to run at most one job at a time.
pub(super) trait Limited {
    fn one_by_one(jobs: Vec<Job>) -> impl Future<Output = ()> + Send;
}

/// A way to run tasks that start tasks.
pub(super) trait Nesting: 'static {
    type Handle: Clone + Send + Sync + 'static;

    /// Runs `body`, and waits for all that it and its tasks started.
    fn run<F, Fut>(body: F) -> impl Future<Output = ()>
    where
        F: FnOnce(Self::Handle) -> Fut,
        Fut: Future<Output = ()>;
    fn spawn(handle: &Self::Handle, child: impl Future<Output = ()> + Send + 'static);
}

/// The production version.
pub(super) struct Production;

impl Subject for Production {
    async fn gather(jobs: Vec<Job>) -> Result<Vec<&'static str>, &'static str> {
        map(jobs, usize::MAX, |job| job).await.map_err(|error| match error {
            ScopeError::Failed(name) => name,
            _ => PANIC,
        })
    }
}

impl Limited for Production {
    async fn one_by_one(jobs: Vec<Job>) {
        drop(map(jobs, 1, |job| job).await);
    }
}

impl Nesting for Production {
    type Handle = Scope<Infallible>;

    async fn run<F, Fut>(body: F)
    where
        F: FnOnce(Self::Handle) -> Fut,
        Fut: Future<Output = ()>,
    {
        let ended = scope(|s| async {
            body(s).await;
            Ok(())
        });
        ended.await.expect("nothing fails");
    }

    fn spawn(handle: &Self::Handle, child: impl Future<Output = ()> + Send + 'static) {
        let spawned = handle.spawn(async {
            child.await;
            Ok(())
        });
        drop(spawned.expect("who spawns has not ended"));
    }
}
