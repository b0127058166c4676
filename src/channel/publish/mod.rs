//! One value to many: a bounded channel in which each subscriber says what becomes
//! of values that it is too slow for.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! use surefoot::channel::publish::{self, Policy};
//!
//! let publisher = publish::channel(2);
//! let mut ledger = publisher.subscribe(Policy::Block);
//! let mut screen = publisher.subscribe(Policy::DropOldest);
//! for price in [10, 11] {
//!     assert_eq!(publisher.publish(price).await, 2);
//! }
//! assert_eq!(ledger.next().await, Some(Ok(10)));
//! publisher.publish(12).await;
//!
//! // The screen was too slow for one of them, is told of it, and goes on.
//! let lagged = screen.next().await.unwrap().unwrap_err();
//! assert_eq!(lagged.lost, 1);
//! assert_eq!(screen.next().await, Some(Ok(11)));
//! # }
//! ```
//!
//! # The textbook version
//!
//! `tokio::sync::broadcast`, with a loop over its receiver.
//!
//! | defect | what happens | scenario |
//! |---|---|---|
//! | `while let Ok(..)` | the loop ends at the first lag, as if the channel were closed | `a_lag_ends_no_stream` |
//! | `send(..).unwrap()` | the publisher panics when nobody listens | `nobody_listening_is_no_error` |
//! | a send to one subscriber after the other | cancelled, it has reached some of them | `a_cancelled_publish_reached_all_or_none` |
//! | the capacity is rounded up to a power of two | 3 behaves as 4 | `nobody_holds_more_than_its_capacity` |
//!
//! # Guarantees
//!
//! - CHAN3 A cancelled [`publish`](Publisher::publish) reached all subscribers or
//!   none. [`Policy::Block`] loses nothing, and the slowest sets the pace.
//!   [`Policy::DropOldest`] and [`Policy::DropNewest`] report exactly how many were
//!   lost, in the place where they would have been. [`Policy::Disconnect`] ends that
//!   subscriber only. The capacity is exactly what was asked for.
//! - CHAN5 What was published before the last publisher went is received.
//!
//! And those of every pattern, X1 to X13. Publishers are served in order of arrival.
//!
//! A value is cloned in the subscriber's task, outside any lock, and the last who
//! takes it mostly gets the original. So it is shared between threads until then: a
//! `Subscriber<T>` can be sent if `T` is `Send` and `Sync`.
//!
//! # Keep polling
//!
//! A subscriber under `Block` that is not polled holds up every publisher, and with
//! them all other subscribers: that is what it asks for. A `publish` that is not
//! polled holds up nobody.
//!
//! # When not to use it
//!
//! - Where all subscribers may lose the oldest values and a rounded capacity does,
//!   `tokio::sync::broadcast`, and a loop that goes on after `Lagged`.
//! - Where only the newest value counts, `tokio::sync::watch`.
//! - For one consumer, `tokio::sync::mpsc`.

mod core;
mod error;
mod publisher;
mod subscriber;

pub use self::core::Policy;
pub use self::error::{Full, Lagged};
pub use self::publisher::{Publisher, channel};
pub use self::subscriber::Subscriber;
