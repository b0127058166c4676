//! The retry against its peers: an operation that is ready at once.
//!
//! surefoot is built with its default features here: without the simulator, and
//! without Tokio's `test-util`.

use std::future::Future;
use std::io;

use surefoot_benches::arguments::Effort;
use surefoot_benches::callgrind::{self, Counted};
use surefoot_benches::report::Report;
use surefoot_benches::retries;
use surefoot_benches::rounds::{Side, race};
use surefoot_benches::table::{Goal, Row, Unit};
use tokio::runtime::{Builder, Runtime};

const DRIVER: &str = env!("CARGO_BIN_EXE_retry-ops");

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let effort = Effort::parse(std::env::args().skip(1))?;
    if cfg!(feature = "sim") {
        return Err("the retries are raced without the feature `sim`".into());
    }
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let mut sides = vec![
        side(&runtime, "surefoot", retries::surefoot),
        side(&runtime, "backon", retries::backon),
        side(&runtime, "tokio-retry2", retries::tokio_retry2),
        side(&runtime, "bare", retries::bare),
        side(&runtime, "surefoot, all limits", retries::surefoot_limits),
        side(&runtime, "surefoot, budget", retries::surefoot_budget),
    ];
    let lanes = race(effort.plan(), &mut sides);
    let goals = [Goal::Ratio(4.0), Goal::Ratio(1.0), Goal::None, Goal::None, Goal::None];
    let rows = lanes[1..]
        .iter()
        .zip(goals)
        .map(|(peer, goal)| Row::new("ready at once", &lanes[0], peer, Unit::Seconds, goal));
    let notes = vec![
        "one task; what is kept of each call is its value; an operation that succeeds at once, with a policy of its own for each call; \
         bare: the operation alone, which is the limit; all limits: with `attempt_timeout`, \
         `deadline` and `when`; budget: counted, which takes a clock read and an atomic update"
            .to_owned(),
        instructions(effort)?,
    ];
    let command = "cargo bench -p surefoot-benches --bench retry";
    Report { name: "retry", command, rows: rows.collect(), notes }.publish(effort)?;
    Ok(())
}

fn side<'a, Fut: Future<Output = ()>>(
    runtime: &'a Runtime,
    name: &'static str,
    work: impl Fn(u64) -> Fut + 'a,
) -> Side<'a> {
    Side::on_this_thread(name, move |n| runtime.block_on(work(n)))
}

/// Instructions per call.
fn instructions(effort: Effort) -> io::Result<String> {
    let sides =
        ["surefoot", "backon", "tokio-retry2", "bare", "surefoot, all limits", "surefoot, budget"];
    if effort == Effort::Quick {
        sides.iter().try_for_each(|side| callgrind::dry_run(DRIVER, side, 100))?;
        return Ok("instructions are not counted in a quick run".to_owned());
    }
    let mut counts = Vec::new();
    for side in sides {
        match callgrind::count(DRIVER, side, 1_000, 11_000)? {
            Counted::Instructions(count) => counts.push(format!("{side} {count:.0}")),
            Counted::NoValgrind => {
                return Ok("instructions are not counted: there is no valgrind".to_owned());
            }
        }
    }
    Ok(format!("instructions per call: {}", counts.join("; ")))
}
