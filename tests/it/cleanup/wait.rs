//! Waiting for what is left.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Context;
use std::time::Duration;

use surefoot::cleanup::Reaper;
use surefoot::spawn::spawn;
use tokio::sync::oneshot;
use tokio_test::{assert_pending, assert_ready, task};

use super::support::*;
use crate::support::*;

/// cleanup/CLEAN3: a wait ends with the last cleanup, not before, and at once if
/// there is nothing; those of bodies that are at work count.
#[tokio::test(start_paused = true)]
async fn a_wait_ends_with_the_last_cleanup() {
    let (reaper, record) = (Reaper::new(), Record::default());
    assert_ready!(task::spawn(reaper.wait()).poll());
    let one = spawn(lend(&reaper, &record, Does::Returns));
    drop(lend(&reaper, &record, Does::Hangs));
    let mut waits = [task::spawn(reaper.wait()), task::spawn(reaper.wait())];
    for wait in &mut waits {
        assert_pending!(wait.poll());
    }
    for part in [10, 10, 9] {
        pass(part).await;
    }
    assert!(!waits[0].is_woken() && !waits[1].is_woken());
    assert_eq!(reaper.pending(), 1);
    pass(1).await;
    assert_eq!(reaper.pending(), 0);
    for wait in &mut waits {
        assert!(wait.is_woken());
        assert_ready!(wait.poll());
    }
    assert_eq!(one.await, Ok(Ok(7)));
}

/// cleanup/CLEAN3, cleanup/X6: a wait within a limit ends at the limit, and says
/// how many are left; any limit works.
#[tokio::test(start_paused = true)]
async fn a_wait_within_a_limit_says_what_is_left() {
    let (reaper, record) = (Reaper::new(), Record::default());
    for limit in [Duration::ZERO, Duration::MAX] {
        assert_eq!(reaper.wait_within(limit).await, 0);
    }
    drop(lend(&reaper, &record, Does::Hangs));
    let slow =
        reaper.bracket((), async |(): &mut ()| Ok::<_, ()>(()), |(), _| async { wait(100).await });
    drop(slow);
    let begun = tokio::time::Instant::now();
    assert_eq!(reaper.wait_within(Duration::ZERO).await, 2);
    assert_eq!(begun.elapsed(), Duration::ZERO);
    assert_eq!(reaper.wait_within(ms(50)).await, 1);
    assert_eq!(begun.elapsed(), ms(50));
    assert_eq!(reaper.wait_within(Duration::MAX).await, 0);
    assert_eq!(begun.elapsed(), ms(100));
}

/// cleanup/X10: a cleanup of a year passes in a moment, and to the millisecond.
#[tokio::test(start_paused = true)]
async fn a_cleanup_of_a_year_is_exact() {
    const YEAR: u64 = 365 * 24 * 3_600 * 1_000;
    let reaper = Reaper::new();
    let mut stack = reaper.stack();
    stack.push(|| wait(YEAR));
    drop(stack);
    let begun = tokio::time::Instant::now();
    assert_eq!(reaper.wait_within(ms(YEAR - 1)).await, 1);
    assert_eq!(reaper.wait_within(ms(YEAR)).await, 0);
    assert_eq!(begun.elapsed(), ms(YEAR));
}

/// cleanup/X2, cleanup/X1: a wait that was woken for work that nobody runs, or has
/// begun it, and is dropped, leaves it to the next.
#[test]
fn a_wait_that_is_dropped_leaves_its_work_to_the_next() {
    for begins in [false, true] {
        let (reaper, record) = (Reaper::new(), Record::default());
        // Keeps both waiting.
        let open = reaper.stack();
        let mut first = Some(task::spawn(reaper.wait()));
        let mut second = task::spawn(reaper.wait());
        assert_pending!(first.as_mut().expect("it is there").poll());
        assert_pending!(second.poll());
        // No runtime: it is queued.
        drop(lend(&reaper, &record, Does::Hangs));
        assert!(!second.is_woken());
        let living = runtime();
        {
            let first = first.as_mut().expect("it is there");
            assert!(first.is_woken());
            if begins {
                living.block_on(async { assert_pending!(first.poll()) });
                assert_eq!(record.take(), ["Cancelled"]);
            }
        }
        drop(first.take());
        assert!(second.is_woken(), "begun: {begins}");
        living.block_on(async {
            assert_pending!(second.poll());
            pass(20).await;
            assert_pending!(second.poll());
        });
        let before: &[&str] = if begins { &[] } else { &["Cancelled"] };
        assert_eq!(record.take(), [before, &["cleaned"]].concat());
        open.commit();
        assert!(second.is_woken());
        assert_ready!(second.poll());
    }
}

/// cleanup/CLEAN3: of many cleanups that a wait runs, it polls those that were
/// woken, and no other.
#[test]
fn a_wait_polls_only_what_was_woken() {
    const MANY: usize = 100;
    let (reaper, polls) = (Reaper::new(), Count::default());
    let gates: Vec<_> = (0..MANY)
        .map(|_| {
            let (gate, mut opened) = oneshot::channel::<()>();
            let polls = polls.clone();
            let cleaned = move |cx: &mut Context<'_>| {
                polls.add();
                Pin::new(&mut opened).poll(cx).map(drop)
            };
            // No runtime: it is queued.
            reaper.stack().push(move || poll_fn(cleaned));
            gate
        })
        .collect();
    let mut wait = task::spawn(reaper.wait());
    assert_pending!(wait.poll());
    assert_eq!(polls.get(), MANY);
    for gate in gates {
        assert_pending!(wait.poll());
        gate.send(()).expect("it is waited for");
        assert!(wait.is_woken());
    }
    assert_ready!(wait.poll());
    assert_eq!(polls.get(), 2 * MANY);
}

/// cleanup/X9: a loop over waits that have nothing to wait for lets its neighbours
/// run, and one whose budget is spent is put off.
#[tokio::test(start_paused = true)]
async fn a_loop_over_waits_lets_its_neighbours_run() {
    const ENOUGH: usize = 10_000;
    let reaper = Reaper::new();
    let stop = Arc::new(AtomicBool::new(false));
    let looping = spawn({
        let (reaper, stop) = (reaper.clone(), stop.clone());
        async move {
            for turn in 0..ENOUGH {
                if stop.load(Ordering::SeqCst) {
                    return turn;
                }
                reaper.wait().await;
            }
            ENOUGH
        }
    });
    assert!(spawn(async move { stop.store(true, Ordering::SeqCst) }).await.is_ok());
    let turns = looping.await.unwrap();
    assert!((1..1000).contains(&turns), "{turns} turns");
    let (mut wait, mut began) = (pin!(reaper.wait()), false);
    poll_fn(|cx| {
        if !std::mem::replace(&mut began, true) {
            spend_budget(cx);
        }
        wait.as_mut().poll(cx)
    })
    .await;
}

/// cleanup/X13: polls for nothing and other wakers change nothing.
#[tokio::test(start_paused = true)]
async fn polls_for_nothing_and_other_wakers_are_harmless() {
    let (reaper, record) = (Reaper::new(), Record::default());
    let mut lent = task::spawn(lend(&reaper, &record, Does::Returns));
    let mut wait = Box::pin(reaper.wait());
    for _ in 0..3 {
        assert_pending!(lent.poll());
        assert!(poll_with(wait.as_mut(), std::task::Waker::noop()).is_pending());
    }
    let mut wait = task::spawn(wait);
    assert_pending!(wait.poll());
    assert_eq!(lent.await, Ok(7));
    assert!(wait.is_woken());
    assert_ready!(wait.poll());
    assert_eq!(record.take(), ["begun", "Success", "cleaned"]);
}

/// cleanup/CLEAN3: what a reaper has to do is what it prints.
#[test]
fn a_reaper_prints_what_it_has_to_do() {
    let reaper = Reaper::default();
    let mut stack = reaper.stack();
    assert_eq!(format!("{stack:?}"), "AsyncStack { len: 0, .. }");
    stack.push(|| async {});
    assert_eq!((stack.len(), stack.is_empty()), (1, false));
    drop(stack);
    let _other = reaper.stack();
    assert_eq!(format!("{reaper:?}"), "Reaper { pending: 2, queued: 1, panicked: 0 }");
}
