//! Outside a runtime, and at the end of one.

use std::future::pending;

use surefoot::shutdown::Shutdown;
use tokio_test::task::spawn as by_hand;
use tokio_test::{assert_pending, assert_ready};

use super::support::{add_endless, shutdown};
use crate::support::{panic_of, runtime, settle};

/// shutdown/X5: nothing but tasks and limits needs a runtime.
#[test]
fn handles_tokens_and_guards_need_no_runtime() {
    let shutdown = Shutdown::new();
    let (token, guard) = (shutdown.token(), shutdown.track("guard").unwrap());
    let mut triggered = by_hand(token.triggered());
    assert_pending!(triggered.poll());
    let mut run = by_hand(token.run(token.shield(pending::<()>())));
    assert_pending!(run.poll());
    drop(run);
    drop(guard);
    let other = shutdown.clone();
    drop(shutdown);
    other.trigger("a test");
    assert_ready!(triggered.poll());
    assert!(assert_ready!(by_hand(other.drain()).poll()).is_clean());
}

/// shutdown/X5: a task needs one; without, nothing is left registered.
#[test]
fn spawning_outside_a_runtime_panics_and_leaves_nothing() {
    let shutdown = Shutdown::new();
    let said = panic_of(|| shutdown.spawn("lost", |_| pending::<Result<(), String>>()));
    assert_eq!(said, "a task was spawned outside a Tokio runtime");
    assert!(shutdown.status().left.is_empty());
}

/// shutdown/X5: tasks that their runtime takes along are counted as aborted.
#[test]
fn tasks_that_end_with_their_runtime_are_counted() {
    let shutdown = shutdown(0, 100, 10);
    let gone = runtime();
    gone.block_on(async {
        add_endless(&shutdown, "taken along");
        settle().await;
    });
    drop(gone);
    let report = runtime().block_on(shutdown.drain());
    assert_eq!(report.aborted, ["taken along"]);
    assert!(report.stuck.is_empty());
}

/// shutdown/X5: the handle may be the last thing that a task of its own drops.
#[test]
fn a_task_may_hold_the_last_handle_while_its_runtime_ends() {
    let shutdown = Shutdown::new();
    let token = shutdown.token();
    let gone = runtime();
    gone.block_on(async {
        let handle = shutdown.clone();
        add_endless(&shutdown, "other");
        let spawned = shutdown.spawn("owner", |_| async move {
            pending::<()>().await;
            drop(handle);
            Ok::<_, String>(())
        });
        assert!(spawned.is_ok());
        drop(shutdown);
        settle().await;
        assert!(!token.is_triggered(), "the task has a handle");
    });
    drop(gone);
    assert!(token.is_triggered());
}
