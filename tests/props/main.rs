//! Property tests: each machine against a reference, for every sequence of calls.
#![cfg(not(loom))]

mod alarm;
#[path = "../it/support/arrivals.rs"]
#[expect(clippy::disallowed_methods, dead_code, reason = "it is that of the paused clocks' tests")]
mod arrivals;
mod backoff;
mod blocking;
#[path = "../../src/blocking/core.rs"]
#[expect(dead_code, reason = "it is the crate's, and here on its own")]
mod blocking_core;
mod channel;
mod cleanup;
#[path = "../../src/cleanup/core.rs"]
mod cleanup_core;
#[path = "../../src/stream/interval/core.rs"]
#[expect(dead_code, unreachable_pub, reason = "it is the crate's, and here on its own")]
mod interval_core;
mod join;
mod law;
mod linearize;
mod lock;
#[path = "../../src/lock/core/mod.rs"]
mod lock_core;
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
mod priority_core;
#[path = "../../src/channel/publish/core.rs"]
#[expect(unreachable_pub, reason = "it is the crate's, and here on its own")]
mod publish_core;
mod ready;
#[path = "../../src/sim/engine/ready/mod.rs"]
mod ready_set;
#[expect(clippy::disallowed_methods, reason = "they read and wait on Tokio's clock as users do")]
mod retry;
#[path = "../../src/retry/account/core.rs"]
mod retry_ledger;
mod scenes;
mod scope;
#[path = "../../src/scope/core/mod.rs"]
mod scope_core;
mod scripts;
mod shutdown;
#[path = "../../src/shutdown/core/mod.rs"]
#[expect(
    dead_code,
    unused_imports,
    unreachable_pub,
    reason = "it is the crate's, and here on its own"
)]
mod shutdown_core;
mod spawn;
#[path = "../../src/spawn/core.rs"]
mod spawn_core;
#[expect(clippy::disallowed_methods, reason = "they read and wait on Tokio's clock as users do")]
mod stream;
#[allow(unused_macros, reason = "a property uses what it needs of the facade")]
#[path = "../../src/sync.rs"]
#[expect(dead_code, unused_imports, reason = "it is the crate's, and here for its `Arc`")]
mod sync;
#[path = "../../src/urgency/mod.rs"]
#[allow(dead_code, unused_imports, reason = "the property asks the channel's core")]
mod urgency;
#[path = "../../src/waiters/mod.rs"]
mod waiters;
#[path = "waiters.rs"]
mod waiters_laws;
