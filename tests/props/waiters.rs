//! The queue of waiters against a sorted list.
//!
//! 1. Grants go out in order of arrival, whenever who waits began to wait.
//! 2. A grant comes out once: by the poll or the withdrawal of whom it went to.
//! 3. `len` counts those that are parked.
//! 4. The queue has the waker of each that is parked and was not woken since its
//!    last poll, and no other.
//! 5. A nudge takes the waker of the one that waits longest, once.
//! 6. `is_among_first` counts the parked only.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::{Wake, Waker};

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

use crate::alarm::Alarm;
use crate::waiters::{Arrival, Queue, Taken, Ticket, Wakers};

#[derive(Clone, Debug)]
enum Action {
    /// Somebody comes and waits.
    Park,
    /// Somebody comes, and is granted something that waits for its next poll.
    Keep,
    /// Somebody comes and does not wait yet.
    Come,
    /// One that came before and does not wait, waits.
    Return(usize),
    Poll(usize),
    Grant,
    Withdraw(usize),
    Nudge,
    IsAmongFirst(usize, usize),
}

fn action() -> impl Strategy<Value = Action> {
    // Taken modulo how many there are.
    let at = || 0..64_usize;
    prop_oneof![
        4 => Just(Action::Park),
        1 => Just(Action::Keep),
        1 => Just(Action::Come),
        3 => at().prop_map(Action::Return),
        4 => at().prop_map(Action::Poll),
        3 => Just(Action::Grant),
        2 => at().prop_map(Action::Withdraw),
        1 => Just(Action::Nudge),
        2 => (at(), 0..8_usize).prop_map(|(at, n)| Action::IsAmongFirst(at, n)),
    ]
}

struct Waiter {
    arrival: Arrival,
    ticket: Ticket,
    /// Of its last poll.
    alarm: Alarm,
}

/// The queue, those that wait in it by rank of arrival, and the reference.
struct World {
    queue: Queue<u32>,
    waiters: BTreeMap<u64, Waiter>,
    /// Those that came and do not wait.
    aside: Vec<(u64, Arrival)>,
    comers: u64,
    grants: u32,

    /// Sorted.
    parked: Vec<u64>,
    granted: BTreeMap<u64, u32>,
    /// Woken, and not polled since.
    woken: BTreeSet<u64>,
}

impl World {
    fn new() -> Self {
        Self {
            queue: Queue::new(),
            waiters: BTreeMap::new(),
            aside: Vec::new(),
            comers: 0,
            grants: 0,
            parked: Vec::new(),
            granted: BTreeMap::new(),
            woken: BTreeSet::new(),
        }
    }

    fn step(&mut self, action: &Action) -> Result<(), TestCaseError> {
        match action {
            Action::Park => {
                let (rank, arrival) = self.come();
                self.park(rank, arrival);
            }
            Action::Keep => {
                let (rank, arrival) = self.come();
                self.grants += 1;
                let ticket = self.queue.push_granted(self.grants);
                // It polls again by itself, as if it were woken.
                let alarm = Alarm::default();
                alarm.waker().wake();
                self.waiters.insert(rank, Waiter { arrival, ticket, alarm });
                self.granted.insert(rank, self.grants);
                self.woken.insert(rank);
            }
            Action::Come => {
                let comer = self.come();
                self.aside.push(comer);
            }
            Action::Return(at) => {
                if !self.aside.is_empty() {
                    let (rank, arrival) = self.aside.swap_remove(at % self.aside.len());
                    self.park(rank, arrival);
                }
            }
            Action::Poll(at) => {
                if let Some(rank) = self.choose(*at) {
                    self.poll(rank)?;
                }
            }
            Action::Grant => self.grant()?,
            Action::Withdraw(at) => {
                if let Some(rank) = self.choose(*at) {
                    self.withdraw(rank)?;
                }
            }
            Action::Nudge => {
                let front = self.parked.first().copied();
                let expected = front.filter(|rank| self.woken.insert(*rank));
                self.wake_only(|queue| Ok(queue.nudge()), expected)?;
            }
            Action::IsAmongFirst(at, n) => {
                if let Some(rank) = self.choose(*at) {
                    let expected = self.parked.iter().take(*n).any(|parked| *parked == rank);
                    let ticket = &self.waiters[&rank].ticket;
                    prop_assert_eq!(self.queue.is_among_first(ticket, *n), expected);
                }
            }
        }
        self.check()
    }

    fn choose(&self, at: usize) -> Option<u64> {
        let ranks: Vec<u64> = self.waiters.keys().copied().collect();
        (!ranks.is_empty()).then(|| ranks[at % ranks.len()])
    }

    fn come(&mut self) -> (u64, Arrival) {
        self.comers += 1;
        (self.comers, self.queue.arrive())
    }

    fn park(&mut self, rank: u64, arrival: Arrival) {
        let alarm = Alarm::default();
        let ticket = self.queue.push(arrival, alarm.waker());
        self.waiters.insert(rank, Waiter { arrival, ticket, alarm });
        self.parked.push(rank);
        self.parked.sort_unstable();
    }

    fn poll(&mut self, rank: u64) -> Result<(), TestCaseError> {
        let Waiter { arrival, ticket, alarm } = self.waiters.remove(&rank).expect("it is chosen");
        let fresh = Alarm::default();
        let was_woken = self.woken.remove(&rank);
        match self.queue.take(ticket, fresh.waker()) {
            Taken::Granted { grant, spare } => {
                prop_assert_eq!(self.granted.remove(&rank), Some(grant));
                prop_assert!(spare.will_wake(&fresh.waker()));
                self.aside.push((rank, arrival));
            }
            Taken::Parked { ticket, replaced } => {
                prop_assert!(!self.granted.contains_key(&rank), "{rank} did not get its grant");
                prop_assert_eq!(replaced.is_none(), was_woken);
                drop(replaced);
                self.waiters.insert(rank, Waiter { arrival, ticket, alarm: fresh });
            }
        }
        prop_assert_eq!(alarm.wakers(), 0, "the queue has a waker of an earlier poll");
        Ok(())
    }

    fn grant(&mut self) -> Result<(), TestCaseError> {
        self.grants += 1;
        let grant = self.grants;
        if self.parked.is_empty() {
            prop_assert_eq!(self.queue.grant(grant).err(), Some(grant));
            return Ok(());
        }
        let first = self.parked.remove(0);
        self.granted.insert(first, grant);
        let expected = self.woken.insert(first).then_some(first);
        self.wake_only(|queue| queue.grant(grant), expected)
    }

    fn withdraw(&mut self, rank: u64) -> Result<(), TestCaseError> {
        let Waiter { arrival, ticket, alarm } = self.waiters.remove(&rank).expect("it is chosen");
        let (grant, waker) = self.queue.withdraw(ticket);
        prop_assert_eq!(grant, self.granted.remove(&rank));
        prop_assert_eq!(waker.is_none(), self.woken.remove(&rank));
        drop(waker);
        prop_assert_eq!((alarm.wakers(), alarm.rings()), (0, alarm.rings().min(1)));
        self.parked.retain(|parked| *parked != rank);
        self.aside.push((rank, arrival));
        Ok(())
    }

    /// Wakes what `call` gives back, which is the waker of `expected`, if any.
    fn wake_only(
        &mut self,
        call: impl FnOnce(&mut Queue<u32>) -> Result<Option<Waker>, u32>,
        expected: Option<u64>,
    ) -> Result<(), TestCaseError> {
        let waker = call(&mut self.queue);
        prop_assert!(waker.is_ok(), "nobody took it: {waker:?}");
        let waker = waker.unwrap_or_default();
        prop_assert_eq!(waker.is_some(), expected.is_some());
        waker.into_iter().for_each(Waker::wake);
        Ok(())
    }

    fn check(&self) -> Result<(), TestCaseError> {
        prop_assert_eq!(self.queue.len(), self.parked.len());
        for (rank, waiter) in &self.waiters {
            let rings = usize::from(self.woken.contains(rank));
            prop_assert_eq!(waiter.alarm.rings(), rings, "how often {} was woken", rank);
            prop_assert_eq!(waiter.alarm.wakers(), 1 - rings, "wakers of {}", rank);
        }
        Ok(())
    }

    /// Everybody leaves; nothing is left behind.
    fn end(mut self) -> Result<(), TestCaseError> {
        while let Some(&rank) = self.waiters.keys().next_back() {
            self.withdraw(rank)?;
            self.check()?;
        }
        prop_assert!(self.granted.is_empty(), "lost: {:?}", self.granted);
        Ok(())
    }
}

fn config() -> ProptestConfig {
    let file = FileFailurePersistence::Direct("proptest-regressions/waiters.txt");
    ProptestConfig {
        cases: 150,
        failure_persistence: Some(Box::new(file)),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    /// pool/X2, pool/X8, pool/X11, pool/X13: whatever is called in whatever order,
    /// the queue and the sorted list agree.
    #[test]
    fn the_queue_is_a_list_sorted_by_arrival(
        actions in prop::collection::vec(action(), 0..400),
    ) {
        let mut world = World::new();
        for action in &actions {
            world.step(action)?;
        }
        world.end()?;
    }

    /// pool/X8: in whatever order they begin to wait.
    #[test]
    fn grants_go_out_in_order_of_arrival(
        order in Just((0..20_u32).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let mut queue = Queue::new();
        let arrivals: Vec<Arrival> = order.iter().map(|_| queue.arrive()).collect();
        let mut tickets = BTreeMap::new();
        for at in order {
            tickets.insert(at, queue.push(arrivals[at as usize], Waker::noop().clone()));
        }
        for grant in 0..20 {
            prop_assert!(queue.grant(grant).is_ok());
        }
        for (at, ticket) in tickets {
            prop_assert_eq!(queue.withdraw(ticket).0, Some(at));
        }
    }
}

/// Parks one more.
fn park(queue: &mut Queue<u32>) -> (Arrival, Ticket) {
    let arrival = queue.arrive();
    (arrival, queue.push(arrival, Waker::noop().clone()))
}

/// What the holder of the ticket was granted.
fn granted(queue: &mut Queue<u32>, ticket: Ticket) -> Option<u32> {
    queue.withdraw(ticket).0
}

/// pool/X8: who got something that it could not use, asks again before all that
/// came after it.
#[test]
fn who_waits_again_returns_to_its_place() {
    let mut queue = Queue::new();
    let (_, first) = park(&mut queue);
    let (arrival, second) = park(&mut queue);
    let (_, third) = park(&mut queue);
    let (_, fourth) = park(&mut queue);
    assert_eq!(granted(&mut queue, second), None);
    let second = queue.push(arrival, Waker::noop().clone());
    for grant in 1..=4 {
        assert!(queue.grant(grant).is_ok());
    }
    let tickets = [first, second, third, fourth];
    assert_eq!(tickets.map(|ticket| granted(&mut queue, ticket)), [1, 2, 3, 4].map(Some));
}

/// pool/X8: the same arrival twice is in order of waiting, and behind nobody who
/// came later.
#[test]
fn who_came_together_are_served_as_they_began_to_wait() {
    let mut queue = Queue::new();
    let arrival = queue.arrive();
    let again = |queue: &mut Queue<u32>| queue.push(arrival, Waker::noop().clone());
    let (first, second) = (again(&mut queue), again(&mut queue));
    let (_, later) = park(&mut queue);
    let third = again(&mut queue);
    for grant in 1..=4 {
        assert!(queue.grant(grant).is_ok());
    }
    let tickets = [first, second, third, later];
    assert_eq!(tickets.map(|ticket| granted(&mut queue, ticket)), [1, 2, 3, 4].map(Some));
}

/// pool/X2: the next one's now.
#[test]
fn who_leaves_gives_back_what_it_was_granted() {
    let mut queue = Queue::new();
    let (_, first) = park(&mut queue);
    let (_, second) = park(&mut queue);
    assert!(queue.grant(7).is_ok());
    assert_eq!(granted(&mut queue, first), Some(7));
    assert!(queue.grant(7).is_ok());
    assert_eq!(granted(&mut queue, second), Some(7));
    assert_eq!(queue.grant(7).err(), Some(7), "nobody waits any more");
}

/// pool/X13: a poll that nobody asked for keeps the place.
#[test]
fn a_spurious_poll_keeps_the_place_and_the_newest_waker() {
    let mut queue = Queue::new();
    let (before, now) = (Alarm::default(), Alarm::default());
    let arrival = queue.arrive();
    let ticket = queue.push(arrival, before.waker());
    let (_, other) = park(&mut queue);
    let Taken::Parked { ticket, replaced: Some(_) } = queue.take(ticket, now.waker()) else {
        panic!("nothing was granted, and it had a waker");
    };
    let waker = queue.grant(1).expect("two wait").expect("it was not woken before");
    waker.wake();
    assert_eq!((before.rings(), now.rings()), (0, 1));
    assert_eq!(granted(&mut queue, other), None);
    assert_eq!(granted(&mut queue, ticket), Some(1));
}

/// Panics when it is woken.
struct Bad;

impl Wake for Bad {
    fn wake(self: Arc<Self>) {
        panic!("a bad waker");
    }
}

/// pool/X3: all others are woken, and the panic is not lost either.
#[test]
fn a_waker_that_panics_keeps_no_other_from_being_woken() {
    let alarms = [Alarm::default(), Alarm::default(), Alarm::default()];
    for bad in 0..=alarms.len() {
        let mut wakers = Wakers::new();
        for (at, alarm) in alarms.iter().enumerate() {
            wakers.push((at == bad).then(|| Waker::from(Arc::new(Bad))));
            wakers.push(Some(alarm.waker()));
            wakers.push(None);
        }
        wakers.push((bad == alarms.len()).then(|| Waker::from(Arc::new(Bad))));
        let panic = catch_unwind(AssertUnwindSafe(|| wakers.wake())).expect_err("one panics");
        assert_eq!(panic.downcast_ref(), Some(&"a bad waker"));
        assert_eq!(alarms.each_ref().map(Alarm::rings), [bad + 1; 3]);
        assert_eq!(alarms.each_ref().map(Alarm::wakers), [0; 3]);
    }
}

/// pool/X2: one or none as well as many.
#[test]
fn every_waker_is_woken_once() {
    let alarm = Alarm::default();
    for n in 0..5 {
        let mut wakers = Wakers::from((n > 0).then(|| alarm.waker()));
        (1..n).for_each(|_| wakers.push(Some(alarm.waker())));
        let before = alarm.rings();
        wakers.wake();
        assert_eq!((alarm.rings() - before, alarm.wakers()), (n, 0));
    }
}
