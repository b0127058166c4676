//! Retries of an operation that is ready at once.

use std::hint::black_box;
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use surefoot::backoff::Backoff;
use surefoot::retry::{Budget, retry};
use tokio_retry2::strategy::ExponentialBackoff;
use tokio_retry2::{Retry, RetryError};

use super::{Peer, Work, block_on};
use crate::table::Goal;

/// With attempts and delays set, as each peer's documentation begins.
pub(super) const READY_AT_ONCE: Work = Work {
    name: "retry, ready at once",
    pieces: 1,
    threads: 1,
    ours: |times| {
        repeat(times, || {
            let policy = Backoff::exponential(delay());
            retry(|_| operation()).backoff(policy).max_attempts(attempts())
        });
    },
    peers: &[
        Peer {
            name: "backon",
            run: |times| {
                repeat(times, || {
                    let policy = ExponentialBuilder::default().with_min_delay(delay());
                    operation.retry(policy.with_max_times(attempts() as usize - 1))
                });
            },
            goal: Goal::Ratio(4.0),
        },
        Peer {
            name: "tokio-retry2",
            run: |times| {
                repeat(times, || {
                    let policy = ExponentialBackoff::from_millis(delay().as_millis() as u64)
                        .take(attempts() as usize - 1);
                    let operation = || async { operation().await.map_err(RetryError::transient) };
                    Retry::spawn(policy, operation)
                });
            },
            goal: Goal::Ratio(1.0),
        },
        Peer { name: "bare", run: |times| repeat(times, operation), goal: Goal::None },
        Peer {
            name: "surefoot, all limits",
            run: |times| {
                repeat(times, || {
                    let policy = Backoff::exponential(delay());
                    let call = retry(|_| operation()).backoff(policy).max_attempts(attempts());
                    call.attempt_timeout(Duration::from_secs(1))
                        .deadline(Duration::from_secs(3))
                        .when(|_| true)
                });
            },
            goal: Goal::None,
        },
        Peer {
            name: "surefoot, budget",
            run: |times| {
                let budget = Budget::new(0.1, 1, Duration::from_secs(10));
                repeat(times, || {
                    let policy = Backoff::exponential(delay());
                    retry(|_| operation()).backoff(policy).max_attempts(attempts()).budget(&budget)
                });
            },
            goal: Goal::None,
        },
    ],
};

// As from a configuration: a policy that the compiler knows costs nobody anything.
fn delay() -> Duration {
    black_box(Duration::from_millis(10))
}

fn attempts() -> u32 {
    black_box(3)
}

/// What may go wrong, and does not.
#[derive(Debug)]
struct Refused;

async fn operation() -> Result<u64, Refused> {
    black_box(Ok(7))
}

/// Awaits so many calls, one after the other. Of each, its value is kept.
fn repeat<C, E>(times: u64, call: impl Fn() -> C)
where
    C: IntoFuture<Output = Result<u64, E>>,
{
    block_on(async {
        for _ in 0..times {
            let _ = black_box(call().await.ok());
        }
    });
}
