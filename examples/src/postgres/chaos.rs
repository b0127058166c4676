//! Terminates backends, restarts the server, and looks at it all from the
//! server's side.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use surefoot::pool::Pool;

use super::backends::{Backend, Backends};
use super::server::Server;
use super::work::Progress;
use crate::draw::Draw;
use crate::run::Error;

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Looks at `pg_stat_activity`.
    pub samples: u64,
    /// The most of the pool's backends that were ever alive at once.
    pub peak: u64,
    /// Looks at which the pool's status contradicted itself, or its limit.
    pub odd_statuses: u64,
    /// Backends of the pool's that were terminated.
    pub terminated: u64,
    /// Backends that had ended before they could be.
    pub missed: u64,
    /// Restarts of the server.
    pub restarts: u64,
    /// How long they took.
    pub restarting: Duration,
}

pub(super) struct Chaos {
    pub(super) server: Arc<Server>,
    pub(super) pool: Pool<Backends>,
    pub(super) progress: Arc<Progress>,
    pub(super) draw: Draw,
    /// The name that the pool's backends go by.
    pub(super) name: &'static str,
}

impl Chaos {
    /// Until the work is over.
    pub(super) async fn run(mut self) -> Result<Seen, Error> {
        let mut seen = Seen::default();
        let mut terminated = BTreeSet::new();
        let mut observer = Observer::connect(self.server.socket(), self.name).await?;
        while !self.progress.is_over() {
            tokio::time::sleep(Duration::from_millis(1 + self.draw.below(8))).await;
            if seen.restarts == 0 && self.progress.is_half_done() {
                let (server, began) = (self.server.clone(), Instant::now());
                tokio::task::spawn_blocking(move || server.restart()).await??;
                seen.restarts += 1;
                seen.restarting += began.elapsed();
                observer = Observer::connect(self.server.socket(), self.name).await?;
            }
            let alive = observer.alive_at_once().await?;
            seen.samples += 1;
            seen.peak = seen.peak.max(alive.len() as u64);
            seen.odd_statuses += u64::from(!self.status_adds_up());
            if !alive.is_empty() && self.draw.one_in(4) {
                let victim = self.draw.below(alive.len() as u64) as usize;
                let (pid, started) = alive.into_iter().nth(victim).expect("it is below the length");
                if observer.terminate(&pid).await? {
                    terminated.insert((pid, started));
                } else {
                    seen.missed += 1;
                }
            }
        }
        seen.terminated = terminated.len() as u64;
        observer.close().await;
        Ok(seen)
    }

    fn status_adds_up(&self) -> bool {
        let status = self.pool.status();
        let parts =
            [status.idle, status.in_use, status.connecting, status.checking, status.closing];
        status.size == parts.iter().sum() && status.size <= status.max_size
    }
}

/// A connection of its own, to look at the pool's.
pub(super) struct Observer(Backend, &'static str);

/// A backend's process, and when it began: numbers of processes come back.
type Process = (String, String);

impl Observer {
    /// Looks at the backends that go by `name`.
    pub(super) async fn connect(socket: PathBuf, name: &'static str) -> Result<Self, Error> {
        Ok(Self(Backend::connect(&socket, "observer").await?, name))
    }

    /// The backends that `pg_stat_activity` lists.
    async fn listed(&self) -> Result<BTreeSet<Process>, Error> {
        let query = format!(
            "SELECT pid, backend_start FROM pg_stat_activity WHERE application_name = '{}'",
            self.1
        );
        let rows = self.0.rows(&query).await?;
        Ok(rows.into_iter().map(|mut row| (row.swap_remove(0), row.swap_remove(0))).collect())
    }

    /// How many `pg_stat_activity` lists.
    pub(super) async fn count(&self) -> Result<u64, Error> {
        Ok(self.listed().await?.len() as u64)
    }

    pub(super) async fn close(self) {
        self.0.close().await;
    }

    /// Backends that were all alive at one instant.
    ///
    /// One look does not say that: the server goes through its backends one by
    /// one, and may list one that has ended since beside its successor. Those in
    /// two looks were all alive between them.
    async fn alive_at_once(&self) -> Result<BTreeSet<Process>, Error> {
        let (before, after) = (self.listed().await?, self.listed().await?);
        Ok(&before & &after)
    }

    async fn terminate(&self, pid: &str) -> Result<bool, Error> {
        let rows = self.0.rows(&format!("SELECT pg_terminate_backend({pid})")).await?;
        Ok(rows.first().is_some_and(|row| row[0] == "t"))
    }
}
