//! Loom models: every interleaving, within a bound, of few threads that do few
//! things each.
//!
//! ```text
//! RUSTFLAGS="--cfg loom" cargo test --release --test loom
//! ```
//!
//! A model says what must hold and which outcomes it saw, so that one that
//! explores nothing fails. `teeth` holds the models that must fail: the same
//! bodies on an order of steps that is wrong.
#![cfg(loom)]

mod blocking;
mod channel;
mod inflight;
mod lock;
mod mailbox;
mod pool;
mod retry;
mod scope;
mod shutdown;
mod support;
mod teeth;
mod waiters;

// The queue, the set and their lock are no part of the public API: the very sources
// are built here again.
#[allow(dead_code, unused_imports, reason = "a model uses what it needs of the set")]
#[path = "../src/inflight/mod.rs"]
mod inflight_set;
#[allow(dead_code, unused_imports, reason = "a model uses what it needs of the queue")]
#[path = "../src/waiters/mod.rs"]
mod kernel;
#[allow(dead_code, reason = "a model uses what it needs of the account")]
#[path = "../src/retry/account/mod.rs"]
mod retry_account;
#[allow(
    dead_code,
    unused_imports,
    unused_macros,
    reason = "a model uses what it needs of the facade"
)]
#[path = "../src/sync.rs"]
mod sync;

#[path = "../src/stream/map/mailbox.rs"]
mod worker_mailbox;

/// What the set asks of the runtime.
mod rt {
    use std::task::{Context, Poll};

    use tokio::task::coop;

    pub(crate) fn poll_budget(cx: &mut Context<'_>) -> Poll<coop::RestoreOnPending> {
        coop::poll_proceed(cx)
    }
}
