//! Natural numbers without a limit, for references that cannot overflow.

use std::cmp::Ordering;

/// Words in little-endian order, without zeros at the top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wide(Vec<u32>);

impl Wide {
    pub(super) fn new(n: u128) -> Self {
        Self((0..4).map(|i| (n >> (32 * i)) as u32).collect()).trimmed()
    }

    pub(super) fn times(&self, by: &Self) -> Self {
        let mut words = vec![0; self.0.len() + by.0.len()];
        for (i, a) in self.0.iter().enumerate() {
            let mut carry = 0;
            for (j, b) in by.0.iter().enumerate() {
                let sum = u64::from(*a) * u64::from(*b) + u64::from(words[i + j]) + carry;
                words[i + j] = sum as u32;
                carry = sum >> 32;
            }
            words[i + by.0.len()] = carry as u32;
        }
        Self(words).trimmed()
    }

    /// Rounded down.
    pub(super) fn over(mut self, by: u32) -> Self {
        let mut rest = 0;
        for word in self.0.iter_mut().rev() {
            let part = (rest << 32) + u64::from(*word);
            *word = (part / u64::from(by)) as u32;
            rest = part % u64::from(by);
        }
        self.trimmed()
    }

    pub(super) fn power(base: u32, exponent: u32) -> Self {
        (0..exponent).fold(Self::new(1), |power, _| power.times(&Self::new(base.into())))
    }

    /// Without its lowest 64 bits, as a number of at most `most`.
    pub(super) fn whole_part(&self, most: u128) -> u128 {
        let words = self.0.get(2..).unwrap_or_default();
        if words.len() > 4 {
            return most;
        }
        let whole = words.iter().rev().fold(0, |n, word| (n << 32) + u128::from(*word));
        whole.min(most)
    }

    fn trimmed(mut self) -> Self {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
        self
    }
}

impl PartialOrd for Wide {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Wide {
    fn cmp(&self, other: &Self) -> Ordering {
        let length = self.0.len().cmp(&other.0.len());
        length.then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }
}

#[test]
fn wide_numbers_agree_with_u128_where_both_exist() {
    let numbers = [0, 1, 7, u128::from(u32::MAX), u128::from(u64::MAX), 1 << 63, 3 << 40];
    for (a, b) in numbers.iter().flat_map(|a| numbers.iter().map(move |b| (*a, *b))) {
        assert_eq!(Wide::new(a).times(&Wide::new(b)), Wide::new(a * b), "{a} · {b}");
        assert_eq!(Wide::new(a * b).over(1_000_003), Wide::new(a * b / 1_000_003));
        assert_eq!(Wide::new(a).cmp(&Wide::new(b)), a.cmp(&b));
        assert_eq!(Wide::new(a * b).whole_part(u128::MAX), (a * b) >> 64);
    }
    assert_eq!(Wide::power(2, 64), Wide::new(1 << 64));
    assert_eq!(Wide::power(2, 127 + 64).whole_part(u128::MAX), 1 << 127);
    assert_eq!(Wide::power(2, 128 + 64).whole_part(9), 9);
}
