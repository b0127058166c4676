//! Tasks that talk: four channels, each with the ending that Tokio's leave to their
//! user.
//!
//! | | from | to | waits | ends |
//! |---|---|---|---|---|
//! | [`fan_in`] | tasks that it owns | one | producers | when they end, however many senders live |
//! | [`request`] | many | one, and back | callers | with an answer for every caller |
//! | [`publish`] | many | many | as each subscriber says | each stream after what it has left |
//! | [`priority`] | many | one | per level | after what was accepted |
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! use surefoot::channel::priority;
//!
//! let (sender, mut receiver) = priority::channel(2, 16);
//! sender.send(1, "in its time").await.unwrap();
//! sender.send(0, "at once").await.unwrap();
//! assert_eq!(receiver.recv().await, Some((0, "at once")));
//! # }
//! ```
//!
//! [`fan_in`] and [`request`] are built on `tokio::sync`; [`publish`] and [`priority`]
//! have cores of their own, since what they guarantee is not to be had there. The
//! textbook's defects, and the guarantees CHAN1 to CHAN5 and RACE5, are with each of
//! them.
//!
//! # When not to use it
//!
//! - For values from many to one, `tokio::sync::mpsc`.
//! - For the newest value of something, `tokio::sync::watch`.
//! - For one value once, `tokio::sync::oneshot`, or the output of a
//!   [`Task`](crate::spawn::Task).
//! - For state that is changed and not handed over, a lock.

pub mod fan_in;
pub mod priority;
pub mod publish;
pub mod request;
