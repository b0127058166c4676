//! Items in tasks.

use std::future::pending;
use std::sync::Arc;

use futures::{StreamExt, stream};
use surefoot::deadline::Deadline;
use surefoot::error::TaskError;
use surefoot::stream::StreamPatterns;
use tokio::time::Instant;
use tokio_test::{assert_pending, task};

use super::nap;
use crate::support::*;

/// stream/STREAM2: they go on while the consumer is busy, and stop at the limit.
#[tokio::test(start_paused = true)]
async fn tasks_go_on_while_the_consumer_is_busy() {
    let start = Instant::now();
    let mut map = stream::iter(0..6_u64).spawn_unordered(3, |_| async move {
        wait(10).await;
        start.elapsed().as_millis()
    });
    let mut ended = Vec::new();
    while let Some(at) = map.next().await {
        ended.push(at.expect("none panics"));
        wait(100).await;
    }
    // Three at 10 ms. Those that follow are begun when there is room and it is polled.
    assert_eq!(ended, [10, 10, 10, 120, 220, 320]);
}

/// stream/STREAM2, stream/X1: dropped, it aborts what is in flight, and drops what waits.
#[tokio::test(start_paused = true)]
async fn a_dropped_map_aborts_its_tasks() {
    let token = Arc::new(());
    let held = token.clone();
    let mut map = task::spawn(stream::iter(0..9).spawn_ordered(4, move |i| {
        let held = held.clone();
        async move {
            if i != 3 {
                pending::<()>().await;
            }
            held
        }
    }));
    assert_pending!(map.poll_next());
    settle().await;
    assert_eq!(Arc::strong_count(&token), 6);
    drop(map);
    settle().await;
    assert_eq!(Arc::strong_count(&token), 1);
}

/// stream/X5: what a task holds when its runtime shuts down is an error, and the stream may
/// be dropped outside.
#[test]
fn a_runtime_that_shuts_down_leaves_word() {
    let runtime = runtime();
    let mut map = task::spawn(stream::iter(0..3).spawn_ordered(2, |_| pending::<()>()));
    runtime.block_on(async { assert_pending!(map.poll_next()) });
    drop(runtime);
    let other = self::runtime();
    other.block_on(async {
        assert_eq!(map.next().await, Some(Err(TaskError::Cancelled)));
        assert_eq!(map.next().await, Some(Err(TaskError::Cancelled)));
        // The third is begun where it is polled, in place of a task that is gone.
        assert_pending!(map.poll_next());
    });
    drop(other);
    drop(map);
    let mut outside = task::spawn(stream::iter(0..3).spawn_ordered(2, |_| pending::<()>()));
    let said = panic_of(|| outside.poll_next());
    assert_eq!(said, "an item of a stream was spawned outside a Tokio runtime");
}

/// stream/STREAM2: a task works on many items; each runs within the deadline that it was
/// begun under.
#[tokio::test(start_paused = true)]
async fn an_item_has_the_deadline_of_who_polled() {
    let mut map = task::spawn(stream::iter(0..2).spawn_ordered(1, |_| async {
        let same = (tokio::task::id(), Deadline::current());
        nap(1).await;
        same
    }));
    let deadline = Deadline::after(ms(500));
    deadline.scope(async { assert_pending!(map.poll_next()) }).await;
    wait(2).await;
    let first = map.next().await.expect("two come").expect("none panics");
    let second = map.next().await.expect("two come").expect("none panics");
    assert_eq!(first.0, second.0, "it is the same task");
    assert_eq!((first.1, second.1), (deadline, Deadline::never()));
}

/// stream/STREAM2, stream/X1: a map that is dropped drops at once what no task has taken.
#[tokio::test(start_paused = true)]
async fn a_dropped_map_keeps_nothing_that_waits() {
    let alive = Arc::new(());
    let held = alive.clone();
    let mut map = task::spawn(stream::iter(0..3).spawn_ordered(3, move |_| {
        let held = held.clone();
        async move { drop(held) }
    }));
    assert!(map.poll_next().is_pending());
    assert_eq!(Arc::strong_count(&alive), 5);
    drop(map);
    assert_eq!(Arc::strong_count(&alive), 1, "and no task was asked");
}
