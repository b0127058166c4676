use std::future::Future;
use std::time::Duration;

use crate::backoff::{Backoff, Jitter};
use crate::retry::{AttemptError, Budget, RetryError, Stop, retry};

/// Why the other side did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It may later.
    Busy,
    /// It never will.
    Denied,
}

/// How often, and for how long.
#[derive(Clone, Copy)]
pub(super) struct Plan {
    pub(super) max_attempts: u32,
    pub(super) deadline: Duration,
}

pub(super) const BASE: Duration = Duration::from_millis(100);
pub(super) const CAP: Duration = Duration::from_secs(10);

/// A way to retry, as the bodies of the claims see it.
pub(super) trait Subject: 'static {
    /// Gives `None` if time ran out.
    fn call<F, Fut>(plan: Plan, op: F) -> impl Future<Output = Option<Result<(), Refusal>>> + Send
    where
        F: FnMut() -> Fut + Send,
        Fut: Future<Output = Result<(), Refusal>> + Send;
}

/// One whose callers share a budget.
pub(super) trait Budgeted: Clone + Send + Sync + 'static {
    /// A budget of so many retries.
    fn of(retries: u32) -> Self;

    /// At most two attempts, while there is budget for the second.
    fn call<F, Fut>(&self, op: F) -> impl Future<Output = Result<(), Refusal>> + Send
    where
        F: FnMut() -> Fut + Send,
        Fut: Future<Output = Result<(), Refusal>> + Send;
}

/// The production version.
#[derive(Clone)]
pub(super) struct Production(Budget);

fn cause(error: RetryError<Refusal>) -> Option<Result<(), Refusal>> {
    match (error.stop, error.last) {
        (Stop::Deadline, _) => None,
        (_, Some(AttemptError::Error(refusal))) => Some(Err(refusal)),
        (stop, last) => panic!("no attempt has a limit of its own: {stop}, {last:?}"),
    }
}

impl Subject for Production {
    async fn call<F, Fut>(plan: Plan, mut op: F) -> Option<Result<(), Refusal>>
    where
        F: FnMut() -> Fut + Send,
        Fut: Future<Output = Result<(), Refusal>> + Send,
    {
        retry(|_| op())
            .backoff(Backoff::exponential(BASE).max_delay(CAP).jitter(Jitter::Full))
            .max_attempts(plan.max_attempts)
            .deadline(plan.deadline)
            .when(|refusal| *refusal == Refusal::Busy)
            .await
            .map_or_else(cause, |()| Some(Ok(())))
    }
}

impl Budgeted for Production {
    fn of(retries: u32) -> Self {
        // None for calls, and one a second; no scenario takes a window.
        Self(Budget::new(0.0, 1, Duration::from_secs(retries.into())))
    }

    async fn call<F, Fut>(&self, mut op: F) -> Result<(), Refusal>
    where
        F: FnMut() -> Fut + Send,
        Fut: Future<Output = Result<(), Refusal>> + Send,
    {
        let call = retry(|_| op()).backoff(Backoff::constant(BASE)).max_attempts(2);
        let ended = call.budget(&self.0).await;
        ended.or_else(|error| cause(error).expect("it has no deadline"))
    }
}
