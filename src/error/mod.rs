//! The vocabulary that errors of several patterns share.
//!
//! The error of an operation lives beside the operation
//! ([`pool::AcquireError`](crate::pool::AcquireError)); here are only the
//! words that they have in common.

mod config;
mod panic;
mod words;

pub use self::config::{BadField, ConfigError};
#[cfg(feature = "sim")]
pub(crate) use self::panic::note_panic;
pub(crate) use self::panic::{
    CatchPanic, Caught, Held, catch, catch_future, hold_future, raise_injected,
};
pub use self::panic::{Panicked, install_panic_hook};
pub use self::words::{Cancelled, Closed, Elapsed, Empty, TaskError, Transient};
