//! Pages of a flaky HTTP server: at a rate, a few at a time and in batches, until it is
//! enough; and a book in its order, up to a chapter that is not there.
//! Prints the books of both sides; fails if they do not agree.
//!
//! `cargo run -p surefoot-examples --example streams`

use std::process::ExitCode;

use clap::Parser;
use surefoot_examples::draw::any_seed;
use surefoot_examples::flaky::stream::run;
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
