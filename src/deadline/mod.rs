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
//! # Limits nest
//!
//! Of all limits that apply, the nearest wins. One that is written around the
//! other does so by itself; a [scope](Deadline::scope) reaches through function
//! calls and into tasks: whatever waits inside with a limit, which is all that has a
//! place for the error, ends by its deadline, and finds it as [`Deadline::current`];
//! what has none, such as a join without a deadline, waits on. A limit looks at its
//! scope when it begins, which is when it is first polled and not ready; what is ready
//! at once is not asked for the time.
//!
//! Limits of any size work: one that lies beyond the clock's range is
//! [never](Deadline::never). Times are exact on Tokio's millisecond tick,
//! rounded up.
//!
//! # Guarantees
//!
//! - RETRY8: the inner future is dropped at exactly the limit; a ready output
//!   wins at the limit; a future that is always busy cannot starve it. While the
//!   task's cooperation budget is spent, nobody is asked, and nobody is too late.
//!
//! # When not to use it
//!
//! Where no other limit is near, `tokio::time::timeout` does the same as
//! [`timeout`], and outlives a scope. Work that must outlive whoever asked for it
//! is no part of the scope: start it with
//! [`Spawner::deadline`](crate::spawn::Spawner::deadline).

mod bound;
mod error;
mod last_call;
mod moment;
mod scope;
mod timer;

pub use self::bound::{Bound, TryBound, timeout, try_timeout};
pub use self::error::TimeoutError;
pub(crate) use self::last_call::LastCall;
pub use self::moment::Deadline;
pub(crate) use self::moment::Limit;
pub use self::scope::Scoped;
pub(crate) use self::timer::Timer;
