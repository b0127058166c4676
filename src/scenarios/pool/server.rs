use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use crate::probe;

/// The other side of the connections: it counts them.
///
/// All its orderings are relaxed: a simulation runs on one thread.
#[derive(Clone, Debug)]
pub(super) struct Server(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    misbehaviour: Misbehaviour,
    open: AtomicUsize,
    attempts: AtomicUsize,
}

/// What the server may do wrong: a fault of the schedule's choosing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Misbehaviour {
    Nothing,
    /// Never answers a connect.
    Hangs,
    /// Does not answer any connect but the first.
    HangsLater,
    /// The client's code panics on what it answers.
    Confuses,
    /// Closes a connection after a query.
    HangsUp,
    /// Nothing, but its connections must not get old.
    Forgets,
}

impl Server {
    pub(super) fn new(misbehaviour: Misbehaviour) -> Self {
        let (open, attempts) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self(Arc::new(Inner { misbehaviour, open, attempts }))
    }

    fn may(&self, misbehaviour: Misbehaviour) -> bool {
        self.0.misbehaviour == misbehaviour
    }

    /// Connects, which takes a moment.
    pub(super) async fn connect(&self) -> io::Result<Conn> {
        let is_first = self.0.attempts.fetch_add(1, Ordering::Relaxed) == 0;
        let may_hang =
            self.may(Misbehaviour::Hangs) || (self.may(Misbehaviour::HangsLater) && !is_first);
        if may_hang && probe::fault("the server does not answer") {
            std::future::pending::<()>().await;
        }
        tokio::task::yield_now().await;
        if self.may(Misbehaviour::Confuses) {
            probe::panic_point("the answer makes no sense");
        }
        self.0.open.fetch_add(1, Ordering::Relaxed);
        Ok(Conn { server: self.clone(), is_up: AtomicBool::new(true), made: probe::elapsed() })
    }

    pub(super) fn limits_lifetime(&self) -> bool {
        self.may(Misbehaviour::Forgets)
    }

    /// How many connections are open now.
    pub(super) fn open(&self) -> usize {
        self.0.open.load(Ordering::Relaxed)
    }

    /// How many times somebody began to connect.
    pub(super) fn attempts(&self) -> usize {
        self.0.attempts.load(Ordering::Relaxed)
    }
}

/// A connection. It is open until it is dropped.
#[derive(Debug)]
pub(super) struct Conn {
    server: Server,
    is_up: AtomicBool,
    made: Duration,
}

impl Conn {
    /// Uses it, which takes a moment. The server may hang up afterwards.
    pub(super) async fn query(&self) {
        assert!(self.is_up(), "a connection was handed out that the server had closed");
        tokio::task::yield_now().await;
        if self.server.may(Misbehaviour::HangsUp) && probe::fault("the server hangs up") {
            self.is_up.store(false, Ordering::Relaxed);
        }
    }

    pub(super) fn age(&self) -> Duration {
        probe::elapsed() - self.made
    }

    pub(super) fn is_up(&self) -> bool {
        self.is_up.load(Ordering::Relaxed)
    }
}

impl Drop for Conn {
    fn drop(&mut self) {
        self.server.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}
