//! A pool of PostgreSQL backends that are terminated at random, and a restart of
//! the server in the middle. Prints the books of all sides; fails if they do not
//! agree. Starts a server of its own, if PostgreSQL is installed.
//!
//! `cargo run --release -p surefoot-examples --example postgres_pool`

use std::process::ExitCode;

use clap::Parser;
use surefoot_examples::draw::any_seed;
use surefoot_examples::postgres::{Programs, Settings, run};
use surefoot_examples::run::conclude;

#[derive(Parser)]
struct Args {
    /// How many checkouts have to be answered.
    #[arg(long, default_value_t = 1_000_000)]
    checkouts: u64,
    /// What the tasks and the chaos draw from; another on each run if left out.
    #[arg(long)]
    seed: Option<u64>,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let Some(programs) = Programs::installed() else {
        println!("{}", Programs::NOT_INSTALLED);
        return ExitCode::SUCCESS;
    };
    let settings = Settings::seeded(args.seed.unwrap_or_else(any_seed), args.checkouts);
    conclude(settings.seed, run(programs, &settings))
}
