//! Bugs of other crates that retry, each retold as a law. Those of their delays alone are
//! in `tests/props/backoff/bugs.rs`.

use surefoot::backoff::{Jitter, Rng};
use surefoot::deadline::Deadline;
use surefoot::retry::{Budget, Stop, retry};

use super::*;

/// retry/RETRY4: `retry_after(5 s)` was part of an API, and 10 ms were waited.
#[tokio::test(start_paused = true)]
async fn five_seconds_that_were_asked_for_are_waited() {
    let log = Log::new();
    let call = retry(log.fails()).backoff(tens()).max_attempts(2);
    call.retry_after(|_| Some(ms(5_000))).await.unwrap_err();
    assert_eq!(log.times(), [0, 5_000]);
}

/// retry/RETRY4: everyone who was told the same time came back at that time.
#[tokio::test(start_paused = true)]
async fn those_who_are_told_the_same_come_back_apart() {
    let mut times = std::collections::BTreeSet::new();
    for _ in 0..50 {
        let log = Log::new();
        let policy = Backoff::constant(ms(60_000)).jitter(Jitter::Full);
        let call = retry(log.fails()).backoff(policy).max_attempts(2);
        call.retry_after(|_| Some(ms(1_000))).await.unwrap_err();
        times.insert(log.times()[1]);
    }
    assert!(times.len() > 40 && times.first() >= Some(&1_000), "{times:?}");
}

/// retry/RETRY7: for a constant delay of 10 ms, observers were told 0, 10, 20, 30 ms.
#[tokio::test(start_paused = true)]
async fn a_constant_delay_is_told_as_it_is() {
    let mut told = Vec::new();
    let call = retry(|_| ready(Err::<u8, _>("busy"))).backoff(tens()).max_attempts(5);
    call.notify(|attempt| told.push(attempt.delay)).await.unwrap_err();
    assert_eq!(told, [ms(10); 4]);
}

/// retry/RETRY3: a limit of 3 s on all of it was kept by the real clock, and under a
/// paused one 20 s were waited.
#[tokio::test(start_paused = true)]
async fn three_seconds_are_three_on_the_paused_clock() {
    let log = Log::new();
    let call = retry(log.fails()).backoff(Backoff::constant(ms(1_000))).max_attempts(20);
    let error = call.deadline(ms(3_500)).await.unwrap_err();
    assert_eq!((error.stop, log.times()), (Stop::Deadline, vec![0, 1_000, 2_000, 3_000]));
}

/// retry/RETRY3: the limit on the sum of the delays left out what the attempts took.
#[tokio::test(start_paused = true)]
async fn the_deadline_counts_the_attempts_too() {
    let log = Log::new();
    let call = retry(log.fails_after(400)).backoff(tens()).max_attempts(20).deadline(ms(1_000));
    let error = call.await.unwrap_err();
    assert_eq!((error.elapsed, error.cut, log.times()), (ms(1_000), true, vec![0, 410, 820]));
}

/// retry/RETRY2: with a limit on the sum of the delays and none on each, the sum
/// overflowed and panicked.
#[tokio::test(start_paused = true)]
async fn a_sum_of_delays_does_not_overflow() {
    let log = Log::new();
    let policy = Backoff::exponential(Duration::MAX / 2);
    let error = retry(log.fails()).backoff(policy).deadline(Duration::MAX).stop_on(wait(50)).await;
    assert_eq!(error.unwrap_err().stop, Stop::Stopped);
}

/// retry/RETRY2: a multiplication that overflowed ended the retries in silence.
#[tokio::test(start_paused = true)]
async fn an_overflow_does_not_end_the_retries() {
    let log = Log::new();
    let day = ms(24 * 3600 * 1000);
    let policy = Backoff::exponential(ms(1)).factor(u32::MAX).max_delay(day);
    let error = retry(log.fails()).backoff(policy).max_attempts(100).await.unwrap_err();
    assert_eq!((error.attempts, error.elapsed), (100, ms(1) + day * 98));
}

/// retry/RETRY2: a cap was exceeded by jitter: 16.6 s, and 14.99 s, over a cap of 10 s.
#[tokio::test(start_paused = true)]
async fn no_sleep_is_above_the_cap() {
    for jitter in [Jitter::Full, Jitter::Equal, Jitter::Decorrelated] {
        let policy = Backoff::exponential(ms(8_000)).max_delay(ms(10_000)).jitter(jitter);
        let mut longest = Duration::ZERO;
        let call = retry(|_| ready(Err::<u8, _>("busy"))).backoff(policy).max_attempts(300).seed(1);
        call.notify(|attempt| longest = longest.max(attempt.delay)).await.unwrap_err();
        assert!((ms(9_500)..=ms(10_000)).contains(&longest), "{jitter:?} {longest:?}");
    }
}

/// retry/RETRY2: the longest constant delay panicked with jitter, in two crates.
#[tokio::test(start_paused = true)]
async fn the_longest_delay_with_jitter_is_slept() {
    let policy = Backoff::constant(Duration::MAX).jitter(Jitter::Full);
    let call = retry(|_| ready(Err::<u8, _>("busy"))).backoff(policy).max_attempts(9);
    assert_eq!(call.stop_on(wait(1)).await.unwrap_err().stop, Stop::Stopped);
}

/// retry/RETRY7: jitter was drawn once for a strategy, so that its users were in step.
#[tokio::test(start_paused = true)]
async fn callers_that_share_a_policy_are_not_in_step() {
    let policy = Backoff::constant(ms(60_000)).jitter(Jitter::Full);
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..50 {
        let log = Log::new();
        retry(log.fails()).backoff(policy.clone()).max_attempts(3).await.unwrap_err();
        let times = log.times();
        seen.extend([times[1], times[2] - times[1]]);
    }
    assert!(seen.len() > 90, "{}", seen.len());
}

/// retry/RETRY6: a budget's tokens per second were an argument that nobody looked at.
#[tokio::test(start_paused = true)]
async fn a_budget_keeps_to_its_rate() {
    let budget = Budget::new(0.0, 3, Duration::from_secs(1));
    let mut granted = 0;
    for _ in 0..1_000 {
        granted += u32::from(budget.try_retry());
        wait(10).await;
    }
    // 3 for a window and the one before it, for ten windows.
    assert_eq!(granted, 15);
}

/// retry/RETRY3: an attempt in flight was given up because the budget was spent meanwhile.
#[tokio::test(start_paused = true)]
async fn a_spent_budget_does_not_cut_what_runs() {
    let budget = Budget::new(0.0, 1, Duration::from_secs(1));
    let attempt = |number| async move {
        wait(100).await;
        if number < 2 { Err("busy") } else { Ok(7) }
    };
    let call = retry(attempt).backoff(tens()).budget(&budget);
    let spends = async {
        wait(150).await;
        assert!(!budget.try_retry(), "the running retry took the last");
    };
    assert_eq!(futures::join!(call, spends).0, Ok(7));
}

/// retry/RETRY3: a sleep that was cut to what was left of the deadline ended in an attempt
/// that had no time.
#[tokio::test(start_paused = true)]
async fn a_sleep_is_never_cut_short() {
    let log = Log::new();
    let call = retry(log.fails()).backoff(Backoff::constant(ms(80))).max_attempts(9);
    let error = Deadline::after(ms(100)).scope(call).await.unwrap_err();
    assert_eq!((error.elapsed, log.times()), (ms(80), vec![0, 80]));
}

/// retry/RETRY2: retries were made without a delay when the jitter's range was too small to
/// be drawn from.
#[tokio::test(start_paused = true)]
async fn the_shortest_delays_are_slept() {
    let nano = Duration::from_nanos(1);
    for jitter in [Jitter::None, Jitter::Equal, Jitter::Decorrelated] {
        let policy = Backoff::constant(nano).max_delay(nano).jitter(jitter);
        assert_eq!(policy.delays(Rng::seeded(0)).next_delay(), nano);
        let log = Log::new();
        retry(log.fails()).backoff(policy).await.unwrap_err();
        assert_eq!(log.times(), [0, 1, 2], "each is a tick of the clock: {jitter:?}");
    }
}
