//! The machine behind `Keyed` and `SingleFlight` against plain lists.
//!
//! 1. A key is listed exactly while somebody has it, and one at a time has it.
//! 2. Turns go out in order of arrival; what lands goes to all that wait.
//! 3. A grant comes out once: by the poll or the leave of whom it went to.
//! 4. Each that waits and was not woken since its last poll has one waker in the
//!    machine, and nobody else has any.
//! 5. A key comes back when nobody has it any more, once.

use std::collections::{BTreeMap, BTreeSet};
use std::task::Waker;

use proptest::prelude::*;

use super::contention::{Waited, contended};
use crate::alarm::Alarm;
use crate::lock_core::{Asked, Place, Turn, Turns};
use crate::waiters::{Taken, Ticket};

#[derive(Clone, Debug)]
enum Action {
    /// Somebody asks for a key, and waits for it.
    Ask(u8),
    Try(u8),
    Poll(usize),
    Leave(usize),
    /// A turn ends.
    PassOn(usize),
    /// A turn ends for all that wait.
    Land(usize),
}

fn action() -> impl Strategy<Value = Action> {
    // Some keys that many ask for, and many that some do. The others are taken
    // modulo how many there are.
    let key = || prop_oneof![4 => 0..3_u8, 1 => 0..60_u8];
    let at = || 0..64_usize;
    prop_oneof![
        6 => key().prop_map(Action::Ask),
        2 => key().prop_map(Action::Try),
        4 => at().prop_map(Action::Poll),
        2 => at().prop_map(Action::Leave),
        3 => at().prop_map(Action::PassOn),
        1 => at().prop_map(Action::Land),
    ]
}

/// Keys that collide: there are eight chains at first.
fn hash(key: u8) -> u64 {
    u64::from(key % 5) * 8
}

struct Waiter {
    key: u8,
    place: Place,
    ticket: Ticket,
    /// Of its last poll.
    alarm: Alarm,
}

/// The machine, those that wait in it by rank of arrival, and the reference.
struct World {
    turns: Turns<u8, u32>,
    waiters: BTreeMap<u32, Waiter>,
    holders: Vec<(u8, Place)>,
    comers: u32,
    landings: u32,

    /// By key that somebody has: who waits for it, oldest first.
    queues: BTreeMap<u8, Vec<u32>>,
    granted: BTreeMap<u32, Turn<u32>>,
    /// Woken, and not polled since.
    woken: BTreeSet<u32>,
    most: usize,
}

type Step = Result<(), TestCaseError>;

impl World {
    fn new() -> Self {
        Self {
            turns: Turns::new(),
            waiters: BTreeMap::new(),
            holders: Vec::new(),
            comers: 0,
            landings: 0,
            queues: BTreeMap::new(),
            granted: BTreeMap::new(),
            woken: BTreeSet::new(),
            most: 0,
        }
    }

    fn step(&mut self, action: &Action) -> Step {
        match action {
            Action::Ask(key) => self.ask(*key)?,
            Action::Try(key) => self.attempt(*key)?,
            Action::Poll(at) => {
                if let Some(rank) = self.choose(*at) {
                    self.poll(rank)?;
                }
            }
            Action::Leave(at) => {
                if let Some(rank) = self.choose(*at) {
                    self.leave(rank)?;
                }
            }
            Action::PassOn(at) => {
                if !self.holders.is_empty() {
                    let (key, place) = self.holders.swap_remove(at % self.holders.len());
                    self.turns.pass_on(place).settle();
                    self.hand_on(key);
                }
            }
            Action::Land(at) => {
                if !self.holders.is_empty() {
                    let holder = self.holders.swap_remove(at % self.holders.len());
                    self.land(holder)?;
                }
            }
        }
        self.check()
    }

    fn choose(&self, at: usize) -> Option<u32> {
        let ranks: Vec<u32> = self.waiters.keys().copied().collect();
        (!ranks.is_empty()).then(|| ranks[at % ranks.len()])
    }

    fn ask(&mut self, key: u8) -> Step {
        let alarm = Alarm::default();
        let (mut asks, mut waker) = (Some(key), Some(alarm.waker()));
        match self.turns.ask(hash(key), &mut asks, &mut waker) {
            Asked::Has(place) => {
                prop_assert!(asks.is_none() && waker.is_some(), "the key is needed, the waker not");
                prop_assert_eq!(self.queues.insert(key, Vec::new()), None, "somebody has it");
                self.holders.push((key, place));
            }
            Asked::Parked(place, ticket) => {
                prop_assert!(asks.is_some() && waker.is_none(), "the waker is needed, the key not");
                self.comers += 1;
                self.waiters.insert(self.comers, Waiter { key, place, ticket, alarm });
                let queue = self.queues.get_mut(&key);
                prop_assert!(queue.is_some(), "it waits, and nobody has {key}");
                let queue = queue.expect("looked at above");
                queue.push(self.comers);
                self.most = self.most.max(queue.len());
            }
        }
        Ok(())
    }

    fn attempt(&mut self, key: u8) -> Step {
        let mut asks = Some(key);
        match self.turns.try_take(hash(key), &mut asks) {
            Ok(place) => {
                prop_assert_eq!(self.queues.insert(key, Vec::new()), None, "somebody has it");
                self.holders.push((key, place));
            }
            Err(_) => prop_assert!(self.queues.contains_key(&key), "nobody has {key}"),
        }
        Ok(())
    }

    fn poll(&mut self, rank: u32) -> Step {
        let Waiter { key, place, ticket, alarm } = self.waiters.remove(&rank).expect("chosen");
        let fresh = Alarm::default();
        let was_woken = self.woken.remove(&rank);
        match self.turns.ask_again(place, ticket, fresh.waker()) {
            Taken::Granted { grant, spare } => {
                drop(spare);
                prop_assert_eq!(fresh.wakers(), 0);
                prop_assert_eq!(self.granted.remove(&rank), Some(grant.clone()));
                if grant == Turn::Has {
                    self.holders.push((key, place));
                }
            }
            Taken::Parked { ticket, replaced } => {
                prop_assert!(!self.granted.contains_key(&rank), "{rank} did not get its grant");
                prop_assert_eq!(replaced.is_none(), was_woken);
                drop(replaced);
                self.waiters.insert(rank, Waiter { key, place, ticket, alarm: fresh });
            }
        }
        prop_assert_eq!(alarm.wakers(), 0, "the machine has a waker of an earlier poll");
        Ok(())
    }

    fn leave(&mut self, rank: u32) -> Step {
        let Waiter { key, place, ticket, alarm } = self.waiters.remove(&rank).expect("chosen");
        self.turns.withdraw(place, ticket).settle();
        prop_assert_eq!(alarm.wakers(), 0);
        self.woken.remove(&rank);
        match self.granted.remove(&rank) {
            Some(Turn::Has) => self.hand_on(key),
            Some(Turn::Landed(_)) => {}
            None => self.queues.get_mut(&key).expect("it waits").retain(|other| *other != rank),
        }
        Ok(())
    }

    fn land(&mut self, (key, place): (u8, Place)) -> Step {
        self.landings += 1;
        let (back, wakers) = self.turns.land(place, &self.landings);
        prop_assert_eq!(back, key);
        wakers.wake();
        for rank in self.queues.remove(&key).expect("somebody had it") {
            self.granted.insert(rank, Turn::Landed(self.landings));
            self.woken.insert(rank);
        }
        Ok(())
    }

    /// The reference's hand-over.
    fn hand_on(&mut self, key: u8) {
        let queue = self.queues.get_mut(&key).expect("somebody had it");
        if queue.is_empty() {
            self.queues.remove(&key);
            return;
        }
        let first = queue.remove(0);
        self.granted.insert(first, Turn::Has);
        self.woken.insert(first);
    }

    fn check(&self) -> Step {
        prop_assert_eq!(self.turns.len(), self.queues.len(), "how many keys somebody has");
        for (rank, waiter) in &self.waiters {
            let rings = usize::from(self.woken.contains(rank));
            prop_assert_eq!(waiter.alarm.rings(), rings, "how often {} was woken", rank);
            prop_assert_eq!(waiter.alarm.wakers(), 1 - rings, "wakers of {}", rank);
        }
        Ok(())
    }

    /// Everybody leaves, and every turn ends; nothing is left behind.
    fn end(mut self) -> Waited {
        while let Some(rank) = self.choose(usize::MAX) {
            self.leave(rank)?;
            self.check()?;
        }
        while let Some((key, place)) = self.holders.pop() {
            self.turns.pass_on(place).settle();
            self.hand_on(key);
            self.check()?;
        }
        prop_assert!(self.granted.is_empty(), "lost: {:?}", self.granted);
        prop_assert_eq!(self.turns.len(), 0);
        Ok(self.most)
    }
}

/// lock/LOCK3, lock/LOCK4, lock/X2, lock/X8, lock/X11, lock/X13: whatever is called in
/// whatever order, machine and reference agree.
#[test]
fn turns_are_lists_by_key() {
    let actions = prop::collection::vec(action(), 0..120);
    contended("turns_are_lists_by_key", 35, &actions, |actions| {
        let mut world = World::new();
        for action in &actions {
            world.step(action)?;
        }
        world.end()
    });
}

/// A waiter's place and ticket.
fn park(turns: &mut Turns<u8, u32>, key: u8) -> (Place, Ticket) {
    let mut waker = Some(Waker::noop().clone());
    match turns.ask(hash(key), &mut Some(key), &mut waker) {
        Asked::Parked(place, ticket) => (place, ticket),
        Asked::Has(_) => panic!("somebody has it"),
    }
}

/// lock/X1, lock/LOCK4: a place is used again when the last that got what landed there
/// took it or left, and not before.
#[test]
fn places_are_used_again() {
    let mut turns = Turns::<u8, u32>::new();
    for round in 0..50 {
        let take = |turns: &mut Turns<u8, u32>| turns.try_take(hash(1), &mut Some(1));
        assert_eq!(take(&mut turns), Ok(0), "round {round}");
        let [(_, takes), (_, leaves), (_, gone)] = [(); 3].map(|()| park(&mut turns, 1));
        turns.withdraw(0, gone).settle();
        turns.land(0, &round).1.wake();
        // Two have a seat still: the next turn at the key is elsewhere.
        assert_eq!(take(&mut turns), Ok(1));
        turns.withdraw(0, leaves).settle();
        assert_eq!(turns.try_take(hash(2), &mut Some(2)), Ok(2));
        let taken = turns.ask_again(0, takes, Waker::noop().clone());
        let Taken::Granted { grant, .. } = taken else { panic!("it landed") };
        assert_eq!(grant, Turn::Landed(round));
        for place in [2, 1] {
            turns.pass_on(place).settle();
        }
        // The one that was free last is used first.
        assert_eq!(take(&mut turns), Ok(1));
        assert_eq!(turns.try_take(hash(2), &mut Some(2)), Ok(2));
        assert_eq!(turns.try_take(hash(3), &mut Some(3)), Ok(0));
        for place in [2, 1, 0] {
            turns.pass_on(place).settle();
        }
        assert_eq!(turns.len(), 0);
    }
}
