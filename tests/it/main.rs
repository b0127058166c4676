//! Paused clocks and futures polled by hand: what each pattern does, when
//! exactly, and whom it wakes.
#![cfg(not(loom))]

mod api;
mod deadline;
mod error;
mod pool;
mod probe;
mod spawn;
mod support;
