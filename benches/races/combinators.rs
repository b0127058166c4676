//! What makes one future of several, or of several attempts, against its peers.
//!
//! surefoot is built with its default features here: without the simulator, and
//! without Tokio's `test-util`.

use surefoot_benches::works::COMBINATORS;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    COMBINATORS.run(env!("CARGO_BIN_EXE_ops"))
}
