//! A pool of real `TcpStream`s to a server on loopback that drops connections at
//! random. Prints the books of both sides; fails if they do not agree.
//!
//! `cargo run -p surefoot-examples --example tcp_pool`

use std::process::ExitCode;

use clap::Parser;
use surefoot_examples::draw::any_seed;
use surefoot_examples::run::conclude;
use surefoot_examples::tcp::{Settings, run};

#[derive(Parser)]
struct Args {
    /// What the server draws from; another on each run if left out.
    #[arg(long)]
    seed: Option<u64>,
}

fn main() -> ExitCode {
    let settings = Settings::seeded(Args::parse().seed.unwrap_or_else(any_seed));
    conclude(settings.seed, run(&settings))
}
