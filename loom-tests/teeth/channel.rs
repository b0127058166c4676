//! Textbook channels with one step wrong, and without.

use std::collections::VecDeque;
use std::marker::PhantomData;
use std::sync::Arc as Handle;
use std::task::Waker;

use crate::channel::{Line, Pair, leave_against_room, leave_against_take, put_against_wait};
use crate::support::Preemptions::Unbounded;
use crate::support::{Flag, explore};
use crate::sync::{Arc, Mutex};

/// What a textbook channel does wrong.
trait Mistake: 'static {
    /// Who leaves takes with it the slot that it was granted.
    const LEAVES_WITH_ITS_SLOT: bool = false;
    /// The receiver looks under the lock, and parks under the lock, but not at once.
    const LOOKS_THEN_PARKS: bool = false;
}

struct NoMistake;
impl Mistake for NoMistake {}

struct LeavesWithItsSlot;
impl Mistake for LeavesWithItsSlot {
    const LEAVES_WITH_ITS_SLOT: bool = true;
}

struct LooksThenParks;
impl Mistake for LooksThenParks {
    const LOOKS_THEN_PARKS: bool = true;
}

#[derive(Default)]
struct State {
    item: Option<u32>,
    /// The slot belongs to one that reserved it.
    reserved_by: Option<u32>,
    waiting: VecDeque<(u32, Option<u32>, Waker)>,
    comers: u32,
    receiver: Option<Waker>,
}

impl State {
    fn is_full(&self) -> bool {
        self.item.is_some() || self.reserved_by.is_some()
    }

    fn refill(&mut self) -> Option<Waker> {
        if self.is_full() {
            return None;
        }
        let (comer, value, waker) = self.waiting.pop_front()?;
        match value {
            Some(_) => self.item = value,
            None => self.reserved_by = Some(comer),
        }
        Some(waker)
    }
}

/// A line in the way of the guides.
struct Textbook<M> {
    state: Arc<Mutex<State>>,
    mistake: PhantomData<M>,
}

impl<M> Clone for Textbook<M> {
    fn clone(&self) -> Self {
        Self { state: self.state.clone(), mistake: PhantomData }
    }
}

struct Parked<M: Mistake> {
    line: Textbook<M>,
    comer: u32,
}

impl<M: Mistake> Drop for Parked<M> {
    fn drop(&mut self) {
        let waker = self.line.state.with(|state| {
            state.waiting.retain(|place| place.0 != self.comer);
            if state.reserved_by == Some(self.comer) && !M::LEAVES_WITH_ITS_SLOT {
                state.reserved_by = None;
            }
            state.refill()
        });
        waker.into_iter().for_each(Waker::wake);
    }
}

impl<M: Mistake> Line for Textbook<M> {
    type Sender = Self;
    type Receiver = Self;
    type Parked = Parked<M>;

    fn open() -> (Self, Self) {
        let state = Arc::new(Mutex::new(State::default()));
        let line = Self { state, mistake: PhantomData };
        (line.clone(), line)
    }

    fn put(sender: &Self, value: u32) -> bool {
        let (is_put, waker) = sender.state.with(|state| {
            if state.is_full() {
                return (false, None);
            }
            state.item = Some(value);
            (true, state.receiver.take())
        });
        waker.into_iter().for_each(Waker::wake);
        is_put
    }

    fn park(sender: &Self, value: Option<u32>, flag: &Handle<Flag>) -> Parked<M> {
        let comer = sender.state.with(|state| {
            state.comers += 1;
            state.waiting.push_back((state.comers, value, flag.waker()));
            state.comers
        });
        Parked { line: sender.clone(), comer }
    }

    fn take(receiver: &mut Self) -> Option<u32> {
        let (item, waker) = receiver.state.with(|state| {
            let item = state.item.take();
            (item, state.refill())
        });
        waker.into_iter().for_each(Waker::wake);
        item
    }

    fn poll(receiver: &mut Self, flag: &Handle<Flag>) -> Option<u32> {
        if M::LOOKS_THEN_PARKS {
            let item = Self::take(receiver);
            if item.is_none() {
                // What comes now finds nobody.
                receiver.state.with(|state| state.receiver = Some(flag.waker()));
            }
            return item;
        }
        receiver.state.with(|state| {
            let item = state.item.take();
            if item.is_none() {
                state.receiver = Some(flag.waker());
            }
            item
        })
    }
}

/// channel/CHAN4, channel/X2: without a mistake, the textbook passes: what the others of
/// this file fail by is their mistake.
#[test]
fn a_textbook_line_without_a_mistake_passes() {
    type Right = Textbook<NoMistake>;
    let both = [false, true].into();
    assert_eq!(explore("textbook slot", Unbounded, leave_against_take::<Right>), both);
    assert_eq!(explore("textbook value", Unbounded, put_against_wait::<Right>), both);
}

/// channel/X2, channel/CHAN4: a slot that leaves with its sender is found.
#[test]
#[should_panic(expected = "the slot left with the sender that left")]
fn a_sender_that_leaves_with_its_slot_is_found() {
    type Wrong = Textbook<LeavesWithItsSlot>;
    explore("a_sender_that_leaves_with_its_slot", Unbounded, leave_against_take::<Wrong>);
}

/// channel/CHAN4: a receiver that looks, and parks later, loses a wake-up, and is found.
#[test]
#[should_panic(expected = "a value is there, and who waits for it sleeps")]
fn a_receiver_that_looks_then_parks_is_found() {
    type Wrong = Textbook<LooksThenParks>;
    explore("a_receiver_that_looks_then_parks", Unbounded, put_against_wait::<Wrong>);
}

/// A place for one value per subscriber, each behind a lock of its own, and a publisher
/// that goes from one to the other.
enum OneByOne {}

type Place = Arc<Mutex<(Option<u32>, Option<u32>)>>;

/// It waits for the second place, and has served the first.
struct Halfway(Place);

impl Drop for Halfway {
    fn drop(&mut self) {
        self.0.with(|(_, waiting)| *waiting = None);
    }
}

impl Pair for OneByOne {
    type Publisher = [Place; 2];
    type Subscriber = Place;
    type Parked = Halfway;

    fn open() -> ([Place; 2], [Place; 2]) {
        let [one, other] = [None, Some(1)].map(|value| Arc::new(Mutex::new((value, None))));
        ([one.clone(), other.clone()], [one, other])
    }

    fn park([one, other]: [Place; 2], value: u32) -> Halfway {
        one.with(|(there, _)| *there = Some(value));
        other.with(|(_, waiting)| *waiting = Some(value));
        Halfway(other)
    }

    fn take(subscriber: &mut Place) -> Option<u32> {
        subscriber.with(|(there, waiting)| std::mem::replace(there, waiting.take()))
    }
}

/// channel/CHAN3: a publisher that serves one after the other, and leaves between them,
/// is found.
#[test]
#[should_panic(expected = "it reached one and not the other")]
fn a_publisher_that_leaves_halfway_is_found() {
    explore("a_publisher_that_leaves_halfway", Unbounded, leave_against_room::<OneByOne>);
}
