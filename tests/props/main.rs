//! Property tests: each machine against a reference, for every sequence of calls.
#![cfg(not(loom))]

mod alarm;
mod backoff;
mod channel;
mod linearize;
mod pool;
#[path = "../../src/pool/core/mod.rs"]
#[expect(
    dead_code,
    unused_imports,
    unreachable_pub,
    reason = "it is the crate's, and here on its own"
)]
mod pool_core;
#[path = "../../src/channel/priority/core.rs"]
#[expect(dead_code, reason = "it is the crate's, and here on its own")]
mod priority_core;
#[path = "../../src/channel/publish/core.rs"]
#[expect(unreachable_pub, reason = "it is the crate's, and here on its own")]
mod publish_core;
mod ready;
#[path = "../../src/sim/engine/ready/mod.rs"]
mod ready_set;
mod scripts;
#[path = "../../src/sync.rs"]
#[expect(dead_code, unused_imports, reason = "it is the crate's, and here for its `Arc`")]
mod sync;
#[path = "../../src/waiters/mod.rs"]
mod waiters;
#[path = "waiters.rs"]
mod waiters_laws;
