//! Cleanups, which come last.

use std::future::pending;

use surefoot::cleanup::Reaper;
use surefoot::shutdown::Shutdown;

use super::support::{add, add_slow, drained, shutdown};
use crate::support::{settle, wait};

/// A bracket in a task of the shutdown's, whose cleanup takes 30 ms.
fn add_bracket(shutdown: &Shutdown, reaper: &Reaper, name: &'static str, for_ms: Option<u64>) {
    let reaper = reaper.clone();
    add(shutdown, name, move |token| async move {
        token.triggered().await;
        let body = async |(): &mut ()| {
            match for_ms {
                Some(for_ms) => wait(for_ms).await,
                None => pending().await,
            }
            Ok::<_, String>(())
        };
        reaper.bracket((), body, |(), _| wait(30)).await.expect("it does not fail");
    });
}

/// shutdown/STOP2: with nothing to clean up, a reaper takes no time.
#[tokio::test(start_paused = true)]
async fn an_idle_reaper_holds_nobody_up() {
    let (shutdown, reaper) = (shutdown(0, 1_000, 1_000), Reaper::new());
    shutdown.reaper("reaper", &reaper).unwrap();
    add_slow(&shutdown, "slow", 10);
    settle().await;
    assert_eq!(shutdown.status().left, ["reaper", "slow"]);
    let (report, took) = drained(&shutdown).await;
    assert_eq!((report.finished, report.is_clean(), took), (2, true, 10));
}

/// shutdown/STOP2: what is opened after the trigger is waited for, too: a reaper's
/// turn comes when nothing else is left.
#[tokio::test(start_paused = true)]
async fn a_drain_waits_for_cleanups_that_begin_while_it_waits() {
    let (shutdown, reaper) = (shutdown(0, 1_000, 1_000), Reaper::new());
    shutdown.reaper("reaper", &reaper).unwrap();
    add_bracket(&shutdown, &reaper, "worker", Some(20));
    settle().await;
    let (report, took) = drained(&shutdown).await;
    assert_eq!((report.finished, report.is_clean(), took), (2, true, 50));
}

/// shutdown/STOP3: the cleanup of an aborted task has the abort limit.
#[tokio::test(start_paused = true)]
async fn the_cleanups_of_aborted_tasks_are_waited_for() {
    let (shutdown, reaper) = (shutdown(0, 100, 50), Reaper::new());
    shutdown.reaper("reaper", &reaper).unwrap();
    add_bracket(&shutdown, &reaper, "straggler", None);
    let (report, took) = drained(&shutdown).await;
    assert_eq!((report.aborted.len(), report.stuck.len(), took), (1, 0, 130));
    assert_eq!(reaper.pending(), 0);
}

/// shutdown/STOP3: and no longer: a reaper that has something left is named.
#[tokio::test(start_paused = true)]
async fn a_reaper_that_has_something_left_is_named() {
    let (shutdown, reaper) = (shutdown(0, 100, 20), Reaper::new());
    shutdown.reaper("reaper", &reaper).unwrap();
    add_bracket(&shutdown, &reaper, "straggler", None);
    let (report, took) = drained(&shutdown).await;
    assert_eq!(took, 120);
    assert_eq!(report.stuck, ["reaper"]);
    assert_eq!(reaper.pending(), 1);
    wait(10).await;
    settle().await;
    assert!(shutdown.drain().await.stuck.is_empty(), "it went on");
}

/// shutdown/STOP6: it is too late for a reaper, too.
#[tokio::test(start_paused = true)]
async fn a_reaper_after_the_trigger_is_refused() {
    let shutdown = Shutdown::new();
    shutdown.trigger("a test");
    assert!(shutdown.reaper("late", &Reaper::new()).is_err());
}
