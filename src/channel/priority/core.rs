//! The pure machine: what waits at which level, who waits for room there, and what
//! comes next.
//!
//! # Invariants
//!
//! 1. A level holds at most `capacity` items and reserved slots together.
//! 2. Room at a level and somebody who waits for it exclude each other: room goes
//!    to who came first, in `refill`. Once closed, nobody waits.
//! 3. Bit `l` of `filled` says whether level `l` has items.
//! 4. `urgency` says which level is served next, and hears of each service: a level
//!    wants to be served while it has items.
//! 5. The receiver's waker is there while the receiver waits and was not woken:
//!    whatever gives it something to take, or ends the channel, takes the waker.

use std::collections::VecDeque;
use std::task::Waker;

use crate::urgency::Urgency;
use crate::waiters::{Queue, Taken, Ticket, Wakers};

/// What a sender brings.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Offer<T> {
    /// A value to be taken as soon as there is room.
    Value(T),
    /// Nothing yet: it wants the slot.
    Reserve,
}

/// What becomes of an offer that had to wait.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Grant<T> {
    /// The value is on its way, or the slot is reserved.
    Accepted,
    Closed(Offer<T>),
}

/// Why an offer is not accepted at once.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused<T> {
    /// There is no such level.
    Level(Offer<T>),
    Closed(Offer<T>),
    Full(Offer<T>),
}

/// What the poll of one that waits comes to.
#[derive(Debug)]
pub(crate) enum Asked<T> {
    Granted(Grant<T>),
    Parked(Ticket),
}

/// Why there is nothing to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nothing {
    /// Yet.
    Empty,
    /// Any more.
    Over,
}

/// An item, its level, and the sender that its slot went to.
pub(crate) type Item<T> = (usize, T, Option<Waker>);

#[derive(Debug)]
struct Level<T> {
    items: VecDeque<T>,
    /// Slots of permits, those included that were granted and not yet fetched.
    reserved: usize,
    waiting: Queue<Grant<T>, Offer<T>>,
}

#[derive(Debug)]
pub(crate) struct Core<T> {
    levels: Vec<Level<T>>,
    capacity: usize,
    filled: u64,
    urgency: Urgency,
    /// Of all levels together.
    reserved: usize,
    senders: usize,
    is_closed: bool,
    /// Nobody will take anything any more.
    is_abandoned: bool,
    receiver: Option<Waker>,
}

impl<T> Core<T> {
    /// With one sender.
    pub(crate) fn new(levels: usize, capacity: usize) -> Self {
        let level = || Level { items: VecDeque::new(), reserved: 0, waiting: Queue::new() };
        Self {
            levels: (0..levels).map(|_| level()).collect(),
            capacity,
            filled: 0,
            urgency: Urgency::new(levels),
            reserved: 0,
            senders: 1,
            is_closed: false,
            is_abandoned: false,
            receiver: None,
        }
    }

    pub(crate) fn set_fairness(&mut self, n: usize) {
        self.urgency.set_fairness(n);
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// How many items wait at a level.
    pub(crate) fn len(&self, level: usize) -> usize {
        self.levels.get(level).map_or(0, |level| level.items.len())
    }

    /// Accepts the offer if there is room. Gives back the receiver, if it waits
    /// for what comes.
    #[inline]
    pub(crate) fn offer(
        &mut self,
        at: usize,
        offer: Offer<T>,
    ) -> Result<Option<Waker>, Refused<T>> {
        let Some(level) = self.levels.get_mut(at) else {
            return Err(Refused::Level(offer));
        };
        if self.is_closed {
            return Err(Refused::Closed(offer));
        }
        if level.items.len() + level.reserved >= self.capacity {
            return Err(Refused::Full(offer));
        }
        match offer {
            Offer::Value(value) => {
                level.items.push_back(value);
                self.filled |= 1 << at;
                Ok(self.receiver.take())
            }
            Offer::Reserve => {
                level.reserved += 1;
                self.reserved += 1;
                Ok(None)
            }
        }
    }

    /// Parks an offer for which there is no room.
    pub(crate) fn park(&mut self, at: usize, offer: Offer<T>, waker: Waker) -> Ticket {
        let waiting = &mut self.levels[at].waiting;
        let arrival = waiting.arrive();
        waiting.push_with(arrival, waker, offer)
    }

    /// What the next poll of a parked offer does. Also gives back the waker that is
    /// not needed.
    pub(crate) fn ask_again(
        &mut self,
        at: usize,
        ticket: Ticket,
        waker: Waker,
    ) -> (Asked<T>, Option<Waker>) {
        match self.levels[at].waiting.take(ticket, waker) {
            Taken::Granted { grant, spare } => (Asked::Granted(grant), Some(spare)),
            Taken::Parked { ticket, replaced } => (Asked::Parked(ticket), replaced),
        }
    }

    /// What the drop of a parked offer does: a value that was accepted stays, a
    /// slot that was goes to the next. `reserves` says which it was. The offer and
    /// the waker that come back are to be dropped after unlocking.
    pub(crate) fn withdraw(
        &mut self,
        at: usize,
        ticket: Ticket,
        reserves: bool,
    ) -> (Wakers, Option<Offer<T>>, Option<Waker>) {
        match self.levels[at].waiting.withdraw_with(ticket) {
            (Ok(Grant::Accepted), waker) if reserves => (self.release(at), None, waker),
            (Ok(Grant::Accepted), waker) => (Wakers::new(), None, waker),
            (Ok(Grant::Closed(offer)) | Err(offer), waker) => (Wakers::new(), Some(offer), waker),
        }
    }

    /// Puts a value into a reserved slot. Gives the value back if nobody will ever
    /// take it.
    pub(crate) fn fulfil(&mut self, at: usize, value: T) -> Result<Option<Waker>, T> {
        self.levels[at].reserved -= 1;
        self.reserved -= 1;
        if self.is_abandoned {
            return Err(value);
        }
        self.levels[at].items.push_back(value);
        self.filled |= 1 << at;
        Ok(self.receiver.take())
    }

    /// Gives up a reserved slot: it goes to who waits longest.
    pub(crate) fn release(&mut self, at: usize) -> Wakers {
        self.levels[at].reserved -= 1;
        self.reserved -= 1;
        let mut wakers = Wakers::from(self.refill(at));
        // A value came in with it, or it was the last that the end waited for.
        if self.filled != 0 || self.is_over() {
            wakers.push(self.receiver.take());
        }
        wakers
    }

    /// The next item.
    #[inline]
    pub(crate) fn take(&mut self) -> Result<Item<T>, Nothing> {
        let Some(at) = self.urgency.next(self.filled) else {
            return Err(if self.is_over() { Nothing::Over } else { Nothing::Empty });
        };
        let items = &mut self.levels[at].items;
        let value = items.pop_front().expect("invariant 3: a level whose bit is set has items");
        if items.is_empty() {
            self.filled &= !(1 << at);
        }
        self.urgency.served(at, self.filled);
        let waker = self.refill(at);
        Ok((at, value, waker))
    }

    /// As [`take`](Self::take); if there is nothing yet, the receiver waits. Also
    /// gives back the waker that is not needed.
    pub(crate) fn take_or_wait(
        &mut self,
        waker: Waker,
    ) -> (Result<Item<T>, Nothing>, Option<Waker>) {
        match self.take() {
            Err(Nothing::Empty) => (Err(Nothing::Empty), self.receiver.replace(waker)),
            taken => (taken, Some(waker)),
        }
    }

    /// The receiver does not wait any more.
    pub(crate) fn forget_receiver(&mut self) -> Option<Waker> {
        self.receiver.take()
    }

    pub(crate) fn add_sender(&mut self) {
        self.senders += 1;
    }

    /// After the last one, nothing comes any more.
    pub(crate) fn remove_sender(&mut self) -> Wakers {
        self.senders -= 1;
        if self.senders == 0 { self.close() } else { Wakers::new() }
    }

    /// Accepts nothing any more. Who waits gets its offer back.
    pub(crate) fn close(&mut self) -> Wakers {
        self.is_closed = true;
        let mut wakers = Wakers::new();
        for level in &mut self.levels {
            while let Some(waker) = level.waiting.grant_with(Grant::Closed) {
                wakers.push(waker);
            }
        }
        if self.is_over() {
            wakers.push(self.receiver.take());
        }
        wakers
    }

    /// The receiver is gone. What it did not take is to be dropped after unlocking.
    pub(crate) fn abandon(&mut self) -> (Wakers, Vec<VecDeque<T>>) {
        self.is_abandoned = true;
        self.filled = 0;
        let items = self.levels.iter_mut().map(|level| std::mem::take(&mut level.items)).collect();
        (self.close(), items)
    }

    /// Nothing is there, and nothing will come.
    fn is_over(&self) -> bool {
        self.is_closed && self.filled == 0 && self.reserved == 0
    }

    /// Gives the slot that came free to who waits longest for it.
    fn refill(&mut self, at: usize) -> Option<Waker> {
        let Level { items, reserved, waiting, .. } = &mut self.levels[at];
        let granted = waiting.grant_with(|offer| {
            match offer {
                Offer::Value(value) => {
                    items.push_back(value);
                    self.filled |= 1 << at;
                }
                Offer::Reserve => {
                    *reserved += 1;
                    self.reserved += 1;
                }
            }
            Grant::Accepted
        });
        granted.flatten()
    }
}
