use std::fmt;
use std::ops::{Deref, DerefMut};

use super::core::{Core, Reason, Returned};
use super::shared::{Entry, Shared};
use super::{Manage, check, closing};
use crate::rt::Instant;

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
    /// When it was made.
    pub created: Instant,
    /// How many times it was handed out, this time included.
    pub uses: u64,
}

impl Info {
    pub(super) fn new(created: Instant) -> Self {
        Self { created, uses: 0 }
    }
}

impl<M: Manage> Pooled<M> {
    pub(super) fn new(shared: Shared<M>, mut entry: Entry<M>) -> Self {
        entry.info.uses += 1;
        Self { shared, entry: Some(entry) }
    }

    /// What the pool knows of it.
    #[must_use]
    pub fn info(&self) -> &Info {
        &self.entry().info
    }

    /// Gives the connection up: it is closed, and its slot is free for another.
    pub fn discard(mut self) {
        if let Some(entry) = self.entry.take() {
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
        if check::is_broken(&self.shared, &entry) {
            self.shared.give_up(entry, Reason::Broken);
            return;
        }
        let (returned, wakers) = self.shared.core.with(|core| core.put_back(entry));
        wakers.wake();
        if let Returned::Close(entry) = returned {
            closing::close(&self.shared, entry);
        }
    }
}

// Whatever the connection is, so that results of `acquire` can be unwrapped.
impl<M: Manage> fmt::Debug for Pooled<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pooled").field("info", self.info()).finish_non_exhaustive()
    }
}
