//! Retries against references.
//!
//! 1. A call makes the attempts, tells of the sleeps and ends as a loop in whole
//!    milliseconds says, for every script of attempts and every setting (`model`).
//! 2. The delays that are slept are those of the policy for the seed, to the nanosecond,
//!    rounded up to the tick.
//! 3. `Retry-After` moves the range that is drawn from, and nothing else.
//! 4. A budget grants a retry if, and only if, a list of all calls and retries says that it
//!    may; so no window has more than its share of the calls in it and in the one before.

mod budget;
mod model;

use std::cell::RefCell;
use std::future::Future;
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use surefoot::backoff::{Backoff, Jitter, Rng};
use surefoot::retry::retry;
use tokio::time::Instant;

use self::model::{Call, Told, call};

fn config(cases: u32) -> ProptestConfig {
    let file = FileFailurePersistence::Direct("proptest-regressions/retry.txt");
    ProptestConfig { cases, failure_persistence: Some(Box::new(file)), ..ProptestConfig::default() }
}

/// Runs on a paused clock.
fn run<T>(future: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build();
    runtime.expect("a runtime without input is built").block_on(future)
}

fn policy() -> impl Strategy<Value = Backoff> {
    let day = 24 * 3600 * 1_000_000_000_u64;
    const JITTERS: [Jitter; 4] = [Jitter::None, Jitter::Full, Jitter::Equal, Jitter::Decorrelated];
    let growth = (0..4_usize, 0..day, 1..9_u32, 1..9_u32);
    (growth, 0..day, prop::sample::select(&JITTERS)).prop_map(
        |((kind, base, a, b), max, jitter)| {
            let base = Duration::from_nanos(base >> (a * b % 40));
            let grown = match kind {
                0 => Backoff::constant(base),
                1 => Backoff::linear(base),
                2 => Backoff::exponential(base).factor_ratio(a.max(b), a.min(b)),
                _ => Backoff::fibonacci(base),
            };
            grown.max_delay(Duration::from_nanos(max)).jitter(jitter)
        },
    )
}

/// A duration to the tick of the clock, up.
fn ticks(duration: Duration) -> Duration {
    Duration::from_millis(duration.as_nanos().div_ceil(1_000_000) as u64)
}

proptest! {
    #![proptest_config(config(10_000))]

    /// retry/RETRY2, retry/RETRY7
    #[test]
    fn what_is_slept_is_what_the_policy_says(policy in policy(), seed: u64) {
        let (times, told) = (RefCell::new(Vec::new()), RefCell::new(Vec::new()));
        run(async {
            let attempt = |_| {
                times.borrow_mut().push(Instant::now());
                std::future::ready(Err::<(), _>("busy"))
            };
            let call = retry(attempt).backoff(policy.clone()).seed(seed).max_attempts(6);
            call.notify(|attempt| told.borrow_mut().push(attempt.delay)).await
        })
        .expect_err("it always fails");
        let expected: Vec<_> = policy.delays(Rng::seeded(seed)).take(5).collect();
        prop_assert_eq!(&*told.borrow(), &expected);
        let times = times.borrow();
        let slept = times.windows(2).map(|two| two[1] - two[0]);
        prop_assert!(slept.eq(expected.into_iter().map(ticks)), "{:?}", times);
    }

    /// retry/RETRY4
    #[test]
    fn retry_after_moves_the_range_and_nothing_else(
        policy in policy(), seed: u64, asked in prop_oneof![0..200_000_u64, any::<u64>()],
    ) {
        let asked = Duration::from_millis(asked);
        let (mut plain, mut moved) =
            (policy.delays(Rng::seeded(seed)), policy.delays(Rng::seeded(seed)));
        for _ in 0..5 {
            let (before, after) = (plain.next_delay(), moved.next_delay_from(asked));
            prop_assert!(after >= asked, "not a lower bound");
            prop_assert!(after >= before, "shorter than without");
            prop_assert!(after <= asked.saturating_add(before), "more than jitter on top");
        }
        prop_assert_eq!(plain.next_delay(), moved.next_delay());
    }
}

proptest! {
    #![proptest_config(config(2_500))]

    /// retry/RETRY1, retry/RETRY3, retry/RETRY4, retry/RETRY5, retry/RETRY6, retry/RETRY7,
    /// retry/X6
    #[test]
    fn a_call_does_what_the_model_says(call in call()) {
        let real: Told = run(call.real());
        prop_assert_eq!(real, Call::reference(&call), "left: retry; right: the model");
    }
}
