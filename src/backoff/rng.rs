use std::time::Duration;

use crate::rt::{self, draw::SplitMix64};

/// What jitter draws from.
///
/// A clone draws the same numbers again.
#[derive(Clone, Debug)]
pub struct Rng(SplitMix64);

impl Rng {
    /// Draws the same numbers for the same `seed`, on every machine: for tests,
    /// simulations and replays.
    ///
    /// ```
    /// use std::time::Duration;
    /// use surefoot::backoff::{Backoff, Jitter, Rng};
    ///
    /// let policy = Backoff::fibonacci(Duration::from_secs(1)).jitter(Jitter::Equal);
    /// let first = policy.delays(Rng::seeded(42)).take(9);
    /// assert!(first.eq(policy.delays(Rng::seeded(42)).take(9)));
    /// ```
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(SplitMix64::new(seed))
    }

    /// Draws other numbers on each call and in each process, so that callers
    /// that failed together do not come back together.
    ///
    /// Nothing that draws from it can be replayed, except in a simulation, where
    /// it is seeded by the schedule.
    #[must_use]
    pub fn from_entropy() -> Self {
        Self::seeded(rt::entropy())
    }

    /// Uniform in `[0, top]`.
    pub(crate) fn duration_up_to(&mut self, top: Duration) -> Duration {
        let nanos = self.up_to(top.as_nanos());
        Duration::from_nanos_u128(nanos)
    }

    /// Uniform in `0..=top`.
    pub(super) fn up_to(&mut self, top: u128) -> u128 {
        if top == 0 {
            return 0;
        }
        // As many bits as `top` has: each value is equally likely, and at least
        // every other draw is in range.
        let unused = top.leading_zeros();
        loop {
            let drawn = self.next_u128() >> unused;
            if drawn <= top {
                return drawn;
            }
        }
    }

    fn next_u128(&mut self) -> u128 {
        let high = u128::from(self.0.next_u64());
        let low = u128::from(self.0.next_u64());
        (high << 64) + low
    }
}
