//! Runtimes that are not there, or end.

use surefoot::blocking::{self, Blocking, BlockingError};
use surefoot::spawn::spawn;
use tokio::runtime::Builder;
use tokio_test::{assert_pending, assert_ready, task};

use super::site::*;
use crate::support::*;

/// blocking/X5: outside a runtime a call panics, as its docs say, and costs
/// nobody a thread.
#[test]
fn a_run_outside_a_runtime_panics_and_leaves_all_whole() {
    let one = Blocking::builder().threads(1).build().unwrap();
    let mut run = Some(task::spawn(one.run(|_| 1)));
    let message = panic_of(|| run.as_mut().expect("it is there").poll().is_ready());
    assert_eq!(message, "a closure that blocks runs inside a Tokio runtime only");
    drop(run.take());
    let message = panic_of(|| task::spawn(blocking::run(|| 1)).poll().is_ready());
    assert_eq!(message, "a closure that blocks runs inside a Tokio runtime only");
    let status = one.status();
    assert_eq!((status.running, status.waiting, status.abandoned), (0, 0, 0));
    assert_eq!(runtime().block_on(one.run(|_| 2)), Ok(2));
}

/// blocking/X5: a closure that its runtime did not come to before it began to end
/// is answered all the same, and its thread is somebody else's, on another runtime.
#[test]
fn a_closure_of_a_runtime_that_ends_is_answered() {
    let ending = Builder::new_current_thread().max_blocking_threads(1).build().unwrap();
    let mut site = Site::new();
    let two = Blocking::builder().threads(2).build().unwrap();
    let (hold, closure) = site.closure(1);
    let mut runs = ending.block_on(async {
        let mut runs = (task::spawn(two.run(closure)), task::spawn(two.run(|_| 2)));
        assert_pending!(runs.0.poll());
        assert_pending!(runs.1.poll());
        runs
    });
    let mut waiter = task::spawn(two.run(|_| 3));
    assert_pending!(waiter.poll());
    spin_until(|| !site.is_quiet());
    ending.shutdown_background();
    drop(hold);
    let living = runtime();
    assert_eq!(living.block_on(&mut runs.0), Ok((1, false)), "it had begun");
    // Tokio says for none that has not begun whether it will be.
    let answer = living.block_on(&mut runs.1);
    assert!(matches!(answer, Ok(2) | Err(BlockingError::Shutdown)), "{answer:?}");
    assert_eq!(living.block_on(waiter), Ok(3));
    let status = two.status();
    assert_eq!((status.running, status.waiting, status.abandoned), (0, 0, 0));
}

/// blocking/X5: a call on a runtime that has ended is told so.
#[test]
fn a_run_on_a_runtime_that_has_ended_is_told_so() {
    let one = Blocking::builder().threads(1).build().unwrap();
    let ended = {
        let runtime = runtime();
        runtime.handle().clone()
    };
    let _inside = ended.enter();
    for _ in 0..2 {
        let answer = assert_ready!(task::spawn(one.run(|_| 1)).poll());
        assert_eq!(answer, Err(BlockingError::Shutdown));
        let answer = assert_ready!(task::spawn(blocking::run(|| 1)).poll());
        assert_eq!(answer, Err(BlockingError::Shutdown));
        assert_eq!(one.status().running, 0);
    }
}

/// blocking/X5, blocking/BLOCK1: a runtime that ends drops its tasks, and so tells
/// their closures to stop.
#[test]
fn the_end_of_a_runtime_stops_its_closures() {
    let ending = runtime();
    let mut site = Site::new();
    let one = Blocking::builder().threads(1).build().unwrap();
    let (hold, closure) = site.closure(1);
    let (tell, told) = std::sync::mpsc::channel();
    ending.block_on(async {
        let one = one.clone();
        spawn(async move { one.run(move |stop| tell.send(closure(stop))).await }).detach();
        assert_eq!(site.next().await, 1);
    });
    ending.shutdown_background();
    drop(hold);
    assert_eq!(told.recv_timeout(PATIENCE), Ok((1, true)));
    spin_until(|| one.status().running == 0);
    assert_eq!(one.status().abandoned, 1);
}

/// blocking/X5: calls that wait, and that run, may be dropped outside a runtime.
#[test]
fn runs_may_be_dropped_outside_a_runtime() {
    let mut site = Site::new();
    let one = Blocking::builder().threads(1).build().unwrap();
    let (hold, closure) = site.closure(1);
    let first = runtime();
    let mut run = task::spawn(one.run(closure));
    first.block_on(async {
        assert_pending!(run.poll());
        assert_eq!(site.next().await, 1);
    });
    let mut waiter = task::spawn(one.run(|_| 2));
    assert_pending!(waiter.poll());
    drop((run, waiter));
    drop(hold);
    drop(first);
    let status = one.status();
    assert_eq!((status.running, status.waiting, status.abandoned), (0, 0, 1));
    assert_eq!(runtime().block_on(one.run(|_| 3)), Ok(3));
}
