//! The board: explores every pattern, and shows how the textbook versions break.

use std::process::ExitCode;

fn main() -> ExitCode {
    surefoot::board::main()
}
