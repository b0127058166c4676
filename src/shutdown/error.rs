use std::fmt;

/// It is over: the shutdown was triggered, and nothing new begins.
///
/// Hands back what was to begin.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refused<F> {
    /// What was refused.
    pub work: F,
}

impl<F> Refused<F> {
    pub(super) fn new(work: F) -> Self {
        Self { work }
    }
}

impl<F> fmt::Debug for Refused<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refused").finish_non_exhaustive()
    }
}

impl<F> fmt::Display for Refused<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("refused: the shutdown was triggered")
    }
}

impl<F> std::error::Error for Refused<F> {}
