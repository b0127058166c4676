//! The inputs, and what their delays must be.

use std::time::Duration;

use proptest::prelude::*;
use surefoot::backoff::{Backoff, Jitter};

use super::wide::Wide;

pub(super) const MOST: u128 = Duration::MAX.as_nanos();
pub(super) const STEPS: usize = 70;
pub(super) const JITTERS: [Jitter; 4] =
    [Jitter::None, Jitter::Full, Jitter::Equal, Jitter::Decorrelated];

#[derive(Clone, Copy, Debug)]
pub(super) enum Growth {
    Constant,
    Linear,
    Exponential { num: u32, den: u32 },
    Fibonacci,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Case {
    pub(super) growth: Growth,
    pub(super) base: Duration,
    pub(super) max: Duration,
}

impl Case {
    pub(super) fn policy(self) -> Backoff {
        let policy = match self.growth {
            Growth::Constant => Backoff::constant(self.base),
            Growth::Linear => Backoff::linear(self.base),
            Growth::Exponential { num, den: 1 } => Backoff::exponential(self.base).factor(num),
            Growth::Exponential { num, den } => {
                Backoff::exponential(self.base).factor_ratio(num, den)
            }
            Growth::Fibonacci => Backoff::fibonacci(self.base),
        };
        policy.max_delay(self.max)
    }

    /// The first delays without jitter. Nothing is cut but the final number.
    pub(super) fn reference(self) -> Vec<u128> {
        // In 2⁻⁶⁴ nanoseconds.
        let base = Wide::new(self.base.as_nanos()).times(&Wide::new(1 << 64));
        let cut = |delay: &Wide| delay.whole_part(MOST).min(self.max.as_nanos());
        let times = |n: u128| cut(&base.times(&Wide::new(n)));
        let steps = 0..STEPS as u32;
        match self.growth {
            Growth::Constant => steps.map(|_| times(1)).collect(),
            Growth::Linear => steps.map(|n| times(u128::from(n) + 1)).collect(),
            Growth::Fibonacci => steps.map(|n| times(fibonacci(n + 1))).collect(),
            Growth::Exponential { num, den } => {
                let num = Wide::new(num.into());
                let next = |delay: &Wide| Some(delay.times(&num).over(den));
                let all = std::iter::successors(Some(base.clone()), next);
                all.take(STEPS).map(|delay| cut(&delay)).collect()
            }
        }
    }
}

fn fibonacci(n: u32) -> u128 {
    (1..n).fold((0, 1), |(a, b), _| (b, a + b)).1
}

pub(super) fn nanos(delays: impl Iterator<Item = Duration>) -> Vec<u128> {
    delays.take(STEPS).map(|delay| delay.as_nanos()).collect()
}

pub(super) fn duration() -> impl Strategy<Value = Duration> {
    let of_any_size = (any::<u128>(), 34..128_u32).prop_map(|(n, shift)| (n >> shift).min(MOST));
    prop_oneof![
        6 => of_any_size.prop_map(Duration::from_nanos_u128),
        2 => (0..20_u64).prop_map(Duration::from_nanos),
        2 => (0..100_000_u64).prop_map(Duration::from_millis),
        1 => Just(Duration::MAX),
    ]
}

pub(super) fn ratio() -> impl Strategy<Value = (u32, u32)> {
    let sorted = |(a, b): (u32, u32)| (a.max(b), a.min(b));
    prop_oneof![
        (1..12_u32, 1..12_u32).prop_map(sorted),
        (1..=u32::MAX, 1..=u32::MAX).prop_map(sorted),
        (1..=u32::MAX).prop_map(|factor| (factor, 1)),
        (1..=u32::MAX).prop_map(|den| (den.saturating_add(1), den)),
    ]
}

pub(super) fn case() -> impl Strategy<Value = Case> {
    let growth = prop_oneof![
        1 => Just(Growth::Constant),
        1 => Just(Growth::Linear),
        1 => Just(Growth::Fibonacci),
        3 => ratio().prop_map(|(num, den)| Growth::Exponential { num, den }),
    ];
    let max = prop_oneof![duration(), Just(Duration::MAX)];
    (growth, duration(), max).prop_map(|(growth, base, max)| Case { growth, base, max })
}

pub(super) fn jitter() -> impl Strategy<Value = Jitter> {
    prop::sample::select(&JITTERS)
}
