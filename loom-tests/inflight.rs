//! Models of the set, `src/inflight`: one task polls it, and other threads ring the
//! bells of its futures.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::AtomicUsize as Unseen;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Waker};

use loom::sync::atomic::{AtomicBool, Ordering};
use loom::thread::{self, JoinHandle};

use crate::inflight_set::Inflight;
use crate::support::Preemptions::{AtMost, Unbounded};
use crate::support::{Flag, explore};

/// Where a visitor waits for words.
pub(crate) struct Door {
    /// Relaxed throughout: that who answers a bell sees what was said before it
    /// rang is the bell's affair.
    said: [AtomicBool; 2],
    words: usize,
    /// The waker of the first poll: a later one is the same place's.
    bell: OnceLock<Waker>,
    polls: Unseen,
}

impl Door {
    /// Of a visitor who wants so many words.
    pub(crate) fn of(words: usize) -> Arc<Self> {
        let said = std::array::from_fn(|_| AtomicBool::new(false));
        Arc::new(Self { said, words, bell: OnceLock::new(), polls: Unseen::new(0) })
    }

    pub(crate) fn ring(&self) {
        self.bell.get().expect("the visitor was polled").wake_by_ref();
    }

    fn say(&self, word: usize) {
        self.said[word].store(true, Ordering::Relaxed);
        self.ring();
    }

    fn polls(&self) -> usize {
        self.polls.load(Ordering::Relaxed)
    }

    /// Says the words on a thread of its own.
    fn say_elsewhere<const N: usize>(self: &Arc<Self>, words: [usize; N]) -> JoinHandle<()> {
        let door = self.clone();
        thread::spawn(move || words.iter().for_each(|word| door.say(*word)))
    }
}

/// Has ended when every word was said.
pub(crate) struct Visitor(pub(crate) Arc<Door>);

impl Future for Visitor {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let door = &self.0;
        door.polls.fetch_add(1, Ordering::Relaxed);
        door.bell.get_or_init(|| cx.waker().clone());
        let is_said = |said: &AtomicBool| said.load(Ordering::Relaxed);
        if door.said[..door.words].iter().all(is_said) { Poll::Ready(()) } else { Poll::Pending }
    }
}

/// What polls whom a bell rang for. `teeth` has some that are wrong.
pub(crate) trait Set: 'static {
    fn new() -> Self;
    fn push(&mut self, key: usize, visitor: Visitor);
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<usize>>;
    fn clear(&mut self);
}

impl Set for Inflight<Visitor> {
    fn new() -> Self {
        Self::new(usize::MAX)
    }

    fn push(&mut self, key: usize, visitor: Visitor) {
        self.push(key, visitor);
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<usize>> {
        self.poll_next(cx).map(|output| Some(output?.0))
    }

    fn clear(&mut self) {
        self.clear();
    }
}

/// A task that owns a set, as a runtime has it.
struct Task<S> {
    set: S,
    flag: Arc<Flag>,
    ended: Vec<usize>,
}

impl<S: Set> Task<S> {
    /// After the first poll of one visitor at each door.
    fn of(doors: &[&Arc<Door>]) -> Self {
        let mut task = Self { set: S::new(), flag: Flag::new(), ended: Vec::new() };
        for (key, door) in doors.iter().enumerate() {
            task.set.push(key, Visitor((*door).clone()));
        }
        task.poll();
        assert_eq!(task.ended, []);
        task
    }

    /// Polls, asked or not. What wakes it from now on asks for another poll.
    fn poll(&mut self) {
        self.flag.take();
        let waker = self.flag.waker();
        let mut cx = Context::from_waker(&waker);
        while let Poll::Ready(Some(key)) = self.set.poll(&mut cx) {
            self.ended.push(key);
        }
    }

    fn poll_if_woken(&mut self) {
        if self.flag.is_woken() {
            self.poll();
        }
    }

    /// Goes on when all has been said, for as long as it is woken.
    fn run(&mut self) {
        while self.flag.is_woken() {
            self.poll();
        }
    }

    fn has_ended(&self, key: usize) {
        assert!(self.ended.contains(&key), "all was said to {key}, and its task sleeps");
    }
}

/// One thread rings twice while the visitor is polled. Says how often it was.
pub(crate) fn rings_against_poll<S: Set>() -> usize {
    let door = Door::of(2);
    let mut task = Task::<S>::of(&[&door]);
    let saying = door.say_elsewhere([0, 1]);
    task.poll();
    saying.join().unwrap();
    task.run();
    task.has_ended(0);
    door.polls()
}

/// Two threads ring the same bell. Says how often the visitor was polled.
pub(crate) fn two_rings_of_one_bell<S: Set>() -> usize {
    let door = Door::of(2);
    let mut task = Task::<S>::of(&[&door]);
    let saying = [door.say_elsewhere([0]), door.say_elsewhere([1])];
    task.poll_if_woken();
    saying.into_iter().for_each(|saying| saying.join().unwrap());
    task.run();
    task.has_ended(0);
    door.polls()
}

/// Two threads ring two bells. Says in which order their visitors ended.
pub(crate) fn two_bells<S: Set>() -> Vec<usize> {
    let doors = [Door::of(1), Door::of(1)];
    let mut task = Task::<S>::of(&[&doors[0], &doors[1]]);
    let saying = doors.each_ref().map(|door| door.say_elsewhere([0]));
    task.poll_if_woken();
    saying.into_iter().for_each(|saying| saying.join().unwrap());
    task.run();
    (0..2).for_each(|key| task.has_ended(key));
    assert_eq!(doors.each_ref().map(|door| door.polls()), [2, 2], "each when its bell rang");
    task.ended
}

/// A bell rings while another waker takes the place of the task's. Says whether
/// the first one was woken, and the second.
pub(crate) fn ring_against_new_waker<S: Set>() -> (bool, bool) {
    let door = Door::of(1);
    let mut task = Task::<S>::of(&[&door]);
    let saying = door.say_elsewhere([0]);
    let first = std::mem::replace(&mut task.flag, Flag::new());
    task.poll();
    saying.join().unwrap();
    let woken = (first.is_woken(), task.flag.is_woken());
    // Whoever polled first has gone.
    task.run();
    task.has_ended(0);
    woken
}

/// A bell rings while the set is dropped. Says whether that woke the task.
pub(crate) fn ring_against_drop<S: Set>() -> bool {
    let door = Door::of(1);
    let Task { set, flag, .. } = Task::<S>::of(&[&door]);
    let saying = door.say_elsewhere([0]);
    drop(set);
    saying.join().unwrap();
    door.ring();
    assert_eq!(Arc::strong_count(&flag), 1, "a bell that is kept keeps the task");
    flag.is_woken()
}

/// A bell rings while the set is cleared and filled again. Says whether the old
/// visitor was woken too late, and how often the new one was polled.
pub(crate) fn ring_against_clear<S: Set>() -> (bool, usize) {
    let [old, new] = [Door::of(1), Door::of(1)];
    let mut task = Task::<S>::of(&[&old]);
    let saying = old.say_elsewhere([0]);
    task.set.clear();
    task.set.push(1, Visitor(new.clone()));
    task.poll();
    let was_late = task.flag.is_woken();
    new.say(0);
    saying.join().unwrap();
    task.run();
    assert_eq!(task.ended, [1], "the one that is there");
    (was_late, new.polls())
}

/// The bell of one that has ended rings on while its place is free, and while the
/// next one takes it. Says how often that one was polled.
pub(crate) fn stale_ring_against_reuse<S: Set>() -> usize {
    let [stays, leaves, comes] = [Door::of(1), Door::of(1), Door::of(1)];
    let mut task = Task::<S>::of(&[&stays, &leaves]);
    leaves.say(0);
    task.run();
    task.has_ended(1);
    let ringing = leaves.say_elsewhere([0]);
    task.poll();
    task.set.push(2, Visitor(comes.clone()));
    task.poll();
    let saying = comes.say_elsewhere([0]);
    task.poll_if_woken();
    [ringing, saying].into_iter().for_each(|thread| thread.join().unwrap());
    task.run();
    task.has_ended(2);
    assert_eq!(stays.polls(), 1, "its bell never rang");
    comes.polls()
}

/// join/X13, race/X13: whatever a bell says while its future is polled, that future
/// is polled again.
#[test]
fn a_bell_that_rings_during_a_poll_is_heard() {
    type Right = Inflight<Visitor>;
    let polls = explore("a_bell_that_rings_during_a_poll", Unbounded, rings_against_poll::<Right>);
    assert_eq!(polls, [2, 3].into());
    let polls = explore("two_rings_of_one_bell", Unbounded, two_rings_of_one_bell::<Right>);
    assert_eq!(polls, [2, 3].into());
}

/// join/X13, race/X13: of two bells that ring at once, both are heard, in the order
/// in which they rang, and once each.
#[test]
fn two_bells_at_once_are_both_heard() {
    let orders = explore("two_bells", Unbounded, two_bells::<Inflight<Visitor>>);
    assert_eq!(orders, [vec![0, 1], vec![1, 0]].into());
}

/// join/X13, race/X13: whenever a bell rings, the waker of the last poll is woken,
/// or that poll hears it.
#[test]
fn a_bell_that_rings_while_the_waker_is_replaced_is_heard() {
    type Right = Inflight<Visitor>;
    let woken = explore("ring_against_new_waker", Unbounded, ring_against_new_waker::<Right>);
    assert_eq!(woken, [(false, true), (true, false)].into());
}

/// join/X2, race/X2: a bell that rings while its set is dropped harms nobody, and
/// keeps no task.
#[test]
fn a_bell_that_rings_during_a_drop_keeps_nothing() {
    let woken = explore("ring_against_drop", Unbounded, ring_against_drop::<Inflight<Visitor>>);
    assert_eq!(woken, [false, true].into());
}

/// join/X13, race/X13: a bell that rings while its set is cleared takes nothing from
/// the future that comes next.
#[test]
fn a_bell_that_rings_during_a_clear_takes_nothing() {
    let seen = explore("ring_against_clear", Unbounded, ring_against_clear::<Inflight<Visitor>>);
    assert!(seen.len() > 1, "{seen:?}");
}

/// join/X13, race/X13: the bell of a future that has ended takes nothing from the
/// next one in its place, whenever it rings.
#[test]
fn a_stale_bell_takes_nothing_from_the_next_future() {
    type Right = Inflight<Visitor>;
    let polls = explore("stale_ring_against_reuse", AtMost(3), stale_ring_against_reuse::<Right>);
    assert!(polls.len() > 1, "{polls:?}");
}
