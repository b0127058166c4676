//! The service: what is needed to stop without losing a request.

use std::io;
use std::pin::pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Router, body::Bytes};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use surefoot::app::App;
use surefoot::deadline::timeout;
use surefoot::shutdown::{Accepting, Token};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::sleep;

/// How long the service may take to end after the signal. The limits below fit
/// into it, so that nothing has to be aborted.
pub const DRAIN_LIMIT: Duration = Duration::from_secs(5);
/// How long a request's head may take to arrive.
const HEAD_LIMIT: Duration = Duration::from_secs(2);
/// How long a request may take from its head to its answer.
const REQUEST_LIMIT: Duration = Duration::from_secs(2);
/// For how long idle connections are served once no new ones are accepted: longer
/// than a request is on its way.
const LINGER: Duration = Duration::from_secs(1);

/// Serves until it is told to stop, then until all that it has accepted is
/// answered. Prints its books.
#[must_use]
pub fn service() -> ExitCode {
    let tally = Arc::new(Tally::default());
    let books = tally.clone();
    App::new()
        .drain_limit(DRAIN_LIMIT)
        .on_report(move |report| {
            books.print_books();
            println!("drained in {:?}", report.elapsed);
        })
        .run(|shutdown| async move {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
            println!("listening {}", listener.local_addr()?);
            let token = shutdown.token();
            let router = router(tally.clone()).layer(from_fn_with_state(token.clone(), manners));
            let mut server = Server { router, token, tally, connections: JoinSet::new() };
            let mut accepting = server.token.accepting();
            server.accept(&listener, &mut accepting).await;
            server.tally.print_stopping();
            server.close(listener)?;
            println!("closed 0");
            // Nothing new comes: what lingers is told to end.
            drop(accepting);
            server.drain().await;
            Ok::<_, io::Error>(())
        })
}

/// An acceptor that owns its connections: dropped, it drops them.
struct Server {
    router: Router,
    token: Token,
    tally: Arc<Tally>,
    connections: JoinSet<()>,
}

impl Server {
    /// Takes connections until it is told to stop.
    async fn accept(&mut self, listener: &TcpListener, accepting: &mut Accepting) {
        loop {
            tokio::select! {
                biased;
                () = &mut *accepting => return,
                Some(_) = self.connections.join_next() => {}
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => self.serve(stream),
                    // The peer is gone already, or there are too many open files: some
                    // connections may end meanwhile.
                    Err(_) => sleep(Duration::from_millis(10)).await,
                },
            }
        }
    }

    /// Takes what the kernel has completed for this listener, which it would reset.
    fn close(&mut self, listener: TcpListener) -> io::Result<()> {
        // Asks the kernel itself, and not what Tokio has heard from it so far.
        let listener = listener.into_std()?;
        while let Ok((stream, _)) = listener.accept() {
            stream.set_nonblocking(true)?;
            self.serve(TcpStream::from_std(stream)?);
        }
        Ok(())
    }

    /// Ends with the last connection.
    async fn drain(&mut self) {
        while self.connections.join_next().await.is_some() {}
    }

    fn serve(&mut self, stream: TcpStream) {
        self.tally.accepted.fetch_add(1, SeqCst);
        self.connections.spawn(connection(stream, self.router.clone(), self.token.clone()));
    }
}

/// Serves one connection. Its errors are its peer's.
async fn connection(stream: TcpStream, router: Router, token: Token) {
    let _ = stream.set_nodelay(true);
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_LIMIT);
    let service = TowerToHyperService::new(router);
    let mut served = pin!(http.serve_connection(TokioIo::new(stream), service));
    let lingered = async {
        token.triggered().await;
        sleep(LINGER).await;
    };
    tokio::select! {
        biased;
        _ = served.as_mut() => return,
        () = lingered => {}
    }
    // Idle, it closes at once; else after the answer that is under way.
    served.as_mut().graceful_shutdown();
    let _ = served.await;
}

/// What every route does: it has a limit, and tells the client to go once the
/// service is to stop. hyper closes the connection after such an answer.
async fn manners(State(token): State<Token>, request: Request, next: Next) -> Response {
    let answer = timeout(REQUEST_LIMIT, next.run(request)).await;
    let mut answer = answer.unwrap_or_else(|_| StatusCode::REQUEST_TIMEOUT.into_response());
    if token.is_triggered() {
        answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    answer
}

/// What a service counts for its metrics.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) accepted: AtomicU64,
    begun: AtomicU64,
    in_flight: AtomicU64,
}

impl Tally {
    pub(super) fn print_stopping(&self) {
        println!("stopping {}", self.in_flight.load(SeqCst));
    }

    pub(super) fn print_books(&self) {
        let (accepted, begun) = (self.accepted.load(SeqCst), self.begun.load(SeqCst));
        println!("books {accepted} {begun}");
    }
}

/// A request that is being worked on.
struct InFlight(Arc<Tally>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, SeqCst);
    }
}

/// What the service is for.
pub(super) fn router(tally: Arc<Tally>) -> Router {
    Router::new()
        .route("/work/{id}/{ms}", get(work))
        .route("/upload", post(upload))
        .with_state(tally)
}

/// Takes so many milliseconds, and answers with the id.
async fn work(State(tally): State<Arc<Tally>>, Path((id, ms)): Path<(u64, u64)>) -> String {
    tally.begun.fetch_add(1, SeqCst);
    tally.in_flight.fetch_add(1, SeqCst);
    let _working = InFlight(tally);
    sleep(Duration::from_millis(ms)).await;
    id.to_string()
}

async fn upload(body: Bytes) -> String {
    body.len().to_string()
}
