//! Textbook signals and trackers under the bodies that the shutdown passes, with
//! a step in the wrong place, and with that step where it belongs.

use std::marker::PhantomData;
use std::task::{Context, Poll, Waker};

use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::shutdown::{
    Signal, Tracker, child_against_parent, drain_against_untrack, track_against_drain,
    trigger_against_register, trigger_publishes,
};
use crate::support::Preemptions::Unbounded;
use crate::support::{Owned, explore};
use crate::sync::{Arc, Mutex};

/// What a textbook version does wrong.
trait Mistake: Send + Sync + 'static {
    /// Looks at the flag, and parks under the lock, but not at once.
    const CHECKS_THEN_WAITS: bool = false;
    /// A child takes the flag over, and is made known to its parent, but not at
    /// once.
    const COPIES_THEN_JOINS: bool = false;
    /// The flag carries nothing with it.
    const RELAXED: bool = false;
    /// Who ends looks whether somebody drains before it counts itself off.
    const LOOKS_THEN_COUNTS_OFF: bool = false;
    /// Who begins looks whether somebody drains before it counts itself.
    const LOOKS_THEN_COUNTS: bool = false;
}

struct NoMistake;
impl Mistake for NoMistake {}

struct ChecksThenWaits;
impl Mistake for ChecksThenWaits {
    const CHECKS_THEN_WAITS: bool = true;
}

struct CopiesThenJoins;
impl Mistake for CopiesThenJoins {
    const COPIES_THEN_JOINS: bool = true;
}

struct Relaxed;
impl Mistake for Relaxed {
    const RELAXED: bool = true;
}

struct LooksThenCountsOff;
impl Mistake for LooksThenCountsOff {
    const LOOKS_THEN_COUNTS_OFF: bool = true;
}

struct LooksThenCounts;
impl Mistake for LooksThenCounts {
    const LOOKS_THEN_COUNTS: bool = true;
}

/// A flag, and a list of who is to be told.
struct Textbook<M> {
    node: Arc<Node>,
    mistake: PhantomData<M>,
}

struct Node {
    flag: AtomicBool,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    wakers: Vec<Waker>,
    children: Vec<Arc<Node>>,
}

impl Node {
    fn new(flag: bool) -> Self {
        Self { flag: AtomicBool::new(flag), known: Mutex::new(Known::default()) }
    }

    fn trigger(&self, order: Ordering) {
        let known = self.known.with(|known| {
            self.flag.store(true, order);
            std::mem::take(known)
        });
        known.wakers.into_iter().for_each(Waker::wake);
        known.children.iter().for_each(|child| child.trigger(order));
    }
}

impl<M: Mistake> Signal for Textbook<M> {
    fn new() -> Self {
        Self { node: Arc::new(Node::new(false)), mistake: PhantomData }
    }

    fn trigger(&self) {
        self.node.trigger(if M::RELAXED { Ordering::Relaxed } else { Ordering::Release });
    }

    fn is_triggered(&self) -> bool {
        self.node.flag.load(if M::RELAXED { Ordering::Relaxed } else { Ordering::Acquire })
    }

    fn wait(&self) -> Owned<()> {
        let node = self.node.clone();
        Box::pin(std::future::poll_fn(move |cx: &mut Context<'_>| {
            let is_set = || node.flag.load(Ordering::Acquire);
            if M::CHECKS_THEN_WAITS {
                if is_set() {
                    return Poll::Ready(());
                }
                // A trigger that comes now finds nobody.
                node.known.with(|known| known.wakers.push(cx.waker().clone()));
                return Poll::Pending;
            }
            node.known.with(|known| {
                if is_set() {
                    return Poll::Ready(());
                }
                known.wakers.push(cx.waker().clone());
                Poll::Pending
            })
        }))
    }

    fn child(&self) -> Self {
        let is_set = || self.node.flag.load(Ordering::Acquire);
        let node = if M::COPIES_THEN_JOINS {
            let child = Arc::new(Node::new(is_set()));
            // A trigger that comes now does not know of it.
            self.node.known.with(|known| known.children.push(child.clone()));
            child
        } else {
            self.node.known.with(|known| {
                let child = Arc::new(Node::new(is_set()));
                known.children.push(child.clone());
                child
            })
        };
        Self { node, mistake: PhantomData }
    }
}

/// A flag, the lowest bit, and a count above it: in one word, since a flag beside
/// a count is two truths.
struct Counter<M> {
    word: AtomicUsize,
    waker: Mutex<Option<Waker>>,
    mistake: PhantomData<M>,
}

const CLOSED: usize = 1;
const ONE: usize = 2;

struct Guard<M: Mistake>(std::sync::Arc<Counter<M>>);

impl<M: Mistake> Drop for Guard<M> {
    fn drop(&mut self) {
        let count_off = || self.0.word.fetch_sub(ONE, Ordering::AcqRel);
        let is_the_end = if M::LOOKS_THEN_COUNTS_OFF {
            // A drain that begins now still counts it, and is told by nobody.
            let is_closed = self.0.is_closed();
            count_off() < 2 * ONE && is_closed
        } else {
            count_off() == ONE | CLOSED
        };
        if is_the_end && let Some(waker) = self.0.waker.with(Option::take) {
            waker.wake();
        }
    }
}

impl<M: Mistake> Counter<M> {
    fn is_closed(&self) -> bool {
        self.word.load(Ordering::Acquire) & CLOSED != 0
    }

    fn poll_drained(&self, cx: &Context<'_>) -> Poll<()> {
        self.waker.with(|waker| *waker = Some(cx.waker().clone()));
        let before = self.word.fetch_or(CLOSED, Ordering::AcqRel);
        if before < ONE { Poll::Ready(()) } else { Poll::Pending }
    }
}

impl<M: Mistake> Tracker for Counter<M> {
    type Guard = Guard<M>;

    fn new() -> Self {
        Self { word: AtomicUsize::new(0), waker: Mutex::new(None), mistake: PhantomData }
    }

    fn track(self: &std::sync::Arc<Self>) -> Option<Guard<M>> {
        if M::LOOKS_THEN_COUNTS && self.is_closed() {
            return None;
        }
        // With the mistake, a drain that begins now finds nothing to wait for.
        let before = self.word.fetch_add(ONE, Ordering::AcqRel);
        let guard = Guard(self.clone());
        (M::LOOKS_THEN_COUNTS || before & CLOSED == 0).then_some(guard)
    }

    fn drain(self: &std::sync::Arc<Self>) -> Owned<()> {
        let this = self.clone();
        Box::pin(std::future::poll_fn(move |cx| this.poll_drained(cx)))
    }
}

/// shutdown/STOP1, shutdown/STOP2, shutdown/STOP6, shutdown/STOP8: without a
/// mistake, the textbook passes: what the others of this file fail by is their
/// mistake.
#[test]
fn textbook_signals_and_trackers_without_a_mistake_pass() {
    type Right = Textbook<NoMistake>;
    type Exact = Counter<NoMistake>;
    let both = [false, true].into();
    assert_eq!(explore("textbook register", Unbounded, trigger_against_register::<Right>), both);
    assert_eq!(explore("textbook child", Unbounded, child_against_parent::<Right>), both);
    assert_eq!(explore("textbook publish", Unbounded, trigger_publishes::<Right>), both);
    assert_eq!(explore("textbook untrack", Unbounded, drain_against_untrack::<Exact>), both);
    let seen = explore("textbook track", Unbounded, track_against_drain::<Exact>);
    assert!(seen.is_superset(&[(false, true), (true, false)].into()), "{seen:?}");
}

/// shutdown/STOP1: the lost signal of check-then-wait.
#[test]
#[should_panic(expected = "it is triggered, and who waits for it sleeps")]
fn a_check_before_the_wait_is_found() {
    type Wrong = Textbook<ChecksThenWaits>;
    explore("a_check_before_the_wait", Unbounded, trigger_against_register::<Wrong>);
}

/// shutdown/STOP8: a child that its parent did not know of in time.
#[test]
#[should_panic(expected = "the parent is triggered, and the child is not")]
fn a_child_that_copies_before_it_joins_is_found() {
    type Wrong = Textbook<CopiesThenJoins>;
    explore("a_child_that_copies_before_it_joins", Unbounded, child_against_parent::<Wrong>);
}

/// shutdown/STOP1: a flag that is read and written relaxed publishes nothing.
#[test]
#[should_panic(expected = "the trigger is seen, and not what led to it")]
fn a_relaxed_flag_is_found() {
    explore("a_relaxed_flag", Unbounded, trigger_publishes::<Textbook<Relaxed>>);
}

/// shutdown/STOP2: a flag that is read before the count is counted down.
#[test]
#[should_panic(expected = "nothing is left, and who waits for that sleeps")]
fn a_flag_read_before_the_count_is_found() {
    type Wrong = Counter<LooksThenCountsOff>;
    explore("a_flag_read_before_the_count", Unbounded, drain_against_untrack::<Wrong>);
}

/// shutdown/STOP6: a task that begins between the trigger and the drain, and that
/// nobody waits for.
#[test]
#[should_panic(expected = "work began, and nobody waits for it")]
fn a_look_before_the_count_is_found() {
    explore("a_look_before_the_count", Unbounded, track_against_drain::<Counter<LooksThenCounts>>);
}
