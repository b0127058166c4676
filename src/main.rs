//! The board.

fn main() {}
