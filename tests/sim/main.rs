//! Simulated schedules: of the simulator itself, and of the patterns.
#![cfg(not(loom))]
#![expect(clippy::disallowed_methods, reason = "scenarios use Tokio as its users do")]
#![expect(clippy::disallowed_types, reason = "results are gathered outside of any model")]

mod arrivals;
mod blocking;
mod channel;
mod claims;
mod cleanup;
mod corpus;
mod counts;
mod join;
mod kinds;
mod leaks;
mod lock;
mod notices;
mod pool;
mod replay;
mod retry;
mod schedules;
mod scope;
mod search;
mod searches;
mod select;
mod shards;
mod shutdown;
mod spawn;
mod strategies;
mod stream_maps;
mod stream_time;
mod support;
mod told;
mod verdicts;
