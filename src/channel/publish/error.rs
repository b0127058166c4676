use std::fmt;

use crate::error::Transient;

/// So many values were lost in this place. The stream goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{lost} values were lost: the subscriber was too slow")]
#[non_exhaustive]
pub struct Lagged {
    /// How many, exactly.
    pub lost: u64,
}

/// A subscriber under [`Policy::Block`](super::Policy::Block) is full. The value
/// comes back; nobody got it.
#[derive(Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a subscriber that is waited for is full")]
pub struct Full<T>(pub T);

/// Whatever the value is, so that results of `try_publish` can be unwrapped.
impl<T> fmt::Debug for Full<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Full(..)")
    }
}

impl<T> Transient for Full<T> {
    fn is_transient(&self) -> bool {
        true
    }
}
