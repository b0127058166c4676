//! Sizes and durations at both ends.

use std::future::pending;

use surefoot::backoff::Jitter;
use surefoot::retry::{Budget, Stop, retry};
use tokio_test::{assert_pending, task};

use super::*;

const YEAR: u64 = 365 * 24 * 3600 * 1000;

/// retry/X6: limits of any size are no limits.
#[tokio::test(start_paused = true)]
async fn limits_of_any_size_let_a_year_pass() {
    for limit in [Duration::MAX, edge_of_the_clock(), edge_of_the_clock() - ms(2)] {
        let attempt = |number| async move {
            wait(YEAR).await;
            if number == 1 { Err("busy") } else { Ok(7) }
        };
        let call = retry(attempt).backoff(tens()).deadline(limit).attempt_timeout(limit);
        assert_eq!(call.max_attempts(u32::MAX).await, Ok(7));
    }
}

/// retry/X6, retry/RETRY2: a delay beyond the clock's range is slept for ever, unless a
/// deadline or a stop ends it.
#[tokio::test(start_paused = true)]
async fn the_longest_delay_never_ends_by_itself() {
    let longest = || {
        let policy = Backoff::exponential(Duration::MAX).factor(u32::MAX);
        retry(|_| ready(Err::<u8, _>("busy"))).backoff(policy)
    };
    let mut call = task::spawn(longest());
    assert_pending!(call.poll());
    pass(YEAR).await;
    assert!(!call.is_woken());
    let error = longest().stop_on(wait(YEAR)).await.unwrap_err();
    assert_eq!((error.stop, error.elapsed), (Stop::Stopped, ms(YEAR)));
    let error = longest().deadline(ms(YEAR)).await.unwrap_err();
    assert_eq!((error.stop, error.elapsed), (Stop::Deadline, ms(0)));
}

/// retry/X10: a year of retries is a matter of Tokio's clock, and does not drift.
#[tokio::test(start_paused = true)]
async fn a_year_of_retries_does_not_drift() {
    let log = Log::new();
    let day = ms(YEAR / 365);
    let call = retry(log.fails()).backoff(Backoff::constant(day)).max_attempts(366);
    assert_eq!(call.await.unwrap_err().elapsed, ms(YEAR));
    assert!(log.times().iter().enumerate().all(|(n, at)| *at == n as u64 * YEAR / 365));
}

/// retry/X6: budgets at both ends of what there is.
#[tokio::test(start_paused = true)]
async fn a_budget_takes_numbers_of_any_size() {
    let granted = |budget: &Budget, calls: u32| {
        (0..calls).for_each(|_| budget.note_call());
        (0..10_000).take_while(|_| budget.try_retry()).count()
    };
    let long = Duration::MAX;
    assert_eq!(granted(&Budget::new(0.0, 0, long), 1_000), 0);
    assert_eq!(granted(&Budget::new(f64::MAX, 0, ms(1)), 1), 10_000);
    assert_eq!(granted(&Budget::new(f64::MIN_POSITIVE, 0, ms(1)), 10_000), 0);
    assert_eq!(granted(&Budget::new(0.0, u32::MAX, long), 0), 10_000);
    assert_eq!(granted(&Budget::new(0.0, 1, Duration::from_nanos(1)), 0), 0);
    assert_eq!(granted(&Budget::new(1.0, 0, Duration::from_nanos(1)), 5), 5);
    assert_eq!(granted(&Budget::new(0.001, 0, long), 5_000), 5);
}

/// retry/X6: what makes no sense is refused at the call.
#[test]
fn what_makes_no_sense_panics_at_the_call() {
    let op = |_| ready(Ok::<u8, &str>(7));
    assert!(panic_of(|| retry(op).max_attempts(0)).contains("max_attempts(0)"));
    for ratio in [-0.1, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert!(panic_of(|| Budget::new(ratio, 1, ms(1))).contains("is not from 0 up"));
    }
    assert!(panic_of(|| Budget::new(0.1, 1, Duration::ZERO)).contains("no length"));
}

/// retry/X5: it may be dropped outside a runtime, in a sleep and in an attempt; and a
/// value that is ready at once needs no runtime.
#[test]
fn a_call_may_be_dropped_outside_a_runtime() {
    let runtime = runtime();
    let mut sleeping = task::spawn(retry(|_| ready(Err::<u8, _>("busy"))));
    let waiting = retry(|_| pending::<Result<u8, &str>>()).deadline(ms(10));
    let mut waiting = task::spawn(waiting.budget(&Budget::new(0.1, 1, ms(10))));
    runtime.block_on(async {
        assert_pending!(sleeping.poll());
        assert_pending!(waiting.poll());
    });
    drop(runtime);
    drop((sleeping, waiting));
    let mut call = task::spawn(retry(|_| ready(Ok::<_, &str>(7))));
    assert!(call.poll().is_ready());
}

/// retry/X6: a call prints what it was told.
#[test]
fn a_call_prints_its_settings() {
    let policy = Backoff::constant(ms(1)).jitter(Jitter::None);
    let budget = Budget::new(0.5, 0, ms(1));
    let call = retry(|_| ready(Ok::<u8, &str>(7))).backoff(policy).seed(7).max_attempts(5);
    let printed = format!("{:?}", call.deadline(ms(9)).attempt_timeout(ms(8)).budget(&budget));
    for part in ["Constant(1ms)", "Some(7)", "max_attempts: 5", "Some(9ms)", "Some(8ms)", "cost: 2"]
    {
        assert!(printed.contains(part), "{part} is not in {printed}");
    }
}
