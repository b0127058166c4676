//! The pool against its peers.
//!
//! surefoot is built with its default features here: without the simulator, and
//! without Tokio's `test-util`.

mod contended;
mod hog;
mod uncontended;

use std::io;

use surefoot_benches::arguments::Effort;
use surefoot_benches::callgrind::{self, Counted};
use surefoot_benches::report::Report;

const DRIVER: &str = env!("CARGO_BIN_EXE_pool-ops");

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let effort = Effort::parse(std::env::args().skip(1))?;
    if cfg!(feature = "sim") {
        return Err("the pools are raced without the feature `sim`".into());
    }
    let mut rows = uncontended::rows(effort)?;
    rows.extend(contended::rows(effort)?);
    rows.extend(hog::rows(effort)?);
    let mut notes = vec![
        "uncontended: one task, connections whose connect and check do nothing; bb8 can't do \
         without a limit to the wait, and by default checks at checkout; `bb8 unchecked` has \
         `test_on_check_out` off"
            .to_owned(),
        "limit: two uncontended lock/unlock pairs of a std mutex and one clone/drop of an `Arc`"
            .to_owned(),
        "touched: the connection is counted up and given back; held: it is also kept over one \
         `yield_now`, so that the others queue; one piece of work is a whole batch, with \
         spawning and joining its tasks"
            .to_owned(),
        "hog: one connection, one task that takes it again as soon as it gave it back; bypass: \
         its turns while one other task waits, at most in a round; p99.9: of that task's waits"
            .to_owned(),
    ];
    notes.push(instructions(effort)?);
    notes.push(
        "what it took: connections in boxes, the panic record in a box, a return without the \
         results of a hand-over, the first look and the first poll of the check in acquire's own \
         frame, parking_lot's lock (contended: twice as fast as std's), a return that lets upkeep \
         sleep; without effect: the core's hot fields side by side, the lock on a cache line of \
         its own. Where a locked instruction costs 5 ns instead of 2, the six of an acquire and \
         release are two thirds of its time, and the uncontended ratio falls from 5.9 to 3.5: \
         fewer are not to be had without unsafe code, since a connection that goes back into \
         the pool can't take its reference to the pool along"
            .to_owned(),
    );
    let command = "cargo bench -p surefoot-benches --bench pool";
    Report { name: "pool", command, rows, notes }.publish(effort)?;
    Ok(())
}

/// Instructions per acquire and release.
fn instructions(effort: Effort) -> io::Result<String> {
    let sides = ["surefoot", "deadpool", "bb8", "bb8 unchecked", "mobc", "limit"];
    if effort == Effort::Quick {
        sides.iter().try_for_each(|side| callgrind::dry_run(DRIVER, &[side], 100))?;
        return Ok("instructions are not counted in a quick run".to_owned());
    }
    let mut counts = Vec::new();
    for side in sides {
        match callgrind::count(DRIVER, &[side], 1_000, 11_000)? {
            Counted::Instructions(count) => counts.push(format!("{side} {count:.0}")),
            Counted::NoValgrind => {
                return Ok("instructions are not counted: there is no valgrind".to_owned());
            }
        }
    }
    Ok(format!("instructions per uncontended acquire and release: {}", counts.join(", ")))
}
