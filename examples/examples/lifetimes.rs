//! A runner of jobs that write files, some of which fail, panic or are cancelled.
//! Prints the books of the jobs, the disk and the library; fails if they do not agree.
//! The panics that the jobs mean to have are reported on stderr.
//!
//! `cargo run -p surefoot-examples --example lifetimes`

use std::process::ExitCode;

use surefoot_examples::jobs::run;
use surefoot_examples::run::conclude;

fn main() -> ExitCode {
    conclude(0, run())
}
