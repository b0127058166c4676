//! Who counts the cleanups that are to come, and who waits for them. Pure: the
//! cleanups themselves are of a type `W` that it only stores.
//!
//! # Invariants
//!
//! 1. `open` counts what has begun and has not ended its cleanup; what is queued
//!    is among it.
//! 2. Nobody is parked while `open` is 0.
//! 3. While something is queued and somebody waits, the one that waits longest
//!    was woken, and will take it or pass the wake-up on.

use std::task::Waker;

use crate::waiters::{Queue, Taken, Ticket, Wakers};

#[derive(Debug)]
pub(super) struct Core<W> {
    open: usize,
    /// What has nowhere to run, oldest first.
    queued: Vec<W>,
    waiting: Queue<()>,
    panicked: u64,
}

/// What somebody who waits is told.
#[derive(Debug)]
pub(super) enum Asked<W> {
    /// Nothing is open. Drop the waker after unlocking.
    Done { spare: Waker },
    /// Something is. What was queued is the caller's to run; the waker is to be
    /// dropped after unlocking.
    Parked { ticket: Ticket, queued: Vec<W>, replaced: Option<Waker> },
}

impl<W> Core<W> {
    pub(super) fn new() -> Self {
        Self { open: 0, queued: Vec::new(), waiting: Queue::new(), panicked: 0 }
    }

    pub(super) fn begin(&mut self) {
        self.open += 1;
    }

    /// The cleanup of one ended, or was called off. Gives back whom to wake.
    pub(super) fn end(&mut self, panicked: bool) -> Wakers {
        self.open -= 1;
        self.panicked += u64::from(panicked);
        let mut wakers = Wakers::new();
        if self.open == 0 {
            // Invariant 2.
            while let Ok(waker) = self.waiting.grant(()) {
                wakers.push(waker);
            }
        }
        wakers
    }

    /// Keeps what has nowhere to run. Gives back whom to wake for it
    /// (invariant 3).
    pub(super) fn enqueue(&mut self, work: W) -> Option<Waker> {
        self.queued.push(work);
        self.waiting.nudge()
    }

    /// What a poll does: learns that nothing is open, or takes what is queued and
    /// parks on.
    pub(super) fn ask(&mut self, ticket: Option<Ticket>, waker: Waker) -> Asked<W> {
        let (ticket, replaced) = match ticket {
            Some(ticket) => match self.waiting.take(ticket, waker) {
                Taken::Granted { grant: (), spare } => return Asked::Done { spare },
                Taken::Parked { ticket, replaced } => (ticket, replaced),
            },
            None if self.open == 0 => return Asked::Done { spare: waker },
            None => {
                let arrival = self.waiting.arrive();
                (self.waiting.push(arrival, waker), None)
            }
        };
        Asked::Parked { ticket, queued: std::mem::take(&mut self.queued), replaced }
    }

    /// What a drop does. Gives back whom to wake, and the waker to be dropped
    /// after unlocking.
    pub(super) fn withdraw(&mut self, ticket: Ticket) -> (Option<Waker>, Option<Waker>) {
        let (_, spare) = self.waiting.withdraw(ticket);
        // Invariant 3: the wake-up that this one may have had goes on.
        let next = if self.queued.is_empty() { None } else { self.waiting.nudge() };
        (next, spare)
    }

    pub(super) fn open(&self) -> usize {
        self.open
    }

    pub(super) fn queued(&self) -> usize {
        self.queued.len()
    }

    pub(super) fn panicked(&self) -> u64 {
        self.panicked
    }
}
