//! `mutants PART`: mutation testing of one part of the crate. Takes long.

use surefoot_benches::mutants::{PARTS, run};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let name = std::env::args().nth(1).unwrap_or_default();
    let Some(part) = PARTS.iter().find(|part| part.name == name) else {
        let known: Vec<_> = PARTS.iter().map(|part| part.name).collect();
        return Err(format!("`{name}` is no part; there are: {}", known.join(", ")).into());
    };
    Ok(run(part)?)
}
