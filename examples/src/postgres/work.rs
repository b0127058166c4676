//! What the tasks do with the pool.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use surefoot::backoff::{Backoff, Jitter, Rng};
use surefoot::deadline::Deadline;
use surefoot::pool::{AcquireError, Pool, Pooled};

use super::backends::{Backend, BackendError, Backends};
use crate::audit::{Kinds, count, merge};
use crate::draw::Draw;

/// How far all tasks together are.
#[derive(Debug)]
pub(super) struct Progress {
    asked: u64,
    answered: AtomicU64,
    over: AtomicBool,
}

impl Progress {
    pub(super) fn new(asked: u64) -> Self {
        Self { asked, answered: AtomicU64::new(0), over: AtomicBool::new(false) }
    }

    pub(super) fn answered(&self) -> u64 {
        self.answered.load(SeqCst)
    }

    pub(super) fn is_half_done(&self) -> bool {
        self.answered() >= self.asked / 2
    }

    pub(super) fn is_over(&self) -> bool {
        self.over.load(SeqCst)
    }

    pub(super) fn end(&self) {
        self.over.store(true, SeqCst);
    }
}

/// What a task did, or all of them.
#[derive(Clone, Debug, Default)]
pub struct Work {
    /// Connections that the pool handed out.
    pub handed_out: u64,
    /// Queries with the right answer.
    pub answered: u64,
    /// Queries with another answer.
    pub wrong: u64,
    /// Connections taken out of the pool for good.
    pub detached: u64,
    /// Healthy connections that were given up.
    pub discarded: u64,
    /// Acquires that ran out of their own time.
    pub timed_out: u64,
    /// Acquires that were dropped before they ended.
    pub called_off: u64,
    /// Errors of queries.
    pub query_errors: Kinds,
    /// Errors of acquires.
    pub acquire_errors: Kinds,
}

impl Work {
    pub(super) fn add(&mut self, other: Self) {
        self.handed_out += other.handed_out;
        self.answered += other.answered;
        self.wrong += other.wrong;
        self.detached += other.detached;
        self.discarded += other.discarded;
        self.timed_out += other.timed_out;
        self.called_off += other.called_off;
        merge(&mut self.query_errors, other.query_errors);
        merge(&mut self.acquire_errors, other.acquire_errors);
    }

    fn query_failed(&mut self, error: &BackendError) {
        count(&mut self.query_errors, error.kind());
    }

    fn acquire_failed(&mut self, error: &AcquireError<BackendError>, connect_timeout: Duration) {
        let kind = match error {
            AcquireError::Connect(error) => format!("connect: {}", error.kind()),
            AcquireError::Timeout { after, .. } if *after == connect_timeout => {
                "connect: timed out".to_owned()
            }
            AcquireError::Timeout { phase, .. } => {
                self.timed_out += 1;
                format!("out of time in the phase {phase}")
            }
            other => other.to_string(),
        };
        count(&mut self.acquire_errors, kind);
    }
}

/// One of the tasks.
pub(super) struct Client {
    pub(super) pool: Pool<Backends>,
    pub(super) progress: Arc<Progress>,
    pub(super) draw: Draw,
    pub(super) connect_timeout: Duration,
}

impl Client {
    /// Asks the server for `asked` numbers, each until it comes.
    pub(super) async fn run(mut self, asked: u64) -> Work {
        // While the server is away, each acquire fails as soon as its connect.
        let pauses = Backoff::exponential(Duration::from_millis(1))
            .max_delay(Duration::from_millis(50))
            .jitter(Jitter::Equal);
        let mut delays = pauses.delays(Rng::seeded(self.draw.number()));
        let mut work = Work::default();
        let mut left = asked;
        while left > 0 {
            match self.acquire().await {
                None => work.called_off += 1,
                Some(Ok(conn)) => {
                    work.handed_out += 1;
                    if self.draw.one_in(4000) {
                        detach(conn, &mut work).await;
                    } else if self.query(conn, &mut work).await {
                        left -= 1;
                    }
                    delays = pauses.delays(Rng::seeded(self.draw.number()));
                }
                Some(Err(error)) => {
                    work.acquire_failed(&error, self.connect_timeout);
                    if !matches!(error, AcquireError::Timeout { .. }) {
                        tokio::time::sleep(delays.next_delay()).await;
                    }
                }
            }
        }
        work
    }

    /// Now and then without patience: by a limit of its own, or by dropping what
    /// waits, connects, checks, or was granted a connection just now.
    async fn acquire(&mut self) -> Option<Result<Pooled<Backends>, AcquireError<BackendError>>> {
        let limit = Duration::from_millis(1 + self.draw.below(3));
        match self.draw.below(64) {
            0 => Some(self.pool.acquire_within(Deadline::after(limit)).await),
            1 | 2 => tokio::select! {
                biased;
                () = tokio::time::sleep(limit) => None,
                acquired = self.pool.acquire() => Some(acquired),
            },
            _ => Some(self.pool.acquire().await),
        }
    }

    async fn query(&mut self, conn: Pooled<Backends>, work: &mut Work) -> bool {
        let number = self.draw.number().to_string();
        match conn.rows(&format!("SELECT {number}")).await {
            Ok(rows) if rows == [[number.as_str()]] => {
                work.answered += 1;
                self.progress.answered.fetch_add(1, SeqCst);
            }
            Ok(_) => work.wrong += 1,
            // It goes back as it is: to notice is the pool's business.
            Err(error) => {
                work.query_failed(&error);
                return false;
            }
        }
        // Its backend is alive still: a slot that is free too early shows there.
        if self.draw.one_in(50) {
            work.discarded += 1;
            conn.discard();
        }
        true
    }
}

/// Takes a connection away from the pool, under another name on the server, too.
async fn detach(conn: Pooled<Backends>, work: &mut Work) {
    match conn.rows("SET application_name = 'detached'").await {
        Ok(_) => {
            work.detached += 1;
            Backend::close(conn.detach()).await;
        }
        Err(error) => work.query_failed(&error),
    }
}
