//! The bodies of the claims, each for anything that runs closures.
//!
//! All orderings are relaxed: a simulation runs on one thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

use tokio::task::yield_now;

use super::subject::Subject;
use crate::probe::{always, cancellable};
use crate::sim::{Explorer, Failure, Stats};
use crate::spawn::{Spawner, Task};

type Outcome = Result<Stats, Box<Failure>>;

/// A task that has one closure run, after a few turns of others. Its output is
/// whether it was not refused.
fn caller<S: Subject>(name: &'static str, turns: usize, subject: &S) -> Task<bool> {
    let subject = subject.clone();
    Spawner::new().name(name).spawn(async move {
        for _ in 0..turns {
            yield_now().await;
        }
        subject.run(|| {}).await
    })
}

/// The same, of a caller that may leave at any moment.
fn fickle<S: Subject>(subject: &S) -> Task<()> {
    let subject = subject.clone();
    Spawner::new().name("fickle").spawn(async move {
        let _ = cancellable(subject.run(|| {})).await;
    })
}

/// Waits for all of them; none may have panicked.
async fn all_end<T>(tasks: impl IntoIterator<Item = Task<T>>) -> Vec<T> {
    let mut outputs = Vec::new();
    for task in tasks {
        outputs.push(task.await.expect("no task of the scenario is cancelled or panics"));
    }
    outputs
}

/// One caller that may leave, and one that comes later.
pub(super) fn no_more_run_than_may<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.cancellations(1).run(|| async {
        let subject = S::new(1);
        let watched = subject.clone();
        always("at most 1 closure has a thread", move || watched.running() <= 1);
        let fickle = fickle(&subject);
        all_end([caller("steady", 1, &subject)]).await;
        all_end([fickle]).await;
    })
}

/// Two callers, of which none may wait.
pub(super) fn no_more_wait_than_may<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.run(|| async {
        let subject = S::new(0);
        let waiting = Arc::new(AtomicUsize::new(0));
        let watched = waiting.clone();
        always("at most 1 closure is to begin", move || watched.load(Relaxed) <= 1);
        let callers = [("first", 0), ("second", 1)].map(|(name, turns)| {
            let (subject, waiting) = (subject.clone(), waiting.clone());
            Spawner::new().name(name).spawn(async move {
                for _ in 0..turns {
                    yield_now().await;
                }
                waiting.fetch_add(1, Relaxed);
                let begins = waiting.clone();
                let closure = move || {
                    begins.fetch_sub(1, Relaxed);
                };
                let ran = subject.run(closure).await;
                waiting.fetch_sub(usize::from(!ran), Relaxed);
                ran
            })
        });
        let ran = all_end(callers).await;
        assert!(ran.contains(&true), "refused although nobody runs");
    })
}

/// A caller that may leave at any moment.
pub(super) fn a_closure_whose_caller_left_never_begins<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.cancellations(1).run(|| async {
        let subject = S::new(1);
        let has_left = Arc::new(AtomicBool::new(false));
        let seen = has_left.clone();
        let closure = move || assert!(!seen.load(Relaxed), "a closure began for nobody");
        let answer = cancellable(subject.run(closure)).await;
        has_left.store(answer.is_none(), Relaxed);
        // One that was forgotten has its turn by then.
        assert!(subject.run(|| {}).await, "refused although nobody waits");
    })
}

/// A hog that asks again and again, and one that came before.
pub(super) fn nobody_overtakes_a_waiter<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.run(|| async {
        let subject = S::new(2);
        let waits = Arc::new(AtomicBool::new(false));
        let is_served = Arc::new(AtomicBool::new(false));
        let hog = {
            let (subject, waits, is_served) = (subject.clone(), waits.clone(), is_served.clone());
            Spawner::new().name("hog").spawn(async move {
                for _ in 0..3 {
                    let (came_second, is_served) = (waits.load(Relaxed), is_served.clone());
                    let closure = move || {
                        let overtook = came_second && !is_served.load(Relaxed);
                        assert!(!overtook, "the hog overtook a waiter");
                    };
                    subject.run(closure).await;
                }
            })
        };
        let waiter = Spawner::new().name("waiter").spawn(async move {
            yield_now().await;
            // From here to its place in the queue there is no await.
            waits.store(true, Relaxed);
            subject.run(move || is_served.store(true, Relaxed)).await;
        });
        all_end([hog, waiter]).await;
    })
}

/// A caller that may leave while another runs, and two that come afterwards, for
/// whom there is room.
pub(super) fn a_caller_that_left_frees_its_place<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.cancellations(1).run(|| async {
        let subject = S::new(1);
        let before = caller("before", 0, &subject);
        all_end([fickle(&subject)]).await;
        all_end([before]).await;
        while subject.running() > 0 {
            yield_now().await;
        }
        let after = all_end([caller("after", 0, &subject), caller("last", 0, &subject)]).await;
        assert_eq!(after, [true, true], "refused although nobody waits");
    })
}

/// A caller that may leave while another runs, and one behind it.
pub(super) fn a_caller_behind_one_that_left_is_woken<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.cancellations(1).run(|| async {
        let subject = S::new(9);
        let before = caller("before", 0, &subject);
        let fickle = fickle(&subject);
        let behind = caller("behind", 0, &subject);
        all_end([fickle]).await;
        all_end([before, behind]).await;
    })
}
