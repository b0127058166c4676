//! `sim-schedules SIDE N`: N schedules of the programs that the simulator races
//! on, for callgrind.

use surefoot_benches::schedules::{Program, explore, poll_by_hand};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let side = arguments.next().unwrap_or_default();
    let times = arguments.next().and_then(|n| n.parse().ok());
    let times = times.expect("usage: sim-schedules SIDE N");
    match side.as_str() {
        "surefoot" => explore(Program::Yielding, times),
        "surefoot timed" => explore(Program::Sleeping, times),
        "by hand" => poll_by_hand(Program::Yielding, times),
        "by hand timed" => poll_by_hand(Program::Sleeping, times),
        _ => panic!("`{side}` is no side"),
    }
}
