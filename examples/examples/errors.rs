//! A service of users, on a database and a web server that is flaky: its errors keep
//! what reqwest and sqlx said, through a time limit and through retries. Prints them,
//! and the books of all sides; fails if they do not agree.
//!
//! `cargo run -p surefoot-examples --example errors -- --database postgres://...`

use std::process::ExitCode;

use clap::Parser;
use surefoot_examples::draw::any_seed;
use surefoot_examples::run::conclude;
use surefoot_examples::users::run;

#[derive(Parser)]
struct Args {
    /// The URL of a PostgreSQL database, in which the table `surefoot_users` is made
    /// and removed; a file of SQLite's if left out.
    #[arg(long)]
    database: Option<String>,
    /// What the server draws from; another on each run if left out.
    #[arg(long)]
    seed: Option<u64>,
}

fn main() -> ExitCode {
    let Args { database, seed } = Args::parse();
    let seed = seed.unwrap_or_else(any_seed);
    conclude(seed, run(seed, database.as_deref()))
}
