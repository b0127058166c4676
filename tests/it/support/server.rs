//! A server whose every answer is scripted, and that counts what it sees.

use std::collections::VecDeque;
use std::future::pending;
use std::sync::Arc;
#[expect(
    clippy::disallowed_types,
    reason = "the counts are the tests' own, out of loom's reach"
)]
use std::sync::Mutex;

use surefoot::error::Transient;
use surefoot::pool::{Builder, Manage, Pool};
use tokio::time::Instant;

use super::{TestPool, wait};

/// What a connect, a check or a close does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Act {
    delay: u64,
    end: End,
}

#[derive(Clone, Copy, Debug)]
enum End {
    Well,
    Error(&'static str),
    Panic(&'static str),
    Never,
}

pub(crate) fn well() -> Act {
    Act { delay: 0, end: End::Well }
}

pub(crate) fn fails(why: &'static str) -> Act {
    Act { delay: 0, end: End::Error(why) }
}

pub(crate) fn panics(why: &'static str) -> Act {
    Act { delay: 0, end: End::Panic(why) }
}

pub(crate) fn hangs() -> Act {
    Act { delay: 0, end: End::Never }
}

impl Act {
    /// Not before so many milliseconds.
    pub(crate) fn after(self, delay: u64) -> Self {
        Self { delay, ..self }
    }

    async fn play(self) -> Result<(), ServerError> {
        if self.delay > 0 {
            wait(self.delay).await;
        }
        match self.end {
            End::Well => Ok(()),
            End::Error(why) => Err(ServerError(why)),
            End::Panic(why) => panic!("{why}"),
            End::Never => pending().await,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct ServerError(pub(crate) &'static str);

impl Transient for ServerError {
    fn is_transient(&self) -> bool {
        self.0 == "busy"
    }
}

/// The manager of the pools under test. Clones are the same server.
#[derive(Clone, Debug)]
pub(crate) struct Server(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    born: Instant,
    #[expect(clippy::disallowed_types, reason = "as above")]
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Connections there are or that are being made, until they are dropped.
    alive: usize,
    peak: usize,
    connecting: usize,
    connecting_peak: usize,
    panics_when_asked: bool,
    /// Up to this one, the connections are broken.
    broken: usize,
    calls: [usize; 3],
    log: Vec<Entry>,
    plans: [Plan; 3],
}

/// The next acts of a kind, and what comes after them.
#[derive(Debug)]
struct Plan {
    next: VecDeque<Act>,
    usual: Act,
}

impl Default for Plan {
    fn default() -> Self {
        Self { next: VecDeque::new(), usual: well() }
    }
}

/// What the server was asked for: when in milliseconds, what, and of which
/// connection.
pub(crate) type Entry = (u64, &'static str, usize);

const KINDS: [&str; 3] = ["connect", "check", "close"];
const CONNECT: usize = 0;
const CHECK: usize = 1;
const CLOSE: usize = 2;

impl Server {
    pub(crate) fn new() -> Self {
        let born = Instant::now();
        Self(Arc::new(Shared { born, state: <_>::default() }))
    }

    /// A pool of its connections.
    #[track_caller]
    pub(crate) fn pool(&self, set: impl FnOnce(Builder<Self>) -> Builder<Self>) -> TestPool {
        set(Pool::builder(self.clone())).build().expect("the test's settings are good")
    }

    pub(crate) fn usual_close(&self, act: Act) {
        self.with(|state| state.plans[CLOSE].usual = act);
    }

    pub(crate) fn usual_check(&self, act: Act) {
        self.with(|state| state.plans[CHECK].usual = act);
    }

    /// What the next connects do; those after them are as usual.
    pub(crate) fn connects<const N: usize>(&self, acts: [Act; N]) {
        self.with(|state| state.plans[CONNECT].next.extend(acts));
    }

    pub(crate) fn checks<const N: usize>(&self, acts: [Act; N]) {
        self.with(|state| state.plans[CHECK].next.extend(acts));
    }

    pub(crate) fn closes<const N: usize>(&self, acts: [Act; N]) {
        self.with(|state| state.plans[CLOSE].next.extend(acts));
    }

    pub(crate) fn usual_connect(&self, act: Act) {
        self.with(|state| state.plans[CONNECT].usual = act);
    }

    /// Calls of connect, check and close so far.
    pub(crate) fn calls(&self) -> [usize; 3] {
        self.with(|state| state.calls)
    }

    /// All that it was asked for so far, or since the last look.
    pub(crate) fn take_log(&self) -> Vec<Entry> {
        self.with(|state| std::mem::take(&mut state.log))
    }

    /// When it was asked for things of that kind, and of which connections.
    pub(crate) fn asked(&self, kind: &str) -> Vec<(u64, usize)> {
        let of_kind = |entry: &&Entry| entry.1 == kind;
        self.with(|state| state.log.iter().filter(of_kind).map(|e| (e.0, e.2)).collect())
    }

    /// Connections there are or that are being made.
    pub(crate) fn alive(&self) -> usize {
        self.with(|state| state.alive)
    }

    pub(crate) fn peak(&self) -> usize {
        self.with(|state| state.peak)
    }

    pub(crate) fn connecting_peak(&self) -> usize {
        self.with(|state| state.connecting_peak)
    }

    /// Every connection that was made so far is broken from now on.
    pub(crate) fn break_all(&self) {
        self.with(|state| state.broken = state.calls[CONNECT]);
    }

    /// Whether asking for a broken connection panics.
    pub(crate) fn panic_when_asked(&self, panics: bool) {
        self.with(|state| state.panics_when_asked = panics);
    }

    /// Milliseconds since the server was made.
    pub(crate) fn clock(&self) -> u128 {
        self.0.born.elapsed().as_millis()
    }

    fn with<R>(&self, f: impl FnOnce(&mut State) -> R) -> R {
        f(&mut self.0.state.lock().expect("nothing in here panics"))
    }

    /// `of` is the connection, unless it is only made.
    fn begin(&self, kind: usize, of: Option<usize>) -> (Act, usize) {
        let now = self.clock() as u64;
        self.with(|state| {
            state.calls[kind] += 1;
            state.log.push((now, KINDS[kind], of.unwrap_or(state.calls[kind])));
            let plan = &mut state.plans[kind];
            (plan.next.pop_front().unwrap_or(plan.usual), state.calls[kind])
        })
    }
}

impl Manage for Server {
    type Conn = Conn;
    type Error = ServerError;

    async fn connect(&self) -> Result<Conn, ServerError> {
        let (act, id) = self.begin(CONNECT, None);
        let alive = Alive::new(self);
        let _connecting = Connecting::new(self);
        act.play().await?;
        Ok(Conn { id, is_broken: false, panics: None, _alive: alive })
    }

    async fn check(&self, conn: &mut Conn) -> Result<(), ServerError> {
        self.begin(CHECK, Some(conn.id)).0.play().await
    }

    fn is_broken(&self, conn: &Conn) -> bool {
        let panics = self.with(|state| state.panics_when_asked);
        assert!(!panics && conn.panics != Some("when it is asked"), "when it is asked");
        conn.is_broken || conn.id <= self.with(|state| state.broken)
    }

    async fn close(&self, conn: Conn) {
        // What goes wrong here goes no further: closing has no error.
        let _ = self.begin(CLOSE, Some(conn.id)).0.play().await;
        drop(conn);
    }
}

/// The `id`th connection that its server was asked for.
#[derive(Debug)]
pub(crate) struct Conn {
    pub(crate) id: usize,
    pub(crate) is_broken: bool,
    /// Where it panics: `"when it is asked"` whether it is broken, or
    /// `"when it is dropped"`.
    pub(crate) panics: Option<&'static str>,
    _alive: Alive,
}

impl Drop for Conn {
    fn drop(&mut self) {
        assert!(self.panics != Some("when it is dropped"), "when it is dropped");
    }
}

/// Counts a connection, from the first step of its making.
#[derive(Debug)]
struct Alive(Server);

impl Alive {
    fn new(server: &Server) -> Self {
        server.with(|state| {
            state.alive += 1;
            state.peak = state.peak.max(state.alive);
        });
        Self(server.clone())
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.with(|state| state.alive -= 1);
    }
}

struct Connecting<'a>(&'a Server);

impl<'a> Connecting<'a> {
    fn new(server: &'a Server) -> Self {
        server.with(|state| {
            state.connecting += 1;
            state.connecting_peak = state.connecting_peak.max(state.connecting);
        });
        Self(server)
    }
}

impl Drop for Connecting<'_> {
    fn drop(&mut self) {
        self.0.with(|state| state.connecting -= 1);
    }
}
