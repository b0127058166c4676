//! Code that blocks or computes, beside the executor: a limited number at a time,
//! in order of arrival.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use surefoot::blocking::Blocking;
//!
//! let hashing = Blocking::builder().threads(4).queue(100).build()?;
//! let hash = hashing
//!     .run(|stop| {
//!         let mut hash = 5_381_u64;
//!         for byte in b"a long file" {
//!             if stop.is_set() {
//!                 break; // whoever asked is gone
//!             }
//!             hash = hash.wrapping_mul(33) ^ u64::from(*byte);
//!         }
//!         hash
//!     })
//!     .await?;
//! assert_ne!(hash, 5_381);
//! # Ok(()) }
//! ```
//!
//! [`run`] alone is for the occasional call, where the runtime's own number of
//! threads is limit enough.
//!
//! # The textbook version
//!
//! `spawn_blocking` for each call, or a semaphore in front of it whose permit the
//! caller holds. They break under schedules with one or two deviations, which
//! `cargo board --pattern blocking` shows:
//!
//! | defect | what happens | scenario |
//! |---|---|---|
//! | the caller holds the permit, not the closure | a caller that leaves lets one more run beside its own | `no_more_run_than_may` |
//! | there is no limit | a burst takes all of the runtime's threads, and what comes later waits behind it | `no_more_wait_than_may` |
//! | a closure is queued by itself, without its caller | it runs although nobody waits for it any more | `a_closure_whose_caller_left_never_begins` |
//!
//! Nor does its closure learn that its caller left while it ran. The board also runs
//! a small model of a queue made of wakers: a hog overtakes who waits, and a caller
//! that left keeps its place or takes another's wake-up.
//!
//! # Guarantees
//!
//! - BLOCK1 The executor runs on while closures block. At most
//!   [`threads`](Builder::threads) run at once, begun in order of arrival; when as
//!   many wait as may, the next caller gets an error at once. A caller that leaves
//!   sets its closure's [`Stop`], or, if it has not begun, keeps it from ever
//!   running. A panic is an error. One that [takes too long](Builder::warn_after) is
//!   counted and reported while it runs.
//!
//! And those of every pattern, X1 to X13, as far as they apply.
//!
//! # In a simulation
//!
//! Inside [`sim`](crate::sim) a closure is a task of its own whose one poll runs
//! it: the schedule says when, and virtual time stands still meanwhile. Under
//! Tokio's paused clock it runs on a thread, and the clock does not advance by
//! itself until it returns.
//!
//! # Keep polling
//!
//! A caller in the queue may be granted a thread at any time. A future that is kept
//! but not polled then keeps the thread from everybody: in `select!`, don't hold on
//! to a `run` across another branch's awaits. [`sim`](crate::sim) names such a task
//! in its deadlock report.
//!
//! # When not to use it
//!
//! - For what never ends (a loop that reads a device), start a thread with
//!   [`std::thread::spawn`]: here it would keep its place for ever, and keep the
//!   runtime from shutting down.
//! - For what takes less than some 50 µs, call it in place: the way to a thread and
//!   back costs about as much.
//! - For one computation on all cores, use `rayon`, and a channel back.
//! - For files, `tokio::fs` does this already, without a limit.

mod builder;
mod core;
mod error;
mod handle;
mod overrun;
mod run;
mod shared;
mod status;
mod stop;
mod wait;
mod work;

pub use self::builder::Builder;
pub use self::error::BlockingError;
pub use self::handle::Blocking;
pub use self::run::run;
pub use self::status::Status;
pub use self::stop::Stop;
