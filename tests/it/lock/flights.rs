//! One load for all that ask: who loads, when, and what they get.

use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use surefoot::lock::{FlightError, SingleFlight};
use surefoot::spawn::spawn;
use tokio::time::Instant;
use tokio_test::{assert_pending, assert_ready, task};

use super::support::*;
use crate::support::*;

type Flights = SingleFlight<&'static str, u32, ServerError>;

/// lock/LOCK4: all that ask while a load is under way get its value, at the instant
/// when it is there; who asks later has a load of its own.
#[tokio::test(start_paused = true)]
async fn all_that_ask_meanwhile_share_one_load() {
    let (flights, begun) = (Flights::new(), Instant::now());
    let loads = Arc::new(AtomicU32::new(0));
    let callers: Vec<_> = [0, 30, 99, 100, 150]
        .into_iter()
        .map(|comes_at| {
            let (flights, loads) = (flights.clone(), loads.clone());
            spawn(async move {
                wait(comes_at).await;
                let load = || async {
                    wait(100).await;
                    Ok(loads.fetch_add(1, Ordering::SeqCst))
                };
                let got = flights.get("a", load).await.expect("no load fails");
                (got, begun.elapsed())
            })
        })
        .collect();
    let mut ends = Vec::new();
    for caller in callers {
        ends.push(caller.await.expect("no caller panics"));
    }
    let [first, second] = [(0, ms(100)), (1, ms(200))];
    assert_eq!(ends, [first, first, first, second, second]);
    assert!(flights.is_empty());
}

/// lock/LOCK4: unrelated keys load side by side.
#[tokio::test(start_paused = true)]
async fn each_key_has_a_load_of_its_own() {
    let flights = Flights::new();
    let load = |value| move || async move { Ok(value) };
    let hang = || std::future::pending();
    let mut hanging = task::spawn(flights.get("a", hang));
    assert_pending!(hanging.poll());
    assert!(!flights.is_empty());
    assert!(matches!(flights.get("b", load(7)).await, Ok(7)));
    assert_eq!(format!("{flights:?}"), "SingleFlight { len: 1 }");
    drop(hanging);
    assert!(flights.is_empty());
}

/// lock/LOCK4: an error is every caller's, the very same, and nobody's who comes
/// afterwards.
#[tokio::test(start_paused = true)]
async fn an_error_is_shared_and_not_kept() {
    let flights = Flights::new();
    let fail = || async {
        wait(10).await;
        Err(ServerError("refused"))
    };
    let unused = || async { Ok(0) };
    let (leads, follows) = tokio::join!(flights.get("a", fail), flights.get("a", unused));
    let (Err(FlightError::Failed(one)), Err(FlightError::Failed(other))) = (leads, follows) else {
        panic!("it fails");
    };
    assert!(Arc::ptr_eq(&one, &other));
    assert_eq!(*one, ServerError("refused"));
    assert!(matches!(flights.get("a", || async { Ok(1) }).await, Ok(1)));
}

/// lock/LOCK4, lock/X3: so is a panic, of the closure or of its future; it says
/// where the closure was handed in.
#[tokio::test(start_paused = true)]
async fn a_panic_is_shared_and_not_kept() {
    let flights = Flights::new();
    for at_once in [true, false] {
        let load = || {
            assert!(!at_once, "boom");
            async {
                wait(10).await;
                panic!("boom")
            }
        };
        let line = line!() + 1;
        let mut leads = task::spawn(flights.get("a", load));
        let mut follows = task::spawn(flights.get("a", || async { Ok(0) }));
        let mut errors = Vec::new();
        if at_once {
            errors.push(assert_ready!(leads.poll()).expect_err("it panics"));
        } else {
            assert_pending!(leads.poll());
            assert_pending!(follows.poll());
            pass(10).await;
            errors.push(assert_ready!(leads.poll()).expect_err("it panics"));
            assert!(follows.is_woken());
            errors.push(assert_ready!(follows.poll()).expect_err("it is told of the panic"));
        }
        for error in errors {
            let FlightError::Panicked(panicked) = error else {
                panic!("{error}");
            };
            assert_eq!(panicked.message(), "boom");
            assert_eq!(
                (panicked.spawned_at().file(), panicked.spawned_at().line()),
                (file!(), line)
            );
        }
        drop(follows);
        assert!(flights.is_empty());
        assert!(matches!(flights.get("a", || async { Ok(1) }).await, Ok(1)));
    }
}

/// Says when a load begins, and when it is gone.
struct Noted<'a>(&'a RefCell<Vec<String>>, u32);

impl<'a> Noted<'a> {
    fn begin(log: &'a RefCell<Vec<String>>, load: u32) -> Self {
        log.borrow_mut().push(format!("{load} begins"));
        Self(log, load)
    }
}

impl Drop for Noted<'_> {
    fn drop(&mut self) {
        self.0.borrow_mut().push(format!("{} is gone", self.1));
    }
}

/// lock/LOCK4, lock/X1, lock/X2, lock/X8: when a leader leaves, the follower that
/// came first leads, with its own load, which begins when the other is gone; if it
/// left, too, the next one.
#[tokio::test(start_paused = true)]
async fn a_leader_that_leaves_hands_over_to_the_first_follower() {
    let (flights, log) = (SingleFlight::<u32, u32>::new(), RefCell::new(Vec::new()));
    let get = |caller: u32| {
        let log = &log;
        flights.get(7, move || async move {
            let _noted = Noted::begin(log, caller);
            wait(10).await;
            Ok(caller)
        })
    };
    let mut callers: Vec<_> = (0..5).map(|caller| Some(Box::pin(get(caller)))).collect();
    let mut callers: Vec<_> = callers.iter_mut().map(|c| c.take().map(task::spawn)).collect();
    for caller in callers.iter_mut().flatten() {
        assert_pending!(caller.poll());
    }
    let is_woken = |callers: &[Option<task::Spawn<_>>], at: usize| {
        callers[at].as_ref().is_some_and(task::Spawn::is_woken)
    };
    // One that waits, and then the leader; the next is granted, and leaves as well.
    callers[1] = None;
    assert!(!is_woken(&callers, 2));
    callers[0] = None;
    assert!(is_woken(&callers, 2) && !is_woken(&callers, 3));
    callers[2] = None;
    assert!(is_woken(&callers, 3) && !is_woken(&callers, 4));
    assert_eq!(*log.borrow(), ["0 begins", "0 is gone"]);
    assert_pending!(callers[3].as_mut().expect("it stays").poll());
    pass(10).await;
    for caller in callers.iter_mut().flatten() {
        assert!(matches!(assert_ready!(caller.poll()), Ok(3)));
    }
    assert_eq!(*log.borrow(), ["0 begins", "0 is gone", "3 begins", "3 is gone"]);
    drop(callers);
    assert!(flights.is_empty());
}

/// Says that a load is gone.
struct Gone(Arc<AtomicBool>);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// lock/LOCK4: a follower is woken to lead when the load before is gone: two never run
/// at a time, on two threads either.
#[tokio::test(start_paused = true)]
async fn a_load_is_gone_before_the_next_leader_is_woken() {
    let (flights, is_gone) = (Flights::new(), Arc::new(AtomicBool::new(false)));
    let mut leads = task::spawn(Box::pin(flights.get("a", || async {
        let _gone = Gone(is_gone.clone());
        std::future::pending().await
    })));
    assert_pending!(leads.poll());
    let mut follows = Box::pin(flights.get("a", || async { Ok(1) }));
    let counts = Arc::new(Acts::default());
    let waker = acting(&counts, {
        let is_gone = is_gone.clone();
        move || assert!(is_gone.load(Ordering::SeqCst), "the load is there still")
    });
    assert!(poll_with(follows.as_mut(), &waker).is_pending());
    drop(leads);
    assert_eq!(counts.seen()[0], 1);
    assert!(follows.await.is_ok());
}

/// lock/X1: a call that was never polled never came, and its load never ran.
#[tokio::test(start_paused = true)]
async fn a_get_that_is_dropped_before_its_first_poll_leaves_no_trace() {
    let (flights, ran) = (Flights::new(), Cell::new(false));
    drop(flights.get("a", || {
        ran.set(true);
        async { Ok(0) }
    }));
    assert!(flights.is_empty() && !ran.get());
}

/// lock/X9: a task that loads what is there at once lets its neighbours run.
#[tokio::test(start_paused = true)]
async fn a_loop_over_loads_lets_its_neighbours_run() {
    let flights = Flights::new();
    let turns = turns_before_a_neighbour(|| flights.get("a", || async { Ok(0) })).await;
    assert!(turns > 1, "it yields too often");
}
