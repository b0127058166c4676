//! The pure machine: who gets which connection, and when one is made or closed.
//!
//! # Invariants
//!
//! 1. `size`, which is `idle + in_use + connecting + checking + closing`, never
//!    grows beyond `max_size`: a connect begins only in [`Core::begin_connects`],
//!    which looks.
//! 2. Who waits and what is idle exclude each other: a connection that comes
//!    free goes to the waiter of the earliest arrival, or to the idle list if
//!    there is none.
//! 3. While connects are [wanted](Core::wanted), the first waiter was woken and
//!    not polled since: its poll begins them. So whatever may make one wanted, or
//!    another waiter the first, ends with [`Core::nudge`]: also a grant, since
//!    the poll of a waiter that was granted something begins nothing.
//! 4. A grant in the queue counts as `in_use` if it is a connection: it is
//!    nobody else's any more.
//! 5. Once `closed`, nobody waits, nothing is idle, and no connect begins.

use std::collections::VecDeque;
use std::task::Waker;

use crate::waiters::{Arrival, Queue, Taken, Ticket, Wakers};

/// `C` is a connection with its record; `E` is what a failed connect leaves.
#[derive(Debug)]
pub(crate) struct Core<C, E> {
    limits: Limits,
    idle: VecDeque<C>,
    in_use: usize,
    connecting: usize,
    checking: usize,
    closing: usize,
    waiting: Queue<Grant<C, E>>,
    closed: bool,
    /// Connects under way that listen for the close.
    connectors: Queue<()>,
    /// Callers of `close`, until nothing is left.
    closers: Queue<()>,
    /// Of a connect that failed when nobody waited.
    last_error: Option<E>,
    counters: Counters,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) max_size: usize,
    pub(crate) max_connecting: usize,
    pub(crate) max_waiters: usize,
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

/// Where a connection was when it was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    Broken,
    Check,
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

impl<C, E> Core<C, E> {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            idle: VecDeque::new(),
            in_use: 0,
            connecting: 0,
            checking: 0,
            closing: 0,
            waiting: Queue::new(),
            closed: false,
            connectors: Queue::new(),
            closers: Queue::new(),
            last_error: None,
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
    pub(crate) fn take_idle(&mut self) -> Option<C> {
        // Last in, first out: what was used last is the warmest, and what is
        // idle too long can be let go.
        let connection = self.idle.pop_back()?;
        self.in_use += 1;
        self.counters.acquired += 1;
        Some(connection)
    }

    /// Takes a place in the queue, unless there is an answer at once.
    pub(crate) fn ask(&mut self, arrival: Arrival, waker: Waker) -> (Asked<C, E>, Option<Waker>) {
        match self.answer() {
            Some(grant) => (Asked::Granted(grant), Some(waker)),
            None if self.is_full() => (Asked::TooManyWaiters, Some(waker)),
            None => (self.park(arrival, waker), None),
        }
    }

    /// As [`ask`](Self::ask), for a caller that was let in before and whose
    /// connection turned out unfit: it is not refused now in favour of those that
    /// came after it.
    pub(crate) fn ask_back(
        &mut self,
        arrival: Arrival,
        waker: Waker,
    ) -> (Asked<C, E>, Option<Waker>) {
        match self.answer() {
            Some(grant) => (Asked::Granted(grant), Some(waker)),
            None => (self.park(arrival, waker), None),
        }
    }

    fn answer(&mut self) -> Option<Grant<C, E>> {
        if self.closed { Some(Grant::Closed) } else { self.take_idle().map(Grant::Connection) }
    }

    /// Whether as many wait as may. Those for whom a connection is being made do
    /// not count.
    fn is_full(&self) -> bool {
        let served = self.connecting + self.startable();
        self.waiting.len() >= self.limits.max_waiters.saturating_add(served)
    }

    fn park(&mut self, arrival: Arrival, waker: Waker) -> Asked<C, E> {
        self.counters.waited += 1;
        let ticket = self.waiting.push(arrival, waker);
        Asked::Parked { ticket, connects: self.begin_connects() }
    }

    /// Asks again. Gives back a waker to be dropped after unlocking.
    pub(crate) fn ask_again(
        &mut self,
        ticket: Ticket,
        waker: Waker,
    ) -> (Asked<C, E>, Option<Waker>) {
        match self.waiting.take(ticket, waker) {
            Taken::Granted { grant, spare } => {
                self.counters.acquired += u64::from(matches!(grant, Grant::Connection(_)));
                (Asked::Granted(grant), Some(spare))
            }
            Taken::Parked { ticket, replaced } => {
                (Asked::Parked { ticket, connects: self.begin_connects() }, replaced)
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
    fn startable(&self) -> usize {
        let free = self.limits.max_size.saturating_sub(self.census().size());
        free.min(self.limits.max_connecting.saturating_sub(self.connecting))
    }

    /// How many should: one for each waiter that no connect serves yet.
    fn wanted(&self) -> usize {
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
    fn nudge(&mut self) -> Option<Waker> {
        if self.wanted() > 0 { self.waiting.nudge() } else { None }
    }

    /// A connect ended well.
    pub(crate) fn connected(&mut self, connection: C) -> Connected<C, E> {
        self.connecting -= 1;
        self.in_use += 1;
        self.counters.created += 1;
        let (returned, wakers) = self.hand_on(connection);
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
        let mut wakers = Wakers::from(self.nudge());
        self.note_end(&mut wakers);
        wakers
    }

    fn connect_ended(&mut self, mut ended: Connected<C, E>) -> Connected<C, E> {
        // Who has just made one makes the next, if it is still wanted.
        if self.wanted() > 0 {
            self.connecting += 1;
            ended.again = true;
        }
        ended.wakers.push(self.nudge());
        self.note_end(&mut ended.wakers);
        ended
    }

    /// Tells the first waiter, or remembers; gives back what it displaced.
    fn report(&mut self, error: E) -> (Option<Waker>, Option<E>) {
        match self.waiting.grant(Grant::Failed(error)) {
            Ok(waker) => (waker, None),
            Err(Grant::Failed(error)) => (None, self.last_error.replace(error)),
            Err(_) => unreachable!("what was not granted comes back as it was"),
        }
    }

    // Connections in use.

    /// Takes back a connection that was in use.
    pub(crate) fn put_back(&mut self, connection: C) -> (Returned<C>, Wakers) {
        let (returned, mut wakers) = self.hand_on(connection);
        // Who got it may have been woken to begin a connect, and begins none now.
        wakers.push(self.nudge());
        (returned, wakers)
    }

    /// Gives a connection in use to the next one. Whoever calls this nudges
    /// afterwards.
    fn hand_on(&mut self, connection: C) -> (Returned<C>, Wakers) {
        if self.closed {
            self.begin_close(Reason::Closed);
            return (Returned::Close(connection), Wakers::new());
        }
        match self.waiting.grant(Grant::Connection(connection)) {
            // It stays in use: invariant 4.
            Ok(waker) => return (Returned::Kept, waker.into()),
            Err(Grant::Connection(connection)) => self.idle.push_back(connection),
            Err(_) => unreachable!("what was not granted comes back as it was"),
        }
        self.in_use -= 1;
        (Returned::Kept, Wakers::new())
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

    fn slot_freed(&mut self) -> Wakers {
        let mut wakers = Wakers::from(self.nudge());
        self.note_end(&mut wakers);
        wakers
    }

    // Closing.

    /// Ends the pool: who waits learns of it at once, connects under way are told
    /// to stop, and what is idle is to be closed. Again, it does nothing.
    pub(crate) fn close(&mut self) -> (VecDeque<C>, Wakers) {
        let mut wakers = Wakers::new();
        self.closed = true;
        while let Ok(waker) = self.waiting.grant(Grant::Closed) {
            wakers.push(waker);
        }
        while let Ok(waker) = self.connectors.grant(()) {
            wakers.push(waker);
        }
        let idle = std::mem::take(&mut self.idle);
        self.in_use += idle.len();
        idle.iter().for_each(|_| self.begin_close(Reason::Closed));
        self.note_end(&mut wakers);
        (idle, wakers)
    }

    /// Whether a pool that was closed has nothing left.
    fn has_ended(&self) -> bool {
        self.closed && self.census().size() == 0
    }

    fn note_end(&mut self, wakers: &mut Wakers) {
        if self.has_ended() {
            while let Ok(waker) = self.closers.grant(()) {
                wakers.push(waker);
            }
        }
    }

    fn watchers(&mut self, event: Event) -> &mut Queue<()> {
        match event {
            Event::Closed => &mut self.connectors,
            Event::Ended => &mut self.closers,
        }
    }

    /// Waits for an event.
    pub(crate) fn watch(&mut self, event: Event, ticket: Option<Ticket>, waker: Waker) -> Awaited {
        let happened = match event {
            Event::Closed => self.closed,
            Event::Ended => self.has_ended(),
        };
        let queue = self.watchers(event);
        match ticket {
            Some(ticket) => match queue.take(ticket, waker) {
                Taken::Granted { grant: (), spare } => Awaited::Happened { spare },
                Taken::Parked { ticket, replaced } => Awaited::Parked { ticket, replaced },
            },
            None if happened => Awaited::Happened { spare: waker },
            None => {
                let arrival = queue.arrive();
                Awaited::Parked { ticket: queue.push(arrival, waker), replaced: None }
            }
        }
    }

    /// Waits no longer. Gives back a waker to be dropped after unlocking.
    pub(crate) fn unwatch(&mut self, event: Event, ticket: Ticket) -> Option<Waker> {
        self.watchers(event).withdraw(ticket).1
    }
}

/// What can be waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// The pool is closed.
    Closed,
    /// A closed pool has nothing left.
    Ended,
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
    fn new() -> Self {
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
