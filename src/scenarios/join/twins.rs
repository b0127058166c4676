//! Joins that are wrong.

use tokio::sync::mpsc;

use super::subject::{Failed, Job, Subject};
use crate::spawn::{Spawner, Task};

fn spawn(job: Job) -> Task<Result<u32, Failed>> {
    Spawner::new().name("job").spawn(job)
}

/// Waits for all of them, and then looks for an error.
pub(super) struct Textbook;

impl Textbook {
    pub(super) const NAME: &str = "textbook";
}

impl Subject for Textbook {
    async fn try_all(jobs: Vec<Job>, _limit: usize) -> Result<Vec<u32>, Failed> {
        let tasks: Vec<_> = jobs.into_iter().map(spawn).collect();
        let mut outcomes = Vec::new();
        for task in tasks {
            outcomes.push(task.await.expect("no job panics"));
        }
        outcomes.into_iter().collect()
    }
}

/// Returns at the first error, as `?` in a loop over handles does, and leaves the
/// others running.
pub(super) struct Detached;

impl Detached {
    pub(super) const NAME: &str = "detached";
}

impl Subject for Detached {
    async fn try_all(jobs: Vec<Job>, _limit: usize) -> Result<Vec<u32>, Failed> {
        let (outcome, mut outcomes) = mpsc::channel(jobs.len());
        for job in jobs {
            let outcome = outcome.clone();
            let reporting = async move {
                // Nobody listens any more after an error.
                let _ = outcome.send(job.await).await;
            };
            Spawner::new().name("job").spawn(reporting).detach();
        }
        drop(outcome);
        let mut values = Vec::new();
        while let Some(outcome) = outcomes.recv().await {
            values.push(outcome?);
        }
        values.sort_unstable();
        Ok(values)
    }
}

/// Gathers outputs from a channel, as they come.
pub(super) struct Gathered;

impl Gathered {
    pub(super) const NAME: &str = "gathered";
}

impl Subject for Gathered {
    async fn try_all(jobs: Vec<Job>, _limit: usize) -> Result<Vec<u32>, Failed> {
        let (outcome, mut outcomes) = mpsc::channel(jobs.len());
        let jobs: Vec<_> = jobs
            .into_iter()
            .map(|job| {
                let outcome = outcome.clone();
                Spawner::new().name("job").spawn(async move {
                    let sent = outcome.send(job.await).await;
                    sent.expect("the gatherer lives as long as the jobs");
                })
            })
            .collect();
        drop(outcome);
        let mut values = Vec::new();
        while let Some(outcome) = outcomes.recv().await {
            values.push(outcome?);
        }
        drop(jobs);
        Ok(values)
    }
}

/// Keeps the limit by batches.
pub(super) struct Batches;

impl Batches {
    pub(super) const NAME: &str = "batches";
}

impl Subject for Batches {
    async fn try_all(jobs: Vec<Job>, limit: usize) -> Result<Vec<u32>, Failed> {
        let mut jobs = jobs.into_iter().peekable();
        let mut values = Vec::new();
        while jobs.peek().is_some() {
            let batch: Vec<_> = jobs.by_ref().take(limit).map(spawn).collect();
            for task in batch {
                values.push(task.await.expect("no job panics")?);
            }
        }
        Ok(values)
    }
}
