//! Cleanups that panic, and whom it concerns.

use std::future::Future;

use surefoot::cleanup::{Outcome, Reaper};
use surefoot::error::TaskError;
use surefoot::spawn::spawn;
use tokio_test::{assert_pending, assert_ready, task};

use super::support::*;
use crate::support::*;

/// Where a cleanup panics.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// In the closure, before there is a future.
    Closure,
    Future,
}

/// A cleanup that panics.
fn wreck((): (), place: Place) -> impl Future<Output = ()> + Send {
    assert!(!matches!(place, Place::Closure), "no cleanup");
    async move {
        tokio::task::yield_now().await;
        panic!("no cleanup");
    }
}

fn message<T: std::fmt::Debug>(ended: Result<T, TaskError>) -> String {
    match ended {
        Err(TaskError::Panicked(panicked)) => panicked.message().to_owned(),
        other => panic!("it panics: {other:?}"),
    }
}

/// cleanup/X3, cleanup/CLEAN1: a cleanup that panics is its caller's panic, unless
/// the body panicked before; it counts, and it has ended.
#[tokio::test(start_paused = true)]
async fn a_cleanup_that_panics_concerns_its_caller() {
    for place in [Place::Closure, Place::Future] {
        let reaper = Reaper::new();
        for (body_panics, says) in [(false, "no cleanup"), (true, "boom")] {
            let body = async move |(): &mut ()| {
                assert!(!body_panics, "boom");
                Ok::<_, ()>(())
            };
            let run = reaper.bracket((), body, move |unit, _| wreck(unit, place));
            assert_eq!(message(spawn(run).await), says);
        }
        assert_eq!((reaper.pending(), reaper.panicked()), (0, 2));
        reaper.wait().await;
    }
}

/// cleanup/X3, cleanup/CLEAN3: one that panics as a task, or where a wait runs it,
/// disturbs neither the wait nor the others.
#[test]
fn a_cleanup_that_panics_disturbs_no_wait() {
    for in_runtime in [false, true] {
        let (reaper, record) = (Reaper::new(), Record::default());
        let leave = || {
            for _ in 0..2 {
                let body = async |(): &mut ()| Ok::<_, ()>(());
                drop(reaper.bracket((), body, |unit, _| wreck(unit, Place::Future)));
                drop(lend(&reaper, &record, Does::Hangs));
            }
        };
        if !in_runtime {
            leave();
        }
        runtime().block_on(async {
            if in_runtime {
                leave();
            }
            reaper.wait().await;
        });
        assert_eq!((reaper.pending(), reaper.panicked()), (0, 2));
        assert_eq!(record.take().iter().filter(|what| *what == "cleaned").count(), 2);
    }
}

/// Panics when it is dropped.
struct Fragile;

impl Drop for Fragile {
    fn drop(&mut self) {
        panic!("in its drop");
    }
}

/// cleanup/X3: a resource may panic in its drop, in the cleanup that it was handed
/// to.
#[tokio::test(start_paused = true)]
async fn a_resource_may_panic_in_its_drop() {
    let reaper = Reaper::new();
    let body = async |_: &mut Fragile| Ok::<_, ()>(());
    let run = reaper.bracket(Fragile, body, |fragile, _: Outcome| async move { drop(fragile) });
    assert_eq!(message(spawn(run).await), "in its drop");
    drop(reaper.bracket(Fragile, body, |fragile, _| async move { drop(fragile) }));
    reaper.wait().await;
    assert_eq!((reaper.pending(), reaper.panicked()), (0, 2));
}

/// cleanup/X3: a waker that panics keeps no other wait from its end.
#[tokio::test(start_paused = true)]
async fn a_waker_that_panics_keeps_no_wait_from_its_end() {
    let (reaper, record) = (Reaper::new(), Record::default());
    drop(lend(&reaper, &record, Does::Hangs));
    let mut bad = Box::pin(reaper.wait());
    assert!(poll_with(bad.as_mut(), &Panicking::waker()).is_pending());
    let mut good = task::spawn(reaper.wait());
    assert_pending!(good.poll());
    settle().await;
    pass(20).await;
    assert!(good.is_woken());
    assert_ready!(good.poll());
    drop(bad);
    assert_eq!((reaper.pending(), reaper.panicked()), (0, 0));
}
