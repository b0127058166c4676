//! The other side: a server that is as good as the path says.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use surefoot::shutdown::{Shutdown, Token};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::draw::Draw;
use crate::run::Error;

/// For how long a client that was told that the server is busy has to stay away.
const AWAY: Duration = Duration::from_millis(5);

/// A server of pages. The first part of a page's path says how it is served:
///
/// | path | answer |
/// |---|---|
/// | `/good/...` | the path, after a millisecond |
/// | `/busy/...` | 503, and the header `retry-after-ms` |
/// | `/gone/...` | 404 |
/// | `/dead/...` | none: the connection is closed |
/// | `/hang/...` | none, until the client leaves |
/// | `/flaky/...` | one time in two as `good`, else as one of the others, but `gone` |
#[derive(Debug)]
pub struct Server {
    addr: SocketAddr,
    state: Arc<State>,
    shutdown: Shutdown,
}

/// What the server saw.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// Requests that arrived.
    pub asked: u64,
    /// Requests that are being served now.
    pub in_flight: u64,
    /// The most that ever were at once.
    pub peak: u64,
    /// Pages served.
    pub good: u64,
    /// Requests answered with 503.
    pub busy: u64,
    /// Requests answered with 404.
    pub gone: u64,
    /// Requests on whose connection it hung up.
    pub dead: u64,
    /// Requests whose client left before the answer.
    pub left: u64,
    /// Requests for a page before the time that its last 503 had asked for.
    pub early: u64,
}

impl Server {
    /// Listens on a free port of the loopback interface.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub async fn start(draw: Draw) -> Result<Self, Error> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let addr = listener.local_addr()?;
        let state = Arc::new(State {
            tally: Mutex::default(),
            draw: Mutex::new(draw),
            away: Mutex::default(),
        });
        let shutdown = Shutdown::builder().drain_limit(Duration::from_secs(5)).build()?;
        let accepting = state.clone();
        shutdown
            .spawn("server", |token| accept(listener, accepting, token))
            .map_err(|_| "it is not triggered yet")?;
        Ok(Self { addr, state, shutdown })
    }

    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Stops when all that it has begun to serve has ended. Says what it saw, and
    /// whether it came to that within its time limit.
    pub async fn stop(self) -> (Tally, bool) {
        self.shutdown.trigger("the clients have ended");
        let drained = self.shutdown.drain().await.is_clean();
        (*self.state.tally(), drained)
    }
}

#[derive(Debug)]
struct State {
    tally: Mutex<Tally>,
    draw: Mutex<Draw>,
    /// Until when clients are to stay away from a page.
    away: Mutex<BTreeMap<String, Instant>>,
}

impl State {
    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().expect("nobody panics with it")
    }

    /// The mood in which a page is served this time.
    fn mood<'a>(&self, path: &'a str) -> &'a str {
        let mood = path.split('/').nth(1).unwrap_or_default();
        if mood != "flaky" {
            return mood;
        }
        match self.draw.lock().expect("nobody panics with it").below(10) {
            0 => "hang",
            1 | 2 => "dead",
            3 | 4 => "busy",
            _ => "good",
        }
    }

    fn is_early(&self, path: &str) -> bool {
        let away = self.away.lock().expect("nobody panics with it");
        away.get(path).is_some_and(|until| Instant::now() < *until)
    }

    fn send_away(&self, path: String) {
        let mut away = self.away.lock().expect("nobody panics with it");
        away.insert(path, Instant::now() + AWAY);
    }
}

async fn accept(listener: TcpListener, state: Arc<State>, token: Token) -> Result<(), Infallible> {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            () = token.triggered() => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, state.clone(), token.clone()));
                }
                // The peer is gone already, or there are too many open files.
                Err(_) => sleep(Duration::from_millis(10)).await,
            },
        }
    }
    while connections.join_next().await.is_some() {}
    Ok(())
}

async fn connection(stream: TcpStream, state: Arc<State>, token: Token) {
    // Without it, an answer may wait for the other side's acknowledgement.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| serve(request, state.clone()));
    let mut served = pin!(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        biased;
        _ = served.as_mut() => return,
        () = token.triggered() => {}
    }
    served.as_mut().graceful_shutdown();
    let _ = served.await;
}

/// Dropped when its client closes the connection.
async fn serve(request: Request<Incoming>, state: Arc<State>) -> io::Result<Response<Body>> {
    let path = request.uri().path().to_owned();
    let served = Served::begin(state.clone(), &path);
    let (status, body) = match state.mood(&path) {
        "good" => {
            sleep(Duration::from_millis(1)).await;
            served.ended(|tally| tally.good += 1);
            (StatusCode::OK, path)
        }
        "busy" => {
            served.ended(|tally| tally.busy += 1);
            state.send_away(path);
            (StatusCode::SERVICE_UNAVAILABLE, String::new())
        }
        "dead" => {
            served.ended(|tally| tally.dead += 1);
            // Closes the connection, without an answer.
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        "hang" => pending().await,
        _ => {
            served.ended(|tally| tally.gone += 1);
            (StatusCode::NOT_FOUND, String::new())
        }
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    if status == StatusCode::SERVICE_UNAVAILABLE {
        let away = u64::try_from(AWAY.as_millis()).unwrap_or(u64::MAX);
        response.headers_mut().insert("retry-after-ms", away.into());
    }
    Ok(response)
}

/// A request that is being served. Dropped before its end, its client has left.
struct Served(Arc<State>, bool);

impl Served {
    fn begin(state: Arc<State>, path: &str) -> Self {
        let is_early = state.is_early(path);
        let mut tally = state.tally();
        tally.asked += 1;
        tally.early += u64::from(is_early);
        tally.in_flight += 1;
        tally.peak = tally.peak.max(tally.in_flight);
        drop(tally);
        Self(state, false)
    }

    fn ended(mut self, how: impl FnOnce(&mut Tally)) {
        how(&mut self.0.tally());
        self.1 = true;
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let mut tally = self.0.tally();
        tally.in_flight -= 1;
        tally.left += u64::from(!self.1);
    }
}
