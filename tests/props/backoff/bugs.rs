//! Bugs of other crates that compute delays, each retold as a law.

use std::time::Duration;

use proptest::prelude::*;
use surefoot::backoff::{Backoff, Delays, Jitter, Rng};

use super::config;
use super::model::{JITTERS, MOST, STEPS, nanos, ratio};

const SPREAD: [Jitter; 3] = [Jitter::Full, Jitter::Equal, Jitter::Decorrelated];

fn millis(n: u64) -> Duration {
    Duration::from_millis(n)
}

fn secs(n: u64) -> Duration {
    Duration::from_secs(n)
}

fn delays(policy: &Backoff) -> Delays {
    policy.delays(Rng::seeded(11))
}

/// Exponential delays without a cap were added to a total until the sum
/// overflowed and panicked.
#[test]
fn without_a_cap_delays_and_their_steps_saturate() {
    let growths = [
        Backoff::exponential(secs(1)),
        Backoff::exponential(secs(1)).factor_ratio(3, 2),
        Backoff::linear(Duration::MAX / 9),
        Backoff::fibonacci(secs(1)),
    ];
    for policy in growths {
        assert_eq!(delays(&policy).nth(999), Some(Duration::MAX), "{policy:?}");
        let mut grows = delays(&policy).take(999).zip(delays(&policy).skip(1));
        assert!(grows.all(|(delay, next)| delay <= next), "{policy:?}");
    }
}

/// Fibonacci delays without a cap panicked once jitter was added to them.
#[test]
fn fibonacci_delays_take_jitter_for_ever() {
    for jitter in SPREAD {
        let policy = Backoff::fibonacci(millis(1)).jitter(jitter);
        assert!(delays(&policy).take(2_000).any(|delay| delay > Duration::MAX / 2), "{jitter:?}");
    }
}

/// The longest constant delay panicked with jitter: "overflow when adding
/// durations". Another crate's `jitter(MAX)` did the same.
#[test]
fn the_longest_delay_takes_jitter() {
    for jitter in SPREAD {
        let policy = Backoff::constant(Duration::MAX).jitter(jitter);
        let longest = delays(&policy).take(100).max();
        assert!(longest > Some(Duration::MAX / 10 * 9), "{jitter:?} {longest:?}");
    }
}

/// A base of 100 s under a cap of 10 s gave a first delay of 100 s.
#[test]
fn the_cap_holds_for_a_base_above_it() {
    let bases = [
        Backoff::constant(secs(100)),
        Backoff::linear(secs(100)),
        Backoff::exponential(secs(100)),
        Backoff::fibonacci(secs(100)),
    ];
    for policy in bases.map(|policy| policy.max_delay(secs(10))) {
        assert!(delays(&policy).take(9).all(|delay| delay == secs(10)), "{policy:?}");
        let policy = policy.jitter(Jitter::Decorrelated);
        assert!(delays(&policy).take(9).all(|delay| delay == secs(10)), "{policy:?}");
    }
}

/// Three crates drew jitter after the cap: 16.6 s, 14.99 s and more under a cap
/// of 10 s.
#[test]
fn the_cap_holds_after_jitter_and_is_reached() {
    for jitter in SPREAD {
        let policy = Backoff::exponential(secs(8)).max_delay(secs(10)).jitter(jitter);
        let longest = delays(&policy).take(1_000).max();
        assert!((millis(9_900)..=secs(10)).contains(&longest.unwrap_or_default()), "{longest:?}");
    }
}

/// In 32-bit floats, 100 ms doubled to 200.000003 ms.
#[test]
fn a_hundred_milliseconds_double_without_drift() {
    for base in [millis(100), millis(100) + Duration::from_nanos(1)] {
        let policy = Backoff::exponential(base);
        assert!(delays(&policy).take(32).eq((0..32).map(|n| base * (1 << n))));
    }
}

/// The base was raised to the power: 1 ms with factor 100 never grew, and 50 ms
/// became 2.5 s and then 125 s.
#[test]
fn the_factor_is_raised_and_not_the_base() {
    let hundredfold = Backoff::exponential(millis(1)).factor(100);
    let doubled = Backoff::exponential(millis(50));
    assert!(delays(&hundredfold).take(3).eq([1, 100, 10_000].map(millis)));
    assert!(delays(&doubled).take(3).eq([50, 100, 200].map(millis)));
}

/// Jitter of 0.001 of a short delay made an empty range, and the draw panicked.
#[test]
fn a_range_of_one_value_is_that_value() {
    let nano = Duration::from_nanos(1);
    for jitter in JITTERS {
        let zero = Backoff::constant(Duration::ZERO).jitter(jitter);
        assert!(delays(&zero).take(9).all(|delay| delay.is_zero()), "{jitter:?}");
    }
    let narrow = [
        Backoff::constant(nano).jitter(Jitter::Equal),
        Backoff::constant(nano).max_delay(nano).jitter(Jitter::Decorrelated),
    ];
    for policy in narrow {
        assert!(delays(&policy).take(9).all(|delay| delay == nano), "{policy:?}");
    }
}

/// A multiplication that overflowed gave no delay, and the retries ended in
/// silence.
#[test]
fn an_overflow_does_not_end_the_delays() {
    let policy = Backoff::exponential(Duration::MAX / 2).factor(u32::MAX);
    assert_eq!(nanos(delays(&policy)).len(), STEPS);
    assert!(delays(&policy).skip(1).take(500).all(|delay| delay == Duration::MAX));
}

/// The nanoseconds of jitter saturated at 32 bits: however long the delay, it
/// was spread over 4.3 s.
#[test]
fn a_long_delay_is_spread_over_all_of_it() {
    let policy = Backoff::constant(secs(100)).jitter(Jitter::Full);
    let tenths = |tenth: u64| secs(10 * tenth)..secs(10 * tenth + 10);
    for tenth in 0..10 {
        let inside = delays(&policy).take(1_000).filter(|delay| tenths(tenth).contains(delay));
        assert!((60..140).contains(&inside.count()), "tenth {tenth}");
    }
}

/// `1 << n` overflowed at the 63rd attempt and gave negative delays.
#[test]
fn delays_stay_long_after_the_63rd_doubling() {
    let doubled = nanos(Backoff::exponential(Duration::from_nanos(3)).delays(Rng::seeded(0)));
    assert!((0..70).all(|n| doubled[n] == 3 << n));
    let capped = Backoff::exponential(secs(1)).max_delay(secs(20));
    assert!(delays(&capped).skip(5).take(300).all(|delay| delay == secs(20)));
}

/// One crate drew its jitter once and used it for all delays.
#[test]
fn each_delay_draws_anew() {
    for jitter in SPREAD {
        let policy = Backoff::constant(secs(100)).jitter(jitter);
        let drawn: std::collections::BTreeSet<_> = delays(&policy).take(50).collect();
        assert_eq!(drawn.len(), 50, "{jitter:?}");
    }
}

/// A delay grew from the jittered one before it, so that chance compounded.
/// Another crate's mean was 4 % above the middle.
#[test]
fn jitter_does_not_compound_and_its_mean_is_the_middle() {
    let policy = Backoff::exponential(millis(100));
    for (jitter, mean) in [(Jitter::Full, 800), (Jitter::Equal, 1_200)] {
        let policy = policy.clone().jitter(jitter);
        let fifths = (0..20_000).filter_map(|seed| policy.delays(Rng::seeded(seed)).nth(4));
        let seen = fifths.sum::<Duration>() / 20_000;
        assert!(seen.abs_diff(millis(mean)) < millis(mean / 100), "{jitter:?} {seen:?}");
    }
}

proptest! {
    #![proptest_config(config())]

    /// A factor of NaN turned every delay into the longest one. A factor is a
    /// ratio of integers here: there is none that is not a number.
    #[test]
    fn every_factor_is_a_number(base in 0..1_u128 << 90, (num, den) in ratio()) {
        let policy = Backoff::exponential(Duration::from_nanos_u128(base)).factor_ratio(num, den);
        let second = base * u128::from(num) / u128::from(den);
        prop_assert_eq!(&nanos(delays(&policy).take(2)), &[base, second.min(MOST)]);
    }
}
