//! The simulator: schedules per second beside polling the same futures by hand,
//! beside other explorers and on two threads, and what a step costs as schedules
//! grow.

use std::hint::black_box;
use std::io;

use surefoot_benches::arguments::Effort;
use surefoot_benches::callgrind::{self, Counted};
use surefoot_benches::report::Report;
use surefoot_benches::rounds::{Plan, Side, race};
use surefoot_benches::schedules::{Program, Yielders, explore, explore_all, poll_by_hand};
use surefoot_benches::simulators;
use surefoot_benches::table::{Goal, Row, Unit};

const DRIVER: &str = env!("CARGO_BIN_EXE_sim-schedules");

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let effort = Effort::parse(std::env::args().skip(1))?;
    let plan = effort.pick(Plan { rounds: 11, millis: 250 }, effort.plan());
    let mut rows = by_hand(plan);
    rows.push(against_shuttle(plan));
    rows.push(against_schedwalk(plan));
    rows.push(on_two_threads(plan));
    rows.extend(per_step(plan, STEPS));
    rows.extend(per_step(plan, READY));
    let mut notes: Vec<_> = NOTES.iter().map(ToString::to_string).collect();
    notes.push(instructions(effort)?);
    let command = "cargo bench -p surefoot-benches --bench sim --features sim";
    Report { name: "sim", command, rows, notes }.publish(effort)?;
    Ok(())
}

const NOTES: [&str; 6] = [
    "one piece of work is one schedule, by `Strategy::Random`, with all that the explorer keeps of \
     it; by hand: the same futures polled in a loop, in one order",
    "shuttle: the same program on its own semaphore, tasks and yields, by its `RandomScheduler`; it \
     also chooses at every operation on the semaphore, and so has more choices per schedule",
    "all orders: the same futures on both sides, every schedule once, by \
     `Strategy::Exhaustive` and by schedwalk, which keeps nothing of a schedule that passed",
    "two threads: real time of `threads(2)`, beside half of that of `threads(1)`",
    "a step of N: tasks that are all ready, and yield; per step of random schedules, with the share \
     of spawning and joining that falls to it; the goal for N ready tasks is log 10 / log N",
    "where goals are missed: of a schedule's instructions a third are the polls (by hand: a sixth \
     of them all), a ninth is allocation, and the rest is spread thinly, at some 500 for a step; \
     ten times shuttle would be 1.4 times by hand. Tried, and kept: wake-ups of the engine's own \
     thread without locks, a tally per thread (two threads: 0.49 to 0.92), one watchdog thread for \
     all explorations, choices that leave the ready set where it is, traces out of the way; a step \
     of 10,000 ready tasks needs 2.2 times the instructions of one of 10, and waits for memory \
     beyond that",
];

fn by_hand(plan: Plan) -> Vec<Row> {
    let mut rows = Vec::new();
    for (program, work, goal) in [
        (Program::Yielding, "three tasks over a semaphore", 500_000.0),
        (Program::Sleeping, "three tasks over a semaphore, with timers", 100_000.0),
    ] {
        let mut sides = [
            Side::on_this_thread("surefoot", |n| explore(program, n, 1)),
            Side::on_this_thread("by hand", |n| poll_by_hand(program, n)),
        ];
        let lanes = race(plan, &mut sides);
        rows.push(Row::new(work, &lanes[0], &lanes[1], Unit::PerSecond, Goal::PerSecond(goal)));
    }
    rows
}

fn against_shuttle(plan: Plan) -> Row {
    let mut sides = [
        Side::on_this_thread("surefoot", |n| explore(Program::Yielding, n, 1)),
        Side::on_this_thread("shuttle", simulators::shuttle),
    ];
    let lanes = race(plan, &mut sides);
    let work = "three tasks over a semaphore";
    Row::new(work, &lanes[0], &lanes[1], Unit::PerSecond, Goal::Ratio(10.0))
}

fn against_schedwalk(plan: Plan) -> Row {
    let ours = explore_all(Program::Yielding, 1);
    let theirs = simulators::schedwalk(1);
    let mut sides = [
        Side::on_this_thread("surefoot", |n| {
            black_box(explore_all(Program::Yielding, n));
        }),
        Side::on_this_thread("schedwalk", |n| {
            black_box(simulators::schedwalk(n));
        }),
    ];
    let lanes = race(plan, &mut sides);
    let work = format!("the same, all orders: {ours}, by schedwalk {theirs}");
    let (ours, theirs) = (lanes[0].divided_by(ours as f64), lanes[1].divided_by(theirs as f64));
    Row::new(work, &ours, &theirs, Unit::PerSecond, Goal::Ratio(0.5))
}

fn on_two_threads(plan: Plan) -> Row {
    let mut sides = [
        Side::new("surefoot", |n| explore(Program::Yielding, n, 2)),
        Side::new("2 × one thread", |n| explore(Program::Yielding, n, 1)),
    ];
    let lanes = race(plan, &mut sides);
    let work = "the same, on two threads";
    Row::new(work, &lanes[0], &lanes[1].divided_by(2.0), Unit::PerSecond, Goal::Ratio(0.9))
}

/// What takes so long to grow: the name, what runs, and the least ratio.
type Sizes<const N: usize> = [(&'static str, Yielders, f64); N];

const STEPS: Sizes<3> = [
    ("10 steps", Yielders { tasks: 3, yields: 2 }, 1.0),
    ("1,000 steps", Yielders { tasks: 3, yields: 332 }, 0.8),
    ("30,000 steps", Yielders { tasks: 3, yields: 9_999 }, 0.8),
];

const READY: Sizes<4> = [
    ("10 ready tasks", Yielders { tasks: 10, yields: 9 }, 1.0),
    ("100 ready tasks", Yielders { tasks: 100, yields: 9 }, 0.5),
    ("1,000 ready tasks", Yielders { tasks: 1_000, yields: 9 }, 0.33),
    ("10,000 ready tasks", Yielders { tasks: 10_000, yields: 9 }, 0.25),
];

/// Each size beside the first.
fn per_step<const N: usize>(plan: Plan, sizes: Sizes<N>) -> Vec<Row> {
    let steps = sizes.map(|(_, yielders, _)| yielders.explore(1));
    let mut sides = sizes.map(|(name, yielders, _)| {
        Side::on_this_thread(name, move |n| {
            black_box(yielders.explore(n));
        })
    });
    let lanes = race(plan, &mut sides);
    let lanes: Vec<_> =
        lanes.iter().zip(steps).map(|(lane, steps)| lane.divided_by(steps as f64)).collect();
    let sizes = sizes.iter().zip(&lanes).skip(1);
    sizes
        .map(|((name, _, least), lane)| {
            let work = format!("a step of {name}");
            Row::new(work, lane, &lanes[0], Unit::Seconds, Goal::Ratio(*least))
        })
        .collect()
}

/// Instructions per schedule.
fn instructions(effort: Effort) -> io::Result<String> {
    let sides = [
        ("surefoot", 1_000),
        ("by hand", 1_000),
        ("surefoot timed", 1_000),
        ("by hand timed", 1_000),
        ("shuttle", 1_000),
        ("surefoot walk", 10),
        ("schedwalk walk", 10),
        ("10 ready", 1_000),
        ("100 ready", 100),
        ("1000 ready", 10),
        ("10000 ready", 1),
    ];
    if effort == Effort::Quick {
        sides.iter().try_for_each(|(side, _)| callgrind::dry_run(DRIVER, &[side], 1))?;
        return Ok("instructions are not counted in a quick run".to_owned());
    }
    let mut counts = Vec::new();
    for (side, times) in sides {
        match callgrind::count(DRIVER, &[side], times, 6 * times)? {
            Counted::Instructions(count) => counts.push(format!("{side} {count:.0}")),
            Counted::NoValgrind => {
                return Ok("instructions are not counted: there is no valgrind".to_owned());
            }
        }
    }
    Ok(format!(
        "instructions per schedule, or of all schedules where it says walk: {}",
        counts.join(", ")
    ))
}
