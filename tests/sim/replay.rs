//! The same schedule gives the same run: again, elsewhere, and in threads.

use std::process::Command;

use surefoot::scenarios::{self, Body};
use surefoot::sim::{Explorer, Failure, Strategy};

const CHILD: &str = "replay::a_fair_schedule_passes_unless_the_environment_replays_another";

fn textbook() -> &'static Body {
    let claim = scenarios::all().find(|claim| claim.guarantee == "POOL1");
    &claim.expect("the pool claims its size").twin.body
}

fn failing() -> Box<Failure> {
    let random = Explorer::new().name(CHILD).strategy(Strategy::Random).schedules(5_000);
    textbook().run(random).unwrap_err()
}

/// Also what the child process of the next test runs.
#[test]
fn a_fair_schedule_passes_unless_the_environment_replays_another() {
    let fair = Explorer::default().name(CHILD).strategy(Strategy::Fair);
    if let Err(failure) = textbook().run(fair) {
        panic!("{failure}");
    }
}

#[test]
fn a_failing_schedule_fails_the_same_in_another_process() {
    let failure = failing();
    let exe = std::env::current_exe().unwrap();
    let run = |replay: Option<String>| {
        let mut child = Command::new(&exe);
        child.args(["--exact", CHILD, "--nocapture"]).env_remove("SUREFOOT_REPLAY");
        child.envs(replay.map(|replay| ("SUREFOOT_REPLAY", replay)));
        child.output().unwrap()
    };
    assert!(run(None).status.success());
    let replayed = run(Some(failure.replay()));
    assert!(!replayed.status.success());
    let said = String::from_utf8_lossy(&replayed.stderr).into_owned();
    assert!(said.contains(&failure.trace.to_string()), "{said}\nis not\n{failure}");
    assert!(said.contains(&failure.verdict.to_string()), "{said}");
    // The printed command is the one that was followed here.
    let command = "cargo test -p surefoot --test sim -- --exact";
    let command = format!("SUREFOOT_REPLAY='{}' {command} {CHILD}\n", failure.replay());
    assert!(said.contains(&command), "{said}");
}

#[test]
fn a_variable_that_does_not_parse_is_named() {
    let exe = std::env::current_exe().unwrap();
    let child =
        Command::new(exe).args(["--exact", CHILD]).env("SUREFOOT_SEED", "seven").output().unwrap();
    assert!(!child.status.success());
    let said = String::from_utf8_lossy(&child.stdout).into_owned();
    assert!(said.contains("SUREFOOT_SEED=seven: expected a whole number from 0"), "{said}");
}

#[test]
fn the_same_search_finds_the_same_failure() {
    let (one, other) = (failing(), failing());
    assert_eq!(one.index, other.index);
    assert_eq!(one.schedule, other.schedule);
    assert_eq!(one.verdict, other.verdict);
    assert_eq!(one.trace, other.trace);
}

#[test]
fn replaying_a_failure_gives_its_verdict_and_its_trace() {
    let failure = failing();
    let strategy = Strategy::Replay(failure.schedule.clone());
    let replayed = textbook().run(Explorer::new().strategy(strategy)).unwrap_err();
    assert_eq!(replayed.verdict, failure.verdict);
    assert_eq!(replayed.trace, failure.trace);
    assert_eq!(replayed.schedule, failure.schedule);
}

#[test]
fn two_threads_report_the_failure_that_one_does() {
    let one = failing();
    let random = Explorer::new().name(CHILD).strategy(Strategy::Random).schedules(5_000);
    let two = textbook().run(random.threads(2)).unwrap_err();
    assert_eq!((one.index, &one.schedule), (two.index, &two.schedule));
    assert_eq!(one.trace, two.trace);
}

#[test]
fn a_replay_for_another_explorer_is_not_taken() {
    let exe = std::env::current_exe().unwrap();
    let child = Command::new(exe)
        .args(["--exact", CHILD])
        .env("SUREFOOT_REPLAY", "another@v1;seed=0;t1=9")
        .output()
        .unwrap();
    assert!(child.status.success());
}
