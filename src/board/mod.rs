//! The board, `cargo board`: runs every claim of [`scenarios`]
//! on the production version and on its broken twin, and prints what came of it.
//!
//! It succeeds if every claim holds on production *and* breaks on its twin in the
//! way that it states.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is the program's output")]

mod args;
mod corpus;
mod run;
mod table;

use std::process::ExitCode;

use clap::Parser as _;

use self::args::Args;
use self::run::Board;
use crate::scenarios::{self, Claim};

/// Runs the board with the arguments of the process.
#[must_use]
pub fn main() -> ExitCode {
    let args = Args::parse();
    match args.resolve() {
        Ok(order) if args.list => {
            list(&order.claims);
            ExitCode::SUCCESS
        }
        Ok(_) if args.corpus => corpus::measure(args.schedules),
        Ok(order) => match &order.replay {
            Some(replay) => report_replay(replay),
            None => report(&Board::new(&order)),
        },
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn list(claims: &[&Claim]) {
    for claim in claims {
        println!("{:8} {}", claim.guarantee, claim.id());
        println!("{:8} {}: {}", "", claim.twin_id(), claim.twin.defect);
    }
}

fn report(board: &Board<'_>) -> ExitCode {
    let rows = board.run();
    print!("{}", table::table(&rows));
    for row in &rows {
        if let Some(story) = row.story() {
            println!("\n{story}");
        }
    }
    let bad: Vec<_> = rows.iter().filter(|row| !row.is_good()).collect();
    println!();
    if bad.is_empty() {
        let claims = rows.len() / 2;
        println!("{claims} claims hold, and each of their {claims} twins breaks as stated");
        return ExitCode::SUCCESS;
    }
    for row in bad {
        println!("NOT AS IT SHOULD BE: {}: {}", row.id(), row.verdict());
    }
    ExitCode::FAILURE
}

fn report_replay(replay: &run::Replay<'_>) -> ExitCode {
    match replay.run() {
        Ok(_) => {
            println!("{}: the schedule passes", replay.id);
            ExitCode::SUCCESS
        }
        Err(failure) => {
            println!("{}", failure.story());
            ExitCode::FAILURE
        }
    }
}

/// The patterns that have claims, in order, each once.
fn patterns() -> Vec<&'static str> {
    let mut patterns: Vec<_> = scenarios::all().map(|claim| claim.pattern).collect();
    patterns.dedup();
    patterns
}
