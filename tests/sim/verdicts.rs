//! Each verdict: a program that comes to it, and a corrected one that does not.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Poll, Waker};
use std::time::Duration;

use futures::FutureExt as _;
use surefoot::probe;
use surefoot::scope::{Scope, ScopeError, scope};
use surefoot::sim::{Explorer, Failure, Strategy, TaskPanics, Verdict};
use surefoot::spawn::{Spawner, spawn};
use tokio::sync::{Mutex, Notify};
use tokio::task::yield_now;
use tokio::time::sleep;

fn exhaustive() -> Explorer {
    let strategy = Strategy::Exhaustive { deviations: Some(3) };
    Explorer::new().strategy(strategy).schedules(20_000)
}

fn broken(failure: Result<surefoot::sim::Stats, Box<Failure>>) -> Box<Failure> {
    failure.expect_err("some schedule breaks it")
}

/// A read and a write with an await between: the update of one is lost.
async fn two_increments(atomic: bool) {
    let counter = Arc::new(AtomicUsize::new(0));
    let tasks: Vec<_> = (0..2)
        .map(|_| {
            let counter = counter.clone();
            spawn(async move {
                let seen = counter.load(Ordering::Relaxed);
                yield_now().await;
                if atomic {
                    counter.fetch_add(1, Ordering::Relaxed);
                } else {
                    counter.store(seen + 1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(counter.load(Ordering::Relaxed), 2, "an update was lost");
}

#[test]
fn a_panic_of_the_root_is_found() {
    let failure = broken(exhaustive().run(|| two_increments(false)));
    let Verdict::Panic { task, panicked } = &failure.verdict else {
        panic!("{failure}");
    };
    assert_eq!(task.id, 0);
    assert!(panicked.message().contains("an update was lost"));
    assert!(panicked.location().unwrap().contains("verdicts.rs"), "{panicked}");
    assert!(exhaustive().run(|| two_increments(true)).unwrap().exhausted);
}

/// The hooks come in one after the other, never from two threads at once.
#[test]
fn the_first_simulation_brings_the_panic_hook_in() {
    Explorer::new().run(|| async {}).unwrap();
    async fn panics(_: Scope<&'static str>) -> Result<(), &'static str> {
        panic!("outside of a simulation")
    }
    let Some(Err(ScopeError::Panicked(panicked))) = scope(panics).now_or_never() else {
        unreachable!("a scope that waits for nothing has ended")
    };
    assert!(panicked.location().unwrap().contains("verdicts.rs"), "{panicked}");
}

async fn panicking_task(injected: bool) {
    let task = Spawner::new().name("unlucky").spawn(async move {
        if injected {
            probe::panic_point("half-way");
        } else if probe::choose(2) == 1 {
            panic!("out of luck");
        }
    });
    let _ = task.await;
}

#[test]
fn a_panic_of_a_task_fails_unless_it_was_asked_for() {
    let failure = broken(exhaustive().run(|| panicking_task(false)));
    let Verdict::Panic { task, .. } = &failure.verdict else {
        panic!("{failure}");
    };
    assert_eq!(task.to_string(), "unlucky#1");
    let injected = exhaustive().faults(1).run(|| panicking_task(true)).unwrap();
    assert_eq!(injected.schedules, 2);
    let delivered = exhaustive().task_panics(TaskPanics::Deliver).run(|| panicking_task(false));
    assert!(delivered.is_ok());
}

async fn two_locks(same_order: bool) {
    let locks = Arc::new((Mutex::new(()), Mutex::new(())));
    let tasks: Vec<_> = [false, true]
        .map(|swap| {
            let locks = locks.clone();
            spawn(async move {
                let (first, second) =
                    if swap && !same_order { (&locks.1, &locks.0) } else { (&locks.0, &locks.1) };
                let _first = first.lock().await;
                yield_now().await;
                let _second = second.lock().await;
            })
        })
        .into();
    for task in tasks {
        task.await.unwrap();
    }
}

#[test]
fn locks_in_opposite_order_deadlock() {
    let failure = broken(exhaustive().run(|| two_locks(false)));
    let Verdict::Deadlock { stuck } = &failure.verdict else {
        panic!("{failure}");
    };
    let names: Vec<_> = stuck.iter().map(|stuck| stuck.task.to_string()).collect();
    assert_eq!(names, ["root", "task#1", "task#2"]);
    assert!(exhaustive().run(|| two_locks(true)).unwrap().exhausted);
}

/// A flag whose waiter looks, goes away, and comes back to register.
async fn flag(checks_again: bool) {
    let (is_set, waker) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(None::<Waker>)));
    let setter = {
        let (is_set, waker) = (is_set.clone(), waker.clone());
        Spawner::new().name("setter").spawn(async move {
            is_set.store(true, Ordering::Relaxed);
            if let Some(waker) = waker.lock().await.take() {
                waker.wake();
            }
        })
    };
    let waiter = Spawner::new().name("waiter").spawn(async move {
        if is_set.load(Ordering::Relaxed) {
            return;
        }
        yield_now().await;
        let mut is_registered = false;
        poll_fn(|cx| {
            let came = is_set.load(Ordering::Relaxed);
            if came && (checks_again || is_registered) {
                return Poll::Ready(());
            }
            is_registered = true;
            *waker.try_lock().unwrap() = Some(cx.waker().clone());
            Poll::Pending
        })
        .await;
    });
    setter.await.unwrap();
    waiter.await.unwrap();
}

#[test]
fn a_waiter_that_nobody_wakes_is_told_from_a_deadlock() {
    let failure = broken(exhaustive().run(|| flag(false)));
    let Verdict::LostWakeup { task, missing_after, .. } = &failure.verdict else {
        panic!("{failure}");
    };
    assert_eq!(task.name, "waiter");
    // It registered when the setter had been there: it was too late itself.
    assert_eq!(missing_after.as_ref().unwrap().1, "waiter#2", "{failure}");
    assert!(exhaustive().run(|| flag(true)).unwrap().exhausted);
}

/// A future that waits for the lock and is not polled while the task that owns it
/// waits for the same lock: it is granted, and nobody can use it.
async fn futurelock(is_dropped: bool) {
    let lock = Arc::new(Mutex::new(()));
    let background = {
        let lock = lock.clone();
        spawn(async move {
            let _held = lock.lock().await;
            sleep(Duration::from_millis(10)).await;
        })
    };
    sleep(Duration::from_millis(1)).await;
    let mut first = Box::pin(lock.lock());
    let got = tokio::select! {
        biased;
        guard = &mut first => Some(guard),
        () = sleep(Duration::from_millis(5)) => None,
    };
    if got.is_none() {
        if is_dropped {
            drop(first);
        }
        let _second = lock.lock().await;
    }
    background.await.unwrap();
}

#[test]
fn a_future_that_is_owned_and_not_polled_is_hinted_at() {
    let failure = broken(exhaustive().run(|| futurelock(false)));
    let Verdict::Deadlock { stuck } = &failure.verdict else {
        panic!("{failure}");
    };
    assert_eq!(stuck.len(), 1, "{failure}");
    let since = stuck[0].unpolled_since.expect("there is a hint");
    assert!(since < stuck[0].last_step, "{failure}");
    assert!(failure.to_string().contains("a futurelock"), "{failure}");
    assert!(exhaustive().run(|| futurelock(true)).is_ok());
    let two_locks = broken(exhaustive().run(|| two_locks(false)));
    assert!(!two_locks.to_string().contains("futurelock"), "{two_locks}");
}

/// Sets what another waits for.
async fn wait_for_a_flag(wakes: bool) {
    let (is_set, waker) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(None::<Waker>)));
    let (set, wake) = (is_set.clone(), waker.clone());
    let setter = Spawner::new().name("setter").spawn(async move {
        sleep(Duration::from_millis(1)).await;
        set.store(true, Ordering::Relaxed);
        if wakes && let Some(waker) = wake.lock().await.take() {
            waker.wake();
        }
        sleep(Duration::from_millis(1)).await;
    });
    poll_fn(|cx| {
        *waker.try_lock().unwrap() = Some(cx.waker().clone());
        if is_set.load(Ordering::Relaxed) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    drop(setter);
}

#[test]
fn a_wake_up_that_is_forgotten_is_missing_in_that_step() {
    let failure = broken(exhaustive().run(|| wait_for_a_flag(false)));
    let Verdict::LostWakeup { task, missing_after, .. } = &failure.verdict else {
        panic!("{failure}");
    };
    assert_eq!(task.id, 0);
    let (step, culprit) = missing_after.as_ref().unwrap();
    let set = failure.trace.rows().iter().find(|row| row.at.as_millis() == 1).unwrap();
    assert_eq!((*step, culprit.as_str()), (set.step, "setter#1"), "{failure}");
    assert!(failure.to_string().contains("; it is missing since step "), "{failure}");
    assert!(exhaustive().run(|| wait_for_a_flag(true)).unwrap().exhausted);
}

async fn spin(waits: bool) {
    let (is_done, done) = (Arc::new(AtomicBool::new(false)), Arc::new(Notify::new()));
    let worker = {
        let (is_done, done) = (is_done.clone(), done.clone());
        spawn(async move {
            sleep(Duration::from_millis(1)).await;
            is_done.store(true, Ordering::Relaxed);
            done.notify_one();
        })
    };
    while !is_done.load(Ordering::Relaxed) {
        if waits {
            done.notified().await;
        } else {
            yield_now().await;
        }
    }
    worker.await.unwrap();
}

#[test]
fn a_loop_that_never_lets_time_pass_is_a_livelock() {
    let fair = Explorer::new().strategy(Strategy::Fair).max_steps(500);
    let failure = broken(fair.run(|| spin(false)));
    let Verdict::Livelock { steps: 500, busy, time_moved: false } = &failure.verdict else {
        panic!("{failure}");
    };
    assert_eq!(busy.iter().map(|task| task.id).collect::<Vec<_>>(), [0]);
    assert!(fair.run(|| spin(true)).is_ok());
}

async fn heartbeat(daemon: bool, ends: bool) {
    let beats = Spawner::new().name("heartbeat").daemon(daemon).spawn(async {
        loop {
            sleep(Duration::from_secs(1)).await;
        }
    });
    if !ends {
        std::future::pending::<()>().await;
    }
    drop(beats);
}

#[test]
fn timers_that_fire_for_ever_reach_the_horizon_unless_a_daemon_s() {
    let explorer = Explorer::new().strategy(Strategy::Fair).horizon(Duration::from_secs(60));
    let failure = broken(explorer.run(|| heartbeat(false, false)));
    assert!(matches!(failure.verdict, Verdict::Horizon { .. }), "{failure}");
    let failure = broken(explorer.run(|| heartbeat(true, false)));
    let Verdict::Deadlock { stuck } = &failure.verdict else {
        panic!("{failure}");
    };
    assert_eq!(stuck.len(), 1, "a daemon is not stuck: {failure}");
    assert!(explorer.run(|| heartbeat(false, true)).is_ok());
}

async fn account(transfers_at_once: bool) {
    let (here, there) = (Arc::new(AtomicUsize::new(10)), Arc::new(AtomicUsize::new(0)));
    let (a, b) = (here.clone(), there.clone());
    probe::always("no money is lost", move || {
        a.load(Ordering::Relaxed) + b.load(Ordering::Relaxed) == 10
    });
    let transfer = Spawner::new().name("transfer").cancellable(true).spawn(async move {
        here.fetch_sub(4, Ordering::Relaxed);
        if !transfers_at_once {
            yield_now().await;
        }
        there.fetch_add(4, Ordering::Relaxed);
    });
    let _ = transfer.await;
}

#[test]
fn a_claim_that_does_not_always_hold_is_broken() {
    let failure = broken(exhaustive().run(|| account(false)));
    let Verdict::Broken { label, task } = &failure.verdict else {
        panic!("{failure}");
    };
    assert_eq!((label.as_str(), task.name.as_str()), ("no money is lost", "transfer"));
    assert!(exhaustive().cancellations(1).run(|| account(true)).unwrap().exhausted);
}

#[test]
fn a_scenario_that_remembers_is_not_deterministic() {
    let runs = AtomicUsize::new(0);
    let scenario = || {
        let run = runs.fetch_add(1, Ordering::Relaxed);
        async move {
            let tasks: Vec<_> = (0..2 + run % 2).map(|_| spawn(yield_now())).collect();
            for task in tasks {
                task.await.unwrap();
            }
            assert_ne!(run, 5, "the sixth run");
        }
    };
    let failure = broken(Explorer::new().strategy(Strategy::Random).run(scenario));
    let Verdict::Nondeterminism { expected, found, .. } = &failure.verdict else {
        panic!("{failure}");
    };
    assert_ne!(expected, found);
}

#[test]
fn a_panic_in_the_closure_itself_is_the_root_s() {
    let failure = broken(Explorer::new().run(|| {
        let value = "no number".parse::<u32>().expect("a value");
        async move { assert_eq!(value, 1) }
    }));
    assert!(failure.verdict.to_string().contains("a value"), "{failure}");
}
