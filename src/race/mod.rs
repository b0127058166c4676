//! The first of several futures wins.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
//! use std::time::Duration;
//! use surefoot::race;
//! use tokio::time::sleep;
//!
//! let mirror = |latency: u64, is_up: bool| async move {
//!     sleep(Duration::from_millis(latency)).await;
//!     if is_up { Ok(latency) } else { Err("is down") }
//! };
//! // The fastest says no; the second fastest is taken.
//! let taken = race::first_ok([mirror(30, true), mirror(5, false), mirror(20, true)]).await;
//! assert_eq!(taken, Ok((2, 20)));
//!
//! let late = race::first([mirror(30, true)]).deadline(Duration::from_millis(10)).await;
//! assert!(late.is_err());
//! # }
//! ```
//!
//! | | gives |
//! |---|---|
//! | [`first`] | the first output |
//! | [`first_ok`] | the first success, or all errors |
//! | [`hedge`] | the first success of an operation that is tried again when it is slow |
//!
//! # The textbook version
//!
//! `select!` over the calls. `cargo board --pattern race` shows where that breaks,
//! each time with one deviation:
//!
//! | defect | what happens | scenario |
//! |---|---|---|
//! | whoever ends first wins, with an error, too | the mirror that is down is the fastest | `an_error_does_not_win` |
//! | losers are tasks, and run on | what they hold is not free when the winner is known | `no_loser_is_left_when_the_winner_is_known` |
//! | in the order of the text | a busy branch starves the others | `a_busy_branch_does_not_starve_the_other` |
//! | a spare for each delay | a slow service gets ever more calls | `a_hedge_makes_no_more_than_its_maximum` |
//!
//! # Guarantees
//!
//! - RACE1 [`first_ok`] gives the first success although others failed before, and
//!   all errors in the order of the futures when all fail.
//! - RACE2 Losers are dropped before the winner is given.
//! - RACE3 [`hedge`] makes spare `k` at exactly `k` times [`after`](Hedge::after),
//!   at most [`max`](Hedge::max) attempts, and none after a success.
//! - RACE4 A tie is broken by a fair draw: each future that is ready wins its share.
//!   In a simulation the explorer's seed draws; a [`seed`](Race::seed) fixes it.
//!
//! And those of every pattern that apply, of X1 to X13.
//!
//! # Losers are cancelled
//!
//! A loser is dropped wherever it is. Of a future that is not cancel safe (a
//! half-read message, a send that was accepted) that loses something: race
//! handles or `recv`s, and not the work.
//!
//! # When not to use it
//!
//! - Where each branch has its own continuation, use `tokio::select!`.
//! - For a time limit, use [`deadline`](crate::deadline).
//! - To let the losers go on, spawn them, and race their handles by reference.

#[expect(missing_debug_implementations, reason = "sealed: nobody can name them")]
mod each;
#[expect(missing_debug_implementations, reason = "sealed: nobody can name them")]
mod end;
mod error;
mod field;
mod future;
mod hedge;
mod kind;
mod set;
mod tuple;

pub use self::error::{AllFailed, FirstError, FirstOkError};
pub use self::future::{Race, first, first_ok};
pub use self::hedge::{Hedge, hedge};
pub use self::kind::{First, FirstOk, Within};
pub use self::set::{Each, Futures, Tuple};
