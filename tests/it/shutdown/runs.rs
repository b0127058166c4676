//! Work that is cut, and units that are not.

use std::cell::RefCell;
use std::future::{Future, pending, poll_fn, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::Poll;

use surefoot::shutdown::Shutdown;
use surefoot::spawn::spawn;
use tokio::task::yield_now;
use tokio_test::task::spawn as by_hand;
use tokio_test::{assert_pending, assert_ready_eq};

use super::support::{add, drained, shutdown};
use crate::support::{panic_of, settle, wait};

/// shutdown/STOP4: at the trigger, at the next await, and what it held is dropped
/// before anybody knows.
#[tokio::test(start_paused = true)]
async fn a_run_is_cut_at_the_trigger() {
    let shutdown = Shutdown::new();
    let token = shutdown.token();
    let held = Arc::new(());
    let mut run = by_hand(token.run({
        let held = held.clone();
        async move {
            pending::<()>().await;
            drop(held);
        }
    }));
    assert_pending!(run.poll());
    assert_eq!(Arc::strong_count(&held), 2);
    shutdown.trigger("a test");
    assert!(run.is_woken());
    assert_ready_eq!(run.poll(), None);
    assert_eq!(Arc::strong_count(&held), 1);
}

/// shutdown/STOP4: what begins after the trigger is not polled at all.
#[tokio::test(start_paused = true)]
async fn a_run_after_the_trigger_does_nothing() {
    let shutdown = Shutdown::new();
    assert_eq!(shutdown.token().run(ready(7)).await, Some(7));
    shutdown.trigger("a test");
    assert_eq!(shutdown.token().run(async { panic!("it was polled") }).await, None::<()>);
}

/// shutdown/STOP4: a unit that has begun is finished, and the run is cut right
/// after it.
#[tokio::test(start_paused = true)]
async fn a_shield_finishes_and_then_the_run_is_cut() {
    let shutdown = shutdown(0, 1_000, 10);
    let steps = Arc::new(AtomicUsize::new(0));
    let counted = steps.clone();
    add(&shutdown, "worker", move |token| async move {
        let work = async {
            loop {
                let unit = async {
                    counted.fetch_add(1, SeqCst);
                    wait(30).await;
                    counted.fetch_add(1, SeqCst);
                };
                token.shield(unit).await;
                yield_now().await;
            }
        };
        assert_eq!(token.run(work).await, None::<()>);
    });
    wait(70).await;
    assert_eq!(steps.load(SeqCst), 5);
    let (report, took) = drained(&shutdown).await;
    assert_eq!((report.finished, took), (1, 20));
    assert_eq!(steps.load(SeqCst), 6, "the unit was finished, and no other was begun");
}

/// shutdown/STOP4: a run around a run is held up by the inner one's shield.
#[tokio::test(start_paused = true)]
async fn a_shield_holds_up_every_run_around_it() {
    let shutdown = shutdown(0, 1_000, 10);
    let part = shutdown.token().child();
    let ended = Arc::new(AtomicUsize::new(0));
    let inner = ended.clone();
    add(&shutdown, "worker", move |token| async move {
        let unit = async {
            wait(30).await;
            inner.fetch_add(1, SeqCst);
        };
        let cut = token.run(async { part.run(part.shield(unit)).await }).await;
        assert_eq!(cut, Some(Some(())), "it was ready with the end of its shield");
    });
    settle().await;
    let (report, took) = drained(&shutdown).await;
    assert_eq!((report.finished, took, ended.load(SeqCst)), (1, 30, 1));
}

/// shutdown/STOP4: of several shields side by side, the last one counts.
#[tokio::test(start_paused = true)]
async fn a_run_waits_for_the_last_of_its_shields() {
    let shutdown = Shutdown::new();
    let token = shutdown.token();
    let running = spawn({
        let token = token.clone();
        async move {
            let work = async {
                tokio::join!(token.shield(wait(20)), token.shield(wait(50)), pending::<()>());
            };
            token.run(work).await
        }
    });
    settle().await;
    let (report, took) = drained(&shutdown).await;
    assert_eq!((report.finished, took), (0, 50));
    assert!(report.is_clean());
    assert_eq!(running.await.unwrap(), None);
}

/// A shield that is dropped by its own work holds nobody up.
#[tokio::test(start_paused = true)]
async fn a_shield_that_was_dropped_shields_nothing() {
    let shutdown = Shutdown::new();
    let token = shutdown.token();
    let mut run = by_hand(token.run(async {
        let mut shield = by_hand(token.shield(pending::<()>()));
        assert_pending!(shield.poll());
        drop(shield);
        pending::<()>().await;
    }));
    assert_pending!(run.poll());
    shutdown.trigger("a test");
    assert_ready_eq!(run.poll(), None);
    let (report, took) = drained(&shutdown).await;
    assert_eq!((report.is_clean(), took), (true, 0));
}

/// Once a run is gone, a shield that was begun inside it and lives elsewhere is
/// nobody's, and ends without harm.
#[tokio::test(start_paused = true)]
async fn a_shield_may_outlive_its_run() {
    let shutdown = Shutdown::new();
    let token = shutdown.token();
    let mut shield = Box::pin(token.shield(yield_now()));
    let begun = token.run(async {
        tokio::select! {
            biased;
            () = &mut shield => false,
            () = ready(()) => true,
        }
    });
    assert_eq!(begun.await, Some(true));
    assert_eq!(shutdown.status().left.len(), 1);
    // In another run, it is not inside, and new ones are.
    let other = token.run(async {
        shield.await;
        let mut inner = by_hand(token.shield(pending::<()>()));
        assert_pending!(inner.poll());
        shutdown.trigger("a test");
        yield_now().await;
        drop(inner);
        pending::<()>().await;
    });
    assert_eq!(other.await, None);
    assert!(shutdown.status().left.is_empty());
}

/// shutdown/STOP3, shutdown/STOP4: at the end of the drain limit, a run is cut
/// with the shield inside, which is named by its place.
#[tokio::test(start_paused = true)]
async fn an_abort_cuts_a_shield_inside_a_run() {
    let shutdown = shutdown(0, 100, 10);
    let token = shutdown.token();
    let running = spawn(async move { token.run(token.shield(pending::<()>())).await });
    settle().await;
    let (report, took) = drained(&shutdown).await;
    assert_eq!(took, 100);
    assert_eq!(report.aborted.len(), 1);
    assert!(report.aborted[0].starts_with("shield at tests/it/shutdown/runs.rs:"), "{report:?}");
    assert_eq!(running.await.unwrap(), None);
}

/// shutdown/STOP2: a shield without a run around it, in no task of the shutdown's,
/// can't be ended: it is waited for, and named.
#[tokio::test(start_paused = true)]
async fn a_shield_that_nothing_can_cut_is_stuck() {
    let shutdown = shutdown(0, 100, 10);
    let token = shutdown.token();
    let running = spawn(async move { token.shield(pending::<()>()).await });
    settle().await;
    let (report, took) = drained(&shutdown).await;
    assert_eq!(took, 110);
    assert!(report.stuck[0].starts_with("shield at "), "{report:?}");
    drop(running);
}

/// shutdown/STOP2: a shield may begin after the trigger, where a task may not.
#[tokio::test(start_paused = true)]
async fn a_shield_after_the_trigger_is_waited_for() {
    let shutdown = Shutdown::new();
    shutdown.trigger("a test");
    let token = shutdown.token();
    spawn(async move { token.shield(wait(30)).await }).detach();
    settle().await;
    let (report, took) = drained(&shutdown).await;
    assert_eq!((report.is_clean(), took), (true, 30));
}

/// shutdown/X3: a panic inside passes through, and leaves no run on the stack of
/// its thread and no shield behind.
#[tokio::test(start_paused = true)]
async fn a_panic_inside_a_run_leaves_nothing_behind() {
    let shutdown = Shutdown::new();
    let panicking = {
        let token = shutdown.token();
        spawn(async move {
            token.run(token.shield(async { panic!("half-way") })).await;
        })
    };
    assert!(panicking.await.is_err());
    assert!(shutdown.status().left.is_empty());
    // On this same thread: a run that does not know of the one that is gone.
    let token = shutdown.token();
    let mut run = by_hand(token.run(pending::<()>()));
    assert_pending!(run.poll());
    // And one that is polled on after a panic, and knows what it was in.
    let (mut shield, mut panics) = (Box::pin(token.shield(pending::<()>())), true);
    let mut shielded = by_hand(token.run(poll_fn(|cx| {
        assert!(shield.as_mut().poll(cx).is_pending());
        assert!(!std::mem::take(&mut panics), "half-way");
        Poll::<()>::Pending
    })));
    assert_eq!(panic_of(|| shielded.poll()), "half-way");
    shutdown.trigger("a test");
    assert_ready_eq!(run.poll(), None);
    assert_pending!(shielded.poll());
}

/// shutdown/X9: a run of what is always ready lets its neighbours run, and is
/// cut.
#[tokio::test(start_paused = true)]
async fn loops_over_what_is_ready_let_others_run() {
    const ENOUGH: usize = 10_000;
    let shutdown = Shutdown::new();
    let token = shutdown.token();
    let (runs, shields) = (token.clone(), token.clone());
    let busy = [
        spawn(async move {
            for turn in 0..ENOUGH {
                if runs.run(ready(())).await.is_none() {
                    return turn;
                }
            }
            ENOUGH
        }),
        spawn(async move {
            for turn in 0..ENOUGH {
                if shields.is_triggered() {
                    return turn;
                }
                shields.shield(ready(())).await;
            }
            ENOUGH
        }),
    ];
    yield_now().await;
    shutdown.trigger("a test");
    for busy in busy {
        let turns = busy.await.unwrap();
        assert!((1..1_000).contains(&turns), "{turns} turns");
    }
    let always = spawn(async move {
        for _ in 0..ENOUGH {
            token.triggered().await;
        }
    });
    yield_now().await;
    assert!(!always.is_finished());
}

/// shutdown/STOP4: a run whose shield has ended is cut at the trigger as any other:
/// its work is not polled once more.
#[tokio::test(start_paused = true)]
async fn a_run_whose_shield_has_ended_is_not_polled_again() {
    let shutdown = Shutdown::new();
    let token = shutdown.token();
    let polls = AtomicUsize::new(0);
    let mut run = by_hand(token.run(async {
        token.shield(ready(())).await;
        poll_fn(|_| {
            polls.fetch_add(1, SeqCst);
            Poll::<()>::Pending
        })
        .await;
    }));
    assert_pending!(run.poll());
    shutdown.trigger("a test");
    assert_ready_eq!(run.poll(), None);
    assert_eq!(polls.load(SeqCst), 1);
}

/// shutdown/STOP4: a run that waits for a shield which lives elsewhere by now is woken
/// by the end of that shield, though not polled for it.
#[tokio::test(start_paused = true)]
async fn a_shield_that_ends_elsewhere_wakes_its_run() {
    let shutdown = Shutdown::new();
    let token = shutdown.token();
    let shield = RefCell::new(Some(by_hand(token.shield(yield_now()))));
    let mut run = by_hand(token.run(async {
        assert_pending!(shield.borrow_mut().as_mut().expect("it is there").poll());
        pending::<()>().await;
    }));
    assert_pending!(run.poll());
    shutdown.trigger("a test");
    assert_pending!(run.poll());
    drop(shield.take());
    assert!(run.is_woken());
    assert_ready_eq!(run.poll(), None);
}
