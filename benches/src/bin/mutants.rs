//! `mutants PART [--without-loom]`: mutation testing of one part of the crate. Takes
//! long.

use surefoot_benches::mutants::{PARTS, run};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let Some(part) = PARTS.iter().find(|part| part.name == name) else {
        let known: Vec<_> = PARTS.iter().map(|part| part.name).collect();
        return Err(format!("`{name}` is no part; there are: {}", known.join(", ")).into());
    };
    let asks_loom = match arguments.next().as_deref() {
        None => true,
        Some("--without-loom") => false,
        Some(other) => {
            return Err(format!("`{other}` is no argument; there is `--without-loom`").into());
        }
    };
    Ok(run(part, asks_loom)?)
}
