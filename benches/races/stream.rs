//! Streams against their peers.
//!
//! surefoot is built with its default features here: without the simulator, and
//! without Tokio's `test-util`.

use surefoot_benches::works::STREAM;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    STREAM.run(env!("CARGO_BIN_EXE_ops"))
}
