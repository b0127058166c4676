//! The pure machine: what each subscriber has still to take, what it lost, and which
//! publishers wait for room.
//!
//! # Invariants
//!
//! 1. Nobody holds more than `capacity` values.
//! 2. `blocking` counts the subscribers under [`Policy::Block`] that are full. While
//!    there are none, no publisher waits: whatever lets the last of them go ends with
//!    `serve_waiting`.
//! 3. A value goes to all subscribers in one step, in `deliver`, or to none.
//! 4. Of every value since it subscribed, and until it was disconnected, a subscriber
//!    has it, took it, or counts it as lost in the place where it would have been:
//!    `lost` before a value, `missed` after the last one.
//! 5. A subscriber's waker is there while it waits and was not woken; it waits only
//!    while it has nothing to take.

use std::collections::VecDeque;
use std::task::Waker;

use crate::sync::Arc;
use crate::waiters::{Queue, Taken, Ticket, Wakers};

/// What becomes of a value for which a subscriber has no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Policy {
    /// The publisher waits. Nothing is lost, and the slowest subscriber sets the pace
    /// of all.
    Block,
    /// The oldest value that the subscriber has not taken is lost.
    DropOldest,
    /// The value is lost.
    DropNewest,
    /// The subscriber is cut off: it gets what it has left, and then `None`.
    Disconnect,
}

/// A value, for one or for several.
#[derive(Debug)]
pub(crate) enum Share<T> {
    Whole(T),
    Part(Arc<T>),
}

/// What comes of the poll of a publisher that waits.
#[derive(Debug)]
pub(crate) enum Asked {
    /// Delivered, to so many.
    Delivered(usize),
    Parked(Ticket),
}

/// What a subscriber finds.
#[derive(Debug)]
pub(crate) enum Found<T> {
    Value(Share<T>),
    /// So many are missing here.
    Lost(u64),
    Empty,
    Over,
}

/// What is to be done after unlocking: who is to be woken, and what is to be
/// dropped.
#[derive(Debug)]
#[must_use = "whoever is not woken waits for ever"]
pub(crate) struct Aside<T> {
    wakers: Wakers,
    /// One costs no allocation: that is what every delivery leaves.
    dropped: Option<Share<T>>,
    more: Vec<Share<T>>,
}

impl<T> Aside<T> {
    fn new() -> Self {
        Self { wakers: Wakers::new(), dropped: None, more: Vec::new() }
    }

    fn drop_later(&mut self, share: Option<Share<T>>) {
        if self.dropped.is_none() {
            self.dropped = share;
        } else {
            self.more.extend(share);
        }
    }

    /// Wakes and drops, outside the lock.
    #[inline]
    pub(crate) fn settle(self) {
        self.wakers.wake();
        drop((self.dropped, self.more));
    }
}

#[derive(Debug)]
struct Item<T> {
    /// How many are missing before it.
    lost: u64,
    share: Share<T>,
}

#[derive(Debug)]
struct Subscription<T> {
    policy: Policy,
    items: VecDeque<Item<T>>,
    /// How many are missing after the last item.
    missed: u64,
    is_disconnected: bool,
    waker: Option<Waker>,
}

impl<T> Subscription<T> {
    fn push(&mut self, share: Share<T>) {
        let lost = std::mem::take(&mut self.missed);
        self.items.push_back(Item { lost, share });
    }

    /// Makes room: the oldest value counts as lost, where the next one is.
    fn evict(&mut self) -> Option<Share<T>> {
        let oldest = self.items.pop_front()?;
        let lost = oldest.lost + 1;
        match self.items.front_mut() {
            Some(next) => next.lost += lost,
            None => self.missed += lost,
        }
        Some(oldest.share)
    }
}

/// The subscribers, apart from the publishers that wait for them.
#[derive(Debug)]
struct Room<T> {
    /// By number; a number that is free is given out again.
    subscribers: Vec<Option<Subscription<T>>>,
    free: Vec<usize>,
    capacity: usize,
    blocking: usize,
}

impl<T> Room<T> {
    fn len(&self) -> usize {
        self.subscribers.len() - self.free.len()
    }

    /// Hands a value to all (invariant 3). Gives back to how many it went.
    fn deliver(&mut self, value: T, aside: &mut Aside<T>) -> usize {
        let most = self.len();
        // With nobody to share it with, as often, it needs no count and no clone.
        let mut share =
            Some(if most > 1 { Share::Part(Arc::new(value)) } else { Share::Whole(value) });
        let mut reached = 0;
        for subscription in self.subscribers.iter_mut().flatten() {
            if subscription.is_disconnected {
                continue;
            }
            if subscription.items.len() == self.capacity {
                match subscription.policy {
                    Policy::Block => unreachable!("invariant 2: it is waited for"),
                    Policy::DropOldest => aside.drop_later(subscription.evict()),
                    Policy::DropNewest => {
                        subscription.missed += 1;
                        continue;
                    }
                    Policy::Disconnect => {
                        subscription.is_disconnected = true;
                        continue;
                    }
                }
            }
            let mine = match &share {
                Some(Share::Part(part)) => Some(Share::Part(part.clone())),
                _ => share.take(),
            };
            subscription.push(mine.expect("the only one there is takes the whole"));
            if subscription.policy == Policy::Block && subscription.items.len() == self.capacity {
                self.blocking += 1;
            }
            if let Some(waker) = subscription.waker.take() {
                aside.wakers.push_of(most, waker);
            }
            reached += 1;
        }
        aside.drop_later(share);
        reached
    }
}

#[derive(Debug)]
pub(crate) struct Core<T> {
    room: Room<T>,
    /// A publisher offers its value, and is granted to how many it went.
    waiting: Queue<usize, T>,
    publishers: usize,
}

impl<T> Core<T> {
    /// With one publisher.
    pub(crate) fn new(capacity: usize) -> Self {
        let room = Room { subscribers: Vec::new(), free: Vec::new(), capacity, blocking: 0 };
        Self { room, waiting: Queue::new(), publishers: 1 }
    }

    /// How many subscribers there are, disconnected ones not counted.
    pub(crate) fn subscribers(&self) -> usize {
        self.room.subscribers.iter().flatten().filter(|s| !s.is_disconnected).count()
    }

    /// Adds a subscriber; gives back its number.
    pub(crate) fn subscribe(&mut self, policy: Policy) -> usize {
        let subscription = Subscription {
            policy,
            items: VecDeque::new(),
            missed: 0,
            is_disconnected: false,
            waker: None,
        };
        if let Some(number) = self.room.free.pop() {
            self.room.subscribers[number] = Some(subscription);
            return number;
        }
        self.room.subscribers.push(Some(subscription));
        self.room.subscribers.len() - 1
    }

    /// Removes a subscriber. What it had is dropped later; publishers that waited
    /// for it only go on.
    pub(crate) fn unsubscribe(&mut self, number: usize) -> (Option<Aside<T>>, impl Sized + use<T>) {
        let left = self.room.subscribers[number].take().expect(IS_THERE);
        self.room.free.push(number);
        if left.policy == Policy::Block && left.items.len() == self.room.capacity {
            self.room.blocking -= 1;
        }
        (self.serve_waiting(), left)
    }

    /// Delivers the value if nobody has to be waited for, or gives it back.
    #[inline]
    pub(crate) fn publish(&mut self, value: T) -> Result<(usize, Aside<T>), T> {
        if self.room.blocking > 0 {
            return Err(value);
        }
        let mut aside = Aside::new();
        let reached = self.room.deliver(value, &mut aside);
        Ok((reached, aside))
    }

    /// Parks a value that somebody has to be waited for.
    pub(crate) fn park(&mut self, value: T, waker: Waker) -> Ticket {
        let arrival = self.waiting.arrive();
        self.waiting.push_with(arrival, waker, value)
    }

    /// What the next poll of a publisher that waits does. Also gives back the waker
    /// that is not needed.
    pub(crate) fn ask_again(&mut self, ticket: Ticket, waker: Waker) -> (Asked, Option<Waker>) {
        match self.waiting.take(ticket, waker) {
            Taken::Granted { grant, spare } => (Asked::Delivered(grant), Some(spare)),
            Taken::Parked { ticket, replaced } => (Asked::Parked(ticket), replaced),
        }
    }

    /// What the drop of a publisher that waits does. Its value, if it was not
    /// delivered, and its waker are to be dropped after unlocking.
    pub(crate) fn withdraw(&mut self, ticket: Ticket) -> (Option<T>, Option<Waker>) {
        let (left, waker) = self.waiting.withdraw_with(ticket);
        (left.err(), waker)
    }

    /// The next value of a subscriber, if that is all there is to it: nothing is lost
    /// before it, and nobody waits for its room.
    #[inline]
    pub(crate) fn take_plain(&mut self, number: usize) -> Option<Share<T>> {
        let subscription = self.room.subscribers[number].as_mut().expect(IS_THERE);
        if subscription.items.front()?.lost > 0 {
            return None;
        }
        if subscription.policy == Policy::Block && subscription.items.len() == self.room.capacity {
            if self.waiting.len() > 0 {
                return None;
            }
            self.room.blocking -= 1;
        }
        subscription.items.pop_front().map(|item| item.share)
    }

    /// What a subscriber finds. Publishers that waited for it only go on: what they
    /// leave aside comes too.
    pub(crate) fn take(&mut self, number: usize) -> (Found<T>, Option<Aside<T>>) {
        if let Some(share) = self.take_plain(number) {
            return (Found::Value(share), None);
        }
        let subscription = self.subscription(number);
        let lost = match subscription.items.front_mut() {
            Some(next) => &mut next.lost,
            None => &mut subscription.missed,
        };
        if *lost > 0 {
            return (Found::Lost(std::mem::take(lost)), None);
        }
        let Some(item) = subscription.items.pop_front() else {
            let is_over = subscription.is_disconnected || self.publishers == 0;
            return (if is_over { Found::Over } else { Found::Empty }, None);
        };
        // It was full, and somebody waits: or it would have been plain.
        self.room.blocking -= 1;
        (Found::Value(item.share), self.serve_waiting())
    }

    /// As [`take`](Self::take); if there is nothing yet, the subscriber waits. Also
    /// gives back the waker that is not needed.
    pub(crate) fn take_or_wait(
        &mut self,
        number: usize,
        waker: Waker,
    ) -> (Found<T>, Option<Aside<T>>, Option<Waker>) {
        match self.take(number) {
            (Found::Empty, aside) => {
                let unneeded = self.subscription(number).waker.replace(waker);
                (Found::Empty, aside, unneeded)
            }
            (found, aside) => (found, aside, Some(waker)),
        }
    }

    /// The subscriber does not wait any more.
    pub(crate) fn forget(&mut self, number: usize) -> Option<Waker> {
        self.subscription(number).waker.take()
    }

    /// Whether the subscriber was too slow for its policy.
    pub(crate) fn is_disconnected(&self, number: usize) -> bool {
        self.room.subscribers[number].as_ref().expect(IS_THERE).is_disconnected
    }

    pub(crate) fn add_publisher(&mut self) {
        self.publishers += 1;
    }

    /// After the last one, nothing comes any more.
    pub(crate) fn remove_publisher(&mut self) -> Wakers {
        self.publishers -= 1;
        let mut wakers = Wakers::new();
        if self.publishers == 0 {
            for subscription in self.room.subscribers.iter_mut().flatten() {
                wakers.push(subscription.waker.take());
            }
        }
        wakers
    }

    fn subscription(&mut self, number: usize) -> &mut Subscription<T> {
        self.room.subscribers[number].as_mut().expect(IS_THERE)
    }

    /// Delivers what waits, in order, until somebody has to be waited for.
    fn serve_waiting(&mut self) -> Option<Aside<T>> {
        if self.waiting.len() == 0 {
            return None;
        }
        let Self { room, waiting, .. } = self;
        let mut aside = Aside::new();
        while room.blocking == 0 {
            let Some(publisher) = waiting.grant_with(|value| room.deliver(value, &mut aside))
            else {
                break;
            };
            aside.wakers.push(publisher);
        }
        Some(aside)
    }
}

const IS_THERE: &str = "a subscriber keeps its number until it is dropped";
