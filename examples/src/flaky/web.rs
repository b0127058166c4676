//! The client: reqwest, and an error that knows whether another try can help.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::{Response, StatusCode};
use surefoot::error::Transient;

/// Fetches pages.
#[derive(Clone, Debug)]
pub struct Web {
    http: reqwest::Client,
    addr: SocketAddr,
    seen: Arc<Mutex<Seen>>,
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The server says that it is busy.
    #[error("the server is busy for {away:?}")]
    Busy {
        /// How long it wants to be left alone.
        away: Duration,
    },
    /// There was no answer, or not one with a page in it.
    #[error("the page can't be fetched")]
    Http(#[from] reqwest::Error),
}

impl Transient for FetchError {
    fn is_transient(&self) -> bool {
        match self {
            Self::Busy { .. } => true,
            // Without a status, there was no answer.
            Self::Http(error) => error.status().is_none_or(|status| status.is_server_error()),
        }
    }
}

impl FetchError {
    /// For how long no other attempt is to be made.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Busy { away } => Some(*away),
            Self::Http(_) => None,
        }
    }
}

impl Web {
    /// A client of the server at `addr`.
    ///
    /// # Errors
    ///
    /// Those of reqwest.
    pub fn new(addr: SocketAddr) -> Result<Self, reqwest::Error> {
        // Who tries again is decided here, and by nobody below.
        let http = reqwest::Client::builder().no_proxy().retry(reqwest::retry::never()).build()?;
        Ok(Self { http, addr, seen: Arc::default() })
    }

    /// Fetches the page, and counts what becomes of it.
    ///
    /// # Errors
    ///
    /// [`FetchError`].
    ///
    /// # Cancel safety
    ///
    /// Dropped, it closes its connection, which tells the server.
    pub async fn page(&self, path: &str) -> Result<String, FetchError> {
        let request = Request::begin(self.seen.clone());
        let fetched = self.fetch(path).await;
        request.ended(|seen| match &fetched {
            Ok(page) if page == path => seen.good += 1,
            Ok(_) => seen.wrong += 1,
            Err(FetchError::Busy { .. }) => seen.busy += 1,
            Err(FetchError::Http(error)) if error.status().is_some() => seen.gone += 1,
            Err(FetchError::Http(_)) => seen.dead += 1,
        });
        fetched
    }

    async fn fetch(&self, path: &str) -> Result<String, FetchError> {
        let response = self.http.get(format!("http://{}{path}", self.addr)).send().await?;
        if response.status() == StatusCode::SERVICE_UNAVAILABLE {
            return Err(FetchError::Busy { away: away(&response) });
        }
        Ok(response.error_for_status()?.text().await?)
    }

    /// What it saw so far.
    #[must_use]
    pub fn seen(&self) -> Seen {
        *self.seen.lock().expect("nobody panics with it")
    }
}

/// `Retry-After` counts in seconds; some services send this, too.
fn away(response: &Response) -> Duration {
    let header = response.headers().get("retry-after-ms");
    let ms = header.and_then(|value| value.to_str().ok()?.parse().ok());
    Duration::from_millis(ms.unwrap_or_default())
}

/// What the client saw.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    /// Requests that were begun.
    pub asked: u64,
    /// Pages fetched.
    pub good: u64,
    /// Pages that are not those that were asked for.
    pub wrong: u64,
    /// Requests answered with 503.
    pub busy: u64,
    /// Requests answered with another error.
    pub gone: u64,
    /// Requests without an answer.
    pub dead: u64,
    /// Requests that were dropped before their end.
    pub cut: u64,
}

/// A request that is under way. Dropped before its end, it was cut.
struct Request(Arc<Mutex<Seen>>, bool);

impl Request {
    fn begin(seen: Arc<Mutex<Seen>>) -> Self {
        seen.lock().expect("nobody panics with it").asked += 1;
        Self(seen, false)
    }

    fn ended(mut self, how: impl FnOnce(&mut Seen)) {
        how(&mut self.0.lock().expect("nobody panics with it"));
        self.1 = true;
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        let was_cut = u64::from(!self.1);
        self.0.lock().expect("nobody panics with it").cut += was_cut;
    }
}
