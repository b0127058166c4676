use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::time::Duration;

use super::core::{Core, Loan, Reason};
use super::shared::{Entry, Shared};
use super::{Manage, check, upkeep};
use crate::rt::{self, Instant};

/// A connection on loan from its pool. Dropped, it goes back at once: on any
/// thread, inside a runtime or not.
///
/// It goes back even if its user panicked, or was cancelled in the middle of an
/// exchange. A connection that does not notice that by itself
/// ([`is_broken`](Manage::is_broken), [`check`](Manage::check)) should be
/// [discarded](Self::discard).
pub struct Pooled<M: Manage> {
    shared: Shared<M>,
    /// `None` in `drop` only.
    entry: Option<Entry<M>>,
}

/// What the pool knows of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Info {
    /// Its number: the pool's connections are numbered from 1, in the order in
    /// which they were made.
    pub id: u64,
    /// When it was made.
    pub created: Instant,
    /// How many times it was handed out, this time included.
    pub uses: u64,
    /// How long it was idle before. Known where
    /// [`check_after`](super::Builder::check_after) asks for it; and in
    /// [`retain`](super::Pool::retain) where that or any of `idle_timeout`,
    /// `max_lifetime` and `keep_alive` does.
    pub idle_for: Option<Duration>,
}

impl Info {
    pub(super) fn new(id: u64, created: Instant) -> Self {
        Self { id, created, uses: 0, idle_for: None }
    }
}

impl<M: Manage> Pooled<M> {
    /// Hands it out to who asked for it at `place`.
    pub(super) fn new(
        shared: Shared<M>,
        mut entry: Entry<M>,
        place: &'static Location<'static>,
    ) -> Self {
        entry.info.uses += 1;
        let pooled = Self { shared, entry: Some(entry) };
        if let Some(most) = pooled.shared.config.leak_after {
            pooled.begin_loan(most, place);
        }
        pooled
    }

    #[inline(never)]
    fn begin_loan(&self, most: Duration, place: &'static Location<'static>) {
        if let Some(loans) = &self.shared.loans {
            let since = rt::now();
            let loan = Loan { since, overdue_at: since.checked_add(most), place };
            loans.with(|loans| loans.begin(self.entry().info.id, loan));
            upkeep::note(&self.shared, loan.overdue_at);
        }
    }

    fn end_loan(&self, entry: &Entry<M>) {
        if let Some(loans) = &self.shared.loans {
            loans.with(|loans| loans.end(entry.info.id));
        }
    }

    /// What the pool knows of it.
    #[must_use]
    pub fn info(&self) -> &Info {
        &self.entry().info
    }

    /// Gives the connection up: it is closed, and its slot is free for another.
    pub fn discard(mut self) {
        if let Some(entry) = self.entry.take() {
            self.end_loan(&entry);
            self.shared.give_up(entry, Reason::Broken);
        }
    }

    /// Takes the connection out of the pool for good. Its slot is free at once.
    ///
    /// # Panics
    ///
    /// Never: the connection is there until it is dropped or detached.
    #[must_use]
    pub fn detach(mut self) -> M::Conn {
        let entry = self.entry.take().expect(IS_THERE);
        self.end_loan(&entry);
        self.shared.core.with(Core::detach).wake();
        entry.conn
    }

    fn entry(&self) -> &Entry<M> {
        self.entry.as_ref().expect(IS_THERE)
    }
}

const IS_THERE: &str = "the connection is there until it is dropped or detached";

impl<M: Manage> Deref for Pooled<M> {
    type Target = M::Conn;

    fn deref(&self) -> &M::Conn {
        &self.entry().conn
    }
}

impl<M: Manage> DerefMut for Pooled<M> {
    fn deref_mut(&mut self) -> &mut M::Conn {
        &mut self.entry.as_mut().expect(IS_THERE).conn
    }
}

impl<M: Manage> Drop for Pooled<M> {
    fn drop(&mut self) {
        let Some(entry) = self.entry.take() else {
            return;
        };
        self.end_loan(&entry);
        if check::is_broken(&self.shared, &entry) {
            self.shared.give_up(entry, Reason::Broken);
        } else {
            self.shared.put_back(entry);
        }
    }
}

// Whatever the connection is, so that results of `acquire` can be unwrapped.
impl<M: Manage> fmt::Debug for Pooled<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pooled").field("info", self.info()).finish_non_exhaustive()
    }
}
