//! What a signal does, and when.

use super::child::{Child, Signal};

/// A child that has come to the line `ready`.
fn ready(what: &str) -> Child {
    let mut child = Child::that(what);
    child.says("ready");
    child
}

/// app/APP1: either signal tells the service to stop, and why; drained, it exits
/// with 0.
#[test]
fn a_signal_stops_in_order() {
    for (signal, name) in [(Signal::INT, "SIGINT"), (Signal::TERM, "SIGTERM")] {
        let mut child = ready("serves");
        child.gets(signal);
        child.says(&format!("told to stop: {name}"));
        let left = child.left();
        assert_eq!((left.code, left.stderr), (Some(0), String::new()));
    }
}

/// app/APP1, app/STOP9: the second signal ends it at once, whatever it waits for,
/// with the code of that signal.
#[test]
fn a_second_signal_ends_it_at_once() {
    for (second, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        for first in [Signal::INT, Signal::TERM] {
            let mut child = ready("does not stop");
            child.gets(first);
            let name = if first == Signal::INT { "SIGINT" } else { "SIGTERM" };
            child.says(&format!("told to stop: {name}"));
            child.gets(second);
            let left = child.left();
            // Without a report: the drain was given up.
            assert_eq!((left.code, left.said), (Some(code), vec![]), "{first:?} {second:?}");
        }
    }
}

/// app/STOP9: also when all that is left to do is to tell how it went.
#[test]
fn a_second_signal_ends_a_report_that_hangs() {
    let mut child = ready("hangs in its report");
    child.gets(Signal::TERM);
    child.says("told to stop: SIGTERM");
    child.says("reporting");
    child.gets(Signal::INT);
    assert_eq!(child.left().code, Some(130));
}

/// app/X7, app/STOP9: two different signals are two, also when they arrive together.
#[test]
fn two_signals_at_once_are_two() {
    let child = ready("both signals wait");
    child.gets(Signal::TERM);
    child.gets(Signal::INT);
    let code = child.left().code;
    assert!(matches!(code, Some(130 | 143)), "{code:?}");
}

/// app/APP2: a signal that arrives while `main` starts up is there when it looks,
/// although `main` lets nothing else run meanwhile.
#[test]
fn a_signal_during_start_up_is_not_lost() {
    for (signal, name) in [(Signal::INT, "SIGINT"), (Signal::TERM, "SIGTERM")] {
        let mut child = Child::that("starts up");
        child.says("starting");
        child.gets(signal);
        child.is_told_to_go_on();
        child.says("started");
        child.says(&format!("told to stop: {name}"));
        assert_eq!(child.left().code, Some(0));
    }
}

/// app/STOP9: a start-up that hangs is ended by the second signal.
#[test]
fn a_second_signal_ends_a_start_up_that_hangs() {
    let mut child = Child::that("starts up");
    child.says("starting");
    child.gets(Signal::TERM);
    child.gets(Signal::INT);
    assert!(matches!(child.left().code, Some(130 | 143)));
}

/// app/APP1: when `main` returns, what it has started is told to stop, and why,
/// and is waited for.
#[test]
fn a_main_that_returns_drains() {
    let mut child = Child::that("returns with work left");
    child.says("worker: triggered");
    child.says("worker: Some(\"main returned\")");
    child.says("finished: 2");
    assert_eq!(child.left().code, Some(0));
}

/// app/APP1: a service that triggers its shutdown itself is drained without a
/// signal, within the limits.
#[test]
fn a_service_that_stops_itself_drains() {
    let mut child = ready("stops itself");
    child.says("told to stop: nothing left to do");
    child.says("finished: 1");
    assert_eq!(child.left().code, Some(0));

    let left = Child::that("stops itself and does not end").left();
    assert_eq!((left.code, left.stderr.as_str()), (Some(124), "aborted: `main`"));
}

/// app/STOP9: the first signal after `main` has returned changes nothing, it is
/// stopping already; the second is in a hurry.
#[test]
fn the_first_signal_of_a_drain_is_no_hurry() {
    let mut child = ready("returns with work that hears a signal");
    child.gets(Signal::INT);
    child.says("worker: SIGINT");
    child.says("finished: 2");
    assert_eq!(child.left().code, Some(0));

    let child = ready("returns with work that does not end");
    child.gets(Signal::INT);
    child.gets(Signal::TERM);
    assert!(matches!(child.left().code, Some(130 | 143)));
}

/// app/APP1, app/X6: `pre_stop_delay` puts off the trigger, not the end of a `main` that
/// returns meanwhile.
#[test]
fn a_delay_lasts_until_main_returns() {
    let mut child = ready("delays");
    child.gets(Signal::TERM);
    child.says("triggered: false");
    child.is_told_to_go_on();
    child.says("finished: 1");
    assert_eq!(child.left().code, Some(0));
}

/// app/APP1: after it, the trigger comes.
#[test]
fn a_delay_ends() {
    let mut child = ready("delays a little");
    child.gets(Signal::TERM);
    child.says("told to stop: SIGTERM");
    child.says("finished: 1");
    assert_eq!(child.left().code, Some(0));
}

/// app/STOP9: the second signal does not wait for it.
#[test]
fn a_delay_ends_with_the_second_signal() {
    let child = ready("delays");
    child.gets(Signal::TERM);
    child.gets(Signal::INT);
    assert!(matches!(child.left().code, Some(130 | 143)));
}
