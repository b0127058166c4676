//! Paused clocks and futures polled by hand: what each pattern does, when
//! exactly, and whom it wakes.
#![cfg(not(loom))]
#![expect(
    clippy::disallowed_methods,
    reason = "these tests read and wait on Tokio's clock as its users do"
)]

mod api;
#[cfg(unix)]
mod app;
mod blocking;
#[cfg(unix)]
mod board;
mod channel;
mod cleanup;
mod deadline;
mod error;
mod join;
mod lock;
mod pool;
mod probe;
mod race;
mod retry;
mod scope;
mod shutdown;
mod spawn;
mod stream;
mod support;
