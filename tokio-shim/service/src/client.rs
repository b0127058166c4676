use std::fmt;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

/// What a client waits at most for a reply.
const PATIENCE: Duration = Duration::from_secs(5);

/// A number to be squared, and where the square goes.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) number: u64,
    pub(crate) reply: oneshot::Sender<u64>,
}

/// Submits jobs.
#[derive(Clone, Debug)]
pub struct Client {
    jobs: mpsc::Sender<Job>,
}

impl Client {
    pub(crate) fn new(jobs: mpsc::Sender<Job>) -> Self {
        Self { jobs }
    }

    /// The square of `number`.
    ///
    /// # Errors
    ///
    /// See [`SubmitError`].
    pub async fn square(&self, number: u64) -> Result<u64, SubmitError> {
        let (reply, answer) = oneshot::channel();
        self.jobs.send(Job { number, reply }).await.map_err(|_| SubmitError::Closed)?;
        match timeout(PATIENCE, answer).await {
            Ok(Ok(square)) => Ok(square),
            Ok(Err(_)) => Err(SubmitError::Lost),
            Err(_) => Err(SubmitError::TimedOut),
        }
    }
}

/// Why a job has no reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubmitError {
    /// The server has ended.
    Closed,
    /// The server took the job and dropped it, or the worker panicked.
    Lost,
    /// The server did not reply in time.
    TimedOut,
}

impl fmt::Display for SubmitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Closed => "the server has ended",
            Self::Lost => "the job was lost",
            Self::TimedOut => "no reply in time",
        })
    }
}

impl std::error::Error for SubmitError {}
