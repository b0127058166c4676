//! Blocking under schedules that go beyond its claims on the board.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::task::Poll;

use surefoot::blocking::{self, Blocking, BlockingError};
use surefoot::probe::{always, cancellable, panic_point, sometimes};
use surefoot::sim::{Explorer, Strategy, Verdict};
use surefoot::spawn::{Spawner, Task, spawn};
use tokio::task::yield_now;

use crate::support::every_poll_was_struck;

fn exhaustive(deviations: u32) -> Explorer {
    let strategy = Strategy::Exhaustive { deviations: Some(deviations) };
    Explorer::new().strategy(strategy).schedules(60_000)
}

/// One thread, for which two may wait; watched.
fn watched() -> Blocking {
    let one = Blocking::builder().threads(1).queue(2).build().unwrap();
    let watched = one.clone();
    always("one runs, and who waits waits for it", move || {
        let status = watched.status();
        status.running <= 1 && status.waiting <= 2 && (status.waiting == 0 || status.running == 1)
    });
    one
}

fn caller(name: &'static str, one: &Blocking) -> Task<Result<(), BlockingError>> {
    let one = one.clone();
    Spawner::new().name(name).spawn(async move { one.run(|_| ()).await })
}

/// Whatever happened before, the thread comes free, and all places with it.
async fn everything_can_be_had(one: &Blocking) {
    while one.status().running > 0 {
        yield_now().await;
    }
    for task in ["a", "b", "c"].map(|name| caller(name, one)) {
        assert_eq!(task.await.unwrap(), Ok(()));
    }
}

/// blocking/X1, blocking/X2, blocking/BLOCK1: dropped before it is polled, while
/// it waits, with a thread of its own, and while its closure is on its way.
#[test]
fn run_can_be_dropped_at_every_poll() {
    let scenario = || async {
        let one = watched();
        let before = caller("before", &one);
        let fickle = {
            let one = one.clone();
            Spawner::new().name("fickle").spawn(async move {
                let _ = cancellable(one.run(|_| ())).await;
            })
        };
        let behind = caller("behind", &one);
        assert_eq!(before.await.unwrap(), Ok(()));
        fickle.await.unwrap();
        assert_eq!(behind.await.unwrap(), Ok(()));
        everything_can_be_had(&one).await;
    };
    let explorer = exhaustive(3).cancellations(1);
    let stats = explorer.run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
    every_poll_was_struck("blocking run", &stats);
}

/// blocking/X1, blocking/BLOCK1: the same for a closure without limits: dropped
/// before it began, it does not run.
#[test]
fn a_free_run_can_be_dropped_at_every_poll() {
    let scenario = || async {
        let ran = Arc::new(AtomicUsize::new(0));
        let count = ran.clone();
        let run = blocking::run(move || count.fetch_add(1, Relaxed));
        let answer = cancellable(run).await;
        let before = ran.load(Relaxed);
        assert!(answer.is_none() || before == 1);
        sometimes("it left, and the closure had run", answer.is_none() && before == 1);
        blocking::run(|| ()).await.unwrap();
        assert_eq!(ran.load(Relaxed), before, "it ran for nobody");
    };
    let explorer = exhaustive(3).cancellations(1);
    let stats = explorer.run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
    every_poll_was_struck("free run", &stats);
    assert!(stats.exhausted);
}

/// blocking/X2, blocking/X8, blocking/BLOCK1: whoever leaves, and when, those that
/// stay are served, in the order in which they came.
#[test]
fn closures_begin_in_order_of_arrival() {
    let scenario = || async {
        let one = Blocking::builder().threads(1).build().unwrap();
        let (came, began) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(Vec::new())));
        let callers: Vec<_> = (0..3)
            .map(|i| {
                let (one, came, began) = (one.clone(), came.clone(), began.clone());
                let name = format!("caller {i}");
                Spawner::new().name(name).cancellable(true).spawn(async move {
                    // From here to its place in the queue there is no await.
                    came.lock().unwrap().push(i);
                    one.run(move |_| began.lock().unwrap().push(i)).await
                })
            })
            .collect();
        for caller in callers {
            let _ = caller.await;
        }
        while one.status().running > 0 {
            yield_now().await;
        }
        assert_eq!(one.status().waiting, 0);
        let began = began.lock().unwrap();
        let mut came = came.lock().unwrap().clone();
        came.retain(|i| began.contains(i));
        assert_eq!(*began, came);
        sometimes("not in order of their numbers", *began == [2, 0, 1]);
    };
    let explorer = exhaustive(4).cancellations(2);
    explorer.run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
}

/// blocking/X3: a closure that panics costs nobody a thread.
#[test]
fn a_panicking_closure_costs_no_thread() {
    let scenario = || async {
        let one = watched();
        let callers = [1, 2, 3].map(|_| {
            let one = one.clone();
            spawn(async move { one.run(|_| panic_point("in the closure")).await })
        });
        for caller in callers {
            let answer = caller.await.unwrap();
            assert!(matches!(answer, Ok(()) | Err(BlockingError::Panicked(_))), "{answer:?}");
        }
        everything_can_be_had(&one).await;
    };
    exhaustive(3).faults(2).run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
}

/// blocking/X9, blocking/X13: budgets that are spent and polls for nothing reorder
/// nothing and refuse nobody.
#[test]
fn spent_budgets_and_polls_for_nothing_are_harmless() {
    let scenario = || async {
        let one = watched();
        for caller in ["a", "b", "c"].map(|name| caller(name, &one)) {
            assert_eq!(caller.await.unwrap(), Ok(()));
        }
        everything_can_be_had(&one).await;
    };
    let explorer = exhaustive(2).coop_exhaustions(2).spurious_wakes(2);
    explorer.run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
}

/// blocking/BLOCK1: in a simulation a closure is a step of its own, under the name
/// that it was given: the schedule says which runs first, and reports say which
/// panicked.
#[test]
fn a_closure_is_a_step_of_its_own() {
    let scenario = || async {
        let two = Blocking::builder().threads(2).build().unwrap();
        let order = Arc::new(Mutex::new(Vec::new()));
        let runs = [1, 2].map(|i| {
            let (two, order) = (two.clone(), order.clone());
            spawn(async move { two.run(move |_| order.lock().unwrap().push(i)).await })
        });
        for run in runs {
            run.await.unwrap().unwrap();
        }
        let order = order.lock().unwrap();
        sometimes("in order", *order == [1, 2]);
        sometimes("the other way round", *order == [2, 1]);
    };
    exhaustive(2).run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
    let failure = exhaustive(0)
        .run(|| async {
            let named = Blocking::builder().name("thumbnails").build().unwrap();
            let _ = named.run(|_| panic!("no image")).await;
        })
        .unwrap_err();
    let Verdict::Panic { task, panicked } = &failure.verdict else {
        panic!("{failure}");
    };
    assert_eq!((task.name.as_str(), panicked.message()), ("thumbnails", "no image"));
    assert_eq!(task.spawned_at.file(), file!());
}

/// blocking/X12: a task that was granted a thread, and waits for something else
/// instead of polling the future that has it, is among those that the report
/// names.
#[test]
fn a_granted_caller_that_is_not_polled_is_named() {
    let scenario = |polls_both: bool| {
        move || async move {
            let one = Blocking::builder().threads(1).build().unwrap();
            let first = caller("first", &one);
            yield_now().await;
            let careless = {
                let one = one.clone();
                Spawner::new().name("careless").spawn(async move {
                    let mut mine = pin!(one.run(|_| ()));
                    if poll_fn(|cx| Poll::Ready(mine.as_mut().poll(cx).is_ready())).await {
                        return;
                    }
                    if polls_both {
                        let _ = mine.await;
                    } else {
                        let _ = one.run(|_| ()).await;
                    }
                })
            };
            let _ = first.await;
            careless.await.unwrap();
        }
    };
    assert!(exhaustive(2).run(scenario(true)).is_ok());
    let failure = exhaustive(2).run(scenario(false)).unwrap_err();
    let Verdict::Deadlock { stuck } = &failure.verdict else {
        panic!("{failure}");
    };
    assert!(stuck.iter().any(|stuck| stuck.task.name == "careless"), "{failure}");
}
