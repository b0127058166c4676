use std::collections::HashSet;

/// How many hashes are kept: half a megabyte or so.
const KEPT: usize = 1 << 16;

/// Counts distinct hashes in bounded memory: exactly up to 65,536, and beyond that
/// within 1 % or so.
///
/// Adaptive sampling: of more than fit, only those are kept that end in so many
/// zeros, and stand for their share. Flajolet, "On adaptive sampling", Computing
/// 43, 1990, after Wegman.
#[derive(Debug, Default)]
pub(super) struct Distinct {
    seen: HashSet<u64>,
    zeros: u32,
}

impl Distinct {
    pub(super) fn add(&mut self, hash: u64) {
        if hash.trailing_zeros() < self.zeros {
            return;
        }
        self.seen.insert(hash);
        while self.seen.len() > KEPT {
            self.zeros += 1;
            let zeros = self.zeros;
            self.seen.retain(|hash| hash.trailing_zeros() >= zeros);
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.zeros = self.zeros.max(other.zeros);
        let zeros = self.zeros;
        self.seen.retain(|hash| hash.trailing_zeros() >= zeros);
        other.seen.into_iter().for_each(|hash| self.add(hash));
    }

    pub(super) fn count(&self) -> u64 {
        (self.seen.len() as u64) << self.zeros
    }
}

#[cfg(test)]
mod tests {
    use super::{Distinct, KEPT};
    use crate::rt::draw::SplitMix64;

    fn of(numbers: impl IntoIterator<Item = u64>) -> Distinct {
        let mut distinct = Distinct::default();
        for number in numbers {
            distinct.add(SplitMix64::new(number).next_u64());
        }
        distinct
    }

    #[test]
    fn few_are_counted_exactly() {
        assert_eq!(of((0..KEPT as u64).chain(0..1_000)).count(), KEPT as u64);
    }

    #[test]
    fn many_are_estimated_in_bounded_memory() {
        let distinct = of(0..1_000_000);
        assert!(distinct.seen.len() <= KEPT);
        let error = distinct.count().abs_diff(1_000_000);
        assert!(error < 20_000, "{} of 1,000,000", distinct.count());
    }

    #[test]
    fn parts_add_up_to_the_whole() {
        let mut parts = of(0..300_000);
        parts.merge(of(200_000..500_000));
        assert_eq!(parts.count(), of(0..500_000).count());
        let mut small = of(0..10);
        small.merge(of(0..300_000));
        assert_eq!(small.count(), of(0..300_000).count());
    }
}
