//! Chance with a seed.

use std::hash::{BuildHasher, RandomState};

/// SplitMix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number
/// Generators", 2014).
#[derive(Clone, Debug)]
pub struct Draw(u64);

impl Draw {
    /// Draws the same numbers for the same seed.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`, which must not be 0.
    pub fn below(&mut self, end: u64) -> u64 {
        // The bias is below one in 2^50 for the small ends that are used here.
        self.number() % end
    }

    /// True once in `n` times.
    pub fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// Another sequence, for a part of the program that draws on its own.
    #[must_use]
    pub fn split(&mut self) -> Self {
        Self(self.number())
    }
}

/// A seed that differs from run to run.
#[must_use]
pub fn any_seed() -> u64 {
    RandomState::new().hash_one(())
}

#[cfg(test)]
mod tests {
    use super::Draw;

    #[test]
    fn a_seed_draws_the_same_numbers_again_and_another_seed_others() {
        let numbers = |seed| {
            let mut draw = Draw::seeded(seed);
            [draw.number(), draw.number(), draw.number()]
        };
        assert_eq!(numbers(7), numbers(7));
        assert_ne!(numbers(7), numbers(8));
    }

    #[test]
    fn one_in_n_is_about_that_often() {
        let mut draw = Draw::seeded(1);
        let hits = (0..10_000).filter(|_| draw.one_in(100)).count();
        assert!((50..200).contains(&hits), "{hits} of 10000");
    }
}
