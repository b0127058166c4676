//! Turns that are granted, and what becomes of them.

use std::task::Waker;

use surefoot::blocking::Blocking;
use tokio::sync::mpsc;
use tokio_test::{assert_pending, task};

use super::site::*;
use crate::support::*;

/// blocking/X2: whoever was granted a thread, and goes before it is polled, passes
/// it on.
#[tokio::test(start_paused = true)]
async fn a_granted_caller_that_goes_passes_its_turn_on() {
    let mut site = Site::new();
    let one = Blocking::builder().threads(1).build().unwrap();
    let (hold, closure) = site.closure(1);
    let mut run = task::spawn(one.run(closure));
    assert_pending!(run.poll());
    let (mut second, mut third) = (task::spawn(one.run(|_| 2)), task::spawn(one.run(|_| 3)));
    assert_pending!(second.poll());
    assert_pending!(third.poll());
    assert_eq!(site.next().await, 1);
    drop(hold);
    assert_eq!(run.await, Ok((1, false)));
    assert!(second.is_woken() && !third.is_woken());
    drop(second);
    assert!(third.is_woken());
    assert_eq!(third.await, Ok(3));
    assert_eq!(one.status().running, 0);
}

/// blocking/X8: a newcomer does not overtake a caller that was granted a thread,
/// nor one that waits.
#[tokio::test(start_paused = true)]
async fn a_newcomer_does_not_overtake_a_waiter() {
    let mut site = Site::new();
    let one = Blocking::builder().threads(1).build().unwrap();
    let (hold, closure) = site.closure(1);
    let mut run = task::spawn(one.run(closure));
    assert_pending!(run.poll());
    let (second_hold, second) = site.closure(2);
    let mut second = task::spawn(one.run(second));
    assert_pending!(second.poll());
    assert_eq!(site.next().await, 1);
    drop(hold);
    assert!(run.await.is_ok());
    let mut newcomer = task::spawn(one.run(|_| 3));
    assert_pending!(newcomer.poll());
    assert_eq!(one.status().waiting, 1, "the thread is the waiter's");
    assert_pending!(second.poll());
    assert_eq!(site.next().await, 2);
    assert!(!newcomer.is_woken());
    drop(second_hold);
    assert!(second.await.is_ok());
    assert_eq!(newcomer.await, Ok(3));
}

/// blocking/X13: polls for nothing change nothing, and only the waker of the last
/// poll is woken.
#[tokio::test(start_paused = true)]
async fn polls_for_nothing_and_other_wakers_are_harmless() {
    let mut site = Site::new();
    let one = Blocking::builder().threads(1).build().unwrap();
    let (hold, closure) = site.closure(1);
    let mut run = task::spawn(one.run(closure));
    let mut waiter = Box::pin(one.run(|_| 2));
    for _ in 0..3 {
        assert_pending!(run.poll());
        assert!(poll_with(waiter.as_mut(), Waker::noop()).is_pending());
    }
    let mut waiter = task::spawn(waiter);
    assert_pending!(waiter.poll());
    let status = one.status();
    assert_eq!((status.running, status.waiting, status.started), (1, 1, 1));
    assert_eq!(site.next().await, 1);
    drop(hold);
    assert!(run.await.is_ok());
    assert!(waiter.is_woken());
    assert_eq!(waiter.await, Ok(2));
    assert_eq!(one.status().started, 2);
}

/// blocking/X9, blocking/X8: a caller that comes with its budget spent is not overtaken by
/// one that comes later, be a thread free or not; dropped, it passes the thread on.
#[tokio::test(start_paused = true)]
async fn who_comes_with_its_budget_spent_is_not_overtaken() {
    let one = Blocking::builder().threads(1).queue(2).build().unwrap();
    let (runs, mut order) = mpsc::unbounded_channel();
    let visit = |number: u8| {
        let runs = runs.clone();
        one.run(move |_| runs.send(number).unwrap())
    };
    let both = one_that_is_spent_and(visit(1), visit(2)).await;
    assert_eq!(both, (Ok(()), Ok(())));
    let mut site = Site::new();
    let (hold, closure) = site.closure(0);
    let mut run = task::spawn(one.run(closure));
    assert_pending!(run.poll());
    assert_eq!(site.next().await, 0);
    let lets_go = async {
        settle().await;
        assert_eq!(one.status().waiting, 2);
        drop(hold);
    };
    let (both, ()) = tokio::join!(one_that_is_spent_and(visit(3), visit(4)), lets_go);
    assert_eq!(both, (Ok(()), Ok(())));
    assert!(run.await.is_ok());
    let order = std::array::from_fn(|_| order.try_recv().unwrap());
    assert_eq!(order, [1, 2, 3, 4]);

    let mut next = task::spawn(visit(5));
    one_that_is_spent_leaves(visit(6), &mut next).await;
    assert_eq!(next.await, Ok(()));
    let status = one.status();
    assert_eq!((status.running, status.waiting, status.refused, status.started), (0, 0, 0, 6));
}
