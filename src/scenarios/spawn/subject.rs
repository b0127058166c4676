use std::future::Future;
use std::pin::Pin;

use crate::spawn::{Restart, spawn, supervise};

/// What is run as a task.
pub(super) type Job = Pin<Box<dyn Future<Output = Result<(), &'static str>> + Send>>;

/// A way to run tasks, as the bodies of the claims see it.
pub(super) trait Subject: 'static {
    /// Runs a job as a task, and says whether it succeeded.
    fn run(job: Job) -> impl Future<Output = Result<(), ()>> + Send;
    /// Runs jobs as a task until one succeeds, and says whether one did.
    fn keep_running(make: fn() -> Job) -> impl Future<Output = Result<(), ()>> + Send;
}

/// The production version.
pub(super) struct Production;

impl Subject for Production {
    async fn run(job: Job) -> Result<(), ()> {
        spawn(job).flatten().await.map_err(drop)
    }

    async fn keep_running(make: fn() -> Job) -> Result<(), ()> {
        supervise(Restart::new(), move |_| make()).flatten().await.map_err(drop)
    }
}
