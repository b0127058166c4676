//! Closures that block until they are told to go on.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use surefoot::blocking::Stop;
use surefoot::deadline::timeout;
use tokio::sync::mpsc as events;

use crate::support::*;

/// For how long a thread waits that nobody lets go: a test that fails ends.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// Where closures are at work, and are seen to begin.
pub(super) struct Site {
    begins: events::UnboundedSender<usize>,
    begun: events::UnboundedReceiver<usize>,
    at_work: Arc<AtomicUsize>,
    peak: Arc<AtomicUsize>,
}

/// Lets a closure go when it is dropped.
pub(super) struct Hold(#[expect(dead_code, reason = "its drop is the word")] mpsc::Sender<()>);

impl Site {
    pub(super) fn new() -> Self {
        let (begins, begun) = events::unbounded_channel();
        Self { begins, begun, at_work: Arc::default(), peak: Arc::default() }
    }

    /// A closure that blocks its thread until its hold is dropped, and then gives
    /// back its number and whether it was told to stop.
    pub(super) fn closure(
        &self,
        number: usize,
    ) -> (Hold, impl FnOnce(&Stop) -> (usize, bool) + Send + use<>) {
        let (hold, go) = mpsc::channel::<()>();
        let (begins, at_work, peak) =
            (self.begins.clone(), self.at_work.clone(), self.peak.clone());
        let closure = move |stop: &Stop| {
            let now = at_work.fetch_add(1, Ordering::SeqCst) + 1;
            peak.fetch_max(now, Ordering::SeqCst);
            let _ = begins.send(number);
            let word = go.recv_timeout(PATIENCE);
            at_work.fetch_sub(1, Ordering::SeqCst);
            assert_eq!(word, Err(mpsc::RecvTimeoutError::Disconnected), "nobody let it go");
            (number, stop.is_set())
        };
        (Hold(hold), closure)
    }

    /// The closure that begins next.
    pub(super) async fn next(&mut self) -> usize {
        let begun = timeout(ms(1), self.begun.recv()).await;
        begun.expect("one begins").expect("the site has a sender itself")
    }

    /// Whether none began that was not seen.
    pub(super) fn is_quiet(&mut self) -> bool {
        self.begun.try_recv().is_err()
    }

    /// How many were at work at once.
    pub(super) fn peak(&self) -> usize {
        self.peak.load(Ordering::SeqCst)
    }
}

/// Waits for what another thread does, without an await, until `holds`.
pub(super) fn spin_until(mut holds: impl FnMut() -> bool) {
    for _ in 0..20_000_000 {
        if holds() {
            return;
        }
        std::thread::yield_now();
    }
    panic!("it never holds");
}
