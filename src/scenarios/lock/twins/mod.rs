//! The textbook's locks.

mod keys;
mod loads;
mod values;

pub(super) use self::keys::{LeftKey, RemovedKey};
pub(super) use self::loads::{Herd, LeftMark};
pub(super) use self::values::{HeldGuard, HeldWrite, LookThenWait, ReadThenWrite};
