//! Snapshots and keyed locks against what is made by hand of Tokio's locks, and
//! against `arc-swap`.
//!
//! surefoot is built with its default features here: without the simulator, and
//! without Tokio's `test-util`.

use surefoot_benches::works::LOCK;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    LOCK.run(env!("CARGO_BIN_EXE_ops"))
}
