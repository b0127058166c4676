use std::iter::FusedIterator;
use std::time::Duration;

use super::Rng;
use super::core::Core;

/// The delays of a [`Backoff`](super::Backoff), one after the other, without
/// an end.
///
/// A clone goes on with the same delays, those of jitter too. For others, ask
/// the policy again.
///
/// ```
/// use std::time::Duration;
/// use surefoot::backoff::{Backoff, Rng};
///
/// let mut delays = Backoff::linear(Duration::from_secs(2)).delays(Rng::seeded(0));
/// assert_eq!(delays.next_delay(), Duration::from_secs(2));
/// assert_eq!(delays.next_delay(), Duration::from_secs(4));
/// assert_eq!(delays.next(), Some(Duration::from_secs(6)));
/// ```
#[derive(Clone, Debug)]
pub struct Delays {
    core: Core,
    rng: Rng,
}

impl Delays {
    pub(super) fn new(core: Core, rng: Rng) -> Self {
        Self { core, rng }
    }

    /// The next delay. As [`next`](Iterator::next), which is never `None`.
    pub fn next_delay(&mut self) -> Duration {
        self.next_delay_from(Duration::ZERO)
    }

    /// The next delay, if it must not be shorter than `least`: the other side said
    /// when to come back.
    ///
    /// The range that jitter draws from is moved up as a whole, so that it begins at
    /// `least`: those who were all told the same do not come back together. Without
    /// jitter it is the longer of the two. It may exceed `max_delay`, saturates at
    /// [`Duration::MAX`], and later delays do not depend on it.
    ///
    /// ```
    /// use std::time::Duration;
    /// use surefoot::backoff::{Backoff, Jitter, Rng};
    ///
    /// let policy = Backoff::constant(Duration::from_secs(2)).jitter(Jitter::Full);
    /// let delay = policy.delays(Rng::from_entropy()).next_delay_from(Duration::from_secs(30));
    /// assert!((30..=32).contains(&delay.as_secs()));
    /// ```
    pub fn next_delay_from(&mut self, least: Duration) -> Duration {
        let (low, high) = self.core.range();
        let spread = self.rng.up_to(high - low);
        self.core.advance(low + spread);
        let delay = low.max(least.as_nanos()) + spread;
        Duration::from_nanos_u128(delay.min(Duration::MAX.as_nanos()))
    }
}

impl Iterator for Delays {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        Some(self.next_delay())
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (usize::MAX, None)
    }
}

impl FusedIterator for Delays {}
