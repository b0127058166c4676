//! Simulated schedules: of the simulator itself, and of the patterns.
#![cfg(not(loom))]

mod cancellation;
mod claims;
mod counts;
mod pool;
mod replay;
mod schedules;
mod search;
mod support;
mod verdicts;
