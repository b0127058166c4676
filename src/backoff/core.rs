//! The pure machine: in which range the next delay lies.
//!
//! # Invariants
//!
//! All fields are whole nanoseconds, but for `fraction`.
//!
//! 1. `base ≤ now ≤ max`, and `max` is at most `Duration::MAX`, which is less
//!    than 2⁹⁴. So three times a delay, the sum of two, and a delay times a
//!    `u32` fit in a `u128`.
//! 2. `now` depends on the policy and the number of steps only, not on what was
//!    drawn.
//! 3. `drawn` lies in the range that was given out, and is `base` before the
//!    first. So `base ≤ drawn` under `Decorrelated`, and its range is not empty.

use std::time::Duration;

use super::Jitter;
use super::policy::Growth;

#[derive(Clone, Debug)]
pub(super) struct Core {
    growth: Growth,
    jitter: Jitter,
    base: u128,
    max: u128,
    /// The next delay without jitter.
    now: u128,
    /// What `now` lacks to the value that is carried on, in 2⁻⁶⁴ nanoseconds.
    fraction: u64,
    /// `now` one step ago, and 0 before the first.
    before: u128,
    /// The delay that was drawn last.
    drawn: u128,
}

impl Core {
    pub(super) fn new(growth: Growth, max: Duration, jitter: Jitter) -> Self {
        let (Growth::Constant(base)
        | Growth::Linear(base)
        | Growth::Exponential { base, .. }
        | Growth::Fibonacci(base)) = growth;
        let max = max.as_nanos();
        let base = base.as_nanos().min(max);
        Self { growth, jitter, base, max, now: base, fraction: 0, before: 0, drawn: base }
    }

    /// The shortest and the longest that the next delay may be.
    pub(super) fn range(&self) -> (u128, u128) {
        match self.jitter {
            Jitter::None => (self.now, self.now),
            Jitter::Full => (0, self.now),
            // The half is rounded up: a delay is never shorter than d/2.
            Jitter::Equal => (self.now - self.now / 2, self.now),
            // Invariants 1 and 3.
            Jitter::Decorrelated => (self.base, self.max.min(3 * self.drawn)),
        }
    }

    /// Goes on to the next delay, now that `drawn` was taken from the range.
    pub(super) fn advance(&mut self, drawn: u128) {
        self.drawn = drawn;
        let next = match self.growth {
            Growth::Constant(_) => self.now,
            Growth::Linear(_) => self.now + self.base,
            Growth::Exponential { num, den, .. } => self.scaled(num, den),
            Growth::Fibonacci(_) => self.now + self.before,
        };
        self.before = self.now;
        // Invariant 1. No growth shrinks, so what is over `max` stays over it:
        // to go on from `max` gives the same delays as to go on from the sum.
        self.now = next.min(self.max);
    }

    /// `now` and its `fraction`, times `num / den`. Leaves the new fraction.
    fn scaled(&mut self, num: u32, den: u32) -> u128 {
        let (num, den) = (u128::from(num), u128::from(den));
        // Long division by two digits, the nanoseconds and their fraction: the
        // two together have up to 158 bits and do not fit.
        let product = self.now * num;
        let (whole, rest) = (product / den, product % den);
        let parts = ((rest << 64) + u128::from(self.fraction) * num) / den;
        self.fraction = parts as u64;
        whole + (parts >> 64)
    }
}
