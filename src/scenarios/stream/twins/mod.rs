//! Broken streams.

mod detached;
mod polled;
mod time;

pub(super) use self::detached::Detached;
pub(super) use self::polled::{Collected, Polled};
pub(super) use self::time::{Between, Burst, Local, Restarted};
