use std::sync::Arc;

use tokio::select;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::{JoinError, JoinSet, spawn_blocking};

use crate::client::Job;

/// How the dispatcher takes the next job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intake {
    /// Waits for a worker, then for a job: cut at either await, it loses nothing.
    WorkerThenJob,
    /// Waits for a job, then for a worker: cut at the second await, it loses the
    /// job.
    JobThenWorker,
}

/// What a server did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Jobs that were done.
    pub done: u32,
    /// Jobs whose worker panicked, with what it said.
    pub panicked: Vec<String>,
}

impl Report {
    fn add(&mut self, ended: Result<(), JoinError>) {
        match ended {
            Ok(()) => self.done += 1,
            Err(error) => {
                let payload = error.into_panic();
                let text = payload.downcast_ref::<String>().cloned();
                self.panicked.push(text.unwrap_or_else(|| "no text".to_owned()));
            }
        }
    }

    fn in_order(mut self) -> Self {
        self.panicked.sort();
        self
    }
}

/// Hands jobs to at most so many workers, until the last client is gone.
pub(crate) async fn run(intake: Intake, mut jobs: mpsc::Receiver<Job>, workers: usize) -> Report {
    let idle = Arc::new(Semaphore::new(workers));
    let mut working = JoinSet::new();
    let mut report = Report::default();
    loop {
        select! {
            biased;
            Some(ended) = working.join_next() => report.add(ended),
            next = next(intake, &mut jobs, &idle) => match next {
                Some((job, permit)) => {
                    working.spawn(work(job, permit));
                }
                None => break,
            },
        }
    }
    while let Some(ended) = working.join_next().await {
        report.add(ended);
    }
    spawn_blocking(|| report.in_order()).await.unwrap_or_default()
}

async fn next(
    intake: Intake,
    jobs: &mut mpsc::Receiver<Job>,
    idle: &Arc<Semaphore>,
) -> Option<(Job, OwnedSemaphorePermit)> {
    match intake {
        Intake::WorkerThenJob => {
            let permit = idle.clone().acquire_owned().await.ok()?;
            Some((jobs.recv().await?, permit))
        }
        Intake::JobThenWorker => {
            let job = jobs.recv().await?;
            Some((job, idle.clone().acquire_owned().await.ok()?))
        }
    }
}

async fn work(job: Job, _permit: OwnedSemaphorePermit) {
    let Job { number, reply } = job;
    let square = number.checked_mul(number);
    let square = square.unwrap_or_else(|| panic!("the square of {number} is too large"));
    // A client that went away does not want its reply.
    let _ = reply.send(square);
}
