//! The idle list: which connection is handed out next, and which is due.
//!
//! Pure: moments are data of whoever fills it in.
//!
//! # Invariants
//!
//! 1. The list is in order of the last use, the oldest first. What has no moment
//!    of last use, since nobody asked for one, stands in order of return.

use std::collections::VecDeque;

/// Something with moments at which something is due. Where no time option asks
/// for one, it is `None`, and no clock is read.
pub(crate) trait Dated {
    /// A point in time.
    type Moment: Copy + Ord;

    fn dates(&self) -> Dates<Self::Moment>;
}

/// When what is due for a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dates<T> {
    /// It was returned, or made.
    pub(crate) idle_since: Option<T>,
    /// It was idle for too long.
    pub(crate) idle_until: Option<T>,
    /// It is too old.
    pub(crate) expires: Option<T>,
    /// It is to be checked, so that the other side does not forget it.
    pub(crate) keep_alive: Option<T>,
}

impl<T> Default for Dates<T> {
    fn default() -> Self {
        Self { idle_since: None, idle_until: None, expires: None, keep_alive: None }
    }
}

/// Which idle connection is handed out first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Order {
    /// The one that was used last: a few are kept warm, and the rest can go.
    #[default]
    Lifo,
    /// The one that was not used for the longest: all are used evenly.
    Fifo,
}

/// What upkeep takes out of the list.
#[derive(Debug)]
pub(crate) struct Due<C> {
    pub(crate) expired: Vec<C>,
    pub(crate) idle_too_long: Vec<C>,
    pub(crate) keep_alive: Vec<C>,
}

#[derive(Debug)]
pub(crate) struct Idle<C> {
    list: VecDeque<C>,
    order: Order,
}

impl<C: Dated> Idle<C> {
    pub(crate) fn new(order: Order) -> Self {
        Self { list: VecDeque::new(), order }
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// Adds a connection at the place of its last use. Nearly always the end: only
    /// one that was taken out for upkeep comes back as old as it was.
    ///
    /// Gives back the first moment at which something is due on its account, if
    /// `keep` stay however long they are idle: it is one more, so another may be
    /// one too many now.
    pub(crate) fn push(&mut self, connection: C, keep: usize) -> Option<C::Moment> {
        let Dates { expires, keep_alive, .. } = connection.dates();
        self.push_quietly(connection);
        [expires, keep_alive, self.first_idle_until(keep)].into_iter().flatten().min()
    }

    /// As [`push`](Self::push), where nobody is to hear of what is due.
    #[inline]
    pub(crate) fn push_quietly(&mut self, connection: C) {
        let since = connection.dates().idle_since;
        if self.list.back().is_some_and(|last| since < last.dates().idle_since) {
            self.insert(connection);
        } else {
            self.list.push_back(connection);
        }
    }

    #[cold]
    fn insert(&mut self, connection: C) {
        let since = connection.dates().idle_since;
        let is_younger = |other: &&C| since < other.dates().idle_since;
        let younger = self.list.iter().rev().take_while(is_younger).count();
        self.list.insert(self.list.len() - younger, connection);
    }

    /// The next to be handed out.
    pub(crate) fn take(&mut self) -> Option<C> {
        match self.order {
            Order::Lifo => self.list.pop_back(),
            Order::Fifo => self.list.pop_front(),
        }
    }

    /// The one that was not used for the longest.
    pub(crate) fn take_oldest(&mut self) -> Option<C> {
        self.list.pop_front()
    }

    pub(crate) fn take_all(&mut self) -> VecDeque<C> {
        std::mem::take(&mut self.list)
    }

    /// Takes out what is due at `now`. Of those that were idle for too long,
    /// `keep` stay.
    pub(crate) fn take_due(&mut self, now: C::Moment, keep: usize) -> Due<C> {
        let is_past = |moment: Option<C::Moment>| moment.is_some_and(|moment| moment <= now);
        let mut due =
            Due { expired: Vec::new(), idle_too_long: Vec::new(), keep_alive: Vec::new() };
        let mut rest = VecDeque::with_capacity(self.list.len());
        for connection in self.list.drain(..) {
            if is_past(connection.dates().expires) {
                due.expired.push(connection);
            } else {
                rest.push_back(connection);
            }
        }
        // Counted after those that are too old: they are gone in any case.
        let mut spare = rest.len().saturating_sub(keep);
        for connection in rest {
            let dates = connection.dates();
            if spare > 0 && is_past(dates.idle_until) {
                spare -= 1;
                due.idle_too_long.push(connection);
            } else if is_past(dates.keep_alive) {
                due.keep_alive.push(connection);
            } else {
                self.list.push_back(connection);
            }
        }
        due
    }

    /// When something is due next, if `keep` stay however long they are idle.
    pub(crate) fn next_due(&self, keep: usize) -> Option<C::Moment> {
        let others = self.list.iter().map(C::dates);
        others
            .flat_map(|dates| [dates.expires, dates.keep_alive])
            .chain([self.first_idle_until(keep)])
            .flatten()
            .min()
    }

    /// When one was idle for too long, if `keep` stay in any case.
    fn first_idle_until(&self, keep: usize) -> Option<C::Moment> {
        // In order of last use, and all with the same limit: the first is due
        // first.
        let first = self.list.front().filter(|_| self.list.len() > keep);
        first.and_then(|connection| connection.dates().idle_until)
    }
}
