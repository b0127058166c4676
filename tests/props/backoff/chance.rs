//! What is drawn: from where, how evenly, and by whom else.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use surefoot::backoff::{Backoff, Delays, Jitter, Rng};

use super::model::{MOST, nanos};

/// backoff/RETRY7
#[test]
fn rngs_without_a_seed_are_not_in_step() {
    let policy = Backoff::constant(Duration::from_secs(3_600)).jitter(Jitter::Full);
    let firsts: BTreeSet<_> =
        (0..100).map(|_| policy.delays(Rng::from_entropy()).next_delay()).collect();
    assert_eq!(firsts.len(), 100);
}

/// backoff/RETRY7. From SplitMix64 computed elsewhere.
#[test]
fn a_seed_means_the_same_delays_on_every_machine() {
    let of = |jitter, base| {
        let policy = Backoff::exponential(base).jitter(jitter);
        nanos(policy.delays(Rng::seeded(1_234_567)).take(4))
    };
    let second = Duration::from_secs(1);
    assert_eq!(
        of(Jitter::Full, second),
        [375_895_045, 1_142_906_482, 3_820_500_071, 5_073_624_494]
    );
    assert_eq!(
        of(Jitter::Equal, second),
        [687_947_522, 1_571_453_241, 3_910_250_035, 6_536_812_247]
    );
    assert_eq!(
        of(Jitter::Decorrelated, second),
        [1_751_790_091, 3_285_812_965, 8_521_235_734, 15_610_228_751]
    );
    let longest = [
        6_934_039_712_047_839_664_968_367_137,
        10_541_451_694_383_962_588_087_041_488,
        17_618_946_760_989_968_897_815_076_719,
        11_698_981_571_142_051_567_564_115_829,
    ];
    assert_eq!(of(Jitter::Full, Duration::MAX), longest);
}

/// backoff/RETRY2
#[test]
fn every_nanosecond_of_a_small_range_is_equally_likely() {
    let constant = |n, jitter| Backoff::constant(Duration::from_nanos(n)).jitter(jitter);
    let capped = constant(3, Jitter::Decorrelated).max_delay(Duration::from_nanos(6));
    let cases = [
        (constant(0, Jitter::Full), 0..=0),
        (constant(1, Jitter::Full), 0..=1),
        (constant(6, Jitter::Full), 0..=6),
        (constant(7, Jitter::Full), 0..=7),
        (constant(8, Jitter::Full), 0..=8),
        (constant(0, Jitter::Equal), 0..=0),
        (constant(1, Jitter::Equal), 1..=1),
        (constant(8, Jitter::Equal), 4..=8),
        (constant(9, Jitter::Equal), 5..=9),
        (constant(3, Jitter::Decorrelated), 3..=9),
        (capped, 3..=6),
    ];
    for (policy, range) in cases {
        // First delays only: under `Decorrelated`, later ones depend on them.
        let firsts = (0..20_000).map(|seed| policy.delays(Rng::seeded(seed)).next_delay());
        let seen = counted(firsts.map(|delay| delay.as_nanos()));
        assert!(seen.keys().copied().eq(range), "{policy:?} {seen:?}");
        assert_even(&seen);
    }
}

/// backoff/RETRY2
#[test]
fn a_range_of_more_than_64_bits_is_filled_evenly_at_both_ends_of_the_number() {
    let drawn = |delays: Delays| delays.take(40_000).map(|delay| delay.as_nanos());
    let delays = Backoff::constant(Duration::MAX).jitter(Jitter::Full).delays(Rng::seeded(5));
    // The longest duration has 2⁶⁴ · 10⁹ - 1 nanoseconds: a multiple, less one.
    let high = counted(drawn(delays.clone()).map(|delay| delay / ((MOST + 1) / 16)));
    let low = counted(drawn(delays).map(|delay| delay % 16));
    for seen in [high, low] {
        assert!(seen.keys().copied().eq(0..16), "{seen:?}");
        assert_even(&seen);
    }
}

fn counted(drawn: impl Iterator<Item = u128>) -> BTreeMap<u128, u32> {
    drawn.fold(BTreeMap::new(), |mut seen, delay| {
        *seen.entry(delay).or_default() += 1;
        seen
    })
}

/// Each count is within a tenth of the mean.
fn assert_even(seen: &BTreeMap<u128, u32>) {
    let mean = seen.values().sum::<u32>() / seen.len() as u32;
    let even = |count: &u32| count.abs_diff(mean) <= mean / 10;
    assert!(seen.values().all(even), "{seen:?}");
}
