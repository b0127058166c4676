//! Wakers that re-enter.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Waker;

use surefoot::blocking::Blocking;
use tokio_test::{assert_pending, task};

use super::site::*;
use crate::support::*;

/// A waker that comes in again, whether it is woken or dropped.
fn prying(one: &Blocking, calls: &Arc<AtomicUsize>) -> Waker {
    let (one, calls) = (one.clone(), calls.clone());
    Calling::waker(move || {
        assert!(one.status().running <= 1);
        drop(one.run(|_| ()));
        calls.fetch_add(1, Ordering::SeqCst);
    })
}

/// blocking/X4: a waker may use the pattern when it is woken and when it is
/// dropped, whatever becomes of its future.
#[tokio::test(start_paused = true)]
async fn a_waker_that_comes_in_again_does_not_deadlock() {
    let one = Blocking::builder().threads(1).queue(1).build().unwrap();
    let calls = Arc::new(AtomicUsize::new(0));
    let seen = || calls.load(Ordering::SeqCst);
    let mut site = Site::new();
    let (hold, closure) = site.closure(1);
    let mut run = task::spawn(one.run(closure));
    assert_pending!(run.poll());
    assert_eq!(site.next().await, 1);
    // Refused: its waker is not kept.
    let mut waiter = Box::pin(one.run(|_| 2));
    assert!(poll_with(waiter.as_mut(), &prying(&one, &calls)).is_pending());
    let mut refused = Box::pin(one.run(|_| 3));
    assert!(poll_with(refused.as_mut(), &prying(&one, &calls)).is_ready());
    assert_eq!(seen(), 1);
    // Replaced.
    assert!(poll_with(waiter.as_mut(), &prying(&one, &calls)).is_pending());
    assert_eq!(seen(), 2);
    // Gone with the future.
    drop(waiter);
    assert_eq!(seen(), 3);
    // Woken by the closure's end, and then not needed any more.
    let (last, closure) = site.closure(4);
    let mut waiter = Box::pin(one.run(closure));
    assert!(poll_with(waiter.as_mut(), &prying(&one, &calls)).is_pending());
    drop(hold);
    assert!(run.await.is_ok());
    assert_eq!(seen(), 5);
    assert!(poll_with(waiter.as_mut(), &prying(&one, &calls)).is_pending());
    drop((waiter, last));
    assert_eq!(one.run(|_| 5).await, Ok(5));
}
