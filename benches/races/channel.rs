//! The channels against their peers.
//!
//! surefoot is built with its default features here: without the simulator, and
//! without Tokio's `test-util`.

use surefoot_benches::works::CHANNEL;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    CHANNEL.run(env!("CARGO_BIN_EXE_ops"))
}
