//! Tasks and guards, and what becomes of them.

use std::future::ready;
use std::io;
use std::sync::Arc;

use surefoot::shutdown::Shutdown;
use tokio::sync::oneshot;

use super::support::{add, add_endless, add_slow, drained, shutdown};
use crate::support::{settle, wait};

/// shutdown/STOP5: the report has everybody's end, by name.
#[tokio::test(start_paused = true)]
async fn a_panic_or_an_error_keeps_nobody_from_draining() {
    let shutdown = shutdown(0, 1_000, 10);
    shutdown
        .spawn("failing", |_| async { Err::<(), _>(io::Error::other("disk is full")) })
        .unwrap();
    add(&shutdown, "panicking", |_| async { panic!("out of paper") });
    add(&shutdown, "panicking at the end", |token| async move {
        token.triggered().await;
        panic!("out of ink");
    });
    shutdown
        .spawn("odd", |_| -> std::future::Ready<Result<(), String>> { panic!("no future") })
        .unwrap();
    add_slow(&shutdown, "working", 50);
    settle().await;
    let (report, took) = drained(&shutdown).await;
    assert_eq!(took, 50);
    assert_eq!(report.finished, 1);
    let failed: Vec<_> =
        report.failed.iter().map(|(name, error)| format!("{name}: {error}")).collect();
    assert_eq!(failed, ["failing: disk is full"]);
    assert!(report.failed[0].1.downcast_ref::<io::Error>().is_some(), "the error itself");
    let panicked: Vec<_> = report
        .panicked
        .iter()
        .map(|(name, panic)| format!("{name}: {}", panic.message()))
        .collect();
    assert_eq!(
        panicked,
        ["panicking: out of paper", "odd: no future", "panicking at the end: out of ink"]
    );
    let spawned_at = report.panicked[1].1.spawned_at();
    assert!(spawned_at.file().ends_with("pieces.rs"), "{spawned_at}");
}

/// shutdown/STOP6: from the trigger on, the closure comes back, and so does a
/// guard.
#[tokio::test(start_paused = true)]
async fn spawning_after_the_trigger_hands_the_closure_back() {
    let shutdown = Shutdown::new();
    shutdown.trigger("a test");
    let (sender, receiver) = oneshot::channel();
    let refused = shutdown.spawn("late", |_| async move {
        let _ = sender.send(7);
        Ok::<_, io::Error>(())
    });
    let refused = refused.unwrap_err();
    assert_eq!(refused.to_string(), "refused: the shutdown was triggered");
    // It is whole: its caller can still run it.
    (refused.work)(shutdown.token()).await.unwrap();
    assert_eq!(receiver.await, Ok(7));
    assert!(shutdown.track("late").is_err());
    assert!(shutdown.drain().await.is_clean());
    assert!(shutdown.track("later").is_err());
}

/// Dropping the handle lets the task run; aborting it names it.
#[tokio::test(start_paused = true)]
async fn a_handle_aborts_and_its_drop_does_not() {
    let shutdown = shutdown(0, 1_000, 10);
    add_slow(&shutdown, "detached", 5);
    let handle = shutdown.spawn("aborted", |_| std::future::pending::<Result<(), io::Error>>());
    let handle = handle.unwrap();
    settle().await;
    assert!(!handle.is_finished());
    handle.abort();
    settle().await;
    assert!(handle.is_finished());
    assert_eq!(shutdown.status().left, ["detached"]);
    let (report, took) = drained(&shutdown).await;
    assert_eq!((report.finished, took), (1, 5));
    assert_eq!(report.aborted, ["aborted"]);
}

/// The task's future is gone before a drain knows of its end: what it held is
/// free.
#[tokio::test(start_paused = true)]
async fn what_a_task_held_is_dropped_before_the_drain_returns() {
    let shutdown = shutdown(0, 50, 10);
    let held = Arc::new(());
    for name in ["ends", "is aborted"] {
        let held = held.clone();
        add(&shutdown, name, move |token| async move {
            token.triggered().await;
            if name == "is aborted" {
                std::future::pending::<()>().await;
            }
            drop(held);
        });
    }
    let (report, _) = drained(&shutdown).await;
    assert_eq!((report.finished, report.aborted.len()), (1, 1));
    assert_eq!(Arc::strong_count(&held), 1);
}

/// The status names what is left at each moment.
#[tokio::test(start_paused = true)]
async fn the_status_names_what_is_left() {
    let shutdown = Shutdown::new();
    add_endless(&shutdown, "a task");
    let guard = shutdown.track(format!("guard {}", 1)).unwrap();
    assert_eq!(shutdown.status().left, ["a task", "guard 1"]);
    drop(guard);
    assert_eq!(shutdown.status().left, ["a task"]);
}

/// A task that ends at its own abort's moment is either.
#[tokio::test(start_paused = true)]
async fn a_task_that_ends_at_the_limit_is_not_counted_twice() {
    let shutdown = shutdown(0, 30, 10);
    add_slow(&shutdown, "on the edge", 30);
    let (report, took) = drained(&shutdown).await;
    assert_eq!(report.finished + report.aborted.len(), 1);
    assert_eq!(took, 30);
    wait(100).await;
    assert!(shutdown.status().left.is_empty());
}

/// Debug output says what each thing is, and how far.
#[tokio::test(start_paused = true)]
async fn debug_output_says_how_far_it_is() {
    let shutdown = Shutdown::new();
    let token = shutdown.token();
    let handle = shutdown.spawn("work", |_| async { Ok::<_, String>(()) }).unwrap();
    let told = format!("{handle:?}");
    assert!(told.starts_with("Handle { id: ") && told.contains("is_finished: false"), "{told}");
    settle().await;
    assert!(format!("{handle:?}").contains("is_finished: true"));
    let tracked = shutdown.track("guard").unwrap();
    assert_eq!(format!("{tracked:?}"), "Tracked { .. }");
    let token_told = "Token { is_triggered: false, .. }";
    assert_eq!(format!("{token:?}"), token_told);
    assert_eq!(format!("{:?}", token.run(ready(()))), format!("Run {{ token: {token_told}, .. }}"));
    let shield = format!("{:?}", token.shield(ready(())));
    assert!(shield.starts_with("Shield { at: ") && shield.contains("pieces.rs"), "{shield}");
    assert_eq!(format!("{:?}", shutdown.drain()), "Drain { until: None, .. }");
    assert_eq!(format!("{shutdown:?}"), "Shutdown { reason: None, .. }");
    shutdown.trigger("a test");
    assert_eq!(format!("{shutdown:?}"), "Shutdown { reason: Some(\"a test\"), .. }");
}
