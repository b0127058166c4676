use std::task::Waker;

use super::idle::{Dated, Idle};
use super::vocabulary::{
    Aside, Asked, Census, Connected, Counters, Grant, Limits, Reason, Returned, Withdrawn,
};
use crate::waiters::{Arrival, Queue, Taken, Ticket, Wakers};

/// `C` is a connection with its record; `E` is what a failed connect leaves.
#[derive(Debug)]
pub(crate) struct Core<C: Dated, E> {
    pub(super) limits: Limits,
    pub(super) idle: Idle<C>,
    pub(super) in_use: usize,
    pub(super) connecting: usize,
    pub(super) checking: usize,
    /// Of those, what was idle and is idle again if it passes.
    pub(super) reviewing: usize,
    pub(super) closing: usize,
    pub(super) waiting: Queue<Grant<C, E>>,
    pub(super) closed: bool,
    /// Connects under way that listen for the close.
    pub(super) connectors: Queue<()>,
    /// Callers of `close`, until nothing is left.
    pub(super) closers: Queue<()>,
    /// Connects that ended and slots that came free are announced to them.
    pub(super) warmers: Queue<()>,
    /// Of a connect that failed when nobody waited.
    pub(super) last_error: Option<E>,
    /// Connects that failed when nobody waited, since the last that did not.
    pub(super) failures: u32,
    /// The same, since the pool was made.
    pub(super) all_failures: u64,
    pub(super) upkeep: Option<Parked<C::Moment>>,
    pub(super) counters: Counters,
}

/// Upkeep, asleep.
#[derive(Debug)]
pub(super) struct Parked<T> {
    pub(super) waker: Waker,
    pub(super) until: Option<T>,
    /// Whether it wants to know of too few idle connections. Not while it waits
    /// after a failed connect.
    pub(super) heeds_shortage: bool,
}

impl<C: Dated, E> Core<C, E> {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            idle: Idle::new(limits.order),
            limits,
            in_use: 0,
            connecting: 0,
            checking: 0,
            reviewing: 0,
            closing: 0,
            waiting: Queue::new(),
            closed: false,
            connectors: Queue::new(),
            closers: Queue::new(),
            warmers: Queue::new(),
            last_error: None,
            failures: 0,
            all_failures: 0,
            upkeep: None,
            counters: Counters::default(),
        }
    }

    pub(crate) fn census(&self) -> Census {
        Census {
            idle: self.idle.len(),
            in_use: self.in_use,
            connecting: self.connecting,
            checking: self.checking,
            closing: self.closing,
            waiting: self.waiting.len(),
        }
    }

    pub(crate) fn counters(&self) -> Counters {
        self.counters
    }

    pub(crate) fn limits(&self) -> Limits {
        self.limits
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed
    }

    // Asking.

    /// When the caller came, for those that may have to ask again.
    pub(crate) fn arrive(&mut self) -> Arrival {
        self.waiting.arrive()
    }

    /// An idle connection. Nobody is overtaken by that: invariant 2.
    ///
    /// Also a waker: of upkeep, if too few are idle now.
    #[inline]
    pub(crate) fn take_idle(&mut self) -> Option<(C, Option<Waker>)> {
        let connection = self.idle.take()?;
        self.in_use += 1;
        self.counters.acquired += 1;
        Some((connection, self.wake_upkeep_if_short()))
    }

    /// Takes a place in the queue, unless there is an answer at once. A caller that
    /// was `let_in` before, and whose connection turned out unfit, is not refused
    /// now in favour of those that came after it.
    pub(crate) fn ask(
        &mut self,
        arrival: Arrival,
        let_in: bool,
        waker: Waker,
    ) -> (Asked<C, E>, Aside) {
        let aside = |wake, drop| Aside { wake, drop };
        if self.closed {
            return (Asked::Granted(Grant::Closed), aside(None, Some(waker)));
        }
        // Looked for under this lock: what came free since the last look would
        // wait beside the waiter (invariant 2).
        if let Some((connection, wake)) = self.take_idle() {
            return (Asked::Granted(Grant::Connection(connection)), aside(wake, Some(waker)));
        }
        if !let_in && self.is_full() {
            return (Asked::TooManyWaiters, aside(None, Some(waker)));
        }
        self.counters.waited += 1;
        let ticket = self.waiting.push(arrival, waker);
        let connects = self.begin_connects();
        // A connect that was to end idle may be for this waiter now.
        (Asked::Parked { ticket, connects }, aside(self.wake_upkeep_if_short(), None))
    }

    /// Sets aside, in the queue, what a caller was granted and can't be told yet: there it waits
    /// for that caller alone.
    pub(crate) fn set_aside(&mut self, grant: Grant<C, E>) -> Ticket {
        // It counts when it is told.
        self.counters.acquired -= u64::from(matches!(grant, Grant::Connection(_)));
        self.waiting.push_granted(grant)
    }

    /// Whether as many wait as may. Those for whom a connection is being made do
    /// not count.
    fn is_full(&self) -> bool {
        let served = self.connecting + self.startable();
        self.waiting.len() >= self.limits.max_waiters.saturating_add(served)
    }

    /// Asks again.
    pub(crate) fn ask_again(&mut self, ticket: Ticket, waker: Waker) -> (Asked<C, E>, Aside) {
        match self.waiting.take(ticket, waker) {
            Taken::Granted { grant, spare } => {
                self.counters.acquired += u64::from(matches!(grant, Grant::Connection(_)));
                (Asked::Granted(grant), Aside { wake: None, drop: Some(spare) })
            }
            Taken::Parked { ticket, replaced } => {
                let connects = self.begin_connects();
                (Asked::Parked { ticket, connects }, Aside { wake: None, drop: replaced })
            }
        }
    }

    /// Leaves the queue; what it was granted goes to the next.
    pub(crate) fn withdraw(&mut self, ticket: Ticket) -> Withdrawn<C, E> {
        let (grant, waker) = self.waiting.withdraw(ticket);
        let mut left = Withdrawn { wakers: Wakers::new(), waker, close: None, error: None };
        match grant {
            Some(Grant::Connection(connection)) => {
                let (returned, wakers) = self.hand_on(connection);
                left.wakers = wakers;
                if let Returned::Close(connection) = returned {
                    left.close = Some(connection);
                }
            }
            Some(Grant::Failed(error)) => {
                let (waker, unused) = self.report(error);
                left.wakers.push(waker);
                left.error = unused;
            }
            Some(Grant::Closed) | None => {}
        }
        left.wakers.push(self.nudge());
        // No connect is wanted for it any more.
        left.wakers.push(self.wake_upkeep_if_short());
        left
    }

    /// Whether a connect is under way that would serve this waiter.
    pub(crate) fn is_being_served(&self, ticket: &Ticket) -> bool {
        self.waiting.is_among_first(ticket, self.connecting)
    }

    pub(crate) fn timed_out(&mut self) -> Option<E> {
        self.counters.timed_out += 1;
        self.last_error.take()
    }

    /// A connection that was taken turned out to be unfit before it was handed
    /// out.
    pub(crate) fn reject(&mut self, reason: Reason) {
        self.counters.acquired -= 1;
        self.begin_close(reason);
    }

    // Connects.

    /// How many connects could begin: slots that are free, and no more at a time
    /// than allowed.
    pub(super) fn startable(&self) -> usize {
        let free = self.limits.max_size.saturating_sub(self.census().size());
        free.min(self.limits.max_connecting.saturating_sub(self.connecting))
    }

    /// How many should: one for each waiter that no connect serves yet.
    pub(super) fn wanted(&self) -> usize {
        self.startable().min(self.waiting.len().saturating_sub(self.connecting))
    }

    /// Takes the slots of the connects that are wanted now. The caller begins so
    /// many.
    fn begin_connects(&mut self) -> usize {
        let wanted = self.wanted();
        self.connecting += wanted;
        wanted
    }

    /// Wakes a waiter if there are connects for it to begin: invariant 3.
    #[must_use]
    pub(super) fn nudge(&mut self) -> Option<Waker> {
        if self.wanted() > 0 { self.waiting.nudge() } else { None }
    }

    /// The number of a connection that was just made.
    pub(crate) fn number_new(&mut self) -> u64 {
        self.counters.created += 1;
        self.counters.created
    }

    /// A connect ended well.
    pub(crate) fn connected(&mut self, connection: C) -> Connected<C, E> {
        self.connecting -= 1;
        self.in_use += 1;
        let recovered = std::mem::take(&mut self.failures) > 0;
        let (returned, mut wakers) = self.hand_on(connection);
        if recovered {
            // There is nothing to be patient about any more.
            wakers.push(self.wake_upkeep());
        }
        let close = match returned {
            Returned::Kept => None,
            Returned::Close(connection) => Some(connection),
        };
        self.connect_ended(Connected { close, wakers, ..Connected::new() })
    }

    /// A connect failed: the first waiter learns of it at once, the others get a
    /// new connect.
    pub(crate) fn connect_failed(&mut self, error: E) -> Connected<C, E> {
        self.connecting -= 1;
        let (waker, error) = self.report(error);
        self.connect_ended(Connected { error, wakers: waker.into(), ..Connected::new() })
    }

    /// A connect was dropped half-way.
    pub(crate) fn connect_abandoned(&mut self) -> Wakers {
        self.connecting -= 1;
        self.slot_freed()
    }

    fn connect_ended(&mut self, mut ended: Connected<C, E>) -> Connected<C, E> {
        // Who has just made one makes the next, if it is still wanted. For those
        // that nobody waits for, a failure is a reason to wait.
        if self.wanted() > 0 || (self.failures == 0 && self.shortage() > 0) {
            self.connecting += 1;
            ended.again = true;
        }
        ended.wakers.push(self.nudge());
        ended.wakers.push(if self.failures > 0 {
            self.wake_upkeep()
        } else {
            self.wake_upkeep_if_short()
        });
        self.tell_warmers(&mut ended.wakers);
        self.note_end(&mut ended.wakers);
        ended
    }

    /// Tells the first waiter, or remembers; gives back what it displaced.
    pub(super) fn report(&mut self, error: E) -> (Option<Waker>, Option<E>) {
        match self.waiting.grant(Grant::Failed(error)) {
            Ok(waker) => (waker, None),
            Err(Grant::Failed(error)) => {
                self.failures = self.failures.saturating_add(1);
                self.all_failures += 1;
                (None, self.last_error.replace(error))
            }
            Err(_) => unreachable!("what was not granted comes back as it was"),
        }
    }

    // Connections in use.

    /// Takes back a connection that was in use, if nobody is to hear of it, as of
    /// most. Gives it back otherwise, for [`put_back`](Self::put_back).
    // Always: the frame of a call is a tenth of an acquire and release.
    #[inline(always)]
    pub(crate) fn keep(&mut self, connection: C) -> Result<(), C> {
        let is_quiet = self.waiting.len() == 0 && self.lets_upkeep_sleep(&connection);
        if !is_quiet || self.closed || self.is_oversize() {
            return Err(connection);
        }
        self.in_use -= 1;
        self.idle.push_quietly(connection);
        Ok(())
    }

    /// Takes back a connection that was in use.
    pub(crate) fn put_back(&mut self, connection: C) -> (Returned<C>, Wakers) {
        let Err(connection) = self.keep(connection) else {
            return (Returned::Kept, Wakers::new());
        };
        let (returned, mut wakers) = self.hand_on(connection);
        // Who got it may have been woken to begin a connect, and begins none now.
        wakers.push(self.nudge());
        wakers.push(self.wake_upkeep_if_short());
        (returned, wakers)
    }

    /// Gives a connection in use to the next one. Whoever calls this nudges
    /// afterwards.
    fn hand_on(&mut self, connection: C) -> (Returned<C>, Wakers) {
        if self.closed || self.is_oversize() {
            self.begin_close(if self.closed { Reason::Closed } else { Reason::Resize });
            return (Returned::Close(connection), Wakers::new());
        }
        match self.waiting.grant(Grant::Connection(connection)) {
            // It stays in use: invariant 4.
            Ok(waker) => (Returned::Kept, waker.into()),
            Err(Grant::Connection(connection)) => {
                self.in_use -= 1;
                let due = self.idle.push(connection, self.limits.min_idle);
                (Returned::Kept, self.wake_upkeep_by(due).into())
            }
            Err(_) => unreachable!("what was not granted comes back as it was"),
        }
    }

    /// A connection in use is being checked, and that takes time.
    pub(crate) fn check_began(&mut self) {
        self.in_use -= 1;
        self.checking += 1;
    }

    pub(crate) fn check_ended(&mut self) {
        self.checking -= 1;
        self.in_use += 1;
    }

    /// A connection in use is given up, and keeps its slot until it is closed.
    pub(crate) fn begin_close(&mut self, reason: Reason) {
        self.in_use -= 1;
        self.closing += 1;
        match reason {
            Reason::Broken => self.counters.broken += 1,
            Reason::Check => self.counters.failed_check += 1,
            Reason::Lifetime => self.counters.lifetime += 1,
            Reason::Idle => self.counters.idle += 1,
            Reason::Resize => self.counters.resize += 1,
            Reason::Retain => self.counters.retain += 1,
            Reason::Closed => self.counters.closed += 1,
        }
    }

    /// A connection that was closing is gone.
    pub(crate) fn closed_one(&mut self, was_dropped: bool) -> Wakers {
        self.closing -= 1;
        self.counters.dropped_unclosed += u64::from(was_dropped);
        self.slot_freed()
    }

    /// A connection in use is the caller's own from now on.
    pub(crate) fn detach(&mut self) -> Wakers {
        self.in_use -= 1;
        self.slot_freed()
    }

    pub(super) fn slot_freed(&mut self) -> Wakers {
        let mut wakers = Wakers::from(self.nudge());
        wakers.push(self.wake_upkeep_if_short());
        self.tell_warmers(&mut wakers);
        self.note_end(&mut wakers);
        wakers
    }

    // Size.

    /// More connections than allowed, those that are closing not counted: after a
    /// shrink.
    pub(super) fn is_oversize(&self) -> bool {
        self.census().size() - self.closing > self.limits.max_size
    }

    /// Changes the limit. What is idle and too many is to be closed; what is in
    /// use is closed when it comes back.
    pub(crate) fn resize(&mut self, max_size: usize) -> (Vec<C>, Wakers) {
        self.limits.max_size = max_size;
        let mut close = Vec::new();
        while self.is_oversize() {
            let Some(connection) = self.idle.take_oldest() else { break };
            self.in_use += 1;
            self.begin_close(Reason::Resize);
            close.push(connection);
        }
        (close, self.slot_freed())
    }
}
