//! Races that are wrong, each in one thing.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use tokio::sync::mpsc;

use super::subject::{AFTER, Failed, First, FirstOk, Hedge, Job};
use crate::deadline::timeout;
use crate::spawn::{Spawner, spawn};

/// Whichever is ready first; if both are, the first of them.
async fn select<T>(one: impl Future<Output = T>, other: impl Future<Output = T>) -> T {
    let (mut one, mut other) = (pin!(one), pin!(other));
    poll_fn(|cx| match one.as_mut().poll(cx) {
        Poll::Ready(output) => Poll::Ready(output),
        Poll::Pending => other.as_mut().poll(cx),
    })
    .await
}

/// The first output, be it an error.
pub(super) struct Textbook;

impl Textbook {
    pub(super) const NAME: &str = "textbook";
}

impl FirstOk for Textbook {
    async fn first_ok([one, other]: [Job; 2]) -> Result<u32, Failed> {
        select(one, other).await
    }
}

/// Tasks that nobody stops.
pub(super) struct Detached;

impl Detached {
    pub(super) const NAME: &str = "detached";
}

impl FirstOk for Detached {
    async fn first_ok(jobs: [Job; 2]) -> Result<u32, Failed> {
        let (outcome, mut outcomes) = mpsc::channel(jobs.len());
        for job in jobs {
            let outcome = outcome.clone();
            let reporting = async move {
                // After the winner, nobody listens.
                let _ = outcome.send(job.await).await;
            };
            Spawner::new().name("runner").spawn(reporting).detach();
        }
        drop(outcome);
        while let Some(outcome) = outcomes.recv().await {
            if outcome.is_ok() {
                return outcome;
            }
        }
        Err(Failed)
    }
}

/// In the order of the text.
pub(super) struct Biased;

impl Biased {
    pub(super) const NAME: &str = "biased";
}

impl First for Biased {
    async fn first<A, B>(one: A, other: B) -> u32
    where
        A: Future<Output = u32> + Send,
        B: Future<Output = u32> + Send,
    {
        select(one, other).await
    }
}

/// Has no maximum.
pub(super) struct Tireless;

impl Tireless {
    pub(super) const NAME: &str = "tireless";
}

impl Hedge for Tireless {
    async fn hedge(mut make: impl FnMut(u32) -> Job + Send) -> Result<u32, Failed> {
        let (outcome, mut outcomes) = mpsc::channel(16);
        let mut attempts = Vec::new();
        loop {
            let attempt = make(attempts.len() as u32);
            let outcome = outcome.clone();
            attempts.push(spawn(async move {
                // After the first success, nobody listens.
                let _ = outcome.send(attempt.await).await;
            }));
            if let Ok(Some(Ok(value))) = timeout(AFTER, outcomes.recv()).await {
                return Ok(value);
            }
        }
    }
}
