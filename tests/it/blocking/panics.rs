//! What panics, and whom it concerns.

use std::panic;

use surefoot::blocking::{self, Blocking, BlockingError};
use tokio_test::{assert_pending, task};

use super::site::*;
use crate::support::*;

fn of_one() -> Blocking {
    Blocking::builder().threads(1).build().unwrap()
}

/// blocking/BLOCK1, blocking/X3: a panic is an error, says where the closure was
/// handed in, and costs no thread.
#[tokio::test(start_paused = true)]
async fn a_panic_is_an_error() {
    let one = of_one();
    for _ in 0..2 {
        let (line, run) = (line!(), one.run(|_| panic!("boom")));
        let Err(BlockingError::Panicked(panicked)) = run.await else {
            panic!("the closure panics");
        };
        assert_eq!((panicked.message(), panicked.spawned_at().line()), ("boom", line));
        assert_eq!(panicked.spawned_at().file(), file!());
        assert_eq!(one.status().running, 0);
    }
    let (line, run) = (line!(), blocking::run(|| panic!("boom")));
    let Err(BlockingError::Panicked(panicked)) = run.await else {
        panic!("the closure panics");
    };
    assert_eq!(panicked.spawned_at().line(), line);
    let status = one.status();
    assert_eq!((status.running, status.abandoned), (0, 0));
}

/// Panics when it is dropped.
#[derive(Debug)]
struct Fragile;

impl Drop for Fragile {
    fn drop(&mut self) {
        panic!("in its drop");
    }
}

/// blocking/X3: what a closure holds may panic in its drop: where it runs, where
/// it waits, and where it is refused.
#[tokio::test(start_paused = true)]
async fn what_a_closure_holds_may_panic_in_its_drop() {
    let one = Blocking::builder().threads(1).queue(1).build().unwrap();
    let fragile = Fragile;
    let run = one.run(move |_| drop(fragile));
    assert!(matches!(run.await, Err(BlockingError::Panicked(_))));
    let mut site = Site::new();
    let (hold, closure) = site.closure(1);
    let mut run = task::spawn(one.run(closure));
    assert_pending!(run.poll());
    assert_eq!(site.next().await, 1);
    let fragile = Fragile;
    let mut waiter = task::spawn(one.run(move |_| {
        let _held = &fragile;
    }));
    assert_pending!(waiter.poll());
    assert_eq!(panic_of(|| drop(waiter)), "in its drop");
    assert_eq!(one.status().waiting, 0);
    drop(hold);
    assert!(run.await.is_ok());
    assert_eq!(one.run(|_| 7).await, Ok(7));
}

/// blocking/X3: so may an output that nobody is there for.
#[tokio::test(start_paused = true)]
async fn an_output_for_nobody_may_panic_in_its_drop() {
    let one = of_one();
    let mut site = Site::new();
    let (hold, closure) = site.closure(1);
    let mut run = task::spawn(one.run(move |stop| {
        closure(stop);
        Fragile
    }));
    assert_pending!(run.poll());
    assert_eq!(site.next().await, 1);
    drop((run, hold));
    assert_eq!(one.run(|_| 7).await, Ok(7));
    assert_eq!(one.status().running, 0);
}

/// blocking/X3: a waker that panics costs neither the closure that ended its
/// output, nor anybody the thread.
#[tokio::test(start_paused = true)]
async fn a_waker_that_panics_loses_nothing() {
    for ends_well in [true, false] {
        let one = of_one();
        let mut site = Site::new();
        let (hold, closure) = site.closure(1);
        let mut run = task::spawn(one.run(move |stop| {
            let output = closure(stop);
            assert!(ends_well, "boom");
            output
        }));
        assert_pending!(run.poll());
        let mut bad = Box::pin(one.run(|_| 2));
        assert!(poll_with(bad.as_mut(), &Panicking::waker()).is_pending());
        let mut good = task::spawn(one.run(|_| 3));
        assert_pending!(good.poll());
        assert_eq!(site.next().await, 1);
        drop(hold);
        match run.await {
            Ok(output) => assert!(ends_well && output == (1, false)),
            Err(BlockingError::Panicked(panicked)) => {
                assert!(!ends_well && panicked.message().contains("boom"), "{panicked}");
            }
            Err(error) => panic!("{error}"),
        }
        assert!(!good.is_woken());
        drop(bad);
        assert!(good.is_woken());
        assert_eq!(good.await, Ok(3));
    }
}

/// blocking/X3: a caller that panics leaves as one that is dropped.
#[tokio::test(start_paused = true)]
async fn a_caller_that_panics_leaves() {
    let one = of_one();
    let mut site = Site::new();
    let (hold, closure) = site.closure(1);
    let mut run = task::spawn(one.run(closure));
    assert_pending!(run.poll());
    assert_eq!(site.next().await, 1);
    let caught = panic::catch_unwind(panic::AssertUnwindSafe(move || {
        let _run = run;
        panic!("in the middle");
    }));
    assert!(caught.is_err());
    assert_eq!(one.status().abandoned, 1);
    drop(hold);
    assert_eq!(one.run(|_| 7).await, Ok(7));
}
