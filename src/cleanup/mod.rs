//! Cleanup that runs exactly once, whatever happens: asynchronous, and waited
//! for.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
//! use std::future::pending;
//! use std::time::Duration;
//! use surefoot::{cleanup::{Outcome, Reaper}, deadline::timeout};
//! # use std::sync::{Arc, atomic::{AtomicBool, Ordering}};
//!
//! # let rolled_back = Arc::new(AtomicBool::new(false));
//! # let seen = rolled_back.clone();
//! let reaper = Reaper::new();
//! let transfer = reaper.bracket(
//!     String::from("transaction"),
//!     async |transaction| {
//!         transaction.push_str(": debit");
//!         pending::<Result<(), std::io::Error>>().await // the server hangs
//!     },
//!     move |transaction, outcome| async move {
//!         match outcome {
//!             Outcome::Success => { /* commit */ }
//!             _ => rolled_back.store(transaction.contains("debit"), Ordering::Relaxed),
//!         }
//!     },
//! );
//! assert!(timeout(Duration::from_secs(5), transfer).await.is_err());
//! reaper.wait().await; // the rollback is a task now: here it has ended
//! assert!(seen.load(Ordering::Relaxed));
//! # }
//! ```
//!
//! | to clean up | use |
//! |---|---|
//! | synchronously, at the end of a scope | [`defer`] |
//! | asynchronously, after one piece of work | [`Reaper::bracket`] |
//! | asynchronously, what was acquired step by step | [`AsyncStack`] |
//!
//! # The textbook version
//!
//! The work, and after it the cleanup: two awaits, one after the other. Or, since
//! `Drop` can't await, a task that `Drop` spawns. They break under a schedule with
//! one deviation, which `cargo board --pattern cleanup` shows:
//!
//! | defect | what happens | scenario |
//! |---|---|---|
//! | the cleanup is the next statement | a cancelled caller never gets there | `a_cancelled_body_is_cleaned_up` |
//! | the same | nor does a body that panics | `a_panicking_body_is_cleaned_up` |
//! | the cleanup is a part of the caller's future | a caller that leaves while it runs cuts it in half | `a_cleanup_that_began_ends` |
//! | `Drop` spawns it, and nobody keeps the handle | the program ends before it does | `a_wait_outlasts_every_cleanup` |
//! | each resource's `Drop` spawns its own | the folder is removed before the file in it | `the_last_cleanup_runs_first` |
//!
//! # Guarantees
//!
//! - CLEAN1 The cleanup runs exactly once: after a success, an error, a panic, a
//!   cancellation at any await and before the first one, and a drop outside a
//!   runtime or while one shuts down. There it is queued in the reaper, and goes
//!   on by [`wait`](Reaper::wait).
//! - CLEAN2 A stack's cleanups run one after the other, the last one first.
//! - CLEAN3 [`Reaper::wait`] returns only when all are done: those that run, those
//!   that are queued, and those of bodies that are still at work.
//!
//! And those of every pattern, X1 to X13, as far as they apply.
//!
//! # Limits
//!
//! - A process that is killed cleans nothing up, nor does a guard that is leaked
//!   by [`std::mem::forget`].
//! - What is queued goes with the reaper's last handle: where a runtime may end
//!   before the work does, keep one, and [wait](Reaper::wait) on another. With the
//!   feature `tracing`, an event says how many were lost.
//! - A cleanup that goes on after the end of its runtime brings along what it had
//!   of that runtime's: a timer or a socket that it was waiting for panics or fails.
//! - A cleanup has no time limit of its own: give it one with
//!   [`deadline::timeout`](crate::deadline::timeout). [`Reaper::wait_within`]
//!   limits the wait.
//!
//! # Keep polling
//!
//! A wait runs what has no runtime, and nobody else takes that over while it
//! does. A wait that is kept but not polled then holds it up: drop it, or poll it.
//!
//! # When not to use it
//!
//! - If the cleanup needs no await, the resource's own `Drop` is the place for it,
//!   and [`defer`] for what has no type; crates that offer more around a value,
//!   such as `scopeguard`, do so without a reaper.
//! - If a caller must not be cut at all, spawn the work: see
//!   [`spawn`](mod@crate::spawn).
//! - What must happen even if the process dies belongs where it survives: a
//!   lease, or a row that somebody sweeps.

mod bracket;
mod core;
mod defer;
mod job;
mod outcome;
mod reaper;
mod shared;
mod stack;
mod wait;

pub use self::defer::{Defer, defer};
pub use self::outcome::Outcome;
pub use self::reaper::Reaper;
pub use self::stack::AsyncStack;
