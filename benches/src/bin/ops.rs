//! `ops RACE WORK SIDE N`: N times that work by that side, for callgrind.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    surefoot_benches::works::drive(&arguments)
}
