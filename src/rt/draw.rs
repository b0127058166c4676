//! Reproducible randomness.

/// SplitMix64: one word of state, the same stream on every machine.
///
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number
/// generators", OOPSLA 2014. A schedule's seed must mean the same for ever, so
/// the generator is written down here and not left to a crate's next version.
#[derive(Clone, Debug)]
pub(crate) struct SplitMix64(u64);

impl SplitMix64 {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The generator of the `index`th member of the family `seed`.
    #[cfg(feature = "sim")]
    pub(crate) fn indexed(seed: u64, index: u64) -> Self {
        let mut family = Self(seed);
        let base = family.next_u64();
        let mut member = Self(base ^ index.wrapping_mul(0xA076_1D64_78BD_642F));
        Self(member.next_u64())
    }

    pub(crate) fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Uniform in `0..n`, without bias: the top of the product, as in Lemire,
    /// "Fast random integer generation in an interval", TOMACS 2019.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        debug_assert!(n > 0, "a draw from an empty range");
        loop {
            let wide = u128::from(self.next_u64()) * u128::from(n);
            let low = wide as u64;
            if low >= n || low >= n.wrapping_neg() % n {
                return (wide >> 64) as u64;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::SplitMix64;

    #[test]
    fn the_stream_is_that_of_the_paper() {
        let mut rng = SplitMix64::new(1_234_567);
        let first = [rng.next_u64(), rng.next_u64(), rng.next_u64()];
        assert_eq!(
            first,
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

    #[test]
    fn below_reaches_every_value_about_equally_often() {
        let mut rng = SplitMix64::new(7);
        let mut seen = [0_u32; 6];
        for _ in 0..60_000 {
            seen[rng.below(6) as usize] += 1;
        }
        assert!(seen.iter().all(|n| (9_500..10_500).contains(n)), "{seen:?}");
    }

    #[cfg(feature = "sim")]
    #[test]
    fn members_of_a_family_differ() {
        let firsts: std::collections::BTreeSet<u64> =
            (0..1_000).map(|j| SplitMix64::indexed(7, j).next_u64()).collect();
        assert_eq!(firsts.len(), 1_000);
    }
}
