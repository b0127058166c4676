//! The bodies of the claims, each for any join.

use std::sync::Arc;

use tokio::sync::oneshot;
use tokio::task::yield_now;

use super::subject::{Failed, Job, Subject};
use crate::probe::choose;
use crate::sim::{Explorer, Failure, Stats};
use crate::spawn::{Spawner, Task};

type Outcome = Result<Stats, Box<Failure>>;

/// A task that gives `value` after some steps, and who waits for it.
fn server(value: u32) -> (Task<()>, Job) {
    let (answer, answered) = oneshot::channel();
    let task = Spawner::new().name("server").spawn(async move {
        yield_now().await;
        // Who asked may be gone.
        let _ = answer.send(value);
    });
    let job = async move { answered.await.map_err(|_| Failed) };
    (task, Box::pin(job))
}

/// Three servers that answer when they are ready. The answers come in the order of
/// the questions.
pub(super) fn outputs_are_in_the_order_of_the_futures<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.run(|| async {
        let (servers, jobs): (Vec<_>, Vec<_>) = (0..3).map(server).unzip();
        let values = S::try_all(jobs, usize::MAX).await.expect("all succeed");
        assert!(values.is_sorted(), "out of order: {values:?}");
        for server in servers {
            server.await.expect("no server panics");
        }
    })
}

/// A job that may have to wait for the third one, of which two may run at a time.
pub(super) fn a_place_that_is_free_is_taken<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.run(|| async {
        let (third, seen) = oneshot::channel();
        let waits = choose(2) == 1;
        let first = async move {
            if waits {
                seen.await.map_err(|_| Failed)?;
            }
            Ok(0)
        };
        let (server, second) = server(1);
        let third = async move {
            // The first one may not listen.
            let _ = third.send(());
            Ok(2)
        };
        let jobs: Vec<Job> = vec![Box::pin(first), second, Box::pin(third)];
        assert_eq!(S::try_all(jobs, 2).await.expect("all succeed"), [0, 1, 2]);
        server.await.expect("the server does not panic");
    })
}

/// A consumer whose producer may fail: it never gets its message.
pub(super) fn an_error_does_not_wait_for_the_rest<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.run(|| async {
        let (sent, received) = oneshot::channel();
        let fails = choose(2) == 1;
        let (keep, kept) = oneshot::channel();
        let producer = async move {
            yield_now().await;
            if fails {
                // Who keeps it does not send it, nor close the channel.
                let _ = keep.send(sent);
                return Err(Failed);
            }
            let _ = sent.send(());
            Ok(0)
        };
        let consumer = async move {
            received.await.map_err(|_| Failed)?;
            Ok(1)
        };
        let outcome = S::try_all(vec![Box::pin(producer), Box::pin(consumer)], usize::MAX).await;
        assert_eq!(outcome.is_err(), fails);
        drop(kept);
    })
}

/// Work beside one that may fail. After the error nothing is done.
pub(super) fn nothing_runs_after_the_error<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.run(|| async {
        let fails = choose(2) == 1;
        let alive = Arc::new(());
        let held = alive.clone();
        let work = async move {
            let _held = held;
            for _ in 0..4 {
                yield_now().await;
            }
            Ok(0)
        };
        let failing = async move {
            yield_now().await;
            if fails { Err(Failed) } else { Ok(1) }
        };
        let outcome = S::try_all(vec![Box::pin(work), Box::pin(failing)], usize::MAX).await;
        if outcome.is_err() {
            assert_eq!(Arc::strong_count(&alive), 1, "a job runs after the error");
        }
    })
}
