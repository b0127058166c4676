//! Pages of a flaky HTTP server, many at a time: all, all or the first error, or as many
//! as there is time for.
//! Prints the books of both sides; fails if they do not agree.
//!
//! `cargo run -p surefoot-examples --example join`

use std::process::ExitCode;

use clap::Parser;
use surefoot_examples::draw::any_seed;
use surefoot_examples::flaky::join::run;
use surefoot_examples::run::conclude;

#[derive(Parser)]
struct Args {
    /// What the server draws from; another on each run if left out.
    #[arg(long)]
    seed: Option<u64>,
}

fn main() -> ExitCode {
    let seed = Args::parse().seed.unwrap_or_else(any_seed);
    conclude(seed, run(seed))
}
