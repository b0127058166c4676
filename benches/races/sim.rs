//! The simulator: schedules per second on one thread, beside polling the same
//! futures by hand.

use std::io;

use surefoot_benches::arguments::Effort;
use surefoot_benches::callgrind::{self, Counted};
use surefoot_benches::report::Report;
use surefoot_benches::rounds::{Plan, Side, race};
use surefoot_benches::schedules::{Program, explore, poll_by_hand};
use surefoot_benches::table::{Goal, Row, Unit};

const DRIVER: &str = env!("CARGO_BIN_EXE_sim-schedules");

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let effort = Effort::parse(std::env::args().skip(1))?;
    let plan = effort.pick(Plan { rounds: 11, millis: 250 }, effort.plan());
    let mut rows = Vec::new();
    for (program, work, goal) in [
        (Program::Yielding, "three tasks over a semaphore", 500_000.0),
        (Program::Sleeping, "three tasks over a semaphore, with timers", 100_000.0),
    ] {
        let mut sides = [
            Side::on_this_thread("surefoot", |n| explore(program, n)),
            Side::on_this_thread("by hand", |n| poll_by_hand(program, n)),
        ];
        let lanes = race(plan, &mut sides);
        rows.extend(
            lanes[1..].iter().map(|peer| {
                Row::new(work, &lanes[0], peer, Unit::PerSecond, Goal::PerSecond(goal))
            }),
        );
    }
    let mut notes = vec![
        "one piece of work is one schedule, by `Strategy::Random`, with all that the explorer \
         keeps of it; by hand: the same futures polled in a loop, in one order"
            .to_owned(),
    ];
    notes.push(instructions(effort)?);
    let command = "cargo bench -p surefoot-benches --bench sim --features sim";
    Report { name: "sim", command, rows, notes }.publish(effort)?;
    Ok(())
}

/// Instructions per schedule.
fn instructions(effort: Effort) -> io::Result<String> {
    let sides = ["surefoot", "by hand", "surefoot timed", "by hand timed"];
    if effort == Effort::Quick {
        sides.iter().try_for_each(|side| callgrind::dry_run(DRIVER, side, 100))?;
        return Ok("instructions are not counted in a quick run".to_owned());
    }
    let mut counts = Vec::new();
    for side in sides {
        match callgrind::count(DRIVER, side, 1_000, 6_000)? {
            Counted::Instructions(count) => counts.push(format!("{side} {count:.0}")),
            Counted::NoValgrind => {
                return Ok("instructions are not counted: there is no valgrind".to_owned());
            }
        }
    }
    Ok(format!("instructions per schedule: {}", counts.join(", ")))
}
