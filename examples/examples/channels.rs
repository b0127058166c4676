//! A pipeline of log lines through all four channels into a real file, which is read
//! back. Prints the books of every stage; fails if they do not agree.
//!
//! `cargo run -p surefoot-examples --example channels`

use std::process::ExitCode;

use clap::Parser;
use surefoot_examples::draw::any_seed;
use surefoot_examples::logs::{Settings, run};
use surefoot_examples::run::conclude;

#[derive(Parser)]
struct Args {
    /// What the sources draw from; another on each run if left out.
    #[arg(long)]
    seed: Option<u64>,
}

fn main() -> ExitCode {
    let settings = Settings::seeded(Args::parse().seed.unwrap_or_else(any_seed));
    let ran = tempfile::tempdir()
        .map_err(Into::into)
        .and_then(|folder| run(&settings, &folder.path().join("lines.log")));
    conclude(settings.seed, ran)
}
