//! The pure machine: what follows the end of an attempt.
//!
//! # Invariants
//!
//! 1. `attempts ≤ max_attempts`, and `1 ≤ max_attempts`. So no count overflows.
//! 2. No attempt but the first begins when no time is left, and no sleep that would
//!    take all that is left.
//! 3. A delay is drawn only if another attempt is allowed: what is drawn is slept,
//!    unless that would take all the time that is left, the caller gives up or the
//!    budget refuses.

use std::time::Duration;

use super::Stop;

#[derive(Clone, Debug)]
pub(super) struct Core {
    max_attempts: u32,
    attempts: u32,
}

/// How an attempt ended, if not with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// An error that another attempt can't help.
    Permanent,
    /// An error, or the attempt's own time limit.
    Failed,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Sleep(Duration),
    Stop(Stop),
}

impl Core {
    pub(super) fn new(max_attempts: u32) -> Self {
        Self { max_attempts, attempts: 0 }
    }

    pub(super) fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Begins an attempt. Gives its number, from 1.
    pub(super) fn begin(&mut self) -> u32 {
        // Invariant 1: `ended` lets nobody come here beyond the last.
        self.attempts += 1;
        self.attempts
    }

    /// An attempt ended when `left` was left to the deadline, `None` if there is none.
    pub(super) fn ended(
        &self,
        outcome: Outcome,
        left: Option<Duration>,
        draw: impl FnOnce() -> Duration,
    ) -> Next {
        match outcome {
            Outcome::Permanent => return Next::Stop(Stop::Permanent),
            Outcome::Failed if self.attempts >= self.max_attempts => {
                return Next::Stop(Stop::Attempts);
            }
            Outcome::Failed => {}
        }
        // Invariant 3.
        let delay = draw();
        // Invariant 2: where no time is left, no delay is short enough.
        if left.is_some_and(|left| delay >= left) {
            return Next::Stop(Stop::Deadline);
        }
        Next::Sleep(delay)
    }
}

/// Whether an attempt may begin after a sleep, which may have ended late. Invariant 2.
pub(super) fn may_begin(left: Option<Duration>) -> bool {
    left != Some(Duration::ZERO)
}
