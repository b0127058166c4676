//! Who may run, and who waits for a thread. Pure: it starts nothing and reads no
//! clock.
//!
//! # Invariants
//!
//! 1. `running` counts the threads that are taken, by a closure or by a caller
//!    that was granted one, and never exceeds the limit.
//! 2. Nobody is parked while a thread is free: who comes takes it at once, and
//!    one that comes free goes to who waits longest.
//! 3. At most `limits.queue` are parked.

use std::task::Waker;

use crate::waiters::{Queue, Taken, Ticket};

#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) threads: usize,
    pub(super) queue: usize,
}

#[derive(Debug)]
pub(super) struct Core {
    limits: Limits,
    running: usize,
    waiting: Queue<()>,
    pub(super) counters: Counters,
}

/// What happened so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counters {
    pub(super) started: u64,
    pub(super) refused: u64,
    pub(super) abandoned: u64,
    pub(super) overran: u64,
}

/// What a caller is told. Wakers are to be dropped after unlocking.
#[derive(Debug)]
pub(super) enum Asked {
    /// A thread is the caller's, until [`Core::end`].
    Granted {
        spare: Waker,
    },
    /// As many wait as may.
    Full {
        spare: Waker,
    },
    Parked {
        ticket: Ticket,
        replaced: Option<Waker>,
    },
}

impl Core {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, running: 0, waiting: Queue::new(), counters: Counters::default() }
    }

    /// What a poll does: takes a thread, or parks (on).
    pub(super) fn ask(&mut self, ticket: Option<Ticket>, waker: Waker) -> Asked {
        if let Some(ticket) = ticket {
            return match self.waiting.take(ticket, waker) {
                Taken::Granted { grant: (), spare } => self.granted(spare),
                Taken::Parked { ticket, replaced } => Asked::Parked { ticket, replaced },
            };
        }
        if self.running < self.limits.threads {
            self.running += 1;
            return self.granted(waker);
        }
        if self.waiting.len() >= self.limits.queue {
            self.counters.refused += 1;
            return Asked::Full { spare: waker };
        }
        let arrival = self.waiting.arrive();
        Asked::Parked { ticket: self.waiting.push(arrival, waker), replaced: None }
    }

    /// What the first poll does if it can't be told yet: takes a thread, or its place in
    /// the queue. Without room there it comes again.
    ///
    /// Also gives back the waker, if it is not needed: to be dropped after unlocking.
    pub(super) fn queue_up(&mut self, waker: Waker) -> (Option<Ticket>, Option<Waker>) {
        if self.running < self.limits.threads {
            self.running += 1;
            return (Some(self.waiting.push_granted(())), Some(waker));
        }
        if self.waiting.len() >= self.limits.queue {
            return (None, Some(waker));
        }
        let arrival = self.waiting.arrive();
        (Some(self.waiting.push(arrival, waker)), None)
    }

    fn granted(&mut self, spare: Waker) -> Asked {
        self.counters.started += 1;
        Asked::Granted { spare }
    }

    /// What a drop does: leaves the queue. Gives back whom to wake, and the waker
    /// to be dropped after unlocking.
    pub(super) fn withdraw(&mut self, ticket: Ticket) -> (Option<Waker>, Option<Waker>) {
        let (grant, spare) = self.waiting.withdraw(ticket);
        (grant.and_then(|()| self.end()), spare)
    }

    /// A thread comes free: the next one's, if there is one (invariant 2). Gives
    /// back whom to wake.
    pub(super) fn end(&mut self) -> Option<Waker> {
        self.waiting.grant(()).unwrap_or_else(|()| {
            self.running -= 1;
            None
        })
    }

    pub(super) fn limits(&self) -> Limits {
        self.limits
    }

    pub(super) fn running(&self) -> usize {
        self.running
    }

    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }
}
