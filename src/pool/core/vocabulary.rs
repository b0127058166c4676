use std::task::Waker;

use super::idle::Order;
use crate::waiters::{Ticket, Wakers};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) max_size: usize,
    pub(crate) max_connecting: usize,
    pub(crate) max_waiters: usize,
    /// As many as these are kept idle, if they fit.
    pub(crate) min_idle: usize,
    pub(crate) order: Order,
}

/// What a waiter gets.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Grant<C, E> {
    Connection(C),
    /// The connect that it was first in line for failed.
    Failed(E),
    Closed,
}

/// What came of asking for a connection.
#[derive(Debug)]
pub(crate) enum Asked<C, E> {
    Granted(Grant<C, E>),
    TooManyWaiters,
    /// It waits; and it has so many connects to begin.
    Parked {
        ticket: Ticket,
        connects: usize,
    },
}

/// Wakers that are left over.
#[derive(Debug)]
pub(crate) struct Aside {
    /// To be woken after unlocking.
    pub(crate) wake: Option<Waker>,
    /// To be dropped after unlocking.
    pub(crate) drop: Option<Waker>,
}

impl Aside {
    pub(crate) fn settle(self) {
        if let Some(waker) = self.wake {
            waker.wake();
        }
        drop(self.drop);
    }
}

/// Why a connection was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    Broken,
    Check,
    Lifetime,
    Idle,
    Resize,
    Retain,
    Closed,
}

/// What is to be done with a connection that came back.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Returned<C> {
    Kept,
    /// It has to be closed: it counts as `closing` until [`Core::closed_one`].
    Close(C),
}

/// What happened so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counters {
    pub(crate) acquired: u64,
    pub(crate) waited: u64,
    pub(crate) timed_out: u64,
    pub(crate) created: u64,
    pub(crate) broken: u64,
    pub(crate) failed_check: u64,
    pub(crate) lifetime: u64,
    pub(crate) idle: u64,
    pub(crate) resize: u64,
    pub(crate) retain: u64,
    pub(crate) closed: u64,
    pub(crate) dropped_unclosed: u64,
}

/// How many connections are in which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Census {
    pub(crate) idle: usize,
    pub(crate) in_use: usize,
    pub(crate) connecting: usize,
    pub(crate) checking: usize,
    pub(crate) closing: usize,
    pub(crate) waiting: usize,
}

impl Census {
    pub(crate) fn size(&self) -> usize {
        self.idle + self.in_use + self.connecting + self.checking + self.closing
    }
}

/// What can be waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// The pool is closed.
    Closed,
    /// A closed pool has nothing left.
    Ended,
    /// A connect ended or a slot came free; or there is nothing of that to wait
    /// for; or the pool is closed.
    SlotChanged,
}

/// What a waiter leaves behind, to be dealt with after unlocking.
#[derive(Debug)]
pub(crate) struct Withdrawn<C, E> {
    pub(crate) wakers: Wakers,
    /// Its own, to be dropped.
    pub(crate) waker: Option<Waker>,
    pub(crate) close: Option<C>,
    pub(crate) error: Option<E>,
}

/// What a connect leaves behind, to be dealt with after unlocking.
#[derive(Debug)]
pub(crate) struct Connected<C, E> {
    /// There is another connect to make, whose slot is taken.
    pub(crate) again: bool,
    pub(crate) close: Option<C>,
    pub(crate) wakers: Wakers,
    /// To be dropped: a newer one took its place.
    pub(crate) error: Option<E>,
}

impl<C, E> Connected<C, E> {
    pub(super) fn new() -> Self {
        Self { again: false, close: None, wakers: Wakers::new(), error: None }
    }
}

/// What came of waiting for an event.
#[derive(Debug)]
pub(crate) enum Awaited {
    /// `spare` is the waker that was not needed.
    Happened {
        spare: Waker,
    },
    Parked {
        ticket: Ticket,
        replaced: Option<Waker>,
    },
}

/// What one round of upkeep has to do.
#[derive(Debug)]
pub(crate) struct Round<C> {
    /// To be closed: they count as `closing`.
    pub(crate) close: Vec<C>,
    /// To be checked: they count as `checking`.
    pub(crate) keep_alive: Vec<C>,
    /// How many connects to begin.
    pub(crate) connects: usize,
    /// The waker that upkeep slept with, to be dropped after unlocking.
    pub(crate) spare: Option<Waker>,
}
