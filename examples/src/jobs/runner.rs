//! The runner, its batches and its jobs.

use std::future::pending;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use surefoot::blocking::BlockingError;
use surefoot::cleanup::Reaper;
use surefoot::scope::{Scope, ScopeError, scope};
use surefoot::shutdown::Token;

use super::disk::Disk;

/// How many jobs there are.
pub(super) const JOBS: u64 = 102;
/// How many are in a batch.
pub(super) const BATCH: u64 = 6;
/// How many run at a time.
const AT_ONCE: usize = 4;

/// Why a job failed.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// It says so itself.
    #[error("job {0} does not work out")]
    Failed(u64),
    /// Its file could not be written.
    #[error("the job's file can't be written")]
    Disk(#[from] io::Error),
    /// There was no thread to write it.
    #[error("the job's file was not written")]
    Blocking(#[from] BlockingError),
}

/// What a job does once its file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Works,
    Fails,
    Panics,
    Hangs,
    /// Has the runner stopped, and works.
    Stops,
}

/// Of three batches, one has a job that fails, one a job that panics, and both one that
/// hangs until then. The last but one is stopped, the last never begun.
pub(super) fn kind(id: u64) -> Kind {
    match (id, id % (3 * BATCH)) {
        (94, _) => Kind::Stops,
        (95, _) => Kind::Works,
        (_, 3 | 9) => Kind::Hangs,
        (_, 5) => Kind::Fails,
        (_, 8) => Kind::Panics,
        _ => Kind::Works,
    }
}

/// Runs jobs, batch after batch.
#[derive(Debug)]
pub struct Runner {
    pub(super) disk: Disk,
    pub(super) reaper: Reaper,
    token: Token,
    /// Jobs that were taken from the queue so far.
    pub(super) taken: AtomicU64,
    /// How often it was started again.
    pub(super) restarts: AtomicU64,
}

impl Runner {
    pub(super) fn new(disk: Disk, token: Token) -> Self {
        let (taken, restarts) = Default::default();
        Self { disk, reaper: Reaper::new(), token, taken, restarts }
    }

    /// Runs what is left, until a batch fails.
    ///
    /// # Errors
    ///
    /// How the first job failed that did. The others of its batch have ended.
    pub async fn run(self: Arc<Self>) -> Result<(), ScopeError<JobError>> {
        loop {
            let first = self.taken.fetch_add(BATCH, SeqCst);
            if first >= JOBS {
                return Ok(());
            }
            let runner = &self;
            let batch = scope(|batch: Scope<JobError>| async move {
                runner.start(first, &batch.limit(AT_ONCE));
                Ok(())
            });
            batch.await?;
        }
    }

    fn start(self: &Arc<Self>, first: u64, batch: &Scope<JobError>) {
        for id in first..first + BATCH {
            // Refused if the batch has failed already: then the job is cancelled here,
            // and is cleaned up after like all the others.
            let _ = batch.spawn(self.clone().job(id));
        }
    }

    /// A job. Its bracket begins here, before it is first polled.
    fn job(self: Arc<Self>, id: u64) -> impl Future<Output = Result<(), JobError>> + Send {
        let runner = self.clone();
        let work = async move |draft: &mut PathBuf| {
            runner.disk.write(draft.clone(), id).await??;
            match kind(id) {
                Kind::Works => Ok(()),
                Kind::Fails => Err(JobError::Failed(id)),
                Kind::Panics => panic!("job {id} panics"),
                Kind::Hangs => pending().await,
                Kind::Stops => {
                    runner.token.trigger("a job has it stopped");
                    Ok(())
                }
            }
        };
        let disk = self.disk.clone();
        let cleanup = move |draft, outcome| async move { disk.settle(draft, id, outcome).await };
        self.reaper.bracket(self.disk.draft(id), work, cleanup)
    }
}
