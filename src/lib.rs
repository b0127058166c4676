#![cfg(not(all(surefoot_loom, doctest)))]
//! Async patterns for services on Tokio, each implemented for production and proven.
#![warn(clippy::print_stderr, clippy::print_stdout, clippy::unwrap_used)]

pub mod backoff;
#[cfg(feature = "cli")]
pub mod board;
pub mod deadline;
pub mod error;
pub mod pool;
pub mod probe;
mod rt;
#[cfg(feature = "cli")]
pub mod scenarios;
#[cfg(feature = "sim")]
pub mod sim;
pub mod spawn;
mod sync;
mod waiters;
