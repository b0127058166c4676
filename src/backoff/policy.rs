use std::time::Duration;

use super::core::Core;
use super::{Delays, Rng};

/// How the delays grow, where they end, and how far chance spreads them.
///
/// A policy is plain data: it draws nothing and remembers nothing. Many callers
/// can share one, and each takes its own [`delays`](Self::delays).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backoff {
    growth: Growth,
    max_delay: Duration,
    jitter: Jitter,
}

/// Delay number n, from 0, before the cap and the jitter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Growth {
    /// d
    Constant(Duration),
    /// step · (n + 1)
    Linear(Duration),
    /// base · (num / den)ⁿ
    Exponential { base: Duration, num: u32, den: u32 },
    /// base · F(n + 1), with F(1) = F(2) = 1
    Fibonacci(Duration),
}

/// How chance spreads a delay. `d` is the delay that the policy would give
/// without jitter, after its cap.
///
/// Both ends of every range are included, and every nanosecond in it is equally
/// likely. Jitter does not compound: except for
/// [`Decorrelated`](Self::Decorrelated), a draw has no effect on later delays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Jitter {
    /// Exactly `d`. Callers that failed together come back together.
    #[default]
    None,
    /// In `[0, d]`. Spreads the most, for the least work in total: take this
    /// one, unless a delay near zero does harm.
    Full,
    /// In `[d/2, d]`, for when each attempt must leave some time to the last.
    Equal,
    /// In `[base, min(max_delay, 3 · previous)]`, where `previous` is the delay
    /// before, and `base` for the first.
    ///
    /// This is a curve of its own: the base and the cap of the policy count,
    /// how it grows and its factor do not.
    Decorrelated,
}

impl Backoff {
    /// Always `delay`.
    #[must_use]
    pub fn constant(delay: Duration) -> Self {
        Self::new(Growth::Constant(delay))
    }

    /// `step`, 2 · `step`, 3 · `step` and so on.
    #[must_use]
    pub fn linear(step: Duration) -> Self {
        Self::new(Growth::Linear(step))
    }

    /// `base`, 2 · `base`, 4 · `base` and so on; another factor than 2 with
    /// [`factor`](Self::factor) or [`factor_ratio`](Self::factor_ratio).
    ///
    /// ```
    /// use std::time::Duration;
    /// use surefoot::backoff::{Backoff, Rng};
    ///
    /// let tenfold = Backoff::exponential(Duration::from_millis(3)).factor(10);
    /// let delays: Vec<_> = tenfold.delays(Rng::seeded(0)).take(4).collect();
    /// assert_eq!(delays, [3, 30, 300, 3_000].map(Duration::from_millis));
    /// ```
    #[must_use]
    pub fn exponential(base: Duration) -> Self {
        Self::new(Growth::Exponential { base, num: 2, den: 1 })
    }

    /// `base`, `base`, 2 · `base`, 3 · `base`, 5 · `base` and so on: each is the
    /// sum of the two before it. Grows by 1.6 a step in the long run.
    #[must_use]
    pub fn fibonacci(base: Duration) -> Self {
        Self::new(Growth::Fibonacci(base))
    }

    fn new(growth: Growth) -> Self {
        Self { growth, max_delay: Duration::MAX, jitter: Jitter::None }
    }

    /// Each delay is `factor` times the one before, exactly.
    ///
    /// # Panics
    ///
    /// If `factor` is 0, or the policy is not [exponential](Self::exponential).
    #[must_use]
    #[track_caller]
    pub fn factor(self, factor: u32) -> Self {
        self.factor_ratio(factor, 1)
    }

    /// Each delay is `num / den` times the one before.
    ///
    /// A delay is carried on with a fraction of 64 bits, rounded down at each
    /// step. So delay number n, from 0, is never above `base · (num / den)ⁿ`, and
    /// below it by less than a nanosecond and n parts in 2⁶⁴.
    ///
    /// ```
    /// use std::time::Duration;
    /// use surefoot::backoff::{Backoff, Rng};
    ///
    /// let half_more = Backoff::exponential(Duration::from_millis(8)).factor_ratio(3, 2);
    /// let delays: Vec<_> = half_more.delays(Rng::seeded(0)).take(5).collect();
    /// assert_eq!(delays, [8_000, 12_000, 18_000, 27_000, 40_500].map(Duration::from_micros));
    /// ```
    ///
    /// # Panics
    ///
    /// If `den` is 0, the ratio is below 1, or the policy is not
    /// [exponential](Self::exponential).
    #[must_use]
    #[track_caller]
    pub fn factor_ratio(mut self, num: u32, den: u32) -> Self {
        assert!(den > 0, "a factor of {num}/0 is no number");
        assert!(num >= den, "a factor of {num}/{den} is below 1");
        let Growth::Exponential { base, .. } = self.growth else {
            panic!("only an exponential backoff has a factor");
        };
        self.growth = Growth::Exponential { base, num, den };
        self
    }

    /// No delay is longer than `limit`: not the first, and not after jitter.
    ///
    /// Without it, delays grow up to [`Duration::MAX`].
    #[must_use]
    pub fn max_delay(mut self, limit: Duration) -> Self {
        self.max_delay = limit;
        self
    }

    /// How chance spreads the delays. Without it they are exact
    /// ([`Jitter::None`]), which suits a single caller; where many call the same
    /// service, take [`Jitter::Full`].
    #[must_use]
    pub fn jitter(mut self, jitter: Jitter) -> Self {
        self.jitter = jitter;
        self
    }

    /// The delays, from the first on, without an end.
    ///
    /// `rng` decides what the jitter draws. Without jitter nothing is drawn.
    #[must_use]
    pub fn delays(&self, rng: Rng) -> Delays {
        Delays::new(Core::new(self.growth, self.max_delay, self.jitter), rng)
    }
}
