use std::collections::VecDeque;
use std::task::Waker;

use super::idle::{Dated, Dates, Due};
use super::machine::{Core, Parked};
use super::vocabulary::{Reason, Returned, Round};
use crate::waiters::Wakers;

/// What nobody asks for, and what has to be done all the same.
impl<C: Dated, E> Core<C, E> {
    /// How many connects should begin so that as many are idle as are to be kept.
    /// Connects that serve waiters come first.
    pub(super) fn shortage(&self) -> usize {
        if self.closed {
            return 0;
        }
        let coming = self.connecting.saturating_sub(self.waiting.len());
        let there = self.idle.len() + self.reviewing + coming;
        let short = self.limits.min_idle.saturating_sub(there);
        short.min(self.startable() - self.wanted())
    }

    /// Takes what is due at `now`, and the slots of the connects that are to begin
    /// so that enough are idle.
    pub(crate) fn upkeep(&mut self, now: C::Moment, may_connect: bool) -> Round<C> {
        let Due { expired, idle_too_long, keep_alive } =
            self.idle.take_due(now, self.limits.min_idle);
        let mut close = Vec::new();
        for (due, reason) in [(expired, Reason::Lifetime), (idle_too_long, Reason::Idle)] {
            for connection in due {
                self.in_use += 1;
                self.begin_close(reason);
                close.push(connection);
            }
        }
        self.checking += keep_alive.len();
        self.reviewing += keep_alive.len();
        let connects = if may_connect { self.shortage() } else { 0 };
        self.connecting += connects;
        Round { close, keep_alive, connects, spare: self.wake_upkeep() }
    }

    /// Goes to sleep until `until` or what is due before that, unless something is
    /// due already: then it gives the waker back.
    pub(crate) fn park_upkeep(
        &mut self,
        now: C::Moment,
        until: Option<C::Moment>,
        heeds_shortage: bool,
        waker: Waker,
    ) -> Result<Slept<C::Moment>, Waker> {
        let next = [until, self.idle.next_due(self.limits.min_idle)].into_iter().flatten().min();
        let is_short = heeds_shortage && self.shortage() > 0;
        if self.closed || is_short || next.is_some_and(|next| next <= now) {
            return Err(waker);
        }
        let parked = Parked { waker, until: next, heeds_shortage };
        let replaced = self.upkeep.replace(parked).map(|parked| parked.waker);
        Ok(Slept { until: next, replaced })
    }

    /// Wakes upkeep, if it is parked.
    pub(super) fn wake_upkeep(&mut self) -> Option<Waker> {
        self.upkeep.take().map(|parked| parked.waker)
    }

    /// Wakes upkeep if it would oversleep `moment`: invariant 6.
    pub(crate) fn wake_upkeep_by(&mut self, moment: Option<C::Moment>) -> Option<Waker> {
        let (parked, moment) = (self.upkeep.as_ref()?, moment?);
        if parked.until.is_some_and(|until| until <= moment) {
            return None;
        }
        self.wake_upkeep()
    }

    /// Whether upkeep need not hear of a connection that comes back: invariant 6.
    /// Some that it need not hear of are left to [`put_back`](Self::put_back).
    #[inline]
    pub(super) fn lets_upkeep_sleep(&self, connection: &C) -> bool {
        let Some(parked) = &self.upkeep else {
            return true;
        };
        // Where some stay however long they are idle, one more can make another
        // due that was not.
        if self.limits.min_idle > 0 {
            return false;
        }
        let Dates { idle_until, expires, keep_alive, .. } = connection.dates();
        let wakes_by = |due| parked.until.is_some_and(|until| until <= due);
        [idle_until, expires, keep_alive].into_iter().flatten().all(wakes_by)
    }

    /// Wakes upkeep if too few are idle.
    #[inline]
    pub(super) fn wake_upkeep_if_short(&mut self) -> Option<Waker> {
        if self.limits.min_idle == 0 { None } else { self.wake_upkeep_for_shortage() }
    }

    fn wake_upkeep_for_shortage(&mut self) -> Option<Waker> {
        if self.shortage() == 0 {
            return None;
        }
        self.upkeep.take_if(|parked| parked.heeds_shortage).map(|parked| parked.waker)
    }

    /// How many connects in a row failed that nobody waited for.
    pub(crate) fn failures(&self) -> u32 {
        self.failures
    }

    /// How many did so far.
    pub(crate) fn all_failures(&self) -> u64 {
        self.all_failures
    }

    /// Takes all that is idle, to look at it outside the lock. Each comes back by
    /// [`reviewed`](Self::reviewed) or [`rejected`](Self::rejected).
    pub(crate) fn take_for_review(&mut self) -> VecDeque<C> {
        let all = self.idle.take_all();
        self.checking += all.len();
        self.reviewing += all.len();
        all
    }

    /// Takes back what was looked at.
    pub(crate) fn reviewed(&mut self, connection: C) -> (Returned<C>, Wakers) {
        self.review_ended();
        self.put_back(connection)
    }

    /// What was looked at is given up.
    #[must_use]
    pub(crate) fn rejected(&mut self, reason: Reason) -> Option<Waker> {
        self.review_ended();
        self.begin_close(reason);
        self.wake_upkeep_if_short()
    }

    fn review_ended(&mut self) {
        self.reviewing -= 1;
        self.check_ended();
    }

    /// Takes the slots of connects that bring the size up to `n`, as far as they
    /// may begin now. `None` if it is there, or if as many were made as were
    /// missing at the first call, which sets `enough`: what is lost meanwhile,
    /// since it may live for an instant only say, is not made up for.
    pub(crate) fn warm_up(&mut self, n: usize, enough: &mut Option<u64>) -> Option<usize> {
        let census = self.census();
        let there = census.size() - census.closing - census.connecting;
        let missing = n.min(self.limits.max_size).saturating_sub(there);
        let made = self.counters.created;
        let enough = *enough.get_or_insert(made.saturating_add(missing as u64));
        if missing == 0 || made >= enough || self.closed {
            return None;
        }
        let connects = self.startable().min(missing.saturating_sub(self.connecting));
        self.connecting += connects;
        Some(connects)
    }

    /// Takes the error of the last connect that failed and that nobody waited
    /// for.
    pub(crate) fn take_last_error(&mut self) -> Option<E> {
        self.last_error.take()
    }
}

/// Upkeep went to sleep.
#[derive(Debug)]
pub(crate) struct Slept<T> {
    /// When it is to wake by itself.
    pub(crate) until: Option<T>,
    /// A waker to be dropped after unlocking.
    pub(crate) replaced: Option<Waker>,
}
