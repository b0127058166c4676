//! The bodies of the claims, each for any way to run tasks.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::task::yield_now;

use super::subject::{Job, Subject};
use crate::probe::{cancellable, fault, panic_point};
use crate::rt;
use crate::sim::{Explorer, Failure, Stats};

type Outcome = Result<Stats, Box<Failure>>;

/// A caller that gives up at any moment. What it started for itself ends with it.
pub(super) fn a_dropped_task_ends<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.cancellations(1).run(|| async {
        let is_alone = Arc::new(AtomicBool::new(false));
        let caller_is_gone = is_alone.clone();
        let job: Job = Box::pin(async move {
            for _ in 0..2 {
                rt::sleep_until(rt::now() + Duration::from_secs(1)).await;
                let is_alone = caller_is_gone.load(Ordering::Relaxed);
                assert!(!is_alone, "a task works for a caller that is gone");
            }
            Ok(())
        });
        if cancellable(S::run(job)).await.is_none() {
            is_alone.store(true, Ordering::Relaxed);
            rt::sleep_until(rt::now() + Duration::from_secs(3)).await;
        }
    })
}

/// A job that fails, or not, and what its caller is told.
async fn a_failure_is_told<S: Subject>(fails: fn() -> bool) {
    let has_succeeded = Arc::new(AtomicBool::new(false));
    let succeeds = has_succeeded.clone();
    let job: Job = Box::pin(async move {
        yield_now().await;
        if fails() {
            return Err("refused");
        }
        succeeds.store(true, Ordering::Relaxed);
        Ok(())
    });
    if S::run(job).await.is_ok() {
        assert!(has_succeeded.load(Ordering::Relaxed), "a failure was called a success");
    }
}

/// A task that panics. Its caller is told.
pub(super) fn a_panic_is_no_success<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.faults(1).run(|| {
        a_failure_is_told::<S>(|| {
            panic_point("out of paper");
            false
        })
    })
}

/// A task that returns an error. Its caller is told.
pub(super) fn an_error_is_no_success<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.faults(1).run(|| a_failure_is_told::<S>(|| fault("refused")))
}

/// A service that is down for good. It is called some times, with pauses.
pub(super) fn restarts_come_to_an_end<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.faults(1).max_steps(60).run(|| async {
        let is_down = fault("down for good");
        let make: fn() -> Job = match is_down {
            true => || {
                Box::pin(async {
                    yield_now().await;
                    Err("down")
                })
            },
            false => || Box::pin(async { Ok(()) }),
        };
        assert_eq!(S::keep_running(make).await.is_err(), is_down);
    })
}

/// A service that panics, once. It is started again.
pub(super) fn a_panic_is_started_again<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.faults(1).run(|| async {
        let make: fn() -> Job = || {
            Box::pin(async {
                yield_now().await;
                panic_point("out of paper");
                Ok(())
            })
        };
        assert!(S::keep_running(make).await.is_ok(), "nobody started it again");
    })
}
