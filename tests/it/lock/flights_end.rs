//! How loads end: dropped, with code of the caller's that panics, and without a
//! runtime.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use surefoot::error::Transient;
use surefoot::lock::{FlightError, SingleFlight};
use surefoot::spawn::spawn;
use tokio_test::{assert_pending, assert_ready, task};

use crate::support::*;

/// A load's state that panics when it is dropped.
struct Falling;

impl Drop for Falling {
    fn drop(&mut self) {
        panic!("falls");
    }
}

/// lock/X3, lock/LOCK4: a load that panics when it is dropped half-way hands over
/// all the same.
#[tokio::test(start_paused = true)]
async fn a_load_that_panics_in_its_drop_hands_over() {
    let flights = SingleFlight::<u32, u32>::new();
    let mut leads = task::spawn(Box::pin(flights.get(7, || async {
        let _falling = Falling;
        std::future::pending().await
    })));
    let mut follows = task::spawn(flights.get(7, || async { Ok(1) }));
    assert_pending!(leads.poll());
    assert_pending!(follows.poll());
    assert_eq!(panic_of(|| drop(leads)), "falls");
    assert!(follows.is_woken());
    assert!(matches!(assert_ready!(follows.poll()), Ok(1)));
    assert!(flights.is_empty());
}

/// lock/X3, lock/LOCK4: one that panics in its drop at its end is a panic as any.
#[tokio::test(start_paused = true)]
async fn a_load_that_panics_at_its_end_is_told() {
    let flights = SingleFlight::<u32, u32>::new();
    let load = || async {
        let _falling = Falling;
        Ok(1)
    };
    let Err(FlightError::Panicked(panicked)) = flights.get(7, load).await else {
        panic!("it panics");
    };
    assert_eq!(panicked.message(), "falls");
    assert!(flights.is_empty());
}

/// A value that cannot be cloned.
#[derive(Debug)]
struct Unique;

impl Clone for Unique {
    fn clone(&self) -> Self {
        panic!("there is only one");
    }
}

/// lock/X3: a `Clone` that panics is the panic of its caller alone. Who is last
/// needs no clone.
#[tokio::test(start_paused = true)]
async fn a_clone_that_panics_concerns_its_caller() {
    let flights = SingleFlight::<u32, Unique>::new();
    assert!(flights.get(7, || async { Ok(Unique) }).await.is_ok(), "nobody else asked");
    let load = || async {
        wait(10).await;
        Ok(Unique)
    };
    let mut callers: Vec<_> = (0..3).map(|_| task::spawn(Box::pin(flights.get(7, load)))).collect();
    for caller in &mut callers {
        assert_pending!(caller.poll());
    }
    pass(10).await;
    let mut last = callers.pop().expect("there are three");
    for (at, caller) in callers.iter_mut().enumerate() {
        let polled = catch_unwind(AssertUnwindSafe(|| caller.poll()));
        assert!(polled.is_err(), "caller {at}");
        assert!(flights.is_empty());
    }
    assert!(assert_ready!(last.poll()).is_ok());
}

/// lock/LOCK4, lock/X1: what nobody takes is dropped.
#[tokio::test(start_paused = true)]
async fn a_value_that_is_not_taken_is_dropped() {
    let (flights, value) = (SingleFlight::<u32, Arc<()>>::new(), Arc::new(()));
    let mut leads = task::spawn(flights.get(7, || async {
        wait(10).await;
        Ok(value.clone())
    }));
    let mut follows = task::spawn(flights.get(7, || async { Ok(Arc::default()) }));
    assert_pending!(leads.poll());
    assert_pending!(follows.poll());
    pass(10).await;
    drop(assert_ready!(leads.poll()));
    assert!(follows.is_woken());
    assert_eq!(Arc::strong_count(&value), 2, "it is granted");
    drop(follows);
    assert_eq!(Arc::strong_count(&value), 1);
}

/// lock/X5: a load needs no runtime of ours, and may end with one.
#[test]
fn a_leader_that_goes_with_its_runtime_hands_over() {
    let flights = SingleFlight::<u32, u32>::new();
    let runtime = runtime();
    runtime.block_on(async {
        let flights = flights.clone();
        spawn(async move { flights.get(7, std::future::pending).await }).detach();
        settle().await;
    });
    let mut follows = task::spawn(flights.get(7, || async { Ok(1) }));
    assert_pending!(follows.poll());
    drop(runtime);
    assert!(follows.is_woken());
    assert!(matches!(assert_ready!(follows.poll()), Ok(1)));
}

/// lock/LOCK4: an error may be passed on, whatever the load's error can do.
#[test]
fn a_flight_error_is_cloned_without_its_load_s_error() {
    let error = FlightError::Failed(Arc::new(ServerError("busy")));
    let clone = error.clone();
    let (FlightError::Failed(one), FlightError::Failed(other)) = (&error, &clone) else {
        panic!("a clone is the same");
    };
    assert!(Arc::ptr_eq(one, other) && clone.is_transient());
}
