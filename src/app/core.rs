//! The exit code that comes of how a service ended.
//!
//! # Invariants
//!
//! 1. The code is that of the highest-ranking that applies: forced, panicked, cut
//!    off, failed. A process has one code; who reads it learns the worst.
//! 2. It is 0 only if none of them applies.

use crate::shutdown::Signal;

/// How a service ended.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ending {
    /// The signal that did not want to wait for the drain.
    pub(super) forced: Option<Signal>,
    pub(super) panicked: bool,
    /// Something was aborted, or does not end even so.
    pub(super) cut_off: bool,
    pub(super) failed: bool,
}

impl Ending {
    pub(super) fn exit_code(self) -> u8 {
        // (1), (2): in order of rank.
        match self {
            Self { forced: Some(signal), .. } => signal.exit_code(),
            Self { panicked: true, .. } => 101,
            Self { cut_off: true, .. } => 124,
            Self { failed: true, .. } => 1,
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Ending;
    use crate::shutdown::Signal::{Interrupt, Terminate};

    /// app/APP1: every combination has the code of the worst in it.
    #[test]
    fn the_worst_that_applies_is_the_exit_code() {
        for forced in [None, Some(Interrupt), Some(Terminate)] {
            for bits in 0..8 {
                let [panicked, cut_off, failed] = [4, 2, 1].map(|bit| bits & bit != 0);
                let code = Ending { forced, panicked, cut_off, failed }.exit_code();
                let expected = match (forced, bits) {
                    (Some(Interrupt), _) => 130,
                    (Some(Terminate), _) => 143,
                    (None, 4..) => 101,
                    (None, 2..) => 124,
                    (None, 1) => 1,
                    (None, _) => 0,
                };
                assert_eq!(code, expected, "{forced:?} {bits:03b}");
            }
        }
    }
}
