//! The maps: how many run, what is given when, and what becomes of errors, panics and what
//! is in flight.

mod ends;
mod order;
mod polls;
mod spawned;

use std::cell::Cell;

use futures::{Stream, StreamExt, stream};

use crate::support::*;

/// Counts how many items were taken from `0..n`.
fn counted(n: u64, taken: &Cell<u64>) -> impl Stream<Item = u64> {
    stream::iter(0..n).inspect(|_| taken.set(taken.get() + 1))
}

/// Sleeps for what it is given, and gives it back.
async fn nap(n: u64) -> u64 {
    wait(n).await;
    n
}
