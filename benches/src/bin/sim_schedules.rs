//! `sim-schedules SIDE N`: N schedules of the programs that the simulator races
//! on, for callgrind.

use surefoot_benches::schedules::{Program, Yielders, explore, explore_all, poll_by_hand};
use surefoot_benches::simulators;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let side = arguments.next().unwrap_or_default();
    let times = arguments.next().and_then(|n| n.parse().ok());
    let times = times.expect("usage: sim-schedules SIDE N");
    match side.as_str() {
        "surefoot" => explore(Program::Yielding, times, 1),
        "surefoot timed" => explore(Program::Sleeping, times, 1),
        "by hand" => poll_by_hand(Program::Yielding, times),
        "by hand timed" => poll_by_hand(Program::Sleeping, times),
        "shuttle" => simulators::shuttle(times),
        "surefoot walk" => drop(explore_all(Program::Yielding, times)),
        "schedwalk walk" => drop(simulators::schedwalk(times)),
        // "N ready": so many tasks, which yield 9 times.
        ready => match ready.strip_suffix(" ready").and_then(|n| n.parse().ok()) {
            Some(tasks) => drop(Yielders { tasks, yields: 9 }.explore(times)),
            None => panic!("`{side}` is no side"),
        },
    }
}
