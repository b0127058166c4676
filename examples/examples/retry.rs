//! Pages of a flaky HTTP server, tried again: with jitter, as the server asks, on a
//! budget, and not at all where it can't help.
//! Prints the books of both sides; fails if they do not agree.
//!
//! `cargo run -p surefoot-examples --example retry`

use std::process::ExitCode;

use clap::Parser;
use surefoot_examples::draw::any_seed;
use surefoot_examples::flaky::retry::run;
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
