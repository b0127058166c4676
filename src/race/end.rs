//! Sealed: how a race ends.

use super::AllFailed;
use crate::error::Elapsed;

/// How a race ended.
pub enum End<W> {
    Won(W),
    /// All futures have ended, and none won.
    Lost,
    Elapsed(Elapsed),
}

/// The errors so far, as they came.
pub struct Errors<E>(Vec<(usize, E)>);

impl<E> Default for Errors<E> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<E> Errors<E> {
    pub(super) fn judge<T>(&mut self, at: usize, output: Result<T, E>) -> Option<(usize, T)> {
        match output {
            Ok(value) => Some((at, value)),
            Err(error) => {
                self.0.push((at, error));
                None
            }
        }
    }

    /// In the order of the futures.
    pub(super) fn sorted(mut self) -> Vec<(usize, E)> {
        self.0.sort_by_key(|(at, _)| *at);
        self.0
    }

    /// Of all futures.
    pub(super) fn all(self) -> AllFailed<E> {
        AllFailed { errors: self.sorted().into_iter().map(|(_, error)| error).collect() }
    }
}
