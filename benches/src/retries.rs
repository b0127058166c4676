//! Retries of an operation that is ready at once, one function a side.

use std::hint::black_box;
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use surefoot::backoff::Backoff;
use surefoot::retry::{Budget, retry};
use tokio_retry2::strategy::ExponentialBackoff;
use tokio_retry2::{Retry, RetryError};

/// What may go wrong, and does not.
#[derive(Debug)]
pub struct Refused;

async fn operation() -> Result<u64, Refused> {
    black_box(Ok(7))
}

/// Without a retry.
pub async fn bare(times: u64) {
    for _ in 0..times {
        let _ = black_box(operation().await.ok());
    }
}

/// With attempts and delays set, as each peer's documentation begins.
pub async fn surefoot(times: u64) {
    for _ in 0..times {
        let policy = Backoff::exponential(Duration::from_millis(10));
        let call = retry(|_| operation()).backoff(policy).max_attempts(3);
        let _ = black_box(call.await.ok());
    }
}

/// With every limit that there is.
pub async fn surefoot_limits(times: u64) {
    for _ in 0..times {
        let policy = Backoff::exponential(Duration::from_millis(10));
        let call = retry(|_| operation()).backoff(policy).max_attempts(3);
        let call = call.attempt_timeout(Duration::from_secs(1)).deadline(Duration::from_secs(3));
        let _ = black_box(call.when(|_| true).await.ok());
    }
}

/// Counted by a budget.
pub async fn surefoot_budget(times: u64) {
    let budget = Budget::new(0.1, 1, Duration::from_secs(10));
    for _ in 0..times {
        let policy = Backoff::exponential(Duration::from_millis(10));
        let call = retry(|_| operation()).backoff(policy).max_attempts(3).budget(&budget);
        let _ = black_box(call.await.ok());
    }
}

/// backon.
pub async fn backon(times: u64) {
    for _ in 0..times {
        let policy = ExponentialBuilder::default().with_min_delay(Duration::from_millis(10));
        let _ = black_box(operation.retry(policy.with_max_times(2)).await.ok());
    }
}

/// tokio-retry2.
pub async fn tokio_retry2(times: u64) {
    for _ in 0..times {
        let policy = ExponentialBackoff::from_millis(10).take(2);
        let call =
            Retry::spawn(policy, || async { operation().await.map_err(RetryError::transient) });
        let _ = black_box(call.await.ok());
    }
}
