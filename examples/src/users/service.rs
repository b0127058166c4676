//! The service itself.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use surefoot::backoff::{Backoff, Jitter};
use surefoot::deadline::timeout;
use surefoot::error::Transient;
use surefoot::retry::{RetryError, retry};

use super::{Database, ServiceError};

/// How long the database may take for one query, a connection included.
const QUERY_LIMIT: Duration = Duration::from_secs(5);
/// How long the web server may take for one page.
const PAGE_LIMIT: Duration = Duration::from_millis(300);
/// How long all of it may take.
const DEADLINE: Duration = Duration::from_secs(20);
/// How often it is tried.
pub(super) const TRIES: u32 = 3;

/// A user, from the database and the web.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Its key in the database.
    pub id: i64,
    /// Its name, from there.
    pub name: String,
    /// Its page, from the web.
    pub page: String,
}

/// Finds users.
#[derive(Debug)]
pub struct Users {
    database: Database,
    http: reqwest::Client,
    web: SocketAddr,
    /// Tries that were begun.
    pub(super) tries: AtomicU64,
    /// Pages that were asked for.
    pub(super) asked: AtomicU64,
    /// Pages that took too long.
    pub(super) timed_out: AtomicU64,
}

impl Users {
    /// A service on a database, and a web server.
    ///
    /// # Errors
    ///
    /// Those of reqwest.
    pub fn new(database: Database, web: SocketAddr) -> Result<Self, ServiceError> {
        // Who tries again is decided here, and by nobody below.
        let http = reqwest::Client::builder().no_proxy().retry(reqwest::retry::never()).build()?;
        let (tries, asked, timed_out) = Default::default();
        Ok(Self { database, http, web, tries, asked, timed_out })
    }

    /// Finds a user, and tries again if that may help.
    ///
    /// # Errors
    ///
    /// How the last try failed, with its source, how many there were, and why no more.
    pub async fn user(&self, id: i64) -> Result<User, RetryError<ServiceError>> {
        let backoff = Backoff::exponential(Duration::from_millis(5))
            .max_delay(Duration::from_millis(50))
            .jitter(Jitter::Full);
        retry(|_| self.fetch_user(id))
            .backoff(backoff)
            .max_attempts(TRIES)
            .deadline(DEADLINE)
            .when(|error: &ServiceError| error.is_transient())
            .await
    }

    /// One try. The first `?` is of a limit that passed, the second one of what went
    /// wrong within it.
    async fn fetch_user(&self, id: i64) -> Result<User, ServiceError> {
        self.tries.fetch_add(1, SeqCst);
        let (name, path) = timeout(QUERY_LIMIT, self.database.visit(id)).await??;
        self.asked.fetch_add(1, SeqCst);
        let page = timeout(PAGE_LIMIT, self.page(&path)).await;
        self.timed_out.fetch_add(u64::from(page.is_err()), SeqCst);
        Ok(User { id, name, page: page?? })
    }

    async fn page(&self, path: &str) -> Result<String, reqwest::Error> {
        let url = format!("http://{}{path}", self.web);
        self.http.get(url).send().await?.error_for_status()?.text().await
    }
}
