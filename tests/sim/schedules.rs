//! Schedules as text.

use surefoot::error::TaskError;
use surefoot::probe;
use surefoot::sim::{Explorer, Schedule, Strategy, Verdict};
use surefoot::spawn::spawn;
use tokio::task::yield_now;

#[test]
fn a_text_that_is_no_schedule_says_where() {
    for (text, position, why) in [
        ("", 0, "expected the version, `v1`, found ``"),
        ("v2;seed=1", 0, "expected the version, `v1`, found `v2`"),
        ("v1", 2, "expected `seed=` and a number, found the end"),
        ("v1;t1=1", 3, "expected `seed=` and a number, found `t1=1`"),
        ("v1;seed=", 8, "expected a whole number, found ``"),
        ("v1;seed=+1", 8, "expected a whole number, found `+1`"),
        ("v1;seed=99999999999999999999", 8, "is too large"),
        ("v1;seed=7;x1=1", 10, "`x1=1` begins with none of `t`"),
        ("v1;seed=7;", 10, "`` begins with none of"),
        ("v1;seed=7;t12", 10, "expected `tN=OPTION`, found `t12`"),
        ("v1;seed=7;t=1", 11, "expected a whole number, found ``"),
        ("v1;seed=7;t1=", 13, "expected a whole number, found ``"),
        ("v1;seed=7;t1=b", 13, "expected a whole number, found `b`"),
        ("v1;seed=7;t0=1", 11, "choices are numbered from 1"),
        ("v1;seed=7;t1=1;t1=2", 15, "choice `t1` is there twice"),
        ("v1;seed=7;t:1", 10, "kind `t` has no bound"),
        ("v1;seed=7;c:9999999999", 12, "9999999999 is too large"),
    ] {
        let error = text.parse::<Schedule>().unwrap_err();
        assert_eq!(error.position(), position, "{text}: {error}");
        assert!(error.to_string().contains(why), "{text}: {error}");
        assert!(error.to_string().starts_with(&format!("schedule, position {position}: ")));
    }
}

#[test]
fn what_is_written_is_read_again() {
    for text in ["v1;seed=0", "v1;seed=18446744073709551615;c:2;f:1;t12=0;c3=1;v1=63;f2=1"] {
        assert_eq!(text.parse::<Schedule>().unwrap().to_string(), text);
    }
}

async fn two_yielding_tasks() {
    for task in [spawn(yield_now()), spawn(yield_now())] {
        task.await.unwrap();
    }
}

fn replayed(schedule: &str) -> Result<(), Verdict> {
    let schedule: Schedule = schedule.parse().unwrap();
    surefoot::sim::replay(&schedule, two_yielding_tasks)
        .map(drop)
        .map_err(|failure| failure.verdict)
}

#[test]
fn a_strict_replay_says_what_does_not_fit_and_where() {
    assert_eq!(replayed("v1;seed=0;t1=2"), Ok(()));
    for (schedule, at, wants, has) in [
        ("v1;seed=0;t1=7", 2, "t1=7", "ready tasks 1, 2"),
        // Task 1 is the default there: a deviation that is none.
        ("v1;seed=0;t1=1", 2, "t1=1", "ready tasks 1, 2"),
        ("v1;seed=0;t99=2", 7, "t99=2", "the end of the scenario"),
    ] {
        let Err(Verdict::Nondeterminism { step, expected, found }) = replayed(schedule) else {
            panic!("{schedule} does not fit");
        };
        assert_eq!((step, expected.as_str(), found.as_str()), (at, wants, has), "{schedule}");
    }
}

#[test]
fn a_stale_regression_runs_as_far_as_it_fits() {
    let explorer = Explorer::new().strategy(Strategy::Fair);
    for schedule in ["v1;seed=0;t1=7", "v1;seed=0;t99=2;v5=3;c:1;c1=4"] {
        let stats = explorer.clone().regression(schedule).run(two_yielding_tasks).unwrap();
        assert_eq!(stats.schedules, 2, "the regression, then the one of Fair");
    }
}

#[test]
fn a_regression_is_run_first() {
    let scenario = || async {
        let first = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let order = |i| {
            let first = first.clone();
            spawn(async move {
                let _ = first.compare_exchange(
                    0,
                    i,
                    std::sync::atomic::Ordering::Relaxed,
                    std::sync::atomic::Ordering::Relaxed,
                );
            })
        };
        let tasks = [order(1), order(2)];
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(first.load(std::sync::atomic::Ordering::Relaxed), 1, "task 2 was first");
    };
    let fair = Explorer::new().strategy(Strategy::Fair);
    assert!(fair.run(scenario).is_ok());
    let failure = fair.regression("v1;seed=0;t1=2").run(scenario).unwrap_err();
    assert_eq!(failure.index, 1);
    assert_eq!(failure.schedule.to_string(), "v1;seed=0;t1=2");
}

#[test]
#[should_panic(expected = "schedule, position 10: `q1=1` begins with none of")]
fn a_regression_that_is_no_schedule_says_where() {
    let _ = Explorer::new().regression("v1;seed=0;q1=1");
}

/// In a simulation, too, an abort handle is the switch of its task, and outlives
/// it.
#[test]
fn an_abort_handle_aborts_a_simulated_task() {
    let stats = Explorer::new()
        .strategy(Strategy::Exhaustive { deviations: None })
        .run(|| async {
            assert!(probe::is_simulated());
            let (task, ended) = (spawn(std::future::pending::<()>()), spawn(async { 7 }));
            let (handle, late) = (task.abort_handle(), ended.abort_handle());
            assert_eq!((handle.id(), handle.is_finished()), (task.id(), false));
            handle.abort();
            assert_eq!(task.await, Err(TaskError::Cancelled));
            assert_eq!(ended.await, Ok(7));
            assert!(handle.is_finished() && late.is_finished());
            late.abort();
        })
        .unwrap();
    assert!(stats.exhausted);
}
