//! Time limits.
//!
//! A duration is a limit for one step; a [`Deadline`] is a limit for all the
//! steps of a piece of work, which is what a caller waits for.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
//! use std::{future::pending, time::Duration};
//! use surefoot::deadline::{Deadline, timeout};
//!
//! let late = timeout(Duration::from_secs(5), pending::<()>()).await;
//! assert_eq!(late.unwrap_err().after, Duration::from_secs(5));
//!
//! let deadline = Deadline::after(Duration::from_secs(1));
//! assert_eq!(deadline.bound(async { 7 }).await, Ok(7));
//! assert_eq!(deadline.remaining(), Some(Duration::from_secs(1)));
//! # }
//! ```
//!
//! Limits of any size work: one that lies beyond the clock's range is
//! [never](Deadline::never). Times are exact on Tokio's millisecond tick,
//! rounded up.
//!
//! # When not to use it
//!
//! Where no other limit is near, `tokio::time::timeout` does the same as
//! [`timeout`].

mod bound;
mod error;
mod moment;
mod timer;

pub use self::bound::{Bound, TryBound, timeout, try_timeout};
pub use self::error::TimeoutError;
pub use self::moment::Deadline;
pub(crate) use self::moment::Limit;
pub(crate) use self::timer::Timer;
