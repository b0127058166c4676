//! The machine of the publish channel against one list per subscriber, which says of
//! every value whether it is there or lost.
//!
//! 1. A value reaches all subscribers at once, and each policy loses what it says
//!    (CHAN3); nobody holds more than the capacity.
//! 2. What was lost is reported once, in its place, and exactly (CHAN3).
//! 3. Publishers that wait go on in order of arrival, as soon as nobody is to be waited
//!    for (X8).
//! 4. Whoever leaves takes nothing along, and lets those go that waited for it (X1, X2).
//! 5. Everybody who is to be woken is, once, and no waker is kept of anybody who does
//!    not wait (X13).
//! 6. After the last publisher, each gets what it has left, and then the end (CHAN5).

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use proptest::prelude::*;

use super::holds;
use crate::alarm::Alarm;
use crate::publish_core::{Aside, Asked, Core, Found, Policy, Share};
use crate::waiters::Ticket;

#[derive(Clone, Debug)]
enum Action {
    Subscribe(Policy),
    Unsubscribe(usize),
    /// Publishes, and waits if it has to.
    Publish,
    TryPublish,
    /// A publisher that waits is polled.
    Poll(usize),
    /// A publisher that waits is dropped.
    Leave(usize),
    Take(usize),
    /// Takes, and waits if there is nothing.
    Wait(usize),
    /// The receive is dropped.
    StopWaiting(usize),
    AddPublisher,
    RemovePublisher,
}

fn policy() -> impl Strategy<Value = Policy> {
    prop_oneof![
        6 => Just(Policy::Block),
        1 => Just(Policy::DropOldest),
        1 => Just(Policy::DropNewest),
        1 => Just(Policy::Disconnect),
    ]
}

fn action() -> impl Strategy<Value = Action> {
    let at = || 0..64_usize;
    prop_oneof![
        50 => policy().prop_map(Action::Subscribe),
        20 => at().prop_map(Action::Unsubscribe),
        400 => Just(Action::Publish),
        30 => Just(Action::TryPublish),
        125 => at().prop_map(Action::Poll),
        40 => at().prop_map(Action::Leave),
        250 => at().prop_map(Action::Take),
        100 => at().prop_map(Action::Wait),
        25 => at().prop_map(Action::StopWaiting),
        3 => Just(Action::AddPublisher),
        1 => Just(Action::RemovePublisher),
    ]
}

/// One of the values since it subscribed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entry {
    There(u32),
    Lost,
}

struct Subscriber {
    number: usize,
    policy: Policy,
    entries: VecDeque<Entry>,
    is_disconnected: bool,
    /// Of its last wait.
    alarm: Option<Alarm>,
}

impl Subscriber {
    fn held(&self) -> usize {
        self.entries.iter().filter(|entry| **entry != Entry::Lost).count()
    }

    /// What a take finds: the next value, or how many are missing here.
    fn take(&mut self) -> Option<Result<u32, u64>> {
        let mut lost = 0;
        while self.entries.front() == Some(&Entry::Lost) {
            self.entries.pop_front();
            lost += 1;
        }
        if lost > 0 {
            return Some(Err(lost));
        }
        match self.entries.pop_front()? {
            Entry::There(value) => Some(Ok(value)),
            Entry::Lost => unreachable!("looked at above"),
        }
    }
}

struct Publisher {
    value: u32,
    ticket: Ticket,
    alarm: Alarm,
}

struct World {
    core: Core<u32>,
    capacity: usize,
    publishers: BTreeMap<u32, Publisher>,
    next: u32,

    subscribers: Vec<Subscriber>,
    waiting: VecDeque<u32>,
    /// How many each reached.
    delivered: BTreeMap<u32, usize>,
    woken: BTreeSet<u32>,
    handles: usize,
    most_waiting: usize,
}

impl World {
    fn new(capacity: usize) -> Self {
        Self {
            core: Core::new(capacity),
            capacity,
            publishers: BTreeMap::new(),
            next: 0,
            subscribers: Vec::new(),
            waiting: VecDeque::new(),
            delivered: BTreeMap::new(),
            woken: BTreeSet::new(),
            handles: 1,
            most_waiting: 0,
        }
    }

    fn step(&mut self, action: &Action) -> Result<(), TestCaseError> {
        let count = self.subscribers.len();
        match action {
            Action::Subscribe(policy) if self.handles > 0 => {
                let number = self.core.subscribe(*policy);
                prop_assert!(self.subscribers.iter().all(|other| other.number != number));
                self.subscribers.push(Subscriber {
                    number,
                    policy: *policy,
                    entries: VecDeque::new(),
                    is_disconnected: false,
                    alarm: None,
                });
            }
            Action::Unsubscribe(at) if count > 0 => {
                let gone = self.subscribers.remove(at % count);
                let (aside, left) = self.core.unsubscribe(gone.number);
                drop(left);
                aside.into_iter().for_each(Aside::settle);
                prop_assert!(gone.alarm.is_none_or(|alarm| alarm.wakers() == 0));
                self.serve_waiting();
            }
            Action::Publish => self.publish(true)?,
            Action::TryPublish => self.publish(false)?,
            Action::Poll(at) => self.poll(*at)?,
            Action::Leave(at) => self.leave(*at)?,
            Action::Take(at) if count > 0 => {
                let number = self.subscribers[at % count].number;
                let (found, aside) = self.core.take(number);
                aside.into_iter().for_each(Aside::settle);
                self.took(at % count, found)?;
            }
            Action::Wait(at) if count > 0 => self.wait(at % count)?,
            Action::StopWaiting(at) if count > 0 => {
                let subscriber = &mut self.subscribers[at % count];
                drop(self.core.forget(subscriber.number));
                let alarm = subscriber.alarm.take();
                prop_assert!(alarm.is_none_or(|alarm| alarm.wakers() == 0));
            }
            Action::AddPublisher if self.handles > 0 => {
                self.handles += 1;
                self.core.add_publisher();
            }
            // Who waits borrows a publisher.
            Action::RemovePublisher if self.handles > usize::from(!self.publishers.is_empty()) => {
                self.handles -= 1;
                self.core.remove_publisher().wake();
            }
            _ => {}
        }
        self.check()
    }

    fn is_blocked(&self) -> bool {
        let blocks = |s: &Subscriber| s.policy == Policy::Block && s.held() == self.capacity;
        self.subscribers.iter().any(blocks)
    }

    fn publish(&mut self, waits: bool) -> Result<(), TestCaseError> {
        if self.handles == 0 {
            return Ok(());
        }
        self.next += 1;
        let value = self.next;
        let is_blocked = self.is_blocked();
        match self.core.publish(value) {
            Ok((reached, aside)) => {
                prop_assert!(!is_blocked && self.waiting.is_empty());
                aside.settle();
                prop_assert_eq!(reached, self.deliver(value));
            }
            Err(back) => {
                prop_assert!(is_blocked && back == value);
                if waits {
                    let alarm = Alarm::default();
                    let ticket = self.core.park(value, alarm.waker());
                    self.publishers.insert(value, Publisher { value, ticket, alarm });
                    self.waiting.push_back(value);
                }
            }
        }
        Ok(())
    }

    /// What a value does in the lists. Says how many it reached.
    fn deliver(&mut self, value: u32) -> usize {
        let mut reached = 0;
        for subscriber in self.subscribers.iter_mut().filter(|s| !s.is_disconnected) {
            if subscriber.held() == self.capacity {
                match subscriber.policy {
                    Policy::DropOldest => {
                        let there = |entry: &&mut Entry| **entry != Entry::Lost;
                        let oldest = subscriber.entries.iter_mut().find(there);
                        *oldest.expect("it is full") = Entry::Lost;
                    }
                    Policy::DropNewest => {
                        subscriber.entries.push_back(Entry::Lost);
                        continue;
                    }
                    Policy::Disconnect => {
                        subscriber.is_disconnected = true;
                        continue;
                    }
                    _ => unreachable!("it is waited for"),
                }
            }
            subscriber.entries.push_back(Entry::There(value));
            reached += 1;
        }
        reached
    }

    fn serve_waiting(&mut self) {
        while !self.is_blocked() {
            let Some(value) = self.waiting.pop_front() else { return };
            let reached = self.deliver(value);
            self.delivered.insert(value, reached);
            self.woken.insert(value);
        }
    }

    fn choose(&self, at: usize) -> Option<u32> {
        let numbers: Vec<u32> = self.publishers.keys().copied().collect();
        (!numbers.is_empty()).then(|| numbers[at % numbers.len()])
    }

    fn poll(&mut self, at: usize) -> Result<(), TestCaseError> {
        let Some(number) = self.choose(at) else { return Ok(()) };
        let publisher = self.publishers.remove(&number).expect("it is chosen");
        let fresh = Alarm::default();
        let (asked, unneeded) = self.core.ask_again(publisher.ticket, fresh.waker());
        drop(unneeded);
        prop_assert_eq!(publisher.alarm.wakers(), 0, "the waker of an earlier poll is kept");
        match asked {
            Asked::Delivered(reached) => {
                prop_assert_eq!(self.delivered.remove(&number), Some(reached));
                prop_assert!(self.woken.remove(&number));
            }
            Asked::Parked(ticket) => {
                prop_assert!(self.waiting.contains(&number));
                self.publishers.insert(number, Publisher { ticket, alarm: fresh, ..publisher });
            }
        }
        Ok(())
    }

    fn leave(&mut self, at: usize) -> Result<(), TestCaseError> {
        let Some(number) = self.choose(at) else { return Ok(()) };
        let Publisher { value, ticket, alarm } =
            self.publishers.remove(&number).expect("it is chosen");
        let (left, waker) = self.core.withdraw(ticket);
        drop(waker);
        prop_assert_eq!(alarm.wakers(), 0);
        self.woken.remove(&number);
        self.waiting.retain(|waiting| *waiting != number);
        let expected = self.delivered.remove(&number).is_none().then_some(value);
        prop_assert_eq!(left, expected, "it reached all or none");
        Ok(())
    }

    fn wait(&mut self, at: usize) -> Result<(), TestCaseError> {
        let fresh = Alarm::default();
        let number = self.subscribers[at].number;
        let (found, aside, unneeded) = self.core.take_or_wait(number, fresh.waker());
        drop(unneeded);
        aside.into_iter().for_each(Aside::settle);
        if let Some(before) = self.subscribers[at].alarm.take() {
            prop_assert_eq!(before.wakers(), 0, "the waker of an earlier poll is kept");
        }
        if matches!(found, Found::Empty) {
            prop_assert_eq!(fresh.wakers(), 1);
            self.subscribers[at].alarm = Some(fresh);
        }
        self.took(at, found)
    }

    fn took(&mut self, at: usize, found: Found<u32>) -> Result<(), TestCaseError> {
        let is_over = self.handles == 0 || self.subscribers[at].is_disconnected;
        if !matches!(found, Found::Empty) {
            self.subscribers[at].alarm = None;
        }
        match (found, self.subscribers[at].take()) {
            (Found::Value(share), Some(Ok(value))) => {
                let taken = match share {
                    Share::Whole(taken) => taken,
                    Share::Part(taken) => *taken,
                };
                prop_assert_eq!(taken, value);
            }
            (Found::Lost(lost), Some(Err(expected))) => prop_assert_eq!(lost, expected),
            (Found::Empty, None) => prop_assert!(!is_over),
            (Found::Over, None) => prop_assert!(is_over),
            (found, expected) => prop_assert!(false, "found {found:?}, not {expected:?}"),
        }
        self.serve_waiting();
        Ok(())
    }

    fn check(&mut self) -> Result<(), TestCaseError> {
        self.most_waiting = self.most_waiting.max(self.waiting.len());
        let connected = self.subscribers.iter().filter(|s| !s.is_disconnected).count();
        prop_assert_eq!(self.core.subscribers(), connected);
        prop_assert!(self.waiting.is_empty() || self.is_blocked());
        for subscriber in &self.subscribers {
            prop_assert!(subscriber.held() <= self.capacity);
            let is_disconnected = self.core.is_disconnected(subscriber.number);
            prop_assert_eq!(is_disconnected, subscriber.is_disconnected);
            if let Some(alarm) = &subscriber.alarm {
                let is_due = !subscriber.entries.is_empty() || self.handles == 0;
                prop_assert_eq!(alarm.rings(), usize::from(is_due), "a subscriber's wakes");
                prop_assert_eq!(alarm.wakers(), usize::from(!is_due), "a subscriber's wakers");
            }
        }
        for (number, publisher) in &self.publishers {
            let rings = usize::from(self.woken.contains(number));
            prop_assert_eq!(publisher.alarm.rings(), rings, "wakes of publisher {}", number);
            prop_assert_eq!(publisher.alarm.wakers(), 1 - rings, "wakers of {}", number);
        }
        Ok(())
    }

    /// Everybody leaves, and each subscriber gets what it has left.
    fn end(mut self) -> Result<usize, TestCaseError> {
        while !self.publishers.is_empty() {
            self.step(&Action::Leave(self.publishers.len() - 1))?;
        }
        while self.handles > 0 {
            self.step(&Action::RemovePublisher)?;
        }
        for at in 0..self.subscribers.len() {
            while !self.subscribers[at].entries.is_empty() {
                self.step(&Action::Take(at))?;
            }
            let number = self.subscribers[at].number;
            prop_assert!(matches!(self.core.take(number), (Found::Over, None)));
        }
        while !self.subscribers.is_empty() {
            self.step(&Action::Unsubscribe(0))?;
        }
        Ok(self.most_waiting)
    }
}

/// channel/CHAN3, channel/CHAN5, channel/X1, channel/X2, channel/X8, channel/X11,
/// channel/X13: whatever is called in whatever order, the machine and the lists agree.
#[test]
fn the_publish_machine_is_a_list_per_subscriber() {
    let inputs = (1..=3_usize, prop::collection::vec(action(), 20..90));
    holds("publish core", 1_000, 35, inputs, |(capacity, actions)| {
        let mut world = World::new(capacity);
        for action in &actions {
            world.step(action)?;
        }
        world.end()
    });
}
