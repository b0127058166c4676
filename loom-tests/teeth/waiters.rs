//! Desks with one step wrong.

use std::collections::{BTreeMap, VecDeque};
use std::marker::PhantomData;
use std::task::Waker;

use crate::support::Preemptions::Unbounded;
use crate::support::explore;
use crate::sync::Mutex;
use crate::waiters::{
    Desk, arrival_against_put, grant_against_withdrawal, nudge_against_withdrawal,
};

/// What a textbook desk does wrong.
trait Mistake: 'static {
    /// Who leaves takes with it what it was granted.
    const LEAVES_WITH_ITS_GRANT: bool = false;
    /// Who leaves wakes nobody for the work that it was woken for.
    const LEAVES_WITH_ITS_NUDGE: bool = false;
    /// Looks under the lock, and parks under the lock, but not at once.
    const LOOKS_THEN_PARKS: bool = false;
}

struct NoMistake;
impl Mistake for NoMistake {}

struct LeavesWithItsGrant;
impl Mistake for LeavesWithItsGrant {
    const LEAVES_WITH_ITS_GRANT: bool = true;
}

struct LeavesWithItsNudge;
impl Mistake for LeavesWithItsNudge {
    const LEAVES_WITH_ITS_NUDGE: bool = true;
}

struct LooksThenParks;
impl Mistake for LooksThenParks {
    const LOOKS_THEN_PARKS: bool = true;
}

/// A desk in the way of the guides: queue, grants and values side by side.
struct Textbook<M> {
    state: Mutex<Waiting>,
    mistake: PhantomData<M>,
}

#[derive(Default)]
struct Waiting {
    queue: VecDeque<(u32, Option<Waker>)>,
    granted: BTreeMap<u32, u32>,
    values: VecDeque<u32>,
    has_work: bool,
    visitors: u32,
    puts: usize,
}

impl Waiting {
    fn hand_on(&mut self, value: u32) -> Option<Waker> {
        let Some((visitor, waker)) = self.queue.pop_front() else {
            self.values.push_back(value);
            return None;
        };
        self.granted.insert(visitor, value);
        waker
    }

    fn nudge(&mut self) -> Option<Waker> {
        self.queue.front_mut()?.1.take()
    }

    fn park(&mut self, waker: Waker) -> u32 {
        self.visitors += 1;
        self.queue.push_back((self.visitors, Some(waker)));
        self.visitors
    }

    /// Takes what the visitor was granted, or waits on with a fresh waker.
    fn ask_again(&mut self, visitor: u32, waker: Waker) -> Result<u32, u32> {
        if let Some(value) = self.granted.remove(&visitor) {
            return Ok(value);
        }
        let place = self.queue.iter_mut().find(|place| place.0 == visitor);
        place.expect("granted or in the queue").1 = Some(waker);
        Err(visitor)
    }
}

impl<M: Mistake> Desk for Textbook<M> {
    type Ticket = u32;

    fn new() -> Self {
        Self { state: Mutex::new(Waiting::default()), mistake: PhantomData }
    }

    fn put(&self, value: u32) -> usize {
        let (before, waker) = self.state.with(|state| {
            state.puts += 1;
            (state.puts - 1, state.hand_on(value))
        });
        waker.into_iter().for_each(Waker::wake);
        before
    }

    fn post_work(&self) {
        let waker = self.state.with(|state| {
            state.has_work = true;
            state.nudge()
        });
        waker.into_iter().for_each(Waker::wake);
    }

    fn ask(&self, visitor: Option<u32>, waker: Waker) -> Result<u32, u32> {
        if let Some(visitor) = visitor {
            return self.state.with(|state| state.ask_again(visitor, waker));
        }
        if M::LOOKS_THEN_PARKS {
            return match self.state.with(|state| state.values.pop_front()) {
                Some(value) => Ok(value),
                // What comes now finds nobody.
                None => Err(self.state.with(|state| state.park(waker))),
            };
        }
        self.state.with(|state| match state.values.pop_front() {
            Some(value) => Ok(value),
            None => Err(state.park(waker)),
        })
    }

    fn work(&self) -> bool {
        self.state.with(|state| std::mem::take(&mut state.has_work))
    }

    fn leave(&self, visitor: u32) -> bool {
        let (grant, wakers) = self.state.with(|state| {
            state.queue.retain(|place| place.0 != visitor);
            let grant = state.granted.remove(&visitor);
            let next = match grant {
                Some(value) if !M::LEAVES_WITH_ITS_GRANT => state.hand_on(value),
                _ => None,
            };
            let passes_on = state.has_work && !M::LEAVES_WITH_ITS_NUDGE;
            let nudged = if passes_on { state.nudge() } else { None };
            (grant, [next, nudged])
        });
        wakers.into_iter().flatten().for_each(Waker::wake);
        grant.is_some()
    }

    fn left_over(&self) -> Vec<u32> {
        self.state.with(|state| state.values.drain(..).collect())
    }
}

/// waiters/X2, waiters/X7: without a mistake, the textbook passes: what the
/// others of this file fail by is their mistake.
#[test]
fn a_textbook_desk_without_a_mistake_passes() {
    type Right = Textbook<NoMistake>;
    let both = [false, true].into();
    assert_eq!(explore("textbook grant", Unbounded, grant_against_withdrawal::<Right>), both);
    assert_eq!(explore("textbook arrival", Unbounded, arrival_against_put::<Right>), both);
    assert_eq!(explore("textbook nudge", Unbounded, nudge_against_withdrawal::<Right>), both);
}

/// waiters/X2, waiters/X1: a withdrawal that drops the grant is found.
#[test]
#[should_panic(expected = "the value left with the waiter that left")]
fn a_waiter_that_leaves_with_its_grant_is_found() {
    type Wrong = Textbook<LeavesWithItsGrant>;
    explore("a_waiter_that_leaves_with_its_grant", Unbounded, grant_against_withdrawal::<Wrong>);
}

/// waiters/X7: a check that is not repeated under the lock that parks loses a
/// wake-up, and is found.
#[test]
#[should_panic(expected = "a value is there, and who waits for it sleeps")]
fn a_check_before_the_lock_that_parks_is_found() {
    type Wrong = Textbook<LooksThenParks>;
    explore("a_check_before_the_lock_that_parks", Unbounded, arrival_against_put::<Wrong>);
}

/// waiters/X2: a withdrawal that drops a wake-up meant for all is found.
#[test]
#[should_panic(expected = "work is left, and nobody was woken for it")]
fn a_waiter_that_leaves_with_its_nudge_is_found() {
    type Wrong = Textbook<LeavesWithItsNudge>;
    explore("a_waiter_that_leaves_with_its_nudge", Unbounded, nudge_against_withdrawal::<Wrong>);
}
