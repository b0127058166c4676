//! What a search says although its test passes, past the harness that keeps what a
//! passing test prints.

use std::process::Command;

use surefoot::sim::{Explorer, Strategy, choose};

const CHILD: &str = "notices::a_passing_test_with_something_to_say";
const IN_CHILD: &str = "SUREFOOT_TEST_NOTICES";

/// Runs in the child processes of the next tests only.
#[test]
fn a_passing_test_with_something_to_say() {
    if std::env::var_os(IN_CHILD).is_some() {
        let strategy = Strategy::Exhaustive { deviations: None };
        Explorer::default().strategy(strategy).check(|| async {
            let _digits = [choose(10), choose(10), choose(10)];
            tokio::spawn(async {});
            tokio::task::yield_now().await;
        });
    }
}

fn said(variables: &[(&str, &str)]) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", CHILD]).env(IN_CHILD, "1");
    // The run that this test is part of may be a longer one, or a part of one.
    for variable in ["PROGRESS", "SCHEDULES", "SECONDS", "STRATEGY", "SHARD", "THREADS"] {
        child.env_remove(format!("SUREFOOT_{variable}"));
    }
    let output = child.envs(variables.iter().copied()).output().unwrap();
    assert!(output.status.success());
    String::from_utf8_lossy(&output.stderr).lines().map(str::to_owned).collect()
}

#[test]
fn a_passing_test_names_itself_and_what_was_not_explored() {
    let said = said(&[]);
    let [line] = &said[..] else { panic!("one line: {said:?}") };
    let expected = format!("surefoot: {CHILD}: UNEXPLORED 1 task was given to Tokio itself");
    assert!(line.starts_with(&expected), "{line}");
}

/// The time is the only thing in it that differs from run to run.
#[test]
fn a_search_says_how_far_it_is() {
    for (every, threads, expected) in
        [("50", "1", 20), ("400", "1", 2), ("1001", "1", 0), ("300", "2", 2)]
    {
        let said = said(&[("SUREFOOT_PROGRESS", every), ("SUREFOOT_THREADS", threads)]);
        let told: Vec<_> = said.iter().filter(|line| line.contains(" of 1000 schedules")).collect();
        assert_eq!(told.len(), expected, "every {every}, {threads} threads: {said:?}");
        for (line, at) in told.iter().zip(1..) {
            let counts = line.strip_prefix(&format!("surefoot: {CHILD}: ")).unwrap();
            let schedules: u64 = counts.split(' ').next().unwrap().parse().unwrap();
            let (from, every) = (at * every.parse::<u64>().unwrap(), 128 * 2);
            assert!((from..from + every).contains(&schedules), "{line}");
            let rest = format!("{schedules} of 1000 schedules, {schedules} distinct, after ");
            assert!(counts.starts_with(&rest) && counts.ends_with(" s"), "{line}");
        }
    }
}
