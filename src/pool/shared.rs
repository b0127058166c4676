use std::ops::Deref;
use std::panic::Location;

use super::config::Config;
use super::core::{Connected, Core, Dated, Dates, Limits, Loans, Reason, Returned, Withdrawn};
use super::error::Failure;
use super::{Info, Manage, Status, closing, connect};
use crate::rt::Instant;
use crate::sync::{Arc, AtomicBool, Mutex};
use crate::waiters::Wakers;

/// What the pool's handles, guards and tasks share. Clones are the same.
///
/// A type of its own, since loom's `Arc` can't be a method's `self`.
pub(super) struct Shared<M: Manage>(Arc<Inner<M>>);

pub(super) struct Inner<M: Manage> {
    pub(super) manager: M,
    pub(super) config: Config,
    pub(super) core: Mutex<CoreOf<M>>,
    /// A lock of its own: only who asked for leak detection pays for it.
    pub(super) loans: Option<Mutex<Loans<Instant, &'static Location<'static>>>>,
    pub(super) upkeep_runs: AtomicBool,
}

pub(super) type CoreOf<M> = Core<Entry<M>, Failure<<M as Manage>::Error>>;

/// A connection and its record, in a box: it is moved several times per loan.
pub(super) type Entry<M> = Box<Record<M>>;

pub(super) struct Record<M: Manage> {
    pub(super) conn: M::Conn,
    pub(super) info: Info,
    /// It was not idle since it was made: there is nothing to check.
    pub(super) is_new: bool,
    pub(super) dates: Dates<Instant>,
}

impl<M: Manage> Dated for Box<Record<M>> {
    type Moment = Instant;

    #[inline]
    fn dates(&self) -> Dates<Instant> {
        self.dates
    }
}

impl<M: Manage> Deref for Shared<M> {
    type Target = Inner<M>;

    fn deref(&self) -> &Inner<M> {
        &self.0
    }
}

impl<M: Manage> Clone for Shared<M> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<M: Manage> Shared<M> {
    pub(super) fn new(manager: M, limits: Limits, config: Config) -> Self {
        let core = Mutex::new(Core::new(limits));
        let loans = config.leak_after.map(|_| Mutex::new(Loans::new()));
        let upkeep_runs = AtomicBool::new(false);
        Self(Arc::new(Inner { manager, config, core, loans, upkeep_runs }))
    }

    pub(super) fn status(&self) -> Status {
        let overdue = self.loans.as_ref().map_or(0, |loans| loans.with(|loans| loans.overdue()));
        self.core.with(|core| {
            Status::new(core.census(), core.counters(), core.limits().max_size, overdue)
        })
    }

    /// An idle connection, of which nobody knows whether it still works.
    pub(super) fn take_idle(&self) -> Option<Entry<M>> {
        let (entry, waker) = self.core.with(Core::take_idle)?;
        if let Some(waker) = waker {
            waker.wake();
        }
        Some(entry)
    }

    /// Takes back a connection in use, unless it is too old.
    pub(super) fn put_back(&self, mut entry: Entry<M>) {
        if self.config.dates_returns {
            entry.dates = self.config.dates_of_returned(entry.dates);
            let Dates { idle_since, expires, .. } = entry.dates;
            if expires.is_some() && expires <= idle_since {
                self.give_up(entry, Reason::Lifetime);
                return;
            }
        }
        let told = self.core.with(|core| match core.keep(entry) {
            Ok(()) => None,
            Err(entry) => Some(core.put_back(entry)),
        });
        if let Some((returned, wakers)) = told {
            self.settle_returned(returned, wakers);
        }
    }

    /// Does what a return could not do under the lock.
    #[inline]
    pub(super) fn settle_returned(&self, returned: Returned<Entry<M>>, wakers: Wakers) {
        wakers.wake();
        if let Returned::Close(entry) = returned {
            closing::close(self, entry);
        }
    }

    /// Gives up a connection in use. Its slot is free once it is closed.
    #[cold]
    pub(super) fn give_up(&self, entry: Entry<M>, reason: Reason) {
        self.core.with(|core| core.begin_close(reason));
        closing::close(self, entry);
    }

    /// Gives up a connection that was to be handed out.
    #[cold]
    pub(super) fn reject(&self, entry: Entry<M>, reason: Reason) {
        self.core.with(|core| core.reject(reason));
        closing::close(self, entry);
    }

    /// Does what a waiter that left could not do under the lock.
    pub(super) fn settle_withdrawn(&self, left: Withdrawn<Entry<M>, Failure<M::Error>>) {
        let Withdrawn { wakers, waker, close, error } = left;
        if let Some(entry) = close {
            closing::close(self, entry);
        }
        wakers.wake();
        drop((waker, error));
    }

    /// Does what a connect that ended could not do under the lock. Says whether
    /// there is another to make.
    pub(super) fn settle_connected(&self, ended: Connected<Entry<M>, Failure<M::Error>>) -> bool {
        let Connected { again, close, wakers, error } = ended;
        if let Some(entry) = close {
            closing::close(self, entry);
        }
        wakers.wake();
        drop(error);
        again
    }

    /// Begins the connects that the core asked a waiter for.
    pub(super) fn begin_connects(&self, n: usize) {
        // All slots first: should one task not start, the others' are given back.
        let slots: Vec<_> = (0..n).map(|_| connect::Slot::new(self)).collect();
        slots.into_iter().for_each(connect::begin);
    }

    /// Ends the pool.
    pub(super) fn close(&self) {
        let (idle, wakers): (_, Wakers) = self.core.with(Core::close);
        // Who waits is told before anything is closed, which may take its time.
        wakers.wake();
        for entry in idle {
            closing::close(self, entry);
        }
    }
}
