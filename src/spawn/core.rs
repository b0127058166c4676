//! The pure machine: whether what failed may be started again.
//!
//! # Invariants
//!
//! 1. `restarts` are the moments of those restarts that are younger than the
//!    window was at the last failure, oldest first.
//! 2. `restarts` holds at most `most`: one more is never granted.

use std::collections::VecDeque;
use std::time::Duration;

/// What becomes of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Start it again. `afresh` if no restart is in the window any more: what came
    /// before is over.
    Restart { afresh: bool },
    /// It failed too often.
    GiveUp,
}

/// At most so many restarts in any window of that length.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    most: u32,
    length: Duration,
    restarts: VecDeque<Duration>,
}

impl Window {
    pub(crate) fn new(most: u32, length: Duration) -> Self {
        Self { most, length, restarts: VecDeque::new() }
    }

    /// Judges a failure at a moment, which is not before that of the last.
    pub(crate) fn failed(&mut self, at: Duration) -> Verdict {
        // A restart that is as old as the window is out of it.
        while self.restarts.front().is_some_and(|&restart| at - restart >= self.length) {
            self.restarts.pop_front();
        }
        if self.restarts.len() >= self.most as usize {
            return Verdict::GiveUp;
        }
        let afresh = self.restarts.is_empty();
        self.restarts.push_back(at);
        Verdict::Restart { afresh }
    }
}
