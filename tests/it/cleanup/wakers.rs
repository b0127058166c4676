//! Wakers that re-enter.

use std::task::Waker;

use surefoot::cleanup::Reaper;
use tokio_test::task;

use super::support::*;
use crate::support::*;

/// A waker that comes in again, whether it is woken or dropped.
fn prying(reaper: &Reaper, calls: &Count) -> Waker {
    let (reaper, calls) = (reaper.clone(), calls.clone());
    Calling::waker(move || {
        drop(reaper.stack());
        assert!(reaper.pending() <= 1);
        calls.add();
    })
}

/// cleanup/X4: a waker may use the pattern when it is woken and when it is
/// dropped, whatever it is woken for.
#[test]
fn a_waker_that_comes_in_again_does_not_deadlock() {
    let (reaper, calls, record) = (Reaper::new(), Count::default(), Record::default());
    // Not needed.
    assert!(poll_with(Box::pin(reaper.wait()).as_mut(), &prying(&reaper, &calls)).is_ready());
    assert_eq!(calls.get(), 1);
    // Replaced, and then gone with its future.
    let mut lent = task::spawn(lend(&reaper, &record, Does::Hangs));
    let mut wait = Box::pin(reaper.wait());
    for _ in 0..2 {
        assert!(poll_with(wait.as_mut(), &prying(&reaper, &calls)).is_pending());
    }
    assert_eq!(calls.get(), 2);
    drop(wait);
    assert_eq!(calls.get(), 3);
    // Woken for work that nobody runs, and for the end.
    let mut wait = Box::pin(reaper.wait());
    assert!(poll_with(wait.as_mut(), &prying(&reaper, &calls)).is_pending());
    runtime().block_on(async { assert!(lent.poll().is_pending()) });
    drop(lent);
    assert_eq!(calls.get(), 5);
    drop(wait);
    runtime().block_on(reaper.wait());
    let stack = reaper.stack();
    let mut wait = Box::pin(reaper.wait());
    assert!(poll_with(wait.as_mut(), &prying(&reaper, &calls)).is_pending());
    drop(stack);
    assert_eq!(calls.get(), 7);
    assert!(poll_with(wait.as_mut(), &prying(&reaper, &calls)).is_ready());
    assert_eq!(calls.get(), 8);
}
