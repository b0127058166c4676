//! A cache in front of documents that load slowly: who misses a page waits for one
//! load, who rewrites one has it alone. Prints the books of all sides; fails if they
//! do not agree.
//!
//! `cargo run -p surefoot-examples --example locks`

use std::process::ExitCode;

use clap::Parser;
use surefoot_examples::cache::{Settings, run};
use surefoot_examples::draw::any_seed;
use surefoot_examples::run::conclude;

#[derive(Parser)]
struct Args {
    /// What readers, writers and loads draw from; another on each run if left out.
    #[arg(long)]
    seed: Option<u64>,
}

fn main() -> ExitCode {
    let settings = Settings::seeded(Args::parse().seed.unwrap_or_else(any_seed));
    conclude(settings.seed, run(&settings))
}
