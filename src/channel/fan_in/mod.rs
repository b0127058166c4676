//! Many to one: the stream of what several producers send.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! use surefoot::channel::fan_in;
//!
//! let mut lines = fan_in::channel(16);
//! lines.producer(async |sender| {
//!     let _ = sender.send("from one").await;
//! });
//! lines.producer(async |_sender| panic!("the other breaks"));
//!
//! let (mut received, mut panicked) = (0, 0);
//! while let Some(line) = lines.next().await {
//!     match line {
//!         Ok(_) => received += 1,
//!         Err(panic) => {
//!             assert_eq!(panic.message(), "the other breaks");
//!             panicked += 1;
//!         }
//!     }
//! }
//! assert_eq!((received, panicked), (1, 1));
//! # }
//! ```
//!
//! # The textbook version
//!
//! `tokio::sync::mpsc`, with a clone of the sender for each task that is spawned.
//!
//! | defect | what happens | scenario |
//! |---|---|---|
//! | the first sender lives on beside its clones | the consumer waits for ever when the producers have ended | `the_stream_ends_with_its_producers` |
//! | the tasks' handles are dropped | a panic is lost, and the consumer takes what came before it for all there is | `a_producer_s_panic_is_an_item` |
//!
//! # Guarantees
//!
//! - CHAN1 Nothing is lost, nothing comes twice, what one producer sends comes in
//!   its order. The stream ends exactly when the producers end, however many senders
//!   live on, but for a `send` that waits by then: that one is waited for. A panic of
//!   a producer is an item. Dropping the stream aborts the producers.
//! - CHAN5 What was sent before that end is received.
//!
//! And those of every pattern, X1 to X13.
//!
//! # Keep polling
//!
//! Senders wait for room in order of arrival. One that was granted room, and is kept
//! but not polled, keeps the room from all others.
//!
//! # When not to use it
//!
//! - Where senders come and go that are no tasks of the consumer's, handlers of
//!   requests say, `tokio::sync::mpsc`: drop the first sender.
//! - To merge streams without tasks, `StreamMap` of `tokio-stream` or `select_all` of
//!   `futures`.

mod error;
mod sender;
mod stream;

pub use self::error::SendError;
pub use self::sender::Sender;
pub use self::stream::{FanIn, channel};
