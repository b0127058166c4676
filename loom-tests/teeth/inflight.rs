//! Sets of futures with one step wrong.

use std::collections::VecDeque;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, Wake, Waker};

use crate::inflight::{
    Set, Visitor, ring_against_clear, ring_against_drop, ring_against_new_waker,
    rings_against_poll, stale_ring_against_reuse, two_bells, two_rings_of_one_bell,
};
use crate::support::Preemptions::{AtMost, Unbounded};
use crate::support::explore;
use crate::sync::{Arc, AtomicBool, Mutex, Ordering};

/// What a textbook set does wrong.
trait Mistake: Send + Sync + 'static {
    /// A bell may ring again after the poll, and not before it.
    const ANSWERS_AFTER_THE_POLL: bool = false;
    /// A bell is taken down without a look at who found it up.
    const ANSWERS_BLINDLY: bool = false;
    /// Looks who rang, and says whom to wake, but not at once.
    const LOOKS_THEN_REGISTERS: bool = false;
    /// Says that nobody rings after it has let go of the lock.
    const LOWERS_ITS_SIGN_LATE: bool = false;
    /// Who rings wakes the task, and is in the list only then.
    const WAKES_THEN_LISTS: bool = false;
    /// A bell that rang for nobody stays up.
    const LEAVES_STALE_BELLS_UP: bool = false;
    /// A set that is gone is still woken.
    const KEEPS_ITS_TASK: bool = false;
}

mistakes!(
    AnswersAfterThePoll: ANSWERS_AFTER_THE_POLL,
    AnswersBlindly: ANSWERS_BLINDLY,
    LooksThenRegisters: LOOKS_THEN_REGISTERS,
    LowersItsSignLate: LOWERS_ITS_SIGN_LATE,
    WakesThenLists: WAKES_THEN_LISTS,
    LeavesStaleBellsUp: LEAVES_STALE_BELLS_UP,
    KeepsItsTask: KEEPS_ITS_TASK
);

struct NoMistake;
impl Mistake for NoMistake {}

/// Who rang, and whom that wakes.
struct Lodge<M> {
    rang: Mutex<VecDeque<usize>>,
    task: Mutex<Option<Waker>>,
    /// Up while somebody rings.
    sign: AtomicBool,
    mistake: PhantomData<M>,
}

impl<M: Mistake> Lodge<M> {
    fn wake(&self) {
        let task = self.task.with(|task| task.clone());
        task.into_iter().for_each(Waker::wake);
    }

    fn list(&self, place: usize) {
        self.rang.with(|rang| {
            rang.push_back(place);
            self.sign.store(true, Ordering::Relaxed);
        });
    }

    fn look(&self) -> VecDeque<usize> {
        if !self.sign.load(Ordering::Relaxed) {
            return VecDeque::new();
        }
        let rang = self.rang.with(|rang| {
            if !M::LOWERS_ITS_SIGN_LATE {
                self.sign.store(false, Ordering::Relaxed);
            }
            std::mem::take(rang)
        });
        if M::LOWERS_ITS_SIGN_LATE {
            self.sign.store(false, Ordering::Relaxed);
        }
        rang
    }
}

struct Bell<M> {
    place: usize,
    is_up: AtomicBool,
    lodge: Arc<Lodge<M>>,
}

impl<M: Mistake> Bell<M> {
    fn answer(&self) {
        if M::ANSWERS_BLINDLY {
            self.is_up.store(false, Ordering::Release);
        } else {
            self.is_up.swap(false, Ordering::AcqRel);
        }
    }
}

impl<M: Mistake> Wake for Bell<M> {
    fn wake(self: std::sync::Arc<Self>) {
        if self.is_up.swap(true, Ordering::AcqRel) {
            return;
        }
        if M::WAKES_THEN_LISTS {
            self.lodge.wake();
            self.lodge.list(self.place);
        } else {
            self.lodge.list(self.place);
            self.lodge.wake();
        }
    }
}

/// A set in the way of the guides: a place for each, and its bell for good.
struct Textbook<M: Mistake> {
    places: Vec<(Option<(usize, Visitor)>, std::sync::Arc<Bell<M>>)>,
    /// To be polled for the first time.
    new: VecDeque<usize>,
    lodge: Arc<Lodge<M>>,
}

impl<M: Mistake> Textbook<M> {
    /// Polls who is there.
    fn visit(&mut self, place: usize) -> Option<usize> {
        let (guest, bell) = &mut self.places[place];
        let (key, visitor) = guest.as_mut()?;
        let key = *key;
        let waker = Waker::from(bell.clone());
        let polled = Pin::new(visitor).poll(&mut Context::from_waker(&waker));
        polled.is_ready().then(|| {
            *guest = None;
            key
        })
    }
}

impl<M: Mistake> Set for Textbook<M> {
    fn new() -> Self {
        let (rang, task) = (Mutex::new(VecDeque::new()), Mutex::new(None));
        let lodge = Lodge { rang, task, sign: AtomicBool::new(false), mistake: PhantomData };
        Self { places: Vec::new(), new: VecDeque::new(), lodge: Arc::new(lodge) }
    }

    fn push(&mut self, key: usize, visitor: Visitor) {
        let free = self.places.iter().position(|(guest, _)| guest.is_none());
        let place = free.unwrap_or_else(|| {
            let (place, lodge) = (self.places.len(), self.lodge.clone());
            let bell = Bell { place, is_up: AtomicBool::new(false), lodge };
            self.places.push((None, std::sync::Arc::new(bell)));
            place
        });
        self.places[place].0 = Some((key, visitor));
        self.new.push_back(place);
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<usize>> {
        let waker = cx.waker().clone();
        let register = || self.lodge.task.with(|task| task.replace(waker));
        let rang = if M::LOOKS_THEN_REGISTERS {
            let rang = self.lodge.look();
            drop(register());
            rang
        } else {
            drop(register());
            self.lodge.look()
        };
        let mut ended = None;
        for place in rang {
            // One at a time is given; the rest keep their turns.
            if ended.is_some() {
                self.lodge.list(place);
                continue;
            }
            let bell = self.places[place].1.clone();
            let stays_up = M::LEAVES_STALE_BELLS_UP && self.places[place].0.is_none();
            if !M::ANSWERS_AFTER_THE_POLL && !stays_up {
                bell.answer();
            }
            ended = self.visit(place);
            if M::ANSWERS_AFTER_THE_POLL {
                bell.answer();
            }
        }
        while ended.is_none()
            && let Some(place) = self.new.pop_front()
        {
            ended = self.visit(place);
        }
        match ended {
            Some(key) => Poll::Ready(Some(key)),
            None => Poll::Pending,
        }
    }

    fn clear(&mut self) {
        self.new.clear();
        self.places.iter_mut().for_each(|(guest, _)| *guest = None);
    }
}

impl<M: Mistake> Drop for Textbook<M> {
    fn drop(&mut self) {
        if !M::KEEPS_ITS_TASK {
            drop(self.lodge.task.with(Option::take));
        }
    }
}

/// join/X13, race/X13: without a mistake, the textbook passes: what the others of this
/// file fail by is their mistake.
#[test]
fn a_textbook_set_without_a_mistake_passes() {
    type Right = Textbook<NoMistake>;
    assert!(
        explore("textbook rings_against_poll", Unbounded, rings_against_poll::<Right>).len() > 1
    );
    assert!(explore("textbook one bell", Unbounded, two_rings_of_one_bell::<Right>).len() > 1);
    assert!(explore("textbook two_bells", AtMost(3), two_bells::<Right>).len() > 1);
    assert!(explore("textbook new waker", Unbounded, ring_against_new_waker::<Right>).len() > 1);
    assert!(explore("textbook drop", Unbounded, ring_against_drop::<Right>).len() > 1);
    assert!(explore("textbook clear", Unbounded, ring_against_clear::<Right>).len() > 1);
    assert!(explore("textbook reuse", AtMost(3), stale_ring_against_reuse::<Right>).len() > 1);
}

/// join/X13, race/X13: a bell that is answered after the poll swallows what came during
/// it, and is found.
#[test]
#[should_panic(expected = "and its task sleeps")]
fn a_bell_answered_after_the_poll_is_found() {
    type Wrong = Textbook<AnswersAfterThePoll>;
    explore("a_bell_answered_after_the_poll", Unbounded, rings_against_poll::<Wrong>);
}

/// join/X13, race/X13: a bell that is taken down without a look at who found it up hides
/// what they said, and is found.
#[test]
#[should_panic(expected = "and its task sleeps")]
fn a_bell_answered_blindly_is_found() {
    type Wrong = Textbook<AnswersBlindly>;
    explore("a_bell_answered_blindly", Unbounded, two_rings_of_one_bell::<Wrong>);
}

/// join/X13, race/X13: a look before the waker is registered wakes the one before it, and
/// is found.
#[test]
#[should_panic(expected = "and its task sleeps")]
fn a_look_before_the_waker_is_registered_is_found() {
    type Wrong = Textbook<LooksThenRegisters>;
    explore("a_look_before_the_waker", Unbounded, ring_against_new_waker::<Wrong>);
}

/// join/X13, race/X13: a sign that is lowered outside the lock hides who rings by then,
/// and is found.
#[test]
#[should_panic(expected = "and its task sleeps")]
fn a_sign_lowered_outside_the_lock_is_found() {
    explore("a_sign_lowered_late", Unbounded, two_bells::<Textbook<LowersItsSignLate>>);
}

/// join/X13, race/X13: a task that is woken before there is anything to find sleeps on,
/// and is found.
#[test]
#[should_panic(expected = "and its task sleeps")]
fn a_task_woken_before_the_bell_is_listed_is_found() {
    explore("a_task_woken_too_early", Unbounded, rings_against_poll::<Textbook<WakesThenLists>>);
}

/// join/X13, race/X13: a bell that rang at a free place and stays up never rings for the
/// next future there, and is found.
#[test]
#[should_panic(expected = "and its task sleeps")]
fn a_stale_bell_that_stays_up_is_found() {
    type Wrong = Textbook<LeavesStaleBellsUp>;
    explore("a_stale_bell_that_stays_up", AtMost(3), stale_ring_against_reuse::<Wrong>);
}

/// join/X2, race/X2: a set that is gone, and whose task a bell keeps, is found.
#[test]
#[should_panic(expected = "a bell that is kept keeps the task")]
fn a_task_that_outlives_its_set_is_found() {
    explore("a_task_that_outlives_its_set", Unbounded, ring_against_drop::<Textbook<KeepsItsTask>>);
}
