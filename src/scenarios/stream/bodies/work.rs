//! Items that are worked on.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::yield_now;

use super::{Outcome, pause};
use crate::deadline::timeout;
use crate::probe::{cancellable, choose, fault};
use crate::scenarios::stream::subject::{Job, Trying, Working};
use crate::sim::Explorer;

fn job(work: impl Future<Output = bool> + Send + 'static) -> Job {
    Box::pin(work)
}

/// A loop whose body may take longer than an item may. An item is one round trip to a
/// server or two.
pub(in super::super) fn an_item_goes_on_while_the_loop_s_body_runs<S: Working>(
    explorer: Explorer,
) -> Outcome {
    explorer.run(|| async {
        let jobs = [1, 2, 1].into_iter().map(|trips| {
            job(async move {
                let trips = async {
                    for _ in 0..trips {
                        pause(1).await;
                    }
                };
                timeout(Duration::from_secs(3), trips).await.is_ok()
            })
        });
        let mut outputs = S::start(Box::new(jobs), 2);
        while let Some(went_well) = S::next(&mut outputs).await {
            assert!(went_well, "an item timed out while the body ran");
            if choose(2) == 1 {
                pause(5).await;
            }
        }
    })
}

/// Two items and the loop's body, all of which take the same permit. The second item wants
/// it when the first has it, or when the body has had it.
pub(in super::super) fn the_loop_s_body_gets_what_the_items_pass_on<S: Working>(
    explorer: Explorer,
) -> Outcome {
    explorer.run(|| async {
        let permit = Arc::new(Semaphore::new(1));
        let take = {
            let permit = permit.clone();
            move |after, keep| {
                let permit = permit.clone();
                job(async move {
                    pause(after).await;
                    let _permit = permit.acquire().await;
                    pause(keep).await;
                    true
                })
            }
        };
        let comes_late = if choose(2) == 1 { 1 } else { 5 };
        let jobs =
            [(0, 2), (comes_late, 1)].into_iter().map(move |(after, keep)| take(after, keep));
        let mut outputs = S::start(Box::new(jobs), 2);
        while S::next(&mut outputs).await.is_some() {
            drop(permit.acquire().await);
        }
    })
}

/// Items without end, in a stream that its owner drops at any moment.
pub(in super::super) fn endless_items_end_with_their_stream<S: Working>(
    explorer: Explorer,
) -> Outcome {
    explorer.cancellations(1).run(|| async {
        let is_gone = Arc::new(AtomicBool::new(false));
        let stream_is_gone = is_gone.clone();
        let jobs = [true, false].into_iter().map(move |has_end| {
            let is_gone = stream_is_gone.clone();
            job(async move {
                loop {
                    pause(1).await;
                    assert!(!is_gone.load(Ordering::Relaxed), "works for a stream that is gone");
                    if has_end {
                        return true;
                    }
                }
            })
        });
        let mut outputs = S::start(Box::new(jobs), 2);
        if cancellable(S::next(&mut outputs)).await.is_none() {
            drop(outputs);
            is_gone.store(true, Ordering::Relaxed);
            pause(3).await;
        }
    })
}

/// A loop whose body may take longer than all items together.
pub(in super::super) fn what_is_not_taken_counts_as_in_flight<S: Working>(
    explorer: Explorer,
) -> Outcome {
    const LIMIT: usize = 2;

    explorer.run(|| async {
        let taken = Arc::new(AtomicUsize::new(0));
        let jobs = {
            let taken = taken.clone();
            (1..=4).map(move |begun| {
                let in_flight = begun - taken.load(Ordering::Relaxed);
                assert!(in_flight <= LIMIT, "more is in flight than the limit allows");
                job(async {
                    yield_now().await;
                    true
                })
            })
        };
        let mut outputs = S::start(Box::new(jobs), LIMIT);
        while S::next(&mut outputs).await.is_some() {
            taken.fetch_add(1, Ordering::Relaxed);
            if choose(2) == 1 {
                pause(1).await;
            }
        }
        assert_eq!(taken.load(Ordering::Relaxed), 4);
    })
}

/// Items of which one may fail.
pub(in super::super) fn nothing_goes_on_after_the_first_error<S: Trying>(
    explorer: Explorer,
) -> Outcome {
    explorer.faults(1).run(|| async {
        let has_failed = Arc::new(AtomicBool::new(false));
        let failed = has_failed.clone();
        let jobs = (0..3).map(move |_| {
            let has_failed = failed.clone();
            job(async move {
                for _ in 0..2 {
                    assert!(!has_failed.load(Ordering::Relaxed), "an item goes on after an error");
                    yield_now().await;
                }
                let fails = fault("an item fails");
                has_failed.fetch_or(fails, Ordering::Relaxed);
                !fails
            })
        });
        let went_well = S::all(Box::new(jobs), 2).await;
        assert_eq!(went_well, !has_failed.load(Ordering::Relaxed));
    })
}
