//! One budget for many callers.

use surefoot::retry::{Budget, Stop, retry};

use super::*;

fn secs(n: u64) -> Duration {
    Duration::from_secs(n)
}

fn failing(budget: &Budget) -> impl Future<Output = Failed> + use<> {
    let call = retry(|_| ready(Err::<u8, _>("busy"))).backoff(Backoff::constant(ms(0)));
    let call = call.max_attempts(1_000).budget(budget);
    async move { call.await.unwrap_err() }
}

/// retry/RETRY6: a call earns its share, whether it fails or not; a retry costs one.
#[tokio::test(start_paused = true)]
async fn retries_are_a_share_of_the_calls() {
    let budget = Budget::new(0.2, 0, secs(10));
    for _ in 0..14 {
        retry(|_| ready(Ok::<_, &str>(7))).budget(&budget).await.unwrap();
    }
    let error = failing(&budget).await;
    assert_eq!((error.attempts, error.stop), (1 + 3, Stop::Budget), "15 calls earn 3 retries");
    assert_eq!(error.last, last("busy"));
    assert_eq!(failing(&budget).await.attempts, 1, "its clones are the same budget");
    assert_eq!(failing(&budget.clone()).await.attempts, 1);
}

/// retry/RETRY6: the minimum needs no calls, and is one for the window and the one before.
#[tokio::test(start_paused = true)]
async fn the_minimum_needs_no_calls() {
    let budget = Budget::new(0.0, 2, secs(5));
    assert_eq!(failing(&budget).await.attempts, 1 + 10);
    wait(5_000).await;
    assert_eq!(failing(&budget).await.attempts, 1, "the window before still counts");
    wait(5_000).await;
    assert_eq!(failing(&budget).await.attempts, 1 + 10);
}

/// retry/RETRY6: what calls earned is forgotten after the window that follows theirs,
/// to the tick.
#[tokio::test(start_paused = true)]
async fn what_was_earned_is_forgotten_after_the_next_window() {
    for (pause, granted) in [(0, 5), (9_999, 5), (10_000, 5), (19_999, 5), (20_000, 0), (95_000, 0)]
    {
        let budget = Budget::new(0.5, 0, secs(10));
        (0..10).for_each(|_| budget.note_call());
        wait(pause).await;
        let seen = (0..99).take_while(|_| budget.try_retry()).count();
        assert_eq!(seen, granted, "after {pause} ms");
    }
}

/// retry/RETRY6: a call may earn many retries, and earns no fewer where the ratio is
/// none that parts of a retry divide.
#[tokio::test(start_paused = true)]
async fn a_call_may_earn_many_retries() {
    for ratio in [2_000.0, 2_000.000_7] {
        let budget = Budget::new(ratio, 0, secs(10));
        budget.note_call();
        assert_eq!((0..9_999).take_while(|_| budget.try_retry()).count(), 2_000, "{ratio}");
    }
}

/// retry/RETRY6: a budget that nobody asked for in a year is as a new one.
#[tokio::test(start_paused = true)]
async fn a_budget_is_fresh_after_a_year() {
    let budget = Budget::new(0.0, 1, secs(10));
    assert_eq!(failing(&budget).await.attempts, 11);
    wait(365 * 24 * 3600 * 1000).await;
    assert_eq!(failing(&budget).await.attempts, 11);
}

/// retry/RETRY6: nothing is charged for what ends for another reason.
#[tokio::test(start_paused = true)]
async fn what_is_not_retried_costs_nothing() {
    let budget = Budget::new(0.0, 1, secs(1));
    let fails = || retry(|_| ready(Err::<u8, _>("busy"))).backoff(tens()).budget(&budget);
    assert_eq!(fails().when(|_| false).await.unwrap_err().stop, Stop::Permanent);
    assert_eq!(fails().max_attempts(1).await.unwrap_err().stop, Stop::Attempts);
    assert_eq!(fails().deadline(ms(5)).await.unwrap_err().stop, Stop::Deadline);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let mut stop = Some(stop);
    let call = retry(|_| {
        drop(stop.take());
        ready(Err::<u8, _>("busy"))
    });
    assert_eq!(call.budget(&budget).stop_on(stopped).await.unwrap_err().stop, Stop::Stopped);
    assert!(budget.try_retry() && !budget.try_retry());
}

/// retry/RETRY6: when it is spent, the error comes at once, and nobody is told of a sleep
/// that is not slept.
#[tokio::test(start_paused = true)]
async fn a_spent_budget_answers_at_once() {
    let budget = Budget::new(0.0, 0, secs(1));
    let (log, mut told) = (Log::new(), 0);
    let call = retry(log.fails()).backoff(tens()).budget(&budget).notify(|_| told += 1);
    let error = call.await.unwrap_err();
    assert_eq!((error.attempts, error.stop, error.elapsed), (1, Stop::Budget, ms(0)));
    assert_eq!(told, 0);
}
