//! The bodies of the claims, each for any retry.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use tokio::task::yield_now;

use super::subject::{BASE, Budgeted, Plan, Refusal, Subject};
use crate::deadline::timeout;
use crate::probe::{cancellable, elapsed, fault};
use crate::sim::{Explorer, Failure, Stats};
use crate::spawn::{Spawner, Task};

type Outcome = Result<Stats, Box<Failure>>;

const MINUTE: Duration = Duration::from_secs(60);

async fn sleep(delay: Duration) {
    let _ = timeout(delay, std::future::pending::<()>()).await;
}

fn start(name: &'static str, work: impl Future<Output = ()> + Send + 'static) -> Task<()> {
    Spawner::new().name(name).spawn(work)
}

async fn all_end<const N: usize>(tasks: [Task<()>; N]) {
    for task in tasks {
        task.await.expect("no task of the scenario is cancelled or panics");
    }
}

/// The other side is away for longer than most tests wait.
pub(super) fn a_long_outage_does_not_end_the_retries<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.faults(1).run(|| async {
        let fails = if fault("an outage of a hundred attempts") { 99 } else { 0 };
        let mut attempts = 0;
        let plan = Plan { max_attempts: 100, deadline: 60 * MINUTE };
        let ended = S::call(plan, || {
            attempts += 1;
            let answer = if attempts > fails { Ok(()) } else { Err(Refusal::Busy) };
            async move { answer }
        });
        assert_eq!(ended.await, Some(Ok(())), "it gave up before its time");
    })
}

/// An attempt that gets no answer.
pub(super) fn a_retry_ends_by_its_deadline<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.faults(1).run(|| async {
        let plan = Plan { max_attempts: 3, deadline: MINUTE };
        let ended = S::call(plan, || async {
            yield_now().await;
            if fault("no answer") {
                std::future::pending::<()>().await;
            }
            Err(Refusal::Busy)
        });
        let ended = ended.await;
        assert!(elapsed() <= MINUTE, "it ended after its deadline");
        assert!(ended.is_none() || elapsed() < MINUTE, "it ran out of time, and said otherwise");
    })
}

/// An answer that will not change.
pub(super) fn a_permanent_error_is_not_tried_again<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.faults(1).run(|| async {
        let (mut attempts, was_denied) = (0, Arc::new(AtomicBool::new(false)));
        let plan = Plan { max_attempts: 3, deadline: MINUTE };
        let ended = S::call(plan, || {
            attempts += 1;
            let (attempt, was_denied) = (attempts, was_denied.clone());
            async move {
                assert!(!was_denied.load(Ordering::Relaxed), "asked again after it was denied");
                yield_now().await;
                if fault("denied") {
                    was_denied.store(true, Ordering::Relaxed);
                    return Err(Refusal::Denied);
                }
                if attempt < 3 { Err(Refusal::Busy) } else { Ok(()) }
            }
        });
        let ended = ended.await;
        let was_denied = was_denied.load(Ordering::Relaxed);
        let expected = if was_denied { Err(Refusal::Denied) } else { Ok(()) };
        assert_eq!(ended, Some(expected));
    })
}

/// Two callers, and a budget of one retry for both.
pub(super) fn a_budget_is_kept_by_all_together<S: Budgeted>(explorer: Explorer) -> Outcome {
    explorer.faults(1).run(|| async {
        let budget = S::of(1);
        let is_down = fault("the server is down");
        let requests = Arc::new(AtomicU32::new(0));
        let callers = ["caller 1", "caller 2"].map(|name| {
            let (budget, requests) = (budget.clone(), requests.clone());
            start(name, async move {
                let _ = budget
                    .call(|| {
                        requests.fetch_add(1, Ordering::Relaxed);
                        async move {
                            yield_now().await;
                            if is_down { Err(Refusal::Busy) } else { Ok(()) }
                        }
                    })
                    .await;
            })
        });
        all_end(callers).await;
        let retries = requests.load(Ordering::Relaxed) - 2;
        assert!(retries <= 1, "more retries than the budget had");
        assert!(retries == 1 || !is_down, "fewer retries than the budget had");
    })
}

/// A caller that gives up at any moment, and one that comes afterwards.
pub(super) fn a_dropped_retry_leaves_the_budget_to_others<S: Budgeted>(
    explorer: Explorer,
) -> Outcome {
    explorer.cancellations(1).run(|| async {
        let budget = S::of(1);
        let fickle = {
            let budget = budget.clone();
            start("fickle", async move {
                let works = || async {
                    yield_now().await;
                    Ok(())
                };
                let _ = cancellable(budget.call(works)).await;
            })
        };
        all_end([fickle]).await;
        let mut attempts = 0;
        let ended = budget.call(|| {
            attempts += 1;
            let answer = if attempts == 2 { Ok(()) } else { Err(Refusal::Busy) };
            async move { answer }
        });
        assert_eq!(ended.await, Ok(()), "the budget was lost with a call that made no retry");
    })
}

/// A server that has room for one request, and may be restarted.
#[derive(Default)]
struct Narrow {
    restarts: bool,
    inside: AtomicU32,
    is_crowded: AtomicBool,
}

impl Narrow {
    async fn request(&self) -> Result<(), Refusal> {
        let restart = 5 * BASE;
        if self.restarts && elapsed() < restart {
            // Who waits for it hears of it at the same moment.
            sleep(restart - elapsed()).await;
            return Err(Refusal::Busy);
        }
        let others = self.inside.fetch_add(1, Ordering::Relaxed);
        self.is_crowded.fetch_or(others > 0, Ordering::Relaxed);
        sleep(Duration::from_millis(1)).await;
        let was_crowded = self.is_crowded.load(Ordering::Relaxed);
        if self.inside.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.is_crowded.store(false, Ordering::Relaxed);
        }
        if was_crowded { Err(Refusal::Busy) } else { Ok(()) }
    }
}

/// Two clients, one after the other, of a server that is restarted. Each time that they
/// come back together, both are refused.
pub(super) fn clients_that_failed_together_come_back_apart<S: Subject>(
    explorer: Explorer,
) -> Outcome {
    explorer.faults(1).run(|| async {
        let restarts = fault("the server is restarted");
        let server = Arc::new(Narrow { restarts, ..Narrow::default() });
        let clients = [("client 1", 0), ("client 2", 1)].map(|(name, turn)| {
            let server = server.clone();
            start(name, async move {
                sleep(turn * BASE).await;
                let plan = Plan { max_attempts: 4, deadline: MINUTE };
                let ended = S::call(plan, || {
                    let server = server.clone();
                    async move { server.request().await }
                });
                assert_eq!(ended.await, Some(Ok(())), "came back together until it gave up");
            })
        });
        all_end(clients).await;
    })
}
