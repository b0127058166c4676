//! Futures that fail, and that panic.

use std::future::pending;

use surefoot::join::{all, settle, try_all};
use tokio_test::task;

use crate::support::*;

/// join/JOIN4: at the first error the rest is dropped, before the error is known;
/// the first in time, not in order.
#[tokio::test(start_paused = true)]
async fn the_first_error_drops_the_rest() {
    for n in SIZES {
        let watch = Watch::new();
        let jobs = (0..n).map(|i| watch.tries(i, 100 - i as u64 % 3, i % 3 == 0));
        let (outcome, took) = timed(try_all(jobs)).await;
        assert_eq!((outcome, took), (Err(2), 98));
        assert_eq!(watch.running(), 0, "somebody still runs when the error is known");
        assert_eq!(watch.dropped().len(), n);
    }
}

/// join/JOIN4: as said, for a tuple of different types.
#[tokio::test(start_paused = true)]
async fn the_first_error_drops_the_rest_of_a_tuple() {
    let watch = Watch::new();
    let slow = watch.job(0, pending::<Result<&str, usize>>());
    let outcome = timed(try_all((slow, watch.tries(1, 20, true), watch.tries(2, 30, false)))).await;
    assert_eq!(outcome, (Err(2), 30));
    assert_eq!((watch.running(), watch.dropped()), (0, vec![1, 2, 0]));
}

/// join/JOIN4: what the limit kept back is never begun after an error.
#[tokio::test(start_paused = true)]
async fn after_an_error_nothing_begins() {
    for n in SIZES {
        let watch = Watch::new();
        let jobs = (0..n).map(|i| watch.tries(i, 10, i != 1));
        assert_eq!(try_all(jobs).limit(2).await, Err(1));
        assert!(watch.begun_at().len() <= 3, "{:?}", watch.begun_at());
    }
}

/// join/JOIN4: `settle` runs all to their ends, whoever fails.
#[tokio::test(start_paused = true)]
async fn settle_runs_all_to_their_ends() {
    for n in SIZES {
        let watch = Watch::new();
        let jobs = (0..n).map(|i| watch.tries(i, i as u64, i % 5 != 0));
        let (outcomes, took) = timed(settle(jobs)).await;
        assert_eq!(took, n as u64 - 1);
        let failed: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.err()).collect();
        assert_eq!(failed, (0..n).step_by(5).collect::<Vec<_>>());
        assert_eq!(watch.dropped().len(), n);
    }
    let outcomes = settle((async { Err::<u8, _>("no") }, async { Ok::<_, u8>("yes") })).await;
    assert_eq!(outcomes, (Err("no"), Ok("yes")));
}

/// join/X3: a panic goes on, and the others go with the join; nothing else breaks.
#[tokio::test(start_paused = true)]
async fn a_panic_goes_on_and_the_others_are_dropped() {
    for n in SIZES {
        let watch = Watch::new();
        let job = |i: usize| {
            watch.job(i, async move {
                wait(i as u64).await;
                assert!(i != 1, "job 1 panics");
                i
            })
        };
        let mut join = task::spawn(all((0..n).map(job)));
        assert!(join.poll().is_pending());
        while watch.polls() < n {
            // One poll takes as many turns as the task's budget has.
            tokio::task::yield_now().await;
            assert!(join.poll().is_pending());
        }
        wait(1).await;
        let said = panic_of_polls(&mut join).await;
        assert_eq!(said, "job 1 panics");
        drop(join);
        assert_eq!((watch.running(), watch.dropped().len()), (0, n));
    }
}

/// join/X3: after a panic there is no output that lacks one: polled on, the join
/// panics again.
#[tokio::test(start_paused = true)]
async fn a_join_that_panicked_never_ends_well() {
    for n in SIZES {
        let job = |i: usize| async move {
            assert!(i != 1, "job 1 panics");
            i
        };
        let mut join = task::spawn(all((0..n).map(job)));
        assert_eq!(panic_of_polls(&mut join).await, "job 1 panics");
        let again = panic_of_polls(&mut join).await;
        let allowed =
            ["a join is not polled on after a panic", "`async fn` resumed after panicking"];
        assert!(allowed.contains(&again.as_str()), "{again}");
    }
}

/// join/X3: a future whose drop panics takes none of the others with it.
#[tokio::test(start_paused = true)]
async fn a_drop_that_panics_leaks_nobody() {
    struct PanicsOnDrop;
    impl Drop for PanicsOnDrop {
        fn drop(&mut self) {
            panic!("a drop that panics");
        }
    }
    for n in SIZES {
        let watch = Watch::new();
        let jobs = (0..n).map(|i| {
            let bomb = if i == 1 { Some(PanicsOnDrop) } else { None };
            watch.job(i, async move {
                let _bomb = bomb;
                wait(100 + i as u64).await;
            })
        });
        let mut join = task::spawn(all(jobs));
        while watch.running() < n {
            assert!(join.poll().is_pending());
            tokio::task::yield_now().await;
        }
        assert_eq!(panic_of(|| drop(join)), "a drop that panics");
        assert_eq!(watch.running(), 0);
    }
}
