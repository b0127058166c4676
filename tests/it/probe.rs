//! Probes, where no simulation is: they cost nothing and decide nothing.

use std::cell::Cell;
use std::future::pending;
use std::rc::Rc;
use std::time::Duration;

use surefoot::probe;
use tokio_test::{assert_pending, assert_ready_eq, task};

use crate::support::*;

/// probe/X13: outside a simulation, a cancellable future runs to its end, as far
/// as it is polled, and what it held goes with its end.
#[tokio::test(start_paused = true)]
async fn a_cancellable_future_is_not_cancelled() {
    assert_eq!(probe::cancellable(async { 7 }).await, Some(7));
    let mut slow = task::spawn(probe::cancellable(wait(10)));
    for _ in 0..10 {
        assert_pending!(slow.poll());
    }
    pass(10).await;
    assert!(slow.is_woken());
    assert_ready_eq!(slow.poll(), Some(()));
    let held = Rc::new(());
    let weak = Rc::downgrade(&held);
    let mut call = task::spawn(probe::cancellable(std::future::poll_fn(move |_| {
        let _held = &held;
        std::task::Poll::Ready(())
    })));
    assert_ready_eq!(call.poll(), Some(()));
    assert_eq!(weak.strong_count(), 0);
    let never = probe::cancellable(pending::<()>());
    assert!(format!("{never:?}").contains(file!()));
}

/// probe/X6: every choice has its default, over the whole range of its numbers.
#[test]
fn every_question_has_a_default_answer() {
    for n in [1, 2, usize::MAX] {
        assert_eq!(probe::choose(n), 0);
    }
    for (range, first) in [(5..6, 5), (0..u64::MAX, 0), (u64::MAX - 1..u64::MAX, u64::MAX - 1)] {
        assert_eq!(probe::pick(range), first);
    }
    assert!(!probe::fault("the disk is full"));
    probe::panic_point("half-way");
    assert_eq!(probe::elapsed(), Duration::ZERO);
    assert!(!probe::is_simulated());
}

/// probe/X6: a choice among nothing is refused at the call.
#[test]
fn a_choice_among_nothing_panics() {
    assert_eq!(panic_of(|| probe::choose(0)), "choose(0): there is nothing to choose from");
    assert_eq!(panic_of(|| probe::pick(5..5)), "pick(5..5): there is nothing to pick from");
    let backwards = std::ops::Range { start: 6, end: 5 };
    assert_eq!(panic_of(|| probe::pick(backwards)), "pick(6..5): there is nothing to pick from");
}

/// probe/X3: a claim is not even looked at, so it costs nothing and breaks
/// nothing.
#[test]
fn claims_are_not_evaluated() {
    let asked = Rc::new(Cell::new(false));
    let seen = asked.clone();
    probe::always("it is never asked", move || {
        seen.set(true);
        false
    });
    assert!(!asked.get());
    assert_eq!(Rc::strong_count(&asked), 1, "it is dropped at once");
}
