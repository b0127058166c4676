//! Runtimes that are not there, or end.

use std::future::pending;

use surefoot::cleanup::Reaper;
use surefoot::spawn::spawn;
use tokio::sync::oneshot;
use tokio_test::{assert_pending, assert_ready, task};

use super::support::*;
use crate::support::*;

/// cleanup/CLEAN1, cleanup/X5: a bracket that is dropped outside a runtime is
/// kept, and cleaned up once, by who waits.
#[test]
fn a_bracket_that_is_dropped_outside_a_runtime_is_kept() {
    for polled in [false, true] {
        let (reaper, record) = (Reaper::new(), Record::default());
        let mut lent = task::spawn(lend(&reaper, &record, Does::Hangs));
        if polled {
            runtime().block_on(async { assert_pending!(lent.poll()) });
        }
        drop(lent);
        record.take();
        assert_eq!(reaper.pending(), 1);
        runtime().block_on(async {
            let begun = tokio::time::Instant::now();
            reaper.wait().await;
            assert_eq!(begun.elapsed(), ms(20));
            reaper.wait().await;
        });
        assert_eq!(record.take(), ["Cancelled", "cleaned"]);
        assert_eq!(reaper.pending(), 0);
    }
}

/// cleanup/X5: a wait needs no runtime itself: it runs what is kept, all at once,
/// in whoever polls it.
#[test]
fn a_wait_needs_no_runtime() {
    let reaper = Reaper::new();
    let record = Record::default();
    // The first to come waits for the second.
    let (tell, told) = oneshot::channel();
    let mut one = reaper.stack();
    one.push({
        let record = record.clone();
        move || async move {
            let _ = told.await;
            record.note("one");
        }
    });
    let mut other = reaper.stack();
    other.push({
        let record = record.clone();
        move || async move {
            record.note("other");
            let _ = tell.send(());
        }
    });
    drop(one);
    drop(other);
    let mut wait = task::spawn(reaper.wait());
    while wait.poll().is_pending() {
        assert!(wait.is_woken());
    }
    assert_eq!(record.take(), ["other", "one"]);
}

/// cleanup/CLEAN1, cleanup/X5: a task that its runtime drops at its end is cleaned
/// up by who waits, elsewhere.
#[test]
fn a_bracket_whose_runtime_ends_is_kept() {
    let (reaper, record) = (Reaper::new(), Record::default());
    let ending = runtime();
    ending.block_on(async {
        spawn(lend(&reaper, &record, Does::Hangs)).detach();
        settle().await;
    });
    assert_eq!(record.take(), ["begun"]);
    drop(ending);
    assert_eq!((reaper.pending(), record.take()), (1, vec![]));
    runtime().block_on(reaper.wait());
    assert_eq!(record.take(), ["Cancelled", "cleaned"]);
}

/// cleanup/CLEAN1, cleanup/X5: a cleanup whose runtime ends goes on from where it
/// was, elsewhere; a wait that is there is woken for it.
#[test]
fn a_cleanup_whose_runtime_ends_goes_on_elsewhere() {
    for in_place in [false, true] {
        let (reaper, record) = (Reaper::new(), Record::default());
        let (tell, told) = oneshot::channel();
        let noted = record.clone();
        let cleanup = move |(), _| async move {
            noted.note("begun");
            let _ = told.await;
            noted.note("cleaned");
        };
        let ending = runtime();
        ending.block_on(async {
            if in_place {
                let body = async |(): &mut ()| Ok::<_, ()>(());
                spawn(reaper.bracket((), body, cleanup)).detach();
            } else {
                drop(reaper.bracket(
                    (),
                    async |(): &mut ()| pending::<Result<(), ()>>().await,
                    cleanup,
                ));
            }
            settle().await;
        });
        assert_eq!(record.take(), ["begun"]);
        let mut wait = task::spawn(reaper.wait());
        assert_pending!(wait.poll());
        drop(ending);
        assert!(wait.is_woken());
        assert_pending!(wait.poll());
        assert!(!wait.is_woken());
        tell.send(()).unwrap();
        assert!(wait.is_woken());
        assert_ready!(wait.poll());
        assert_eq!(record.take(), ["cleaned"]);
    }
}

/// cleanup/X5: a bracket that is dropped inside a runtime that has ended is kept.
#[test]
fn a_bracket_that_is_dropped_in_a_runtime_that_has_ended_is_kept() {
    let (reaper, record) = (Reaper::new(), Record::default());
    let ended = {
        let runtime = runtime();
        runtime.handle().clone()
    };
    {
        let _inside = ended.enter();
        drop(lend(&reaper, &record, Does::Hangs));
    }
    assert_eq!(reaper.pending(), 1);
    runtime().block_on(reaper.wait());
    assert_eq!(record.take(), ["Cancelled", "cleaned"]);
}

/// cleanup/X5: what is kept goes with the last handle, and without a panic.
#[test]
fn the_last_handle_takes_along_what_is_kept() {
    let (reaper, record) = (Reaper::new(), Record::default());
    let held = std::sync::Arc::new(());
    let mut stack = reaper.stack();
    stack.push({
        let held = held.clone();
        move || async move { drop(held) }
    });
    let clone = reaper.clone();
    drop((stack, reaper));
    assert_eq!(std::sync::Arc::strong_count(&held), 2);
    drop(clone);
    assert_eq!(std::sync::Arc::strong_count(&held), 1);
    assert!(record.take().is_empty());
}

/// cleanup/X5: what was kept and goes with the last handle is told as an event that
/// counts it; where nothing is lost, there is none.
#[test]
fn what_goes_with_the_last_handle_is_an_event() {
    let events = Events::default();
    let _listens = tracing::subscriber::set_default(events.clone());
    let (waited_for, record) = (Reaper::new(), Record::default());
    drop(lend(&waited_for, &record, Does::Hangs));
    runtime().block_on(waited_for.wait());
    drop(waited_for);
    assert_eq!(events.take(), [""; 0]);
    let reaper = Reaper::new();
    for _ in 0..2 {
        drop(lend(&reaper, &record, Does::Hangs));
    }
    drop(reaper);
    let told = events.take();
    assert_eq!(told.len(), 1, "{told:?}");
    for part in ["ERROR ", "lost=2 ", "had no runtime"] {
        assert!(told[0].contains(part), "{part} in {told:?}");
    }
}
