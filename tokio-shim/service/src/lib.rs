//! A job server over channels, in plain Tokio: it names nothing of surefoot's but
//! the line that a test build takes the simulated tasks by.
//!
//! Clients submit jobs, a dispatcher hands them to at most so many workers, each
//! job's reply goes back to its client. [`Intake`] is how the dispatcher takes the
//! next job: one is right, and one is the textbook's.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "written as services are, with Tokio's own names; the shim's are not banned"
)]

#[cfg(any(test, feature = "sim"))]
extern crate surefoot_tokio as tokio;

mod client;
mod dispatch;
#[cfg(test)]
mod tests;

pub use self::client::{Client, SubmitError};
pub use self::dispatch::{Intake, Report};

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Starts a server of so many workers. It ends when its last client is dropped.
///
/// # Panics
///
/// Outside a runtime.
#[must_use]
pub fn start(intake: Intake, workers: usize) -> (Client, JoinHandle<Report>) {
    let (sender, jobs) = mpsc::channel(4);
    (Client::new(sender), tokio::spawn(dispatch::run(intake, jobs, workers)))
}
