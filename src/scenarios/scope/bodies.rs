//! The bodies of the claims, each for any way to run tasks together.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::yield_now;

use super::subject::{Job, Limited, Nesting, Subject};
use crate::probe::{always, cancellable, choose, fault, panic_point};
use crate::rt;
use crate::sim::{Explorer, Failure, Stats};
use crate::sync::Mutex;

type Outcome = Result<Stats, Box<Failure>>;

/// How many are at it.
#[derive(Clone, Default)]
struct Census(Arc<AtomicUsize>);

/// One that is counted until it is dropped.
struct Counted(Census);

impl Census {
    fn count(&self) -> Counted {
        self.0.fetch_add(1, Ordering::Relaxed);
        Counted(self.clone())
    }

    fn taken(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// One job fails while the others are at it. When that is told, nobody is.
pub(super) fn nothing_runs_after_the_end<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.faults(1).run(|| async {
        let census = Census::default();
        let job = |_| {
            let counted = census.count();
            Box::pin(async move {
                let _counted = counted;
                yield_now().await;
                if fault("a job fails") { Err("a job") } else { Ok("a value") }
            }) as Job
        };
        drop(S::gather((0..3).map(job).collect()).await);
        assert_eq!(census.taken(), 0, "a job still runs after the end");
    })
}

/// A job that waits for what another provides, which fails.
pub(super) fn an_error_ends_those_that_wait_for_it<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.faults(1).run(|| async {
        let provided = Arc::new(Notify::new());
        let provides = provided.clone();
        let consumer = Box::pin(async move {
            provided.notified().await;
            Ok("consumed")
        });
        let producer = Box::pin(async move {
            if fault("the producer fails") {
                return Err("the producer");
            }
            provides.notify_one();
            Ok("produced")
        });
        if let Err(told) = S::gather(vec![consumer, producer]).await {
            assert_eq!(told, "the producer");
        }
    })
}

/// Two jobs fail, one after the other.
pub(super) fn the_first_error_is_the_one_told<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.faults(2).run(|| async {
        let failed = Arc::new(Mutex::new(Vec::new()));
        let job = |name, delay| {
            let failed = failed.clone();
            Box::pin(async move {
                rt::sleep_until(rt::now() + Duration::from_secs(delay)).await;
                if fault("a job fails") {
                    failed.with(|failed| failed.push(name));
                    return Err(name);
                }
                Ok(name)
            }) as Job
        };
        let told = S::gather(vec![job("the slow", 2), job("the fast", 1)]).await.err();
        let first = failed.with(|failed| failed.first().copied());
        assert_eq!(told, first, "something else was told instead");
    })
}

/// A job panics. The caller is told.
pub(super) fn a_panic_is_told<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.faults(1).run(|| async {
        let census = Census::default();
        let job = |_| {
            let census = census.clone();
            Box::pin(async move {
                panic_point("a job panics");
                std::mem::forget(census.count());
                Ok("a value")
            }) as Job
        };
        let told = S::gather((0..2).map(job).collect()).await;
        assert!(told.is_err() || census.taken() == 2, "a job panicked, and nobody was told");
    })
}

/// Jobs that end in another order than they were started in.
pub(super) fn values_come_in_order<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.run(|| async {
        let job = |name| {
            Box::pin(async move {
                yield_now().await;
                Ok(name)
            }) as Job
        };
        let values = S::gather(["a", "b", "c"].map(job).into()).await;
        assert_eq!(values, Ok(vec!["a", "b", "c"]), "the values are out of order");
    })
}

/// A caller that gives up at any moment. Its jobs end.
pub(super) fn what_is_dropped_ends<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.cancellations(1).run(|| async {
        let census = Census::default();
        let job = |seconds| {
            let counted = census.count();
            Box::pin(async move {
                let _counted = counted;
                rt::sleep_until(rt::now() + Duration::from_secs(seconds)).await;
                Ok("a value")
            }) as Job
        };
        drop(cancellable(S::gather(vec![job(5), job(10)])).await);
        // By then, those that were told to end have.
        rt::sleep_until(rt::now() + Duration::from_secs(1)).await;
        assert_eq!(census.taken(), 0, "a job runs on");
    })
}

/// A child that starts another when the body may have ended.
pub(super) fn children_may_spawn_until_the_end<S: Nesting>(explorer: Explorer) -> Outcome {
    explorer.run(|| async {
        let done = Census::default();
        S::run(async |handle: S::Handle| {
            let (inner, child) = (handle.clone(), done.clone());
            S::spawn(&handle, async move {
                let grandchild = child.clone();
                S::spawn(&inner, async move {
                    yield_now().await;
                    std::mem::forget(grandchild.count());
                });
                std::mem::forget(child.count());
            });
            yield_now().await;
        })
        .await;
        assert_eq!(done.taken(), 2, "the work of a child was lost");
    })
}

/// Jobs that may take longer than they use to.
pub(super) fn never_more_than_the_limit_run<S: Limited>(explorer: Explorer) -> Outcome {
    explorer.run(|| async {
        let census = Census::default();
        let watched = census.clone();
        always("at most 1 job runs", move || watched.taken() <= 1);
        let job = |_| {
            let census = census.clone();
            Box::pin(async move {
                let _counted = census.count();
                if choose(2) == 1 {
                    yield_now().await;
                }
                Ok("a value")
            }) as Job
        };
        S::one_by_one((0..3).map(job).collect()).await;
    })
}
