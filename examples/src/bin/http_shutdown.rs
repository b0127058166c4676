//! An axum service that is told to stop under load: no request that it has
//! accepted is lost. Prints the books of both sides; fails if they do not agree.
//!
//! `cargo run -p surefoot-examples --bin http_shutdown`

use std::env::current_exe;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use surefoot_examples::draw::any_seed;
use surefoot_examples::http::{Settings, alone, run, service};
use surefoot_examples::run::conclude;

#[derive(Parser)]
struct Args {
    /// What to run.
    #[arg(value_enum, default_value = "books")]
    what: What,
    /// What the clients draw from; another on each run if left out.
    #[arg(long)]
    seed: Option<u64>,
}

#[derive(Clone, Copy, ValueEnum)]
enum What {
    /// The service as a process of its own, and its clients.
    Books,
    /// The same with `alone`.
    BooksAlone,
    /// The service itself.
    Service,
    /// The service with axum's graceful shutdown alone.
    Alone,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let settings = Settings::seeded(args.seed.unwrap_or_else(any_seed));
    let books_of = |mode| {
        let ran = current_exe().map_err(Into::into).and_then(|this| run(&this, mode, &settings));
        conclude(settings.seed, ran)
    };
    match args.what {
        What::Books => books_of("service"),
        What::BooksAlone => books_of("alone"),
        What::Service => service(),
        What::Alone => alone().unwrap_or(ExitCode::FAILURE),
    }
}
