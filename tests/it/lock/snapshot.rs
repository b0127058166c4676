//! Values that are replaced as a whole, and who waits for the next.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

use surefoot::error::Closed;
use surefoot::lock::Snapshot;
use surefoot::spawn::spawn;
use tokio_test::{assert_pending, assert_ready, assert_ready_eq, task};

use super::support::*;
use crate::support::*;

/// lock/LOCK2: a reader keeps what it read, and the next one reads what is new.
#[test]
fn a_reader_keeps_its_value() {
    let number = Snapshot::new(1);
    let before = number.load();
    number.store(2);
    assert_eq!((*before, *number.load()), (1, 2));
    assert!(Arc::ptr_eq(&number.load(), &number.clone().load()));
    assert_eq!(Arc::strong_count(&before), 1, "nobody else keeps it");
    assert_eq!(format!("{number:?}"), "Snapshot(2)");
    assert_eq!(*Snapshot::<u8>::default().load(), 0);
}

/// lock/LOCK2: readers, writers even, wait for no computation: here they are part
/// of it. What was stored meanwhile is the computation's next input.
#[test]
fn an_update_runs_again_on_what_was_stored_meanwhile() {
    let number = Snapshot::new(1);
    let mut inputs = Vec::new();
    let made = number.update(|input| {
        inputs.push(*input);
        if inputs.len() < 3 {
            number.store(input * 10);
            assert_eq!(*number.load(), input * 10);
        }
        input + 1
    });
    assert_eq!((inputs, *made, *number.load()), (vec![1, 10, 100], 101, 101));
    assert!(Arc::ptr_eq(&made, &number.load()));
}

/// lock/LOCK2: the same value again is another value: it counts who stored, and
/// compares nothing.
#[test]
fn an_update_sees_a_store_of_an_equal_value() {
    let number = Snapshot::new(1);
    let mut runs = 0;
    number.update(|input| {
        runs += 1;
        if runs == 1 {
            number.store(2);
            number.store(1);
        }
        input + 1
    });
    assert_eq!((runs, *number.load()), (2, 2));
}

/// lock/X3: an update that panics changes nothing.
#[test]
fn an_update_that_panics_changes_nothing() {
    let number = Snapshot::new(1);
    let watcher = number.subscribe();
    assert_eq!(panic_of(|| number.update(|_| panic!("boom"))), "boom");
    assert_eq!(*number.load(), 1);
    let mut watcher = watcher.clone();
    let mut changed = task::spawn(watcher.changed());
    assert_pending!(changed.poll());
    assert_eq!(*number.update(|input| input + 1), 2);
    assert!(changed.is_woken());
}

/// lock/LOCK2: a store is news whenever it comes, once, and the newest counts.
#[tokio::test(start_paused = true)]
async fn a_watcher_sees_the_newest_value_once() {
    let number = Snapshot::new(0);
    let mut watcher = number.subscribe();
    assert_pending!(task::spawn(watcher.changed()).poll(), "what was there is no news");
    number.store(1);
    number.store(2);
    assert_eq!(watcher.changed().await.as_deref(), Ok(&2));
    let mut waiting = task::spawn(watcher.changed());
    assert_pending!(waiting.poll());
    number.update(|number| number + 1);
    assert!(waiting.is_woken());
    assert_ready_eq!(waiting.poll(), Ok(Arc::new(3)));
    drop(waiting);
    assert_pending!(task::spawn(watcher.changed()).poll());
}

/// lock/LOCK2: between the value to begin with and the first wait, nothing is
/// missed, and nothing is seen twice.
#[tokio::test(start_paused = true)]
async fn the_latest_value_is_no_news() {
    let number = Snapshot::new(0);
    let mut watcher = number.subscribe();
    let mut behind = watcher.clone();
    number.store(1);
    assert_eq!(*watcher.latest(), 1);
    assert_pending!(task::spawn(watcher.changed()).poll());
    assert_eq!(behind.changed().await.as_deref(), Ok(&1));
    number.store(2);
    let mut clone = watcher.clone();
    assert_eq!(clone.changed().await.as_deref(), Ok(&2), "a clone has seen what it had seen");
    assert_eq!(watcher.changed().await.as_deref(), Ok(&2));
    assert_eq!(format!("{watcher:?}"), "Watcher { seen: 2, .. }");
}

/// lock/LOCK2: every watcher that waits is woken, by one store.
#[tokio::test(start_paused = true)]
async fn a_store_wakes_every_watcher() {
    let number = Snapshot::new(0);
    let watchers: Vec<_> = (0..100)
        .map(|_| {
            let mut watcher = number.subscribe();
            spawn(async move { watcher.changed().await.map(|value| *value) })
        })
        .collect();
    settle().await;
    number.store(7);
    for watcher in watchers {
        assert_eq!(watcher.await, Ok(Ok(7)));
    }
}

/// lock/LOCK2, lock/X7: when the last handle is gone, watchers see the last value,
/// and then learn that there is no more.
#[tokio::test(start_paused = true)]
async fn the_end_comes_after_the_last_value() {
    let number = Snapshot::new(0);
    let (mut waits, mut late) = (number.subscribe(), number.subscribe());
    let mut waiting = task::spawn(waits.changed());
    assert_pending!(waiting.poll());
    drop(number.clone());
    assert!(!waiting.is_woken(), "there is another handle");
    number.store(1);
    assert_ready_eq!(waiting.poll(), Ok(Arc::new(1)));
    drop(waiting);
    let mut waiting = task::spawn(waits.changed());
    assert_pending!(waiting.poll());
    drop(number);
    assert!(waiting.is_woken());
    assert_ready_eq!(waiting.poll(), Err(Closed));
    assert_eq!(late.changed().await.as_deref(), Ok(&1));
    assert_eq!(late.changed().await, Err(Closed));
    assert_eq!(late.changed().await, Err(Closed), "and again");
    assert_eq!(*late.latest(), 1, "the last value stays");
}

/// lock/X1: a wait that is dropped has seen nothing, woken or not.
#[tokio::test(start_paused = true)]
async fn a_wait_that_is_dropped_loses_no_value() {
    let number = Snapshot::new(0);
    let mut watcher = number.subscribe();
    drop(watcher.changed());
    for value in 1..4 {
        let mut waiting = task::spawn(watcher.changed());
        assert_pending!(waiting.poll());
        number.store(value);
        assert!(waiting.is_woken());
        drop(waiting);
        assert_eq!(watcher.changed().await.as_deref(), Ok(&value));
    }
}

/// lock/X3, lock/X4: a value that panics when it is replaced has been replaced,
/// and the watchers know; one that reads the snapshot may do so.
#[tokio::test(start_paused = true)]
async fn a_replaced_value_is_dropped_outside_the_lock() {
    let reads = Arc::new(AtomicUsize::new(0));
    let snapshot = Arc::new(Snapshot::new(OnDrop::default()));
    let reading = OnDrop::new({
        let (snapshot, reads) = (Arc::downgrade(&snapshot), reads.clone());
        move || {
            let snapshot = snapshot.upgrade().expect("it is dropped by a store");
            drop((snapshot.load(), snapshot.subscribe().latest()));
            reads.fetch_add(1, Ordering::SeqCst);
        }
    });
    snapshot.store(reading);
    let panicking = || OnDrop::new(|| panic!("falls"));
    snapshot.store(panicking());
    assert_eq!(reads.load(Ordering::SeqCst), 1);

    let mut watcher = snapshot.subscribe();
    let mut waiting = task::spawn(watcher.changed());
    assert!(waiting.poll().is_pending());
    assert_eq!(panic_of(|| snapshot.store(OnDrop::default())), "falls");
    assert!(waiting.is_woken());
    assert!(assert_ready!(waiting.poll()).is_ok());
    drop(waiting);
    snapshot.store(panicking());
    assert_eq!(panic_of(|| drop(snapshot.update(|_| OnDrop::default()))), "falls");
    assert!(watcher.changed().await.is_ok());
}

/// lock/X5: all of it works where no runtime is.
#[test]
fn a_snapshot_needs_no_runtime() {
    let number = Snapshot::new(0);
    let mut watcher = number.subscribe();
    let mut waiting = task::spawn(watcher.changed());
    assert_pending!(waiting.poll());
    number.store(1);
    assert_ready_eq!(waiting.poll(), Ok(Arc::new(1)));
    drop((number, waiting));
    assert_ready_eq!(task::spawn(watcher.changed()).poll(), Err(Closed));
}

/// lock/X9: a watcher that has news every time lets its neighbours run, and a spent
/// budget delays the news, and loses none.
#[tokio::test(start_paused = true)]
async fn a_loop_over_news_lets_its_neighbours_run() {
    let number = Snapshot::new(0);
    let turns = turns_before_a_neighbour(|| {
        let mut watcher = number.subscribe();
        number.store(1);
        async move { watcher.changed().await }
    });
    assert!(turns.await > 1, "it yields too often");

    let mut watcher = number.subscribe();
    let mut waiting = pin!(watcher.changed());
    let mut began = false;
    let seen = poll_fn(|cx| {
        if began {
            return waiting.as_mut().poll(cx);
        }
        began = true;
        number.store(7);
        spend_budget(cx);
        assert!(waiting.as_mut().poll(cx).is_pending(), "its budget is spent");
        Poll::Pending
    });
    assert_eq!(seen.await.as_deref(), Ok(&7));
}
