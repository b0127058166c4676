//! When a drain returns, and what it reports.

use std::future::{Future, pending};
use std::pin::pin;

use surefoot::shutdown::{DrainReport, Phase, Shutdown};
use surefoot::spawn::spawn;
use tokio_test::task::spawn as by_hand;
use tokio_test::{assert_pending, assert_ready};

use super::support::{add, add_endless, add_slow, drained, shutdown};
use crate::support::{ms, pass, settle, wait};

/// shutdown/STOP2: with nothing to wait for, at once.
#[tokio::test(start_paused = true)]
async fn a_drain_of_nothing_is_ready_at_once() {
    let shutdown = Shutdown::new();
    let report = assert_ready!(by_hand(shutdown.drain()).poll());
    assert!(report.is_clean());
    assert_eq!((report.finished, report.elapsed), (0, ms(0)));
    assert_eq!(shutdown.status().phase, Phase::Done);
}

/// shutdown/STOP2: at the moment of the last end, of tasks, guards and shields.
#[tokio::test(start_paused = true)]
async fn a_drain_returns_when_the_last_piece_ends_and_not_before() {
    let shutdown = shutdown(0, 1_000, 1_000);
    add_slow(&shutdown, "worker", 20);
    let guard = shutdown.track("guard").unwrap();
    let token = shutdown.token();
    spawn(async move { token.shield(wait(50)).await }).detach();
    settle().await;
    assert_eq!(shutdown.status().left.len(), 3);
    let mut drain = by_hand(shutdown.drain());
    assert_pending!(drain.poll());
    pass(20).await;
    pass(9).await;
    drop(guard);
    pass(20).await;
    assert!(!drain.is_woken(), "something is left");
    pass(1).await;
    assert!(drain.is_woken());
    let report = assert_ready!(drain.poll());
    assert_eq!((report.finished, report.elapsed), (2, ms(50)), "a shield is no piece by name");
    assert!(report.is_clean());
}

/// shutdown/STOP2, shutdown/STOP3: never later than the sum of the limits, and
/// each phase is left at its own.
#[tokio::test(start_paused = true)]
async fn a_drain_returns_by_the_sum_of_its_limits() {
    let shutdown = shutdown(10, 200, 3_000);
    let accepting = shutdown.token().accepting();
    add_endless(&shutdown, "endless");
    let guard = shutdown.track("guard").unwrap();
    let (report, took) = drained(&shutdown).await;
    assert_eq!(took, 3_210);
    assert_eq!(report.elapsed, ms(3_210));
    assert_eq!(report.aborted, ["endless"]);
    assert_eq!(report.stuck, ["guard"]);
    assert!(!report.is_clean());
    drop((accepting, guard));
}

/// shutdown/STOP3: what was aborted is gone before the drain returns, and the
/// abort limit is not waited for.
#[tokio::test(start_paused = true)]
async fn stragglers_are_aborted_at_the_deadline_and_named() {
    let shutdown = shutdown(0, 100, 5_000);
    add_slow(&shutdown, "in time", 99);
    add_slow(&shutdown, "late", 101);
    add_endless(&shutdown, "endless");
    let (report, took) = drained(&shutdown).await;
    assert_eq!(took, 100);
    assert_eq!(report.finished, 1);
    assert_eq!(report.aborted, ["late", "endless"]);
    assert!(report.stuck.is_empty());
}

/// The elapsed time counts from the trigger, the limits from the drain.
#[tokio::test(start_paused = true)]
async fn limits_count_from_when_somebody_drains() {
    let shutdown = shutdown(0, 100, 1);
    add_endless(&shutdown, "endless");
    shutdown.trigger("early");
    wait(1_000).await;
    let (report, took) = drained(&shutdown).await;
    assert_eq!(took, 100);
    assert_eq!((report.elapsed, &*report.reason), (ms(1_100), "early"));
}

/// shutdown/X1: a drain that was dropped is as if it had waited: its phase's limit
/// goes on, and the next drain's begins when it does.
#[tokio::test(start_paused = true)]
async fn a_drain_may_be_dropped_and_begun_again() {
    let shutdown = shutdown(0, 100, 50);
    let guard = shutdown.track("guard").unwrap();
    let mut first = by_hand(shutdown.drain());
    assert_pending!(first.poll());
    drop(first);
    wait(130).await;
    assert_eq!(shutdown.status().phase, Phase::Draining, "nobody looked at the clock");
    let (report, took) = drained(&shutdown).await;
    assert_eq!(took, 50);
    assert_eq!(report.stuck, ["guard"]);
    drop(guard);
}

/// Two that drain at once get the same report.
#[tokio::test(start_paused = true)]
async fn two_drains_report_the_same() {
    let shutdown = shutdown(0, 100, 50);
    let failing = shutdown.spawn("failing", |_| async { Err::<(), _>("bad luck") });
    assert!(failing.is_ok());
    add_slow(&shutdown, "slow", 30);
    let other = {
        let shutdown = shutdown.clone();
        spawn(async move { shutdown.drain().await })
    };
    let mine = shutdown.drain().await;
    let theirs = other.await.unwrap();
    for report in [&mine, &theirs] {
        assert_eq!((report.finished, report.elapsed), (1, ms(30)));
        assert_eq!(report.failed.len(), 1);
        assert_eq!(report.failed[0].1.to_string(), "bad luck");
    }
}

/// What was stuck and ended after all is found so by the next drain, which takes
/// no time.
#[tokio::test(start_paused = true)]
async fn a_drain_after_the_end_reports_how_things_are() {
    let shutdown = shutdown(0, 10, 10);
    let guard = shutdown.track("guard").unwrap();
    let (report, _) = drained(&shutdown).await;
    assert_eq!((report.finished, report.stuck), (0, vec!["guard".into()]));
    wait(100).await;
    drop(guard);
    let (report, took) = drained(&shutdown).await;
    assert_eq!((report.finished, report.stuck.len(), took), (1, 0, 0));
    assert_eq!(report.elapsed, ms(20), "that is when it ended");
}

/// Failures of a long life: the last thousand, and how many more there were.
#[tokio::test(start_paused = true)]
async fn the_last_thousand_failures_are_kept() {
    let shutdown = Shutdown::new();
    for n in 0..1_005 {
        let spawned =
            shutdown.spawn(format!("{n}"), move |_| async move { Err::<(), _>(format!("{n}")) });
        assert!(spawned.is_ok());
        settle().await;
    }
    for n in 0..1_003 {
        shutdown.spawn(format!("{n}"), |_| pending::<Result<(), String>>()).unwrap().abort();
        settle().await;
    }
    let (report, _) = drained(&shutdown).await;
    assert_eq!((report.failed.len(), report.aborted.len(), report.omitted), (1_000, 1_000, 8));
    assert_eq!((&*report.failed[0].0, &*report.failed[999].0), ("5", "1004"));
    assert_eq!((&*report.aborted[0], &*report.aborted[999]), ("3", "1002"));
    assert!(!report.is_clean());
}

/// shutdown/X10: only Tokio's clock is read.
#[tokio::test(start_paused = true)]
async fn a_year_passes_in_milliseconds() {
    let year = 365 * 24 * 3_600_000;
    let shutdown = shutdown(0, year, 1);
    add_slow(&shutdown, "slow", year - 1);
    let (report, took) = drained(&shutdown).await;
    assert_eq!((report.finished, took), (1, u128::from(year - 1)));
}

/// shutdown/X13: a poll that nobody asked for, and a waker that is replaced,
/// change nothing.
#[tokio::test(start_paused = true)]
async fn spurious_polls_of_a_drain_are_harmless() {
    let shutdown = shutdown(0, 100, 10);
    add_slow(&shutdown, "slow", 40);
    let mut drain = pin!(shutdown.drain());
    let mut first = by_hand(std::future::poll_fn(|cx| drain.as_mut().poll(cx)));
    assert_pending!(first.poll());
    assert_pending!(first.poll());
    settle().await;
    assert!(!first.is_woken());
    let mut moved = by_hand(std::future::poll_fn(|cx| drain.as_mut().poll(cx)));
    assert_pending!(moved.poll());
    pass(40).await;
    assert!(moved.is_woken(), "the last waker is the one");
    let report = assert_ready!(moved.poll());
    assert_eq!((report.finished, report.elapsed), (1, ms(40)));
}

/// Work that was spawned by work before the trigger is waited for, too.
#[tokio::test(start_paused = true)]
async fn a_task_may_spawn_with_a_handle_of_its_own() {
    let outer = shutdown(0, 100, 10);
    let inner = outer.clone();
    add(&outer, "parent", move |_| async move {
        add_slow(&inner, "child", 30);
    });
    settle().await;
    let (report, took) = drained(&outer).await;
    assert_eq!((report.finished, took), (2, 30));
}

/// shutdown/STOP5: a report is clean if nothing failed, panicked, was aborted or is
/// stuck: each by itself spoils it.
#[tokio::test(start_paused = true)]
async fn each_bad_end_spoils_a_report() {
    let spoils: [fn(&Shutdown); 4] = [
        |s| drop(s.spawn("fails", |_| async { Err("no") })),
        |s| add(s, "panics", |_| async { panic!("boom") }),
        |s| add_endless(s, "endless"),
        |s| std::mem::forget(s.track("forgotten")),
    ];
    for (n, spoil) in spoils.into_iter().enumerate() {
        let shutdown = shutdown(0, 10, 10);
        spoil(&shutdown);
        add(&shutdown, "well", |_| async {});
        settle().await;
        let (report, _) = drained(&shutdown).await;
        let DrainReport { failed, panicked, aborted, stuck, .. } = &report;
        let ends = [failed.len(), panicked.len(), aborted.len(), stuck.len()];
        assert_eq!(ends, std::array::from_fn(|end| usize::from(end == n)), "{report:?}");
        assert!(!report.is_clean(), "{report:?}");
    }
}
