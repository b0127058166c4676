//! A share of a search: one of several processes that explore side by side.

use std::fmt;
use std::str::FromStr;

/// One of `n` equal parts of a search, counted from 1: what `SUREFOOT_SHARD=i/n` and
/// [`Explorer::shard`](super::Explorer::shard) ask for.
///
/// ```
/// use surefoot::sim::Shard;
///
/// let shard: Shard = "2/4".parse()?;
/// assert_eq!(shard, Shard::new(2, 4));
/// assert_eq!(shard.to_string(), "2/4");
///
/// let error = "5/4".parse::<Shard>().unwrap_err();
/// assert_eq!(error.to_string(), "shard, position 0: expected a number from 1 to 4, found `5`");
/// # Ok::<(), surefoot::sim::ShardError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shard {
    /// From 1.
    number: u64,
    of: u64,
}

impl Shard {
    /// All of it.
    pub const WHOLE: Self = Self { number: 1, of: 1 };

    /// Part `number` of `of`, counted from 1.
    ///
    /// # Panics
    ///
    /// If `number` is not one of `1..=of`.
    #[must_use]
    #[track_caller]
    pub const fn new(number: u64, of: u64) -> Self {
        assert!(number >= 1 && number <= of, "shards are numbered from 1 to how many there are");
        Self { number, of }
    }

    /// Which part, from 1.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.number
    }

    /// How many parts there are.
    #[must_use]
    pub const fn of(self) -> u64 {
        self.of
    }

    /// Whether it is the only one.
    #[must_use]
    pub const fn is_whole(self) -> bool {
        self.of == 1
    }

    /// Whether what stands at that place, from 0, belongs to it.
    pub(super) fn owns(self, place: u64) -> bool {
        place % self.of == self.number - 1
    }

    /// How many of the places below `end` it owns.
    pub(super) fn count(self, end: u64) -> u64 {
        end / self.of + u64::from(end % self.of >= self.number)
    }
}

impl Default for Shard {
    fn default() -> Self {
        Self::WHOLE
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

/// A text that is no shard.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("shard, position {position}: expected {expected}, found {found}")]
pub struct ShardError {
    position: usize,
    expected: String,
    found: String,
}

impl ShardError {
    /// Where the text goes wrong: a byte offset.
    #[must_use]
    pub fn position(&self) -> usize {
        self.position
    }
}

impl FromStr for Shard {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, ShardError> {
        let error = |position, expected: String, found: &str| {
            let found = if found.is_empty() { "the end".to_owned() } else { format!("`{found}`") };
            Err(ShardError { position, expected, found })
        };
        let Some((first, second)) = text.split_once('/') else {
            return error(text.len(), "`/` and how many shards there are".to_owned(), "");
        };
        let at = first.len() + 1;
        let Some(of) = number(second).filter(|of| *of > 0) else {
            return error(at, "how many shards there are, from 1".to_owned(), second);
        };
        match number(first) {
            Some(number) if (1..=of).contains(&number) => Ok(Self { number, of }),
            _ => error(0, format!("a number from 1 to {of}"), if at == 1 { "/" } else { first }),
        }
    }
}

/// `u64::from_str` would take a sign, too.
fn number(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::Shard;

    #[test]
    fn every_place_belongs_to_one_shard() {
        for of in [1, 2, 3, 7, 40] {
            let shards = || (1..=of).map(|number| Shard::new(number, of));
            for place in 0..30 {
                assert_eq!(shards().filter(|shard| shard.owns(place)).count(), 1);
                for shard in shards() {
                    let owned = (0..place).filter(|&place| shard.owns(place)).count();
                    assert_eq!(shard.count(place), owned as u64, "{shard} of {place}");
                }
            }
        }
    }

    #[test]
    fn a_text_that_is_no_shard_says_where_and_what_was_expected() {
        for (text, position, says) in [
            ("", 0, "expected `/` and how many shards there are, found the end"),
            ("2", 1, "expected `/` and how many shards there are, found the end"),
            ("2/", 2, "expected how many shards there are, from 1, found the end"),
            ("1/0", 2, "expected how many shards there are, from 1, found `0`"),
            ("1/+4", 2, "expected how many shards there are, from 1, found `+4`"),
            ("1/2/3", 2, "expected how many shards there are, from 1, found `2/3`"),
            ("/4", 0, "expected a number from 1 to 4, found `/`"),
            ("0/4", 0, "expected a number from 1 to 4, found `0`"),
            ("5/4", 0, "expected a number from 1 to 4, found `5`"),
            ("x/4", 0, "expected a number from 1 to 4, found `x`"),
            (" 1/4", 0, "expected a number from 1 to 4, found ` 1`"),
            ("1/99999999999999999999", 2, "expected how many shards there are, from 1"),
        ] {
            let error = text.parse::<Shard>().unwrap_err();
            assert_eq!(error.position(), position, "{text}: {error}");
            let start = format!("shard, position {position}: {says}");
            assert!(error.to_string().starts_with(&start), "{text}: {error}");
        }
    }
}
