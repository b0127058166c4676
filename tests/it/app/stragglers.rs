//! What does not end by itself.

use super::child::{Child, Left, Signal};

/// What remains of a child that nobody talks to.
fn left_by(what: &str) -> Left {
    Child::that(what).left()
}

/// app/APP1: what does not end within the limit is aborted and named, and the
/// code is 124: a worker, or `main` itself.
#[test]
fn a_straggler_is_124_and_named() {
    let mut child = Child::that("is left behind");
    child.says("ready");
    child.gets(Signal::TERM);
    child.says("told to stop: SIGTERM");
    let left = child.left();
    assert_eq!((left.code, left.stderr.as_str()), (Some(124), "aborted: `worker`"));
    assert_eq!(left.said, ["finished: 1", "aborted: [\"worker\"]", "stuck: []"]);

    let mut child = Child::that("is left behind itself");
    child.says("ready");
    child.gets(Signal::INT);
    let left = child.left();
    assert_eq!((left.code, left.stderr.as_str()), (Some(124), "aborted: `main`"));
}

/// app/STOP3: a task that blocks its thread can't be aborted. It is named, and
/// does not hold up the exit, although it is the only thread that the service has.
#[test]
fn a_task_that_blocks_every_thread_is_named_stuck() {
    let left = left_by("blocks its thread");
    assert_eq!((left.code, left.stderr.as_str()), (Some(124), "stuck: `wedge`"));
    assert!(left.said.contains(&"stuck: [\"wedge\"]".to_owned()), "{:?}", left.said);
}

/// app/STOP3: so is blocking work that is tracked.
#[test]
fn blocking_work_that_is_tracked_is_named_stuck() {
    let left = left_by("blocks a tracked thread");
    assert_eq!((left.code, left.stderr.as_str()), (Some(124), "stuck: `wedge`"));
    assert_eq!(left.said, ["finished: 1", "aborted: []", "stuck: [\"wedge\"]"]);
}

/// app/STOP3: blocking work that nobody tracks does not hold up the exit either.
#[test]
fn blocking_work_does_not_hold_up_the_exit() {
    let left = left_by("blocks a thread of its own");
    assert_eq!((left.code, left.stderr), (Some(0), String::new()));
}

/// app/X5: what runs on untracked is dropped before the process ends.
#[test]
fn what_nobody_tracks_is_dropped() {
    let left = left_by("lets go");
    assert_eq!(left.code, Some(0));
    assert!(left.said.contains(&"let go".to_owned()), "{:?}", left.said);
}
