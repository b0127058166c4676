//! Paused clocks and futures polled by hand: what each pattern does, when
//! exactly, and whom it wakes.
#![cfg(not(loom))]
#![expect(
    clippy::disallowed_methods,
    reason = "these tests read and wait on Tokio's clock as its users do"
)]

mod api;
mod channel;
mod deadline;
mod error;
mod pool;
mod probe;
mod spawn;
mod support;
