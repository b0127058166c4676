//! Cleanups of what was acquired step by step.

use surefoot::cleanup::{AsyncStack, Reaper};
use surefoot::spawn::spawn;
use tokio_test::{assert_pending, assert_ready, task};

use super::support::*;
use crate::support::*;

/// A stack of three, of 10 ms each.
fn three(reaper: &Reaper, record: &Record) -> AsyncStack {
    let mut stack = reaper.stack();
    assert!(stack.is_empty());
    for step in ["a", "b", "c"] {
        let record = record.clone();
        stack.push(move || async move {
            record.note(format!("{step}…"));
            wait(10).await;
            record.note(step);
        });
    }
    stack
}

const LAST_FIRST: [&str; 6] = ["c…", "c", "b…", "b", "a…", "a"];

/// cleanup/CLEAN2: one after the other, the last one first: in place, or when it
/// is dropped.
#[tokio::test(start_paused = true)]
async fn the_last_one_runs_first() {
    for in_place in [true, false] {
        let (reaper, record) = (Reaper::new(), Record::default());
        let stack = three(&reaper, &record);
        let begun = tokio::time::Instant::now();
        if in_place {
            stack.run_now().await;
        } else {
            drop(stack);
        }
        reaper.wait().await;
        assert_eq!(begun.elapsed(), ms(30));
        assert_eq!(record.take(), LAST_FIRST);
        assert_eq!(reaper.pending(), 0);
    }
}

/// cleanup/CLEAN2, cleanup/X1: cut anywhere, they go on from where they were.
#[tokio::test(start_paused = true)]
async fn a_stack_that_is_cut_goes_on_from_where_it_was() {
    for cut_at in [0, 5, 10, 15, 25] {
        let (reaper, record) = (Reaper::new(), Record::default());
        let begun = tokio::time::Instant::now();
        let run = three(&reaper, &record).run_now();
        let limit = surefoot::deadline::timeout(ms(cut_at), run);
        if cut_at > 0 {
            assert!(limit.await.is_err());
        } else {
            drop(limit);
        }
        reaper.wait().await;
        assert_eq!(
            (begun.elapsed(), record.take()),
            (ms(30), LAST_FIRST.map(str::to_owned).into())
        );
    }
}

/// cleanup/CLEAN2: what is committed is not undone, and an empty stack ends at
/// once.
#[tokio::test(start_paused = true)]
async fn a_stack_that_is_committed_undoes_nothing() {
    let (reaper, record) = (Reaper::new(), Record::default());
    three(&reaper, &record).commit();
    assert_eq!(reaper.pending(), 0);
    drop(reaper.stack());
    assert_eq!(reaper.pending(), 0);
    assert_ready!(task::spawn(reaper.stack().run_now()).poll());
    assert_eq!(reaper.pending(), 0);
    assert!(record.take().is_empty());
    let stack = reaper.stack();
    let mut wait = task::spawn(reaper.wait());
    assert_pending!(wait.poll());
    stack.commit();
    assert!(wait.is_woken());
    assert_ready!(wait.poll());
}

/// cleanup/X3, cleanup/CLEAN2: one that panics keeps none of the others from
/// running; in place, the first panic goes on afterwards.
#[tokio::test(start_paused = true)]
async fn a_cleanup_that_panics_keeps_no_other_from_running() {
    for in_place in [true, false] {
        let (reaper, record) = (Reaper::new(), Record::default());
        let mut stack = three(&reaper, &record);
        stack.push(|| async { panic!("the second") });
        stack.push(|| -> std::future::Ready<()> { panic!("the first") });
        if in_place {
            let ended = spawn(stack.run_now()).await.unwrap_err();
            assert!(format!("{ended:?}").contains("the first"), "{ended:?}");
        } else {
            drop(stack);
            reaper.wait().await;
        }
        assert_eq!(record.take(), LAST_FIRST);
        assert_eq!((reaper.pending(), reaper.panicked()), (0, 1), "a stack is one cleanup");
    }
}

/// cleanup/CLEAN1, cleanup/X5: outside a runtime a stack is kept, and run by who
/// waits.
#[test]
fn a_stack_that_is_dropped_outside_a_runtime_is_kept() {
    let (reaper, record) = (Reaper::new(), Record::default());
    drop(three(&reaper, &record));
    assert_eq!((reaper.pending(), record.take()), (1, vec![]));
    runtime().block_on(reaper.wait());
    assert_eq!(record.take(), LAST_FIRST);
}
