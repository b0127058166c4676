//! Verdicts on what a schedule leaves behind, on what takes too long, and on tests
//! that see nothing.

use std::future::pending;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use surefoot::probe;
use surefoot::sim::{Explorer, Stats, Strategy, Verdict};
use surefoot::spawn::{Spawner, spawn};
use tokio::sync::Mutex as AsyncMutex;
use tokio::time::sleep;

fn exhaustive() -> Explorer {
    Explorer::new().strategy(Strategy::Exhaustive { deviations: Some(3) }).schedules(20_000)
}

/// A task per request, which nobody waits for.
async fn request(waits: bool) {
    let task = Spawner::new().name("request").spawn(sleep(Duration::from_millis(3)));
    if waits {
        task.await.unwrap();
    } else {
        task.detach();
    }
}

#[test]
fn a_task_that_outlives_the_root_is_a_leak() {
    let failure = exhaustive().deny_leaks().run(|| request(false)).unwrap_err();
    let Verdict::Leak { tasks, values } = &failure.verdict else { panic!("{failure}") };
    assert_eq!((tasks[0].to_string(), tasks.len(), values.len()), ("request#1".to_owned(), 1, 0));
    assert!(failure.to_string().contains("leak: at the end there are still task `request#1`"));
    assert!(exhaustive().deny_leaks().run(|| request(true)).unwrap().exhausted);
    assert!(exhaustive().run(|| request(false)).is_ok(), "nobody denied it");
}

#[test]
fn daemons_and_aborted_tasks_are_no_leak() {
    let scenario = || async {
        Spawner::new().name("upkeep").daemon(true).spawn(pending::<()>()).detach();
        let task = spawn(pending::<()>());
        task.abort();
    };
    assert!(exhaustive().deny_leaks().run(scenario).unwrap().exhausted);
}

/// Two that hold each other.
struct Node(Mutex<Option<Arc<Node>>>);

async fn circle(is_cut: bool) {
    let node = Arc::new(Node(Mutex::new(None)));
    probe::track(&node);
    *node.0.lock().unwrap() = Some(node.clone());
    if is_cut {
        node.0.lock().unwrap().take();
    }
}

#[test]
fn a_tracked_value_that_is_held_after_the_end_is_a_leak() {
    let failure = exhaustive().deny_leaks().run(|| circle(false)).unwrap_err();
    let Verdict::Leak { tasks, values } = &failure.verdict else { panic!("{failure}") };
    assert!(tasks.is_empty() && values.len() == 1 && values[0].ends_with("Node"), "{failure}");
    assert!(exhaustive().deny_leaks().run(|| circle(true)).is_ok());
}

/// What a task owns that is dropped at the end is not held.
#[test]
fn what_leftover_tasks_own_is_dropped_first() {
    let scenario = || async {
        let value = Arc::new(7);
        probe::track(&value);
        let daemon = Spawner::new().daemon(true).spawn(async move {
            pending::<()>().await;
            drop(value);
        });
        daemon.detach();
        probe::always("it is seen", || true);
    };
    assert!(exhaustive().deny_leaks().run(scenario).is_ok());
}

/// Keeps the thread busy: that is what is to be found.
fn block(time: Duration) {
    let begun = Instant::now();
    while begun.elapsed() < time {
        std::hint::spin_loop();
    }
}

async fn parse(blocks: &'static (impl Fn() + Sync)) {
    Spawner::new().name("parser").spawn(async { blocks() }).await.unwrap();
}

const LIMIT: Duration = Duration::from_millis(100);

#[test]
fn a_poll_that_takes_too_long_twice_running_blocks() {
    let explorer = Explorer::new().strategy(Strategy::Fair).poll_limit(LIMIT);
    let failure = explorer.run(|| parse(&|| block(5 * LIMIT))).unwrap_err();
    let Verdict::Blocked { task, limit } = &failure.verdict else { panic!("{failure}") };
    assert_eq!((task.to_string().as_str(), *limit), ("parser#1", LIMIT));
    assert!(failure.schedule.deviations().is_empty() && !failure.trace.rows().is_empty());
    assert!(explorer.run(|| parse(&|| ())).is_ok());
}

#[test]
fn a_poll_that_takes_too_long_once_is_the_machine_s_doing() {
    static TOOK_LONG: AtomicBool = AtomicBool::new(false);
    fn once() {
        if !TOOK_LONG.swap(true, Ordering::Relaxed) {
            block(5 * LIMIT);
        }
    }
    let explorer = Explorer::new().strategy(Strategy::Fair).poll_limit(LIMIT);
    let stats: Stats = explorer.run(|| parse(&once)).unwrap();
    assert!(TOOK_LONG.load(Ordering::Relaxed) && stats.schedules == 1);
}

const ENDLESS: &str = "leaks::an_endless_poll_in_a_process_of_its_own";
const IN_CHILD: &str = "SUREFOOT_TEST_ENDLESS_POLL";

/// Runs in the child process of the next test only.
#[test]
fn an_endless_poll_in_a_process_of_its_own() {
    if std::env::var_os(IN_CHILD).is_some() {
        let explorer = Explorer::new().strategy(Strategy::Fair).poll_limit(LIMIT);
        let _ = explorer.run(|| parse(&|| block(Duration::from_secs(600))));
    }
}

#[test]
fn a_poll_that_never_returns_is_named_and_aborts_the_process() {
    let exe = std::env::current_exe().unwrap();
    let mut child = Command::new(exe);
    let child = child.args(["--exact", ENDLESS]).env(IN_CHILD, "1").output();
    let child = child.unwrap();
    assert!(!child.status.success());
    let said = String::from_utf8_lossy(&child.stderr).into_owned();
    let named = "blocked: a poll of task `parser` (spawned at ";
    assert!(said.contains(named) && said.contains("leaks.rs"), "{said}");
}

/// A test of two tasks at one lock, in which they may never meet.
async fn meeting(waits: bool) {
    let lock = Arc::new(AsyncMutex::new(()));
    let tasks: Vec<_> = (0..2)
        .map(|_| {
            let lock = lock.clone();
            spawn(async move {
                probe::sometimes("it is taken", lock.try_lock().is_err());
                let _held = lock.lock().await;
                if waits {
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

#[test]
fn what_sometimes_holds_and_never_does_is_a_vacuous_test() {
    for threads in [1, 2] {
        let explorer = exhaustive().threads(threads);
        let failure = explorer.run(|| meeting(false)).unwrap_err();
        let Verdict::Never { label } = &failure.verdict else { panic!("{failure}") };
        assert_eq!(label, "it is taken");
        let said = failure.to_string();
        let expected =
            format!("no schedule of {} failed, but the test is", failure.stats.schedules);
        assert!(
            said.starts_with(&expected) && said.contains("sometimes \"it is taken\""),
            "{said}"
        );
        assert!(explorer.run(|| meeting(true)).unwrap().exhausted);
    }
}

#[test]
fn probes_do_nothing_outside_a_simulation() {
    probe::sometimes("no schedule", false);
    probe::track(&Arc::new(1));
    probe::interesting();
}
