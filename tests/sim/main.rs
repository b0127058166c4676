//! Simulated schedules: of the simulator itself, and of the patterns.
#![cfg(not(loom))]
#![expect(clippy::disallowed_methods, reason = "scenarios use Tokio as its users do")]
#![expect(clippy::disallowed_types, reason = "results are gathered outside of any model")]

mod claims;
mod corpus;
mod counts;
mod kinds;
mod leaks;
mod pool;
mod replay;
mod schedules;
mod search;
mod searches;
mod select;
mod strategies;
mod support;
mod verdicts;
