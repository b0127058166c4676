//! `mutants PART [--without-loom] [--in-place]`: mutation testing of one part of the
//! crate. Takes long.

use surefoot_benches::mutants::{How, PARTS, run};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let Some(part) = PARTS.iter().find(|part| part.name == name) else {
        let known: Vec<_> = PARTS.iter().map(|part| part.name).collect();
        return Err(format!("`{name}` is no part; there are: {}", known.join(", ")).into());
    };
    let mut how = How::default();
    for argument in arguments {
        match argument.as_str() {
            "--without-loom" => how.without_loom = true,
            "--in-place" => how.in_place = true,
            other => {
                let known = "there are `--without-loom` and `--in-place`";
                return Err(format!("`{other}` is no argument; {known}").into());
            }
        }
    }
    Ok(run(part, how)?)
}
