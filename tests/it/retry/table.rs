//! The tables: attempt → time, for each strategy.

use surefoot::backoff::{Backoff, Jitter};
use surefoot::retry::{Stop, retry};

use super::*;

/// Attempts of one call that always fails at once, and how it ends.
async fn attempts(policy: Backoff, most: u32) -> Vec<(u32, u64)> {
    let log = Log::new();
    let error = retry(log.fails()).backoff(policy).max_attempts(most).seed(7).await.unwrap_err();
    assert_eq!((error.attempts, error.stop, error.cut), (most, Stop::Attempts, false));
    assert_eq!((error.last, error.elapsed), (last("busy"), ms(log.clock())));
    log.attempts()
}

/// retry/RETRY1, retry/RETRY2: attempt → milliseconds, for every strategy.
#[tokio::test(start_paused = true)]
async fn each_strategy_keeps_its_table() {
    let hundred = ms(100);
    let cap = ms(350);
    let rows: [(&str, Backoff, [u64; 6]); 9] = [
        ("constant", Backoff::constant(hundred), [0, 100, 200, 300, 400, 500]),
        ("linear", Backoff::linear(hundred), [0, 100, 300, 600, 1000, 1500]),
        ("exponential", Backoff::exponential(hundred), [0, 100, 300, 700, 1500, 3100]),
        ("times 3", Backoff::exponential(hundred).factor(3), [0, 100, 400, 1300, 4000, 12100]),
        ("times 3/2", Backoff::exponential(ms(16)).factor_ratio(3, 2), [0, 16, 40, 76, 130, 211]),
        ("fibonacci", Backoff::fibonacci(hundred), [0, 100, 200, 400, 700, 1200]),
        ("capped", Backoff::exponential(hundred).max_delay(cap), [0, 100, 300, 650, 1000, 1350]),
        ("capped base", Backoff::constant(hundred).max_delay(ms(1)), [0, 1, 2, 3, 4, 5]),
        ("no delay", Backoff::constant(ms(0)), [0, 0, 0, 0, 0, 0]),
    ];
    for (name, policy, times) in rows {
        let expected: Vec<_> = (1..).zip(times).collect();
        let seen = attempts(policy, 6).await;
        println!("{name:12} {seen:?}");
        assert_eq!(seen, expected, "{name}");
    }
}

/// retry/RETRY2, retry/RETRY7: with jitter, the attempts come when the same policy's
/// delays for the same seed say, each rounded up to the tick.
#[tokio::test(start_paused = true)]
async fn jitter_keeps_the_table_of_its_seed() {
    for jitter in [Jitter::Full, Jitter::Equal, Jitter::Decorrelated] {
        let policy = Backoff::exponential(ms(100)).max_delay(ms(900)).jitter(jitter);
        let mut delays = policy.delays(surefoot::backoff::Rng::seeded(7));
        let mut at = Duration::ZERO;
        let mut expected = vec![(1, 0)];
        for number in 2..=8 {
            at = Duration::from_millis(
                (at + delays.next_delay()).as_nanos().div_ceil(1_000_000) as u64
            );
            expected.push((number, at.as_millis() as u64));
        }
        let seen = attempts(policy, 8).await;
        println!("{jitter:?} {seen:?}");
        assert_eq!(seen, expected);
    }
}

/// retry/RETRY1: the time that attempts take comes on top of the delays.
#[tokio::test(start_paused = true)]
async fn a_delay_begins_when_the_attempt_has_failed() {
    let log = Log::new();
    let error = retry(log.fails_after(7)).backoff(tens()).await.unwrap_err();
    assert_eq!(log.attempts(), [(1, 0), (2, 17), (3, 34)]);
    assert_eq!((error.attempts, error.elapsed), (3, ms(41)));
}

/// retry/RETRY1: for every limit, as many calls, numbered from 1; then no more.
#[tokio::test(start_paused = true)]
async fn exactly_max_attempts_are_made() {
    for most in [1, 2, 3, 10, 1_000] {
        let log = Log::new();
        let error = retry(log.fails()).backoff(tens()).max_attempts(most).await.unwrap_err();
        assert_eq!(error.attempts, most);
        let numbers: Vec<_> = log.attempts().into_iter().map(|(number, _)| number).collect();
        assert!(numbers.iter().copied().eq(1..=most), "{numbers:?}");
    }
}

/// retry/RETRY1: unless told otherwise, three attempts, some 100 ms and 200 ms apart
/// at most.
#[tokio::test(start_paused = true)]
async fn the_defaults_are_three_attempts_with_jitter() {
    let mut seen = std::collections::BTreeSet::new();
    for seed in 0..50 {
        let log = Log::new();
        let error = retry(log.fails()).seed(seed).await.unwrap_err();
        assert_eq!((error.attempts, error.stop), (3, Stop::Attempts));
        let times = log.times();
        assert!(times[1] <= 100 && times[2] - times[1] <= 200, "{times:?}");
        seen.insert(times);
    }
    assert!(seen.iter().any(|times| times[1] > 80) && seen.iter().any(|times| times[1] < 20));
    assert!(seen.iter().any(|times| times[2] - times[1] > 110), "it doubles");
    let (log, mut longest) = (Log::new(), Duration::ZERO);
    let long = retry(log.fails()).max_attempts(200).seed(1);
    long.notify(|attempt| longest = longest.max(attempt.delay)).await.unwrap_err();
    assert!((ms(29_000)..=ms(30_000)).contains(&longest), "{longest:?}");
}
