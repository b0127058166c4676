//! Models of the shutdown, through its public API. The bodies that textbook
//! versions are to fail are generic; `teeth` has those versions.

use std::convert::Infallible;
use std::future::{pending, poll_fn};
use std::task::Poll;

use loom::future::block_on;
use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use loom::thread;
use surefoot::shutdown::{Phase, Shutdown, Token, Tracked};

use crate::support::Preemptions::{AtMost, Unbounded};
use crate::support::{Flag, Owned, explore, poll_once, yield_once};
use crate::sync::{Arc, Mutex};

/// Something that is triggered once, and that many wait for.
pub(crate) trait Signal: Send + Sync + 'static {
    fn new() -> Self;
    fn trigger(&self);
    fn is_triggered(&self) -> bool;
    fn wait(&self) -> Owned<()>;
    /// One that is triggered with this one.
    fn child(&self) -> Self;
}

/// The production version. A child has no handle.
struct Ours {
    token: Token,
    _shutdown: Option<Shutdown>,
}

impl Signal for Ours {
    fn new() -> Self {
        let shutdown = Shutdown::new();
        Self { token: shutdown.token(), _shutdown: Some(shutdown) }
    }

    fn trigger(&self) {
        self.token.trigger("a model");
    }

    fn is_triggered(&self) -> bool {
        self.token.is_triggered()
    }

    fn wait(&self) -> Owned<()> {
        Box::pin(self.token.clone().triggered_owned())
    }

    fn child(&self) -> Self {
        Self { token: self.token.child(), _shutdown: None }
    }
}

/// One begins to wait while another triggers. Says whether it found it triggered.
pub(crate) fn trigger_against_register<S: Signal>() -> bool {
    let signal = Arc::new(S::new());
    let flag = Flag::new();
    let triggering = thread::spawn({
        let signal = signal.clone();
        move || signal.trigger()
    });
    let mut waiting = signal.wait();
    let found = poll_once(&mut waiting, &flag).is_ready();
    triggering.join().unwrap();
    if !found {
        assert!(flag.is_woken(), "it is triggered, and who waits for it sleeps");
        assert!(poll_once(&mut waiting, &flag).is_ready());
    }
    found
}

/// A child is made while its parent is triggered. Says whether it was born
/// triggered.
pub(crate) fn child_against_parent<S: Signal>() -> bool {
    let parent = Arc::new(S::new());
    let triggering = thread::spawn({
        let parent = parent.clone();
        move || parent.trigger()
    });
    let child = parent.child();
    let was_born_so = child.is_triggered();
    triggering.join().unwrap();
    assert!(child.is_triggered(), "the parent is triggered, and the child is not");
    was_born_so
}

/// What was done before the trigger is seen by whoever sees the trigger. Says
/// whether it was seen.
pub(crate) fn trigger_publishes<S: Signal>() -> bool {
    let signal = Arc::new(S::new());
    let data = Arc::new(AtomicUsize::new(0));
    let triggering = thread::spawn({
        let (signal, data) = (signal.clone(), data.clone());
        move || {
            data.store(1, Ordering::Relaxed);
            signal.trigger();
        }
    });
    let seen = signal.is_triggered();
    if seen {
        assert_eq!(data.load(Ordering::Relaxed), 1, "the trigger is seen, and not what led to it");
    }
    triggering.join().unwrap();
    seen
}

/// Work that is counted, and whoever waits for the last of it.
pub(crate) trait Tracker: Send + Sync + 'static {
    type Guard: Send;

    fn new() -> Self;
    /// `None` once it was closed.
    fn track(self: &std::sync::Arc<Self>) -> Option<Self::Guard>;
    /// Closes, and waits.
    fn drain(self: &std::sync::Arc<Self>) -> Owned<()>;
}

impl Tracker for Shutdown {
    type Guard = Tracked;

    fn new() -> Self {
        Shutdown::new()
    }

    fn track(self: &std::sync::Arc<Self>) -> Option<Tracked> {
        Shutdown::track(self, "work").ok()
    }

    fn drain(self: &std::sync::Arc<Self>) -> Owned<()> {
        let this = self.clone();
        Box::pin(async move { drop(Shutdown::drain(&this).await) })
    }
}

/// The last work ends while a drain begins. Says whether the drain found none.
pub(crate) fn drain_against_untrack<T: Tracker>() -> bool {
    let tracker = std::sync::Arc::new(T::new());
    let guard = tracker.track().expect("it is not closed yet");
    let flag = Flag::new();
    let ending = thread::spawn(move || drop(guard));
    let mut drain = tracker.drain();
    let found = poll_once(&mut drain, &flag).is_ready();
    ending.join().unwrap();
    if !found {
        assert!(flag.is_woken(), "nothing is left, and who waits for that sleeps");
        assert!(poll_once(&mut drain, &flag).is_ready());
    }
    found
}

/// Work begins while a drain does. Says whether the drain found none, and
/// whether the work began.
pub(crate) fn track_against_drain<T: Tracker>() -> (bool, bool) {
    let tracker = std::sync::Arc::new(T::new());
    let beginning = thread::spawn({
        let tracker = tracker.clone();
        move || tracker.track()
    });
    let mut drain = tracker.drain();
    let found = poll_once(&mut drain, &Flag::new()).is_ready();
    let guard = beginning.join().unwrap();
    let began = guard.is_some();
    assert!(!(found && began), "work began, and nobody waits for it");
    (found, began)
}

/// shutdown/STOP1, shutdown/X7: a trigger reaches who begins to wait meanwhile.
#[test]
fn a_trigger_reaches_who_registers_meanwhile() {
    let outcomes = explore(
        "a_trigger_reaches_who_registers_meanwhile",
        Unbounded,
        trigger_against_register::<Ours>,
    );
    assert_eq!(outcomes, [false, true].into(), "whether it found it triggered");
}

/// shutdown/STOP8, shutdown/STOP1: a trigger reaches a child that is made
/// meanwhile.
#[test]
fn a_trigger_reaches_a_child_that_is_made_meanwhile() {
    let outcomes = explore(
        "a_trigger_reaches_a_child_that_is_made_meanwhile",
        Unbounded,
        child_against_parent::<Ours>,
    );
    assert_eq!(outcomes, [false, true].into(), "whether it was born triggered");
}

/// shutdown/STOP1: the look without the lock is no look at half of the truth.
#[test]
fn who_sees_the_trigger_sees_what_led_to_it() {
    let outcomes =
        explore("who_sees_the_trigger_sees_what_led_to_it", Unbounded, trigger_publishes::<Ours>);
    assert_eq!(outcomes, [false, true].into(), "whether the trigger was seen");
}

/// shutdown/STOP2, shutdown/X11: the end of the last piece ends a drain that
/// begins meanwhile.
#[test]
fn the_last_end_reaches_a_drain_that_begins_meanwhile() {
    let outcomes = explore(
        "the_last_end_reaches_a_drain_that_begins_meanwhile",
        Unbounded,
        drain_against_untrack::<Shutdown>,
    );
    assert_eq!(outcomes, [false, true].into(), "whether the drain found nothing");
}

/// shutdown/STOP6, shutdown/X7: what begins while a drain does is refused, or
/// waited for.
#[test]
fn what_begins_while_a_drain_does_is_refused_or_waited_for() {
    let outcomes = explore(
        "what_begins_while_a_drain_does_is_refused_or_waited_for",
        Unbounded,
        track_against_drain::<Shutdown>,
    );
    assert_eq!(outcomes, [(false, true), (true, false)].into(), "found none, and began");
}

/// shutdown/STOP6, shutdown/STOP2: the same with a task: it runs to its end
/// before the drain does, or not at all.
#[test]
fn a_task_spawned_while_a_drain_begins_runs_to_its_end_or_not_at_all() {
    let name = "a_task_spawned_while_a_drain_begins_runs_to_its_end_or_not_at_all";
    let outcomes = explore(name, AtMost(3), || {
        let shutdown = Shutdown::new();
        let has_ended = Arc::new(AtomicBool::new(false));
        let spawning = thread::spawn({
            let (shutdown, has_ended) = (shutdown.clone(), has_ended.clone());
            move || {
                let work = |token: Token| async move {
                    token.triggered().await;
                    has_ended.store(true, Ordering::SeqCst);
                    Ok::<_, Infallible>(())
                };
                shutdown.spawn("worker", work).is_ok()
            }
        });
        let report = block_on(shutdown.drain());
        let had_ended = has_ended.load(Ordering::SeqCst);
        let was_spawned = spawning.join().unwrap();
        assert_eq!(was_spawned, had_ended, "it ended before the drain, or never began");
        assert_eq!(report.finished, usize::from(was_spawned));
        was_spawned
    });
    assert_eq!(outcomes, [false, true].into(), "whether it was spawned in time");
}

/// shutdown/STOP3: a task is aborted although it has no switch yet when all are
/// thrown.
#[test]
fn an_abort_reaches_a_task_that_is_being_spawned() {
    let outcomes = explore("an_abort_reaches_a_task_that_is_being_spawned", AtMost(3), || {
        let shutdown = Shutdown::new();
        let spawning = thread::spawn({
            let shutdown = shutdown.clone();
            move || {
                let work = |_| async {
                    pending::<()>().await;
                    Ok::<_, Infallible>(())
                };
                shutdown.spawn("worker", work).is_ok()
            }
        });
        shutdown.abort();
        // Without the abort, it would wait for ever: no limit passes in a model.
        let report = block_on(shutdown.drain());
        let was_spawned = spawning.join().unwrap();
        assert_eq!(report.aborted.len(), usize::from(was_spawned));
        assert_eq!(shutdown.status().phase, Phase::Done);
        was_spawned
    });
    assert_eq!(outcomes, [false, true].into(), "whether it was spawned in time");
}

/// shutdown/STOP7, shutdown/X5: two handles are dropped at once, and one of them
/// is the last.
#[test]
fn the_last_of_two_handles_triggers() {
    let outcomes = explore("the_last_of_two_handles_triggers", Unbounded, || {
        let shutdown = Shutdown::new();
        let (token, flag) = (shutdown.token(), Flag::new());
        let dropping = [shutdown.clone(), shutdown].map(|handle| thread::spawn(|| drop(handle)));
        let mut waiting: Owned<()> = Box::pin(token.clone().triggered_owned());
        let found = poll_once(&mut waiting, &flag).is_ready();
        for thread in dropping {
            thread.join().unwrap();
        }
        assert!(token.is_triggered());
        assert!(found || flag.is_woken());
        found
    });
    assert_eq!(outcomes, [false, true].into(), "whether it found it triggered");
}

/// shutdown/STOP1: the phase moves on with the last acceptor, whether it leaves
/// before or after the trigger.
#[test]
fn the_last_acceptor_that_leaves_lets_tokens_trigger() {
    let outcomes = explore("the_last_acceptor_that_leaves_lets_tokens_trigger", Unbounded, || {
        let shutdown = Shutdown::new();
        let (token, accepting) = (shutdown.token(), shutdown.token().accepting());
        let leaving = thread::spawn(move || drop(accepting));
        shutdown.trigger("a model");
        let at_once = token.is_triggered();
        leaving.join().unwrap();
        assert!(token.is_triggered(), "nobody accepts, and the work goes on");
        at_once
    });
    assert_eq!(outcomes, [false, true].into(), "whether it had left before");
}

/// shutdown/STOP8: children that come and go at once leave nothing behind, and
/// a child outlives its parent as a child of its parent's parent.
#[test]
fn dropped_children_leave_nothing_behind() {
    let outcomes = explore("dropped_children_leave_nothing_behind", AtMost(3), || {
        let shutdown = Shutdown::new();
        let parent = shutdown.token().child();
        let orphaning = thread::spawn({
            let child = parent.child();
            move || {
                let grandchild = child.child();
                drop(child);
                grandchild
            }
        });
        let other = parent.child();
        drop(parent);
        let seen = shutdown.status().children;
        drop(other);
        let grandchild = orphaning.join().unwrap();
        assert_eq!(shutdown.status().children, 1, "one is still held");
        shutdown.trigger("a model");
        assert!(grandchild.is_triggered(), "it has lost its way to the root");
        drop(grandchild);
        assert_eq!(shutdown.status().children, 0);
        seen
    });
    assert_eq!(outcomes, [2, 3].into(), "how many there were on the way");
}

/// shutdown/STOP8: a child triggered on its own while its parent is, once or
/// twice: either way it is, and its neighbour is with the parent only.
#[test]
fn a_child_triggered_on_its_own_triggers_nobody_else() {
    let outcomes = explore("a_child_triggered_on_its_own_triggers_nobody_else", Unbounded, || {
        let shutdown = Shutdown::new();
        let (child, other) = (shutdown.token().child(), shutdown.token().child());
        let triggering = thread::spawn({
            let child = child.clone();
            move || child.trigger("on its own")
        });
        let early = child.is_triggered();
        assert!(!other.is_triggered() && !shutdown.is_triggered());
        drop(other);
        triggering.join().unwrap();
        assert!(child.is_triggered());
        early
    });
    assert_eq!(outcomes, [false, true].into(), "whether it was seen at once");
}

/// shutdown/STOP4: a trigger at any moment of a run leaves no unit half done.
#[test]
fn a_trigger_leaves_no_shielded_unit_half_done() {
    let outcomes = explore("a_trigger_leaves_no_shielded_unit_half_done", AtMost(3), || {
        let shutdown = Shutdown::new();
        let token = shutdown.token();
        let halves = Arc::new(AtomicUsize::new(0));
        let triggering = thread::spawn(move || shutdown.trigger("a model"));
        let work = {
            let (token, halves) = (token.clone(), halves.clone());
            async move {
                for _ in 0..2 {
                    let unit = async {
                        halves.fetch_add(1, Ordering::SeqCst);
                        yield_once().await;
                        halves.fetch_add(1, Ordering::SeqCst);
                    };
                    token.shield(unit).await;
                    yield_once().await;
                }
            }
        };
        let ran = block_on(token.run(work));
        triggering.join().unwrap();
        let halves = halves.load(Ordering::SeqCst);
        assert_eq!(halves % 2, 0, "a unit was cut in half");
        assert!(ran.is_none() || halves == 4, "it ended, and not all of it was done");
        (ran.is_some(), halves / 2)
    });
    let seen = [(false, 0), (false, 1), (false, 2), (true, 2)];
    assert_eq!(outcomes, seen.into(), "whether it ended, and units done");
}

/// shutdown/STOP4, shutdown/X13: a shield that was begun inside a run and ends
/// in another task lets the run be cut then.
#[test]
fn a_shield_that_ends_elsewhere_wakes_its_run() {
    let outcomes = explore("a_shield_that_ends_elsewhere_wakes_its_run", AtMost(3), || {
        let shutdown = Shutdown::new();
        let token = shutdown.token();
        let flag = Flag::new();
        let kept: Arc<Mutex<Option<Owned<()>>>> = Arc::new(Mutex::new(None));
        let work = {
            let (token, kept) = (token.clone(), kept.clone());
            async move {
                let mut shield: Owned<()> =
                    Box::pin(async move { token.shield(yield_once()).await });
                let begun = poll_fn(|cx| Poll::Ready(shield.as_mut().poll(cx))).await;
                assert!(begun.is_pending());
                kept.with(|kept| *kept = Some(shield));
                pending::<()>().await;
            }
        };
        let running = token.clone();
        let mut run: Owned<Option<()>> = Box::pin(async move { running.run(work).await });
        assert!(poll_once(&mut run, &flag).is_pending());
        let shield = kept.with(Option::take).expect("it was begun");
        shutdown.trigger("a model");
        let ending = thread::spawn(move || block_on(shield));
        let cut = poll_once(&mut run, &flag) == Poll::Ready(None);
        ending.join().unwrap();
        if !cut {
            assert_eq!(poll_once(&mut run, &flag), Poll::Ready(None), "nothing shields it");
        }
        cut
    });
    assert_eq!(outcomes, [false, true].into(), "whether the shield had ended");
}
