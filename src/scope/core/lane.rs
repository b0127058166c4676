//! How many children may run at once, first come, first served.
//!
//! # Invariants
//!
//! 1. The turns that are held and the free ones are as many as the limit. A turn
//!    that was granted and not yet taken is held.
//! 2. While somebody waits, no turn is free.

use std::task::Waker;

use crate::waiters::{Queue, Taken, Ticket};

/// What a newcomer finds.
#[derive(Debug)]
pub(crate) enum Entered {
    /// A turn.
    Held,
    /// A place in the queue.
    Waits(Ticket),
}

#[derive(Debug)]
pub(crate) struct Lane {
    free: usize,
    queue: Queue<()>,
}

impl Lane {
    pub(crate) fn new(limit: usize) -> Self {
        Self { free: limit, queue: Queue::new() }
    }

    /// Takes a turn, or the last place. The waker comes with the first poll.
    pub(crate) fn enter(&mut self) -> Entered {
        // Invariant 2: who finds a turn overtakes nobody.
        if let Some(left) = self.free.checked_sub(1) {
            self.free = left;
            return Entered::Held;
        }
        let arrival = self.queue.arrive();
        Entered::Waits(self.queue.push(arrival, Waker::noop().clone()))
    }

    /// What a poll of one that waits does.
    pub(crate) fn ask(&mut self, ticket: Ticket, waker: Waker) -> Taken<()> {
        self.queue.take(ticket, waker)
    }

    /// A turn comes back: it is the next one's, who is to be woken, or free.
    #[must_use = "who has the turn now is to be woken"]
    pub(crate) fn leave(&mut self) -> Option<Waker> {
        match self.queue.grant(()) {
            Ok(waker) => waker,
            Err(()) => {
                self.free += 1;
                None
            }
        }
    }

    /// One that waits leaves. Whoever has its turn now is to be woken, and the
    /// other waker is to be dropped.
    pub(crate) fn withdraw(&mut self, ticket: Ticket) -> (Option<Waker>, Option<Waker>) {
        match self.queue.withdraw(ticket) {
            (Some(()), spare) => (self.leave(), spare),
            (None, spare) => (None, spare),
        }
    }
}
