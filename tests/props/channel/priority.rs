//! The machine of the priority channel against lists.
//!
//! 1. Within a level, what was accepted comes out in that order; who waits for room is
//!    accepted in order of arrival, as soon as there is room (CHAN4, X8).
//! 2. The level that is served is what the history of services says (RACE5).
//! 3. Values and slots are conserved, whoever leaves (X1, X2, X11).
//! 4. Everybody who is to be woken is, once, and no waker is kept of anybody who does
//!    not wait (X13).
//! 5. After the close, what was accepted comes out, and then the end (CHAN5, X7).

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::task::Waker;

use proptest::prelude::*;

use super::holds;
use crate::alarm::Alarm;
use crate::priority_core::{Asked, Core, Grant, Nothing, Offer, Refused};
use crate::waiters::Ticket;

#[derive(Clone, Debug)]
enum Action {
    /// Offers a value, and waits if there is no room.
    Send(usize),
    TrySend(usize),
    /// Asks for a slot, and waits if there is none.
    Reserve(usize),
    /// A sender that waits is polled.
    Poll(usize),
    /// A sender that waits is dropped.
    Leave(usize),
    /// A permit is used.
    Use(usize),
    /// A permit is dropped.
    Return(usize),
    Take,
    /// Takes, and waits if there is nothing.
    Wait,
    /// The receive is dropped.
    StopWaiting,
    AddSender,
    RemoveSender,
    Close,
    Abandon,
}

fn action() -> impl Strategy<Value = Action> {
    let at = || 0..64_usize;
    prop_oneof![
        300 => at().prop_map(Action::Send),
        40 => at().prop_map(Action::TrySend),
        100 => at().prop_map(Action::Reserve),
        150 => at().prop_map(Action::Poll),
        50 => at().prop_map(Action::Leave),
        50 => at().prop_map(Action::Use),
        50 => at().prop_map(Action::Return),
        150 => Just(Action::Take),
        60 => Just(Action::Wait),
        20 => Just(Action::StopWaiting),
        3 => Just(Action::AddSender),
        1 => Just(Action::RemoveSender),
        2 => Just(Action::Close),
        1 => Just(Action::Abandon),
    ]
}

/// One that waits for room, or was accepted and not polled since.
struct Sender {
    level: usize,
    reserves: bool,
    value: u32,
    ticket: Ticket,
    alarm: Alarm,
}

impl Sender {
    fn offer(&self) -> Offer<u32> {
        if self.reserves { Offer::Reserve } else { Offer::Value(self.value) }
    }
}

#[derive(Default)]
struct Level {
    items: VecDeque<u32>,
    reserved: usize,
    /// Numbers of senders, in order of arrival.
    waiting: VecDeque<u32>,
}

/// The machine, its users, and the reference.
struct World {
    core: Core<u32>,
    capacity: usize,
    fairness: Option<usize>,
    senders: BTreeMap<u32, Sender>,
    /// The levels of permits in hand.
    permits: Vec<usize>,
    next: u32,

    levels: Vec<Level>,
    accepted: BTreeSet<u32>,
    /// Woken, and not polled since.
    woken: BTreeSet<u32>,
    is_closed: bool,
    is_abandoned: bool,
    handles: usize,
    receiver: Option<Alarm>,
    /// Per service, the level, and those that had items just before.
    services: Vec<(usize, Vec<bool>)>,
    most_waiting: usize,
}

impl World {
    fn new(levels: usize, capacity: usize, fairness: Option<usize>) -> Self {
        let mut core = Core::new(levels, capacity);
        if let Some(n) = fairness {
            core.set_fairness(n);
        }
        Self {
            core,
            capacity,
            fairness,
            senders: BTreeMap::new(),
            permits: Vec::new(),
            next: 0,
            levels: (0..levels).map(|_| Level::default()).collect(),
            accepted: BTreeSet::new(),
            woken: BTreeSet::new(),
            is_closed: false,
            is_abandoned: false,
            handles: 1,
            receiver: None,
            services: Vec::new(),
            most_waiting: 0,
        }
    }

    fn step(&mut self, action: &Action) -> Result<(), TestCaseError> {
        // One beyond the last level, too.
        let level = |at: &usize| at % (self.levels.len() + 1);
        match action {
            Action::Send(at) => self.offer(level(at), false, true)?,
            Action::TrySend(at) => self.offer(level(at), false, false)?,
            Action::Reserve(at) => self.offer(level(at), true, true)?,
            Action::Poll(at) => self.poll(*at)?,
            Action::Leave(at) => self.leave(*at)?,
            Action::Use(at) => {
                if !self.permits.is_empty() {
                    let level = self.permits.swap_remove(at % self.permits.len());
                    self.next += 1;
                    let value = self.next;
                    self.levels[level].reserved -= 1;
                    match self.core.fulfil(level, value) {
                        Ok(receiver) => {
                            prop_assert!(!self.is_abandoned);
                            receiver.into_iter().for_each(Waker::wake);
                            self.levels[level].items.push_back(value);
                        }
                        Err(back) => prop_assert!(self.is_abandoned && back == value),
                    }
                }
            }
            Action::Return(at) => {
                if !self.permits.is_empty() {
                    let level = self.permits.swap_remove(at % self.permits.len());
                    self.core.release(level).wake();
                    self.levels[level].reserved -= 1;
                    self.refill(level);
                }
            }
            Action::Take => {
                if !self.is_abandoned {
                    let taken = self.core.take();
                    self.took(taken)?;
                }
            }
            Action::Wait => self.wait()?,
            Action::StopWaiting => {
                if self.receiver.is_some() {
                    drop(self.core.forget_receiver());
                    let alarm = self.receiver.take().expect("looked at above");
                    prop_assert_eq!(alarm.wakers(), 0);
                }
            }
            Action::AddSender => {
                if self.handles > 0 {
                    self.handles += 1;
                    self.core.add_sender();
                }
            }
            // Who waits and who has a permit borrows a sender.
            Action::RemoveSender => {
                let is_borrowed = !self.senders.is_empty() || !self.permits.is_empty();
                if self.handles > usize::from(is_borrowed) {
                    self.handles -= 1;
                    self.core.remove_sender().wake();
                    if self.handles == 0 {
                        self.close();
                    }
                }
            }
            Action::Close => {
                self.core.close().wake();
                self.close();
            }
            Action::Abandon => {
                if !self.is_abandoned {
                    let (wakers, items) = self.core.abandon();
                    wakers.wake();
                    let left: Vec<u32> = items.into_iter().flatten().collect();
                    let mine = self.levels.iter_mut().flat_map(|level| level.items.drain(..));
                    prop_assert_eq!(left, mine.collect::<Vec<_>>());
                    self.is_abandoned = true;
                    self.receiver = None;
                    self.close();
                }
            }
        }
        self.check()
    }

    fn offer(&mut self, at: usize, reserves: bool, waits: bool) -> Result<(), TestCaseError> {
        if self.handles == 0 {
            return Ok(());
        }
        self.next += 1;
        let (number, value) = (self.next, self.next);
        let new = || if reserves { Offer::Reserve } else { Offer::Value(value) };
        let is_full = self.levels.get(at).is_some_and(|level| self.is_full(level));
        match self.core.offer(at, new()) {
            Err(Refused::Level(offer)) => {
                prop_assert!(at == self.levels.len() && offer == new());
            }
            Err(Refused::Closed(offer)) => prop_assert!(self.is_closed && offer == new()),
            Err(Refused::Full(offer)) => {
                prop_assert!(!self.is_closed && is_full && offer == new());
                if waits {
                    let alarm = Alarm::default();
                    let ticket = self.core.park(at, offer, alarm.waker());
                    self.senders
                        .insert(number, Sender { level: at, reserves, value, ticket, alarm });
                    self.levels[at].waiting.push_back(number);
                }
            }
            Ok(receiver) => {
                prop_assert!(!self.is_closed && !is_full && self.levels[at].waiting.is_empty());
                receiver.into_iter().for_each(Waker::wake);
                if reserves {
                    self.levels[at].reserved += 1;
                    self.permits.push(at);
                } else {
                    self.levels[at].items.push_back(value);
                }
            }
        }
        Ok(())
    }

    fn is_full(&self, level: &Level) -> bool {
        level.items.len() + level.reserved >= self.capacity
    }

    fn choose(&self, at: usize) -> Option<u32> {
        let numbers: Vec<u32> = self.senders.keys().copied().collect();
        (!numbers.is_empty()).then(|| numbers[at % numbers.len()])
    }

    fn poll(&mut self, at: usize) -> Result<(), TestCaseError> {
        let Some(number) = self.choose(at) else { return Ok(()) };
        let sender = self.senders.remove(&number).expect("it is chosen");
        let (mine, fresh) = (sender.offer(), Alarm::default());
        let (asked, unneeded) = self.core.ask_again(sender.level, sender.ticket, fresh.waker());
        drop(unneeded);
        prop_assert_eq!(sender.alarm.wakers(), 0, "the waker of an earlier poll is kept");
        let was_woken = self.woken.remove(&number);
        match asked {
            Asked::Parked(ticket) => {
                prop_assert!(!was_woken && self.levels[sender.level].waiting.contains(&number));
                self.senders.insert(number, Sender { ticket, alarm: fresh, ..sender });
            }
            Asked::Granted(Grant::Accepted) => {
                prop_assert!(was_woken && self.accepted.remove(&number));
                if sender.reserves {
                    self.permits.push(sender.level);
                }
            }
            Asked::Granted(Grant::Closed(offer)) => {
                prop_assert!(was_woken && self.is_closed && !self.accepted.contains(&number));
                prop_assert_eq!(offer, mine);
            }
        }
        Ok(())
    }

    fn leave(&mut self, at: usize) -> Result<(), TestCaseError> {
        let Some(number) = self.choose(at) else { return Ok(()) };
        let sender = self.senders.remove(&number).expect("it is chosen");
        let mine = sender.offer();
        let Sender { level, reserves, ticket, alarm, .. } = sender;
        let (wakers, offer, waker) = self.core.withdraw(level, ticket, reserves);
        wakers.wake();
        drop(waker);
        prop_assert_eq!(alarm.wakers(), 0);
        self.woken.remove(&number);
        self.levels[level].waiting.retain(|waiting| *waiting != number);
        if self.accepted.remove(&number) {
            prop_assert_eq!(offer, None, "what was accepted does not come back");
            if reserves {
                self.levels[level].reserved -= 1;
                self.refill(level);
            }
        } else {
            prop_assert_eq!(offer, Some(mine));
        }
        Ok(())
    }

    fn wait(&mut self) -> Result<(), TestCaseError> {
        if self.is_abandoned {
            return Ok(());
        }
        let fresh = Alarm::default();
        let (taken, unneeded) = self.core.take_or_wait(fresh.waker());
        drop(unneeded);
        if let Some(before) = self.receiver.take() {
            prop_assert_eq!(before.wakers(), 0, "the waker of an earlier poll is kept");
        }
        if matches!(taken, Err(Nothing::Empty)) {
            prop_assert_eq!(fresh.wakers(), 1);
            self.receiver = Some(fresh);
        }
        self.took(taken)
    }

    fn took(
        &mut self,
        taken: Result<(usize, u32, Option<Waker>), Nothing>,
    ) -> Result<(), TestCaseError> {
        let due = self.due();
        match taken {
            Ok((level, value, sender)) => {
                sender.into_iter().for_each(Waker::wake);
                prop_assert_eq!(Some(level), due, "after {:?}", self.services);
                let had_items = self.levels.iter().map(|level| !level.items.is_empty()).collect();
                self.services.push((level, had_items));
                prop_assert_eq!(Some(value), self.levels[level].items.pop_front());
                self.refill(level);
            }
            Err(nothing) => {
                prop_assert_eq!(due, None);
                let expected = if self.is_over() { Nothing::Over } else { Nothing::Empty };
                prop_assert_eq!(nothing, expected);
            }
        }
        Ok(())
    }

    /// The level to be served, from the history of services alone.
    fn due(&self) -> Option<usize> {
        let filled = |at: &usize| !self.levels[*at].items.is_empty();
        let passed = |at: usize| {
            let since = self.services.iter().rev();
            let waited = since.take_while(|(served, had_items)| *served != at && had_items[at]);
            waited.filter(|(served, _)| *served < at).count()
        };
        let all = || (0..self.levels.len()).filter(filled);
        let most = self.fairness.unwrap_or(usize::MAX);
        all().rfind(|&at| passed(at) >= most).or_else(|| all().next())
    }

    fn is_over(&self) -> bool {
        let is_empty = |level: &Level| level.items.is_empty() && level.reserved == 0;
        self.is_closed && self.levels.iter().all(is_empty)
    }

    /// Room goes to who waits longest.
    fn refill(&mut self, at: usize) {
        while !self.is_full(&self.levels[at]) {
            let Some(number) = self.levels[at].waiting.pop_front() else { return };
            self.accepted.insert(number);
            self.woken.insert(number);
            let Sender { reserves, value, .. } = self.senders[&number];
            if reserves {
                self.levels[at].reserved += 1;
            } else {
                self.levels[at].items.push_back(value);
            }
        }
    }

    fn close(&mut self) {
        self.is_closed = true;
        for level in &mut self.levels {
            self.woken.extend(level.waiting.drain(..));
        }
    }

    fn check(&mut self) -> Result<(), TestCaseError> {
        let waiting: usize = self.levels.iter().map(|level| level.waiting.len()).sum();
        self.most_waiting = self.most_waiting.max(waiting);
        prop_assert_eq!(self.core.is_closed(), self.is_closed);
        for (at, level) in self.levels.iter().enumerate() {
            prop_assert_eq!(self.core.len(at), level.items.len());
            prop_assert!(level.items.len() + level.reserved <= self.capacity);
            prop_assert!(level.waiting.is_empty() || self.is_full(level));
        }
        for (number, sender) in &self.senders {
            let rings = usize::from(self.woken.contains(number));
            prop_assert_eq!(sender.alarm.rings(), rings, "how often sender {} was woken", number);
            prop_assert_eq!(sender.alarm.wakers(), 1 - rings, "wakers of sender {}", number);
        }
        if let Some(alarm) = &self.receiver {
            let is_due = self.due().is_some() || self.is_over();
            prop_assert!(alarm.rings() == 1 || !is_due, "the receiver sleeps");
            prop_assert_eq!(alarm.wakers(), 1 - alarm.rings());
        }
        Ok(())
    }

    /// Everybody leaves, and all that was accepted comes out.
    fn end(mut self) -> Result<usize, TestCaseError> {
        while !self.senders.is_empty() {
            self.step(&Action::Leave(self.senders.len() - 1))?;
        }
        while !self.permits.is_empty() {
            self.step(&Action::Return(0))?;
        }
        self.step(&Action::Close)?;
        if !self.is_abandoned {
            while self.levels.iter().any(|level| !level.items.is_empty()) {
                self.step(&Action::Take)?;
            }
            prop_assert!(matches!(self.core.take(), Err(Nothing::Over)));
        }
        Ok(self.most_waiting)
    }
}

/// channel/CHAN4, channel/CHAN5, channel/RACE5, channel/X1, channel/X2, channel/X7,
/// channel/X8, channel/X11, channel/X13: whatever is called in whatever order, the
/// machine and the lists agree.
#[test]
fn the_priority_machine_is_a_list_per_level() {
    let inputs = (
        1..=4_usize,
        1..=3_usize,
        prop::option::of(1..=3_usize),
        prop::collection::vec(action(), 20..90),
    );
    holds("priority core", 1_000, 40, inputs, |(levels, capacity, fairness, actions)| {
        let mut world = World::new(levels, capacity, fairness);
        for action in &actions {
            world.step(action)?;
        }
        world.end()
    });
}

/// channel/RACE5: with every level always full, each is served after exactly as many
/// values of more urgent levels as it was promised at most, or fewer.
#[test]
fn no_level_is_passed_more_often_than_promised() {
    for fairness in 1..=5 {
        for levels in 2..=5_usize {
            let mut core = Core::new(levels, 1);
            core.set_fairness(fairness);
            let mut passed = vec![0; levels];
            let mut worst = vec![0; levels];
            for at in 0..levels {
                assert!(core.offer(at, Offer::Value(0)).is_ok());
            }
            for _ in 0..2_000 {
                let (served, _, _) = core.take().expect("all are full");
                assert!(core.offer(served, Offer::Value(0)).is_ok());
                passed[served] = 0;
                for at in served + 1..levels {
                    passed[at] += 1;
                    worst[at] = worst[at].max(passed[at]);
                }
            }
            assert!(worst[1..].iter().all(|most| *most == fairness), "{worst:?} of {fairness}");
        }
    }
}

/// channel/RACE5: without fairness, a level waits as long as a more urgent one has
/// values.
#[test]
fn without_fairness_the_urgent_level_comes_first_always() {
    let mut core = Core::new(64, 1);
    assert!(core.offer(63, Offer::Value(63)).is_ok());
    for turn in 0..1_000 {
        assert!(core.offer(0, Offer::Value(turn)).is_ok());
        assert!(matches!(core.take(), Ok((0, value, None)) if value == turn));
    }
    assert!(matches!(core.take(), Ok((63, 63, None))));
}
