//! The delays against a reference in numbers that cannot overflow.
//!
//! 1. Constant, linear and Fibonacci delays, and those with a whole factor, are
//!    the closed formula, cut at the cap.
//! 2. Those with a ratio are the recurrence of a 64-bit fraction, never above
//!    the exact power, and below it by no more than the docs say.
//! 3. No delay is above `max_delay`, whatever the jitter.
//! 4. Full jitter lies in `[0, d]`, equal in `[d/2, d]`, decorrelated in
//!    `[base, min(cap, 3·previous)]`; each value is equally likely.
//! 5. A seed replays its delays; other seeds, and no seed, give others.
//! 6. There is no last delay, and no input panics but a bad factor at its call.
//! 7. What went wrong in other crates does not go wrong here (`bugs`).

mod bugs;
mod chance;
mod model;
mod wide;

use std::iter::FusedIterator;
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use surefoot::backoff::{Backoff, Jitter, Rng};
use surefoot::error::{Panicked, TaskError, install_panic_hook};

use self::model::{Case, Growth, JITTERS, MOST, STEPS, case, duration, jitter, nanos, ratio};
use self::wide::Wide;

fn config() -> ProptestConfig {
    let file = FileFailurePersistence::Direct("proptest-regressions/backoff.txt");
    ProptestConfig {
        cases: 10_000,
        failure_persistence: Some(Box::new(file)),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    /// backoff/RETRY2
    #[test]
    fn every_delay_follows_its_formula(case in case()) {
        let delays = nanos(case.policy().delays(Rng::seeded(0)));
        prop_assert_eq!(delays, case.reference());
    }

    /// backoff/RETRY2
    #[test]
    fn a_ratio_keeps_within_its_bound_of_the_exact_power(
        base in duration(), (num, den) in ratio(), n in 0..60_u32,
    ) {
        let policy = Backoff::exponential(base).factor_ratio(num, den);
        let delay = policy.delays(Rng::seeded(0)).nth(n as usize).map_or(0, |d| d.as_nanos());
        let exact = Wide::new(base.as_nanos()).times(&Wide::power(num, n));
        let unit = Wide::power(den, n);
        prop_assert!(Wide::new(delay).times(&unit) <= exact, "above");
        // exact · (1 - n/2⁶⁴) < delay + 1, without the fractions.
        let least = exact.times(&Wide::new((1 << 64) - u128::from(n)));
        let above = Wide::new(delay + 1).times(&unit).times(&Wide::new(1 << 64));
        prop_assert!(delay == MOST || least < above, "more than a nanosecond and {n} parts below");
        prop_assert!(den > 1 || delay == MOST || Wide::new(delay) == exact, "whole, not exact");
    }

    /// backoff/RETRY2
    #[test]
    fn no_delay_is_above_max_delay(case in case(), jitter in jitter(), seed: u64) {
        let mut delays = case.policy().jitter(jitter).delays(Rng::seeded(seed)).take(STEPS);
        prop_assert!(delays.all(|delay| delay <= case.max));
    }

    /// backoff/RETRY2
    #[test]
    fn full_jitter_lies_between_zero_and_the_delay(case in case(), seed: u64) {
        let delays = nanos(case.policy().jitter(Jitter::Full).delays(Rng::seeded(seed)));
        for (delay, plain) in delays.into_iter().zip(case.reference()) {
            prop_assert!(delay <= plain, "{delay} of {plain}");
        }
    }

    /// backoff/RETRY2
    #[test]
    fn equal_jitter_lies_in_the_upper_half_of_the_delay(case in case(), seed: u64) {
        let delays = nanos(case.policy().jitter(Jitter::Equal).delays(Rng::seeded(seed)));
        for (delay, plain) in delays.into_iter().zip(case.reference()) {
            prop_assert!(plain <= 2 * delay && delay <= plain, "{delay} of {plain}");
        }
    }

    /// backoff/RETRY2
    #[test]
    fn decorrelated_jitter_lies_between_the_base_and_thrice_the_last(case in case(), seed: u64) {
        let (base, max) = (case.base.min(case.max).as_nanos(), case.max.as_nanos());
        let mut previous = base;
        for delay in nanos(case.policy().jitter(Jitter::Decorrelated).delays(Rng::seeded(seed))) {
            prop_assert!(base <= delay && delay <= max.min(3 * previous), "{delay}, {previous}");
            previous = delay;
        }
    }

    /// backoff/RETRY7
    #[test]
    fn a_seed_replays_the_same_delays(
        case in case(), jitter in jitter(), seed: u64, at in 0..STEPS,
    ) {
        let policy = case.policy().jitter(jitter);
        let first = nanos(policy.delays(Rng::seeded(seed)));
        let mut again = policy.clone().delays(Rng::seeded(seed));
        prop_assert!(first.iter().take(at).eq(&nanos(again.by_ref().take(at))));
        prop_assert!(first.iter().skip(at).eq(&nanos(again.clone().take(STEPS - at))));
        prop_assert!(first.iter().skip(at).eq(&nanos(again.take(STEPS - at))));
    }

    /// backoff/RETRY7
    #[test]
    fn clones_with_other_seeds_are_not_in_step(
        case in case(), kind in 1..4_usize, seed: u64, other in 1..=u64::MAX,
    ) {
        // Room for chance, and no cap that takes it away.
        let base = case.base.clamp(Duration::from_secs(1), Duration::MAX / 9);
        let case = Case { base, max: Duration::MAX, ..case };
        let policy = case.policy().jitter(JITTERS[kind]);
        let mine = policy.delays(Rng::seeded(seed)).take(4);
        let theirs = policy.clone().delays(Rng::seeded(seed ^ other)).take(4);
        prop_assert!(mine.zip(theirs).filter(|(a, b)| a == b).count() < 4);
    }
}

/// backoff/RETRY2, backoff/X6
#[test]
fn no_extreme_panics_or_exceeds_the_cap() {
    let nano = Duration::from_nanos(1);
    let durations = [Duration::ZERO, nano, Duration::MAX - nano, Duration::MAX];
    let ratios = [(1, 1), (u32::MAX, 1), (u32::MAX, u32::MAX), (u32::MAX, u32::MAX - 1)];
    let growths = [Growth::Constant, Growth::Linear, Growth::Fibonacci].into_iter();
    let growths = growths.chain(ratios.map(|(num, den)| Growth::Exponential { num, den }));
    for (growth, base) in growths.flat_map(|growth| durations.map(|base| (growth, base))) {
        for (max, jitter) in durations.iter().flat_map(|max| JITTERS.map(|jitter| (*max, jitter))) {
            let policy = Case { growth, base, max }.policy().jitter(jitter);
            let delays = nanos(policy.delays(Rng::seeded(3)));
            assert!(delays.iter().all(|delay| *delay <= max.as_nanos()), "{policy:?}");
            if base.is_zero() || max.is_zero() {
                assert!(delays.iter().all(|delay| *delay == 0), "{policy:?}");
            }
        }
    }
}

/// backoff/RETRY2
#[test]
fn there_is_no_last_delay() {
    fn is_fused(_: &impl FusedIterator) {}

    let policy = Backoff::exponential(Duration::from_millis(1)).max_delay(Duration::from_secs(9));
    let mut delays = policy.delays(Rng::seeded(0));
    is_fused(&delays);
    assert_eq!(delays.nth(100_000), Some(Duration::from_secs(9)));
    assert_eq!(delays.size_hint(), (usize::MAX, None));
}

/// backoff/X6
#[test]
fn a_bad_factor_panics_at_the_call_and_names_its_line() {
    let base = Duration::from_secs(1);
    let cases = [
        (panic_of(move || Backoff::exponential(base).factor(0)), "0/1 is below 1"),
        (panic_of(move || Backoff::exponential(base).factor_ratio(2, 3)), "2/3 is below 1"),
        (panic_of(move || Backoff::exponential(base).factor_ratio(1, 0)), "1/0 is no number"),
        (panic_of(move || Backoff::exponential(base).factor_ratio(0, 0)), "0/0 is no number"),
        (panic_of(move || Backoff::constant(base).factor(2)), "only an exponential"),
        (panic_of(move || Backoff::linear(base).factor(2)), "only an exponential"),
        (panic_of(move || Backoff::fibonacci(base).factor_ratio(3, 2)), "only an exponential"),
    ];
    for (panic, why) in cases {
        assert!(panic.message().contains(why), "{panic}");
        assert!(panic.location().is_some_and(|at| at.starts_with(file!())), "{panic}");
    }
}

fn panic_of(call: impl FnOnce() -> Backoff + Send + 'static) -> Panicked {
    install_panic_hook();
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let task = async { surefoot::spawn::spawn(async move { call() }).await };
    match runtime.expect("a runtime without drivers is built").block_on(task) {
        Err(TaskError::Panicked(panic)) => panic,
        other => panic!("no panic: {other:?}"),
    }
}
