//! A turn to run under a limit, held or waited for.

use std::task::{Context, Poll, ready};

use super::core::{Entered, Lane};
use crate::rt;
use crate::sync::{Arc, Mutex};
use crate::waiters::Taken;

/// A limit that some children have in common.
#[derive(Clone)]
pub(super) struct Limit(Arc<Mutex<Lane>>);

impl Limit {
    pub(super) fn new(n: usize) -> Self {
        Self(Arc::new(Mutex::new(Lane::new(n))))
    }

    /// A turn, or a place behind all who asked before.
    pub(super) fn queue_up(&self) -> Turn {
        Turn { limit: self.clone(), place: Some(self.0.with(Lane::enter)) }
    }
}

pub(super) struct Turn {
    limit: Limit,
    /// Always there, but for the time that a lock is held.
    place: Option<Entered>,
}

impl Turn {
    /// Ready when it is held.
    pub(super) fn poll_held(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let coop = ready!(rt::poll_budget(cx));
        if let Some(Entered::Waits(ticket)) = self.place.take() {
            let waker = cx.waker().clone();
            match self.limit.0.with(|lane| lane.ask(ticket, waker)) {
                Taken::Granted { .. } => {}
                Taken::Parked { ticket, .. } => {
                    self.place = Some(Entered::Waits(ticket));
                    return Poll::Pending;
                }
            }
        }
        self.place = Some(Entered::Held);
        coop.made_progress();
        Poll::Ready(())
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some(place) = self.place.take() else { return };
        let (waker, _spare) = self.limit.0.with(|lane| match place {
            Entered::Held => (lane.leave(), None),
            Entered::Waits(ticket) => lane.withdraw(ticket),
        });
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}
