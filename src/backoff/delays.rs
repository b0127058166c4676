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
        let (low, high) = self.core.range();
        let delay = low + self.rng.up_to(high - low);
        self.core.advance(delay);
        Duration::from_nanos_u128(delay)
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
