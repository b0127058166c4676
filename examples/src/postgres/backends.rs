//! How the pool makes, checks and closes its connections.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use surefoot::pool::Manage;
use surefoot::spawn::{Task, spawn};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Config, NoTls, SimpleQueryMessage};

use super::server::USER;
use super::wire::{Exit, Wire};

/// A connection to a backend.
#[derive(Debug)]
pub struct Backend {
    client: Client,
    /// Moves the bytes. Dropped, it is aborted.
    driver: Task<()>,
    exit: Exit,
}

/// Why there is no connection, or no answer.
#[derive(Debug, thiserror::Error)]
pub enum BackendError {
    /// The socket's word.
    #[error("no connection to the server's socket")]
    Socket(#[source] io::Error),
    /// The server's word, or the client library's.
    #[error("the server did not serve")]
    Postgres(#[source] tokio_postgres::Error),
    /// Not what was asked for.
    #[error("no value where one was asked for")]
    NoValue,
}

impl BackendError {
    /// What to count it under.
    #[must_use]
    pub fn kind(&self) -> String {
        match self {
            Self::Socket(error) => format!("socket: {}", error.kind()),
            Self::Postgres(error) => match error.code() {
                Some(code) => format!("SQLSTATE {}", code.code()),
                None => error.to_string(),
            },
            Self::NoValue => self.to_string(),
        }
    }

    /// Whether the server was not there, or on its way up or down.
    fn is_away(&self) -> bool {
        match self {
            Self::Socket(_) => true,
            Self::Postgres(error) => error.code() == Some(&SqlState::CANNOT_CONNECT_NOW),
            Self::NoValue => false,
        }
    }
}

impl Backend {
    /// # Errors
    ///
    /// If the server is not there, or refuses. By then, a backend that it may
    /// have started has exited.
    pub(super) async fn connect(socket: &Path, name: &str) -> Result<Self, BackendError> {
        let (wire, exit) = Wire::connect(socket).await.map_err(BackendError::Socket)?;
        let mut config = Config::new();
        config.user(USER).dbname("postgres").application_name(name);
        match config.connect_raw(wire, NoTls).await {
            Ok((client, connection)) => {
                // How a connection ended is told by its client's `is_closed`, and
                // by the errors of its queries.
                let driver = spawn(async { drop(connection.await) });
                Ok(Self { client, driver, exit })
            }
            Err(error) => {
                exit.wait().await;
                Err(BackendError::Postgres(error))
            }
        }
    }

    /// The rows of a query, as text.
    ///
    /// # Errors
    ///
    /// Those of the query.
    pub async fn rows(&self, query: &str) -> Result<Vec<Vec<String>>, BackendError> {
        let messages = self.client.simple_query(query).await.map_err(BackendError::Postgres)?;
        let rows = messages.iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        let text = |value: Option<&str>| value.map(str::to_owned).ok_or(BackendError::NoValue);
        rows.map(|row| (0..row.len()).map(|i| text(row.get(i))).collect()).collect()
    }

    /// Says goodbye. Ends when the backend has exited.
    pub async fn close(self) {
        let Self { client, driver, exit } = self;
        // With its last client the driver takes its leave, and ends.
        drop(client);
        let _ = driver.await;
        exit.wait().await;
    }
}

/// Makes [`Backend`]s under one name, and keeps books of its own.
#[derive(Debug)]
pub struct Backends {
    socket: PathBuf,
    name: &'static str,
    counters: Arc<Counters>,
}

/// What [`Backends`] counted.
#[derive(Debug, Default)]
pub struct Counters {
    pub(super) begun: AtomicU64,
    pub(super) connected: AtomicU64,
    pub(super) away: AtomicU64,
    pub(super) failed: AtomicU64,
    pub(super) closed: AtomicU64,
    pub(super) checks_failed: AtomicU64,
    pub(super) checks_cut: AtomicU64,
}

impl Backends {
    pub(super) fn new(socket: PathBuf, name: &'static str, counters: Arc<Counters>) -> Self {
        Self { socket, name, counters }
    }
}

impl Manage for Backends {
    type Conn = Backend;
    type Error = BackendError;

    async fn connect(&self) -> Result<Backend, BackendError> {
        self.counters.begun.fetch_add(1, SeqCst);
        let ended = Backend::connect(&self.socket, self.name).await;
        let counter = match &ended {
            Ok(_) => &self.counters.connected,
            Err(error) if error.is_away() => &self.counters.away,
            Err(_) => &self.counters.failed,
        };
        counter.fetch_add(1, SeqCst);
        ended
    }

    async fn check(&self, backend: &mut Backend) -> Result<(), BackendError> {
        let check = Check(&self.counters.checks_cut);
        let ended = backend.rows("").await;
        std::mem::forget(check);
        self.counters.checks_failed.fetch_add(u64::from(ended.is_err()), SeqCst);
        ended.map(drop)
    }

    fn is_broken(&self, backend: &Backend) -> bool {
        backend.client.is_closed()
    }

    async fn close(&self, backend: Backend) {
        // A slow goodbye: were a slot free before it ends, the server would be seen
        // to have one backend too many. One that is dead already fails it at once.
        let _ = backend.rows("SELECT pg_sleep(0.004)").await;
        backend.close().await;
        self.counters.closed.fetch_add(1, SeqCst);
    }
}

/// Counts a check that is dropped half-way.
struct Check<'a>(&'a AtomicU64);

impl Drop for Check<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, SeqCst);
    }
}
