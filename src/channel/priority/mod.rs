//! Values by urgency: a bounded channel of several levels.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! use surefoot::channel::priority;
//!
//! let (sender, receiver) = priority::channel(3, 100);
//! let mut receiver = receiver.fairness(8);
//! sender.send(2, "tidy up").await.unwrap();
//! sender.send(0, "shut down").await.unwrap();
//! assert_eq!(receiver.recv().await, Some((0, "shut down")));
//!
//! // Keep a value until there is room for it:
//! let permit = sender.reserve(1).await.unwrap();
//! permit.send("a report");
//! # }
//! ```
//!
//! # The textbook version
//!
//! A channel per level, and a `select!` that is `biased` towards the urgent one.
//!
//! | defect | what happens | scenario |
//! |---|---|---|
//! | nothing bounds how often the urgent branch wins | the other levels starve | `a_lower_level_is_served_within_its_fairness` |
//! | the value is a part of the future that `select!` drops | a value is lost between its channel and its consumer | `a_cancelled_recv_loses_nothing` |
//!
//! # Guarantees
//!
//! - RACE5 With [`fairness`](Receiver::fairness) `n`, a level that has a value is
//!   served after at most `n` values of more urgent levels. Without it, a level
//!   starves as long as a more urgent one has values.
//! - CHAN4 Within a level, first in, first out; across levels the most urgent
//!   first, subject to RACE5. A cancelled [`send`](Sender::send) has sent its value
//!   or has not, [`reserve`](Sender::reserve) keeps the value with its caller, and a
//!   cancelled [`recv`](Receiver::recv) loses nothing.
//! - CHAN5 What was accepted before a [close](Receiver::close) is received, and so
//!   is what has a [`Permit`].
//!
//! And those of every pattern, X1 to X13.
//!
//! # Keep polling
//!
//! A `reserve` in the queue may be granted a slot at any time, and a future that is
//! kept but not polled keeps it from everybody: in `select!`, don't hold on to one
//! across another branch's awaits. A `send` is not like that: its value waits in
//! the queue with it, and goes when its turn comes, polled or not.
//!
//! # When not to use it
//!
//! - For one level, `tokio::sync::mpsc`.
//! - Where every value has an urgency of its own, a heap behind a lock: 64 levels
//!   are the most, and within a level the oldest goes first.
//! - To choose between channels that exist already, `stream::prioritized`.

mod core;
mod error;
mod receiver;
mod sender;

pub use self::error::{ReserveError, SendError, TryRecvError, TrySendError};
pub use self::receiver::Receiver;
pub use self::sender::{Permit, Sender, channel};
