//! Trying again what may succeed the next time.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
//! use std::time::Duration;
//! use surefoot::backoff::{Backoff, Jitter};
//! use surefoot::retry::retry;
//!
//! async fn fetch(attempt: u32) -> Result<&'static str, &'static str> {
//!     if attempt < 3 { Err("busy") } else { Ok("page") }
//! }
//!
//! let page = retry(fetch)
//!     .backoff(Backoff::exponential(Duration::from_millis(50)).jitter(Jitter::Full))
//!     .max_attempts(5)
//!     .attempt_timeout(Duration::from_secs(1))
//!     .deadline(Duration::from_secs(3))
//!     .when(|error| *error == "busy")
//!     .await;
//! assert_eq!(page, Ok("page"));
//! # }
//! ```
//!
//! # The textbook version
//!
//! A loop around the operation, a sleep, and a delay that is doubled each time. It
//! breaks, which `cargo board --pattern retry` shows:
//!
//! | defect | what happens | scenario |
//! |---|---|---|
//! | `delay *= 2`, without a cap | it overflows: a panic, where the last error should be | `a_long_outage_does_not_end_the_retries` |
//! | the time limit is looked at between attempts | an attempt that hangs hangs the caller | `a_retry_ends_by_its_deadline` |
//! | every error is tried again | what is wrong for ever is asked for again and again | `a_permanent_error_is_not_tried_again` |
//! | no jitter | clients that failed together come back together, for ever | `clients_that_failed_together_come_back_apart` |
//! | a budget that is looked at, and charged afterwards | two look before one charges | `a_budget_is_kept_by_all_together` |
//!
//! # How it decides
//!
//! After an attempt that failed, in this order: a permanent error ends it; then the
//! number of attempts; then the deadline, if it has passed or would before the next
//! attempt; then [`stop_on`](Retry::stop_on); then the [`Budget`]. What is left is told
//! to [`notify`](Retry::notify), and slept. The sleep is that of the
//! [`Backoff`](crate::backoff::Backoff), moved up to what the other side
//! [asked for](Retry::retry_after).
//!
//! The first attempt is always begun, even if the deadline has passed: what is ready at
//! once needs no time. No other attempt begins at the deadline or after it.
//!
//! # Guarantees
//!
//! - RETRY1 Exactly `max_attempts` calls when all fail, numbered from 1.
//! - RETRY2 Delays are those of the backoff, in whole nanoseconds, saturating: no input
//!   panics, drifts or exceeds the cap. `Retry-After` may exceed it, the deadline never.
//! - RETRY3 A deadline bounds everything: the running attempt is cut at it, with the last
//!   real error kept, and a sleep that would pass it is not begun.
//! - RETRY4 `Retry-After` is a lower bound, with jitter above it.
//! - RETRY5 A permanent error stops at once. The error says how many attempts, how long,
//!   why, and the last cause.
//! - RETRY6 Budget: in any window, and the one before it, retries ≤ ratio × calls +
//!   minimum, whoever asks at a time.
//! - RETRY7 A seed replays the same delays, and without one no two calls are in step.
//!   `notify` is told the delay that is really slept.
//!
//! And those of every pattern, X1 to X13, as far as a pattern without a queue has them.
//!
//! # State
//!
//! Each attempt is a future of its own, and `op` is called again for the next one. So it
//! can't lend out what it borrows mutably. Clone what is cheap to clone, and share the
//! rest:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
//! use std::sync::Arc;
//! use surefoot::retry::retry;
//! use tokio::sync::Mutex;
//!
//! struct Client { requests: u32 }
//!
//! impl Client {
//!     async fn send(&mut self, body: String) -> Result<usize, &'static str> {
//!         self.requests += 1;
//!         if self.requests < 3 { Err("busy") } else { Ok(body.len()) }
//!     }
//! }
//!
//! let (client, body) = (Arc::new(Mutex::new(Client { requests: 0 })), "hello".to_owned());
//! let sent = retry(|_| {
//!     let (client, body) = (client.clone(), body.clone());
//!     async move { client.lock().await.send(body).await }
//! });
//! assert_eq!(sent.await, Ok(5));
//! assert_eq!(client.lock().await.requests, 3);
//! # }
//! ```
//!
//! # When not to use it
//!
//! - What must not happen twice is not to be retried, unless the other side can tell:
//!   give every attempt the same idempotency key.
//!   [`RetryError::cut`] and [`AttemptError::TimedOut`] name attempts whose outcome is
//!   unknown.
//! - Retries multiply: three at each of three floors are 27 calls at the bottom. Retry at
//!   one of them, with a [`Budget`].
//! - To start a spare when the first is slow, hedge instead of waiting for the failure.
//! - To wait until something is there, use what tells you, such as
//!   `tokio::sync::watch`.

mod account;
mod budget;
mod builder;
mod core;
mod error;
mod run;

pub use self::budget::Budget;
pub use self::builder::{Retry, retry};
pub use self::error::{Attempt, AttemptError, RetryError, Stop};
