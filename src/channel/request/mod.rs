//! Questions and answers: a task that serves requests, and those that ask it.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! use surefoot::channel::request;
//! use surefoot::spawn::spawn;
//!
//! let (client, mut server) = request::channel::<&str, usize>(16);
//! let _counter = spawn(async move {
//!     while let Some((text, reply)) = server.next().await {
//!         if reply.is_abandoned() {
//!             continue; // nobody waits for it any more
//!         }
//!         let _ = reply.send(text.len());
//!     }
//! });
//! assert_eq!(client.call("hello").await.unwrap(), 5);
//! # }
//! ```
//!
//! # The textbook version
//!
//! `tokio::sync::mpsc` for the requests, and in each the sender of a
//! `tokio::sync::oneshot` for its response; every error is called "closed".
//!
//! | defect | what happens | scenario |
//! |---|---|---|
//! | a server that ends drops the requests in its queue | they are lost, and no caller can tell whether its was executed | `a_request_that_nobody_saw_comes_back` |
//! | the server does not look whether the caller is still there | it works for nobody | `a_server_sees_an_abandoned_caller` |
//!
//! # Guarantees
//!
//! - CHAN2 Every call gets exactly one of: its response;
//!   [`Closed`](CallError::Closed), with the request, which no server has seen;
//!   [`Dropped`](CallError::Dropped), when the server took the request and gave no
//!   response. One with a limit may also get [`TimedOut`](CallError::TimedOut). The
//!   server sees that a caller is gone.
//! - CHAN5 After a [close](Server::close), requests that were accepted before it are
//!   still taken, and answered.
//!
//! And those of every pattern, X1 to X13. (On several threads there is an instant in
//! which a server that is dropped misses a request that is just coming in: its caller
//! gets `Dropped`.)
//!
//! # Keep polling
//!
//! Calls wait for room in order of arrival. One that was granted room, and is kept but
//! not polled, keeps the room from all others.
//!
//! # When not to use it
//!
//! - For one response of one task, await the [`Task`](crate::spawn::Task).
//! - For state that needs no task of its own, a lock.
//! - For requests without a response, `tokio::sync::mpsc`.

mod client;
mod error;
mod reply;
mod server;

pub use self::client::{Client, channel};
pub use self::error::CallError;
pub use self::reply::Reply;
pub use self::server::Server;
