//! Exit codes, and what stands on stderr.

use super::child::{Child, Signal};

/// The code of a child that nobody talks to, and its stderr.
fn outcome_of(what: &str) -> (Option<i32>, String) {
    let left = Child::that(what).left();
    (left.code, left.stderr)
}

/// app/APP1: a `main` that returns `Ok` exits with 0, and says nothing.
#[test]
fn success_is_0() {
    assert_eq!(outcome_of("succeeds"), (Some(0), String::new()));
}

/// app/APP1: a `main` that returns an error exits with 1, and names every source
/// of it.
#[test]
fn an_error_is_1_with_its_whole_chain() {
    let (code, stderr) = outcome_of("fails");
    assert_eq!(code, Some(1));
    assert_eq!(
        stderr,
        "error in `main`: no service\n  caused by: no file\n  caused by: no such folder"
    );
}

/// app/APP1: so does an error of something that `main` has started.
#[test]
fn an_error_of_a_worker_is_1_too() {
    let (code, stderr) = outcome_of("has a worker that fails");
    assert_eq!((code, stderr.as_str()), (Some(1), "error in `mailer`: no mail"));
}

/// app/APP1, app/X3: a panic exits with 101, and says whose it was and where, whether
/// `main` panics, its closure before there is a future, or what it has started.
#[test]
fn a_panic_is_101() {
    for (what, who) in [
        ("panics", "main"),
        ("panics before it is a future", "main"),
        ("has a worker that panics", "printer"),
    ] {
        let (code, stderr) = outcome_of(what);
        assert_eq!(code, Some(101), "{what}");
        let last = stderr.lines().last().unwrap_or_default();
        assert!(
            last.starts_with(&format!("panicked: `{who}`: out of paper at tests/child/app.rs:")),
            "{what}: {stderr}"
        );
    }
}

/// app/X3: a panic of who is told the report is an exit code, too.
#[test]
fn a_panic_over_the_report_is_101() {
    let (code, stderr) = outcome_of("panics in its report");
    assert_eq!(code, Some(101));
    assert!(stderr.contains("out of paper"), "{stderr}");
}

/// app/APP1: of several codes that apply, it is that of the worst.
#[test]
fn the_worst_code_counts() {
    let (code, stderr) = outcome_of("leaves a straggler and fails");
    assert_eq!(
        (code, stderr.as_str()),
        (Some(124), "error in `main`: no service\naborted: `worker`")
    );

    let (code, stderr) = outcome_of("leaves a straggler, fails and panics");
    assert_eq!(code, Some(101));
    for line in ["error in `main`: no service", "panicked: `printer`", "aborted: `worker`"] {
        assert!(stderr.contains(line), "{stderr}");
    }

    let mut child = Child::that("leaves a straggler, fails, panics and is forced");
    child.says("ready");
    child.gets(Signal::TERM);
    child.says("told to stop: SIGTERM");
    child.gets(Signal::INT);
    assert_eq!(child.left().code, Some(130));
}

/// app/X6: options that can't work are named, and `main` is not called.
#[test]
fn bad_options_are_1_and_named() {
    for what in ["has no workers", "has too many workers"] {
        let left = Child::that(what).left();
        assert_eq!((left.code, left.said), (Some(1), Vec::<String>::new()));
        let says = "error: `workers` must be at least 1 and at most 1024";
        assert_eq!(left.stderr, says, "{what}");
    }
}
