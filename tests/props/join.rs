//! The joins and the races against a timetable that is computed by hand: a queue
//! of machines for the joins, a minimum for the races.
//!
//! 1. Each future begins when its place comes free, in input order; the join ends
//!    when the last one does; outputs are in input order.
//! 2. `try_all` ends at its earliest error, `settle` at its last outcome.
//! 3. `first_ok` ends at its earliest success, or with all errors in input order.

use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use surefoot::join::{all, settle, try_all};
use surefoot::race::first_ok;
use tokio::runtime::Builder;
use tokio::time::Instant;

fn config() -> ProptestConfig {
    let file = FileFailurePersistence::Direct("proptest-regressions/join.txt");
    ProptestConfig {
        cases: 1_000,
        failure_persistence: Some(Box::new(file)),
        ..ProptestConfig::default()
    }
}

/// Milliseconds, and whether it succeeds.
type Script = Vec<(u64, bool)>;

fn script() -> impl Strategy<Value = Script> {
    // Sets that are polled as a whole, and larger ones.
    let one = || (0..40_u64, prop::bool::weighted(0.8));
    prop_oneof![prop::collection::vec(one(), 0..12), prop::collection::vec(one(), 28..50)]
}

#[expect(clippy::disallowed_methods, reason = "it waits as the crate's users do")]
async fn run(at: usize, (millis, succeeds): (u64, bool)) -> Result<usize, usize> {
    let end = Instant::now() + Duration::from_millis(millis);
    tokio::time::sleep_until(end).await;
    if succeeds { Ok(at) } else { Err(at) }
}

/// When each ends, if each begins when one of `limit` machines is free.
fn ends(script: &Script, limit: usize) -> Vec<u64> {
    let mut machines = vec![0_u64; limit.min(script.len())];
    let mut end_of = |millis: u64| {
        let free = machines.iter_mut().min().expect("there is a machine");
        *free += millis;
        *free
    };
    script.iter().map(|(millis, _)| end_of(*millis)).collect()
}

/// What `body` gives, and how many milliseconds it took on a paused clock.
#[expect(clippy::disallowed_methods, reason = "the clock of the runtime that is made here")]
fn timed<T>(body: impl Future<Output = T>) -> (T, u64) {
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("it needs nothing of the system").block_on(async {
        let start = Instant::now();
        let output = body.await;
        (output, start.elapsed().as_millis() as u64)
    })
}

proptest! {
    #![proptest_config(config())]

    /// join/JOIN1, join/JOIN2, join/JOIN3
    #[test]
    fn a_join_keeps_the_timetable(script in script(), limit in 1..60_usize) {
        let jobs = || script.iter().copied().enumerate().map(|(at, job)| run(at, job));
        let outcomes: Vec<_> = script
            .iter()
            .enumerate()
            .map(|(at, (_, succeeds))| if *succeeds { Ok(at) } else { Err(at) })
            .collect();
        let ends = ends(&script, limit);
        let last = ends.iter().copied().max().unwrap_or(0);
        prop_assert_eq!(timed(all(jobs()).limit(limit)), (outcomes.clone(), last));
        prop_assert_eq!(timed(settle(jobs()).limit(limit)), (outcomes.clone(), last));

        let errors = || outcomes.iter().zip(&ends).filter(|(outcome, _)| outcome.is_err());
        let (outcome, took) = timed(try_all(jobs()).limit(limit));
        match errors().map(|(_, end)| *end).min() {
            None => prop_assert_eq!((outcome, took), (Ok((0..script.len()).collect()), last)),
            Some(earliest) => {
                prop_assert_eq!(took, earliest);
                let earliest: Vec<_> = errors()
                    .filter(|(_, end)| **end == earliest)
                    .filter_map(|(outcome, _)| outcome.err())
                    .collect();
                prop_assert!(outcome.is_err_and(|error| earliest.contains(&error)));
            }
        }
    }

    /// race/RACE1
    #[test]
    fn a_race_ends_with_its_earliest_success(script in script(), seed in any::<u64>()) {
        let jobs = script.iter().copied().enumerate().map(|(at, job)| run(at, job));
        let (outcome, took) = timed(first_ok(jobs).seed(seed));
        match script.iter().filter(|job| job.1).map(|job| job.0).min() {
            Some(earliest) => {
                prop_assert_eq!(took, earliest);
                let (winner, value) = outcome.expect("one succeeds");
                prop_assert_eq!((winner, script[winner]), (value, (earliest, true)));
            }
            None => {
                prop_assert_eq!(took, script.iter().map(|job| job.0).max().unwrap_or(0));
                let errors = outcome.expect_err("all fail").errors;
                prop_assert_eq!(errors, (0..script.len()).collect::<Vec<_>>());
            }
        }
    }
}
