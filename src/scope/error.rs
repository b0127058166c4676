use std::fmt;

use crate::error::{Elapsed, Panicked, Transient};

/// Why a scope gave no value. The first that went wrong; what went wrong after
/// it, or because of it, is not told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScopeError<E> {
    /// The body or a child returned an error.
    #[error("the scope failed")]
    Failed(#[source] E),
    /// The body or a child panicked. A child's panic says where the child was
    /// spawned, the body's where the scope was made.
    #[error("the scope panicked")]
    Panicked(#[source] Panicked),
    /// The [deadline](super::Scope::deadline) passed.
    #[error(transparent)]
    Elapsed(Elapsed),
    /// A child was cancelled from outside: its runtime ended.
    #[error("a child was cancelled with its runtime")]
    Cancelled,
}

impl<E: Transient> Transient for ScopeError<E> {
    fn is_transient(&self) -> bool {
        match self {
            Self::Failed(error) => error.is_transient(),
            Self::Elapsed(elapsed) => elapsed.is_transient(),
            Self::Panicked(_) | Self::Cancelled => false,
        }
    }
}

/// The scope takes no more children: it has ended, or failed and is ending. Hands
/// the future back.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Refused<F>(pub F);

impl<F> fmt::Debug for Refused<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Refused").finish_non_exhaustive()
    }
}

impl<F> fmt::Display for Refused<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the scope takes no more children")
    }
}

impl<F> std::error::Error for Refused<F> {}
