//! The board, `cargo board`: runs every claim of [`scenarios`]
//! on the production version and on its broken twin, and prints what came of it.
//!
//! It succeeds if every claim holds on production *and* breaks on its twin in the
//! way that it states. Ctrl-C prints what was found so far, and fails with 130.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is the program's output")]

mod args;
mod bar;
mod corpus;
mod interrupt;
mod run;
mod table;

use std::process::ExitCode;

use clap::Parser as _;

use self::args::Args;
use self::bar::Bar;
use self::interrupt::Interrupt;
use self::run::{Board, Order};
use crate::scenarios::{self, Claim};
use crate::sim::Shard;

/// Runs the board with the arguments of the process.
#[must_use]
pub fn main() -> ExitCode {
    let args = Args::parse();
    let interrupt = match Interrupt::listen() {
        Ok(interrupt) => interrupt,
        Err(error) => {
            eprintln!("error: signals can't be caught: {error}");
            return ExitCode::FAILURE;
        }
    };
    match args.resolve() {
        Ok(order) if args.list => {
            list(&order.claims);
            ExitCode::SUCCESS
        }
        Ok(_) if args.corpus => corpus::measure(args.schedules, &interrupt),
        Ok(order) => match &order.replay {
            Some(replay) => report_replay(replay),
            None => report(&order, &interrupt),
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

fn report(order: &Order<'_>, interrupt: &Interrupt) -> ExitCode {
    let all = 2 * order.claims.len();
    let bar = Bar::new(all as u64, order.schedules);
    let rows = Board::new(order, &bar, &interrupt.stop).run();
    bar.clear();
    print!("{}", table::table(&rows));
    for row in &rows {
        if let Some(story) = row.story() {
            println!("\n{story}");
        }
    }
    let bad: Vec<_> = rows.iter().filter(|row| !row.is_good()).collect();
    println!();
    for row in &bad {
        println!("NOT AS IT SHOULD BE: {}: {}", row.id(), row.verdict());
    }
    if let Some(signal) = interrupt.signal() {
        let ended = rows.iter().filter(|row| !row.is_cut()).count();
        println!("{signal}: of {all} searches, {ended} have ended");
        return ExitCode::from(signal.exit_code());
    }
    if !bad.is_empty() {
        return ExitCode::FAILURE;
    }
    let claims = rows.len() / 2;
    let part = match order.shard {
        Shard::WHOLE => String::new(),
        shard => format!(" in shard {shard}"),
    };
    println!("{claims} claims hold{part}, and each of their {claims} twins breaks as stated");
    ExitCode::SUCCESS
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
