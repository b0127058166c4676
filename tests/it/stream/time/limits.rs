//! `item_timeout` and `until`.

use std::cell::Cell;
use std::future::{pending, ready};
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use futures::{StreamExt, stream};
use futures_core::{FusedStream, Stream};
use surefoot::deadline::{Deadline, timeout};
use surefoot::error::Elapsed;
use surefoot::stream::StreamPatterns;

use super::*;

fn late(millis: u64) -> Result<u64, Elapsed> {
    Err(Elapsed::new(ms(millis)))
}

/// stream/STREAM6: an item within its limit is given, at the limit too; one that is late is
/// an error at exactly each limit until it comes. The end is no item, and may be late, too.
#[tokio::test(start_paused = true)]
async fn each_item_has_its_limit() {
    let source = arrivals(&[4, 14, 37, 38], 50);
    let (given, end) = timetable(source.item_timeout(ms(10))).await;
    let late = || late(10);
    assert_eq!(
        given,
        [
            (4, Ok(4)),
            (14, Ok(14)),
            (24, late()),
            (34, late()),
            (37, Ok(37)),
            (38, Ok(38)),
            (48, late())
        ]
    );
    assert_eq!(end, 50);
}

/// stream/STREAM6: what the consumer does between two items does not count; a wait that is
/// given up goes on.
#[tokio::test(start_paused = true)]
async fn the_limit_begins_with_the_wait() {
    let mut limited = pin!(arrivals(&[0, 45], 99).item_timeout(ms(10)));
    assert_eq!(limited.next().await, Some(Ok(0)));
    wait(37).await;
    assert_eq!(timed(limited.next()).await, (Some(Ok(45)), 8));
    assert!(timeout(ms(4), limited.next()).await.is_err());
    wait(3).await;
    assert_eq!(timed(limited.next()).await, (Some(late(10)), 3));
}

/// stream/STREAM6: the deadline of the scope counts if it is nearer.
#[tokio::test(start_paused = true)]
async fn a_nearer_deadline_of_the_scope_counts() {
    let mut limited = pin!(arrivals(&[5], 99).item_timeout(ms(10)));
    let scoped = Deadline::after(ms(12)).scope(async {
        let first = limited.next().await;
        (first, timed(limited.next()).await)
    });
    assert_eq!(scoped.await, (Some(Ok(5)), (Some(late(12)), 7)));
    assert_eq!(timed(limited.next()).await, (Some(late(10)), 10));
}

/// stream/STREAM6, stream/X6: limits of any size. Without time, what is not ready is late.
#[tokio::test(start_paused = true)]
async fn limits_of_items_may_have_any_size() {
    let mut limited = pin!(arrivals(&[0, 7], 9).item_timeout(ms(0)));
    assert_eq!(limited.next().await, Some(Ok(0)));
    for _ in 0..3 {
        assert_eq!(timed(limited.next()).await, (Some(late(0)), 0));
    }
    wait(7).await;
    assert_eq!(limited.next().await, Some(Ok(7)));
    for before in [None, Some(ms(0)), Some(ms(1))] {
        let limit = before.map_or(Duration::MAX, |before| edge_of_the_clock() - before);
        let (given, end) = timetable(arrivals(&[1_000_000], 1_000_001).item_timeout(limit)).await;
        assert_eq!((given, end), (vec![(1_000_000, Ok(1_000_000))], 1_000_001));
    }
}

/// stream/X9: a loop over errors that are there at once lets its neighbours run, and an
/// item that is there is not late because the budget is spent.
#[tokio::test(start_paused = true)]
async fn late_items_let_neighbours_run() {
    let (seen, errors) = (Cell::new(false), Cell::new(0));
    let mut limited = pin!(stream::pending::<u8>().item_timeout(ms(0)));
    tokio::join!(biased;
        async {
            while !seen.get() {
                assert!(errors.get() < 1_000, "without letting its neighbour run");
                assert!(limited.next().await.is_some_and(|item| item.is_err()));
                errors.set(errors.get() + 1);
            }
        },
        async { seen.set(true) }
    );
    assert!(errors.get() > 0);
    // At the limit, with no budget left.
    let mut limited = pin!(arrivals(&[5], 99).item_timeout(ms(5)));
    assert!(timeout(ms(4), limited.next()).await.is_err());
    wait(1).await;
    leave(0).await;
    assert_eq!(limited.next().await, Some(Ok(5)));
}

/// stream/STREAM6, stream/X9: a source that uses up the budget, and has no item, does not
/// put off its limit.
#[tokio::test(start_paused = true)]
async fn a_busy_source_does_not_outlive_its_limit() {
    let source = stream::poll_fn(|cx| {
        spend_budget(cx);
        cx.waker().wake_by_ref();
        Poll::<Option<u8>>::Pending
    });
    let mut limited = pin!(source.item_timeout(ms(10)));
    let (next, ()) = tokio::join!(timed(limited.next()), async {
        for _ in 0..10 {
            settle().await;
            tokio::time::advance(ms(1)).await;
        }
    });
    assert_eq!(next, (Some(Err(Elapsed::new(ms(10)))), 10));
}

/// stream/STREAM6: the stream ends when the future does, before it takes what is ready at
/// that very moment; or when the source ends.
#[tokio::test(start_paused = true)]
async fn it_ends_when_the_future_does() {
    let (given, end) = timetable(arrivals(&[0, 5, 10, 15], 99).until(at(10))).await;
    assert_eq!((given, end), (vec![(0, 0), (5, 5)], 10));
    let (given, end) = timetable(arrivals(&[0, 5], 8).until(at(10))).await;
    assert_eq!((given, end), (vec![(0, 0), (5, 5)], 8));
    assert_eq!(timetable(arrivals(&[0], 8).until(ready(()))).await, (vec![], 0));
    assert_eq!(timetable(arrivals(&[3], 8).until(pending::<()>())).await, (vec![(3, 3)], 8));
}

/// stream/STREAM6, stream/X9: a source that is always ready does not put off the end.
#[tokio::test(start_paused = true)]
async fn a_busy_source_does_not_put_off_the_end() {
    let count = stream::repeat(7).until(at(10)).count();
    let (count, ()) = tokio::join!(timed(count), async {
        for _ in 0..10 {
            settle().await;
            tokio::time::advance(ms(1)).await;
        }
    });
    assert!(count.0 > 1_000);
    assert_eq!(count.1, 10);
}

/// stream/STREAM6, stream/X1: what it ends for is dropped at once, the future first, and so
/// are both when the source ends.
#[tokio::test(start_paused = true)]
async fn both_are_dropped_at_the_end() {
    let watch = Watch::new();
    for (source_ends, end_comes, order) in [(50, 10, [0, 1]), (10, 50, [1, 0])] {
        let job = watch.job(1, at(source_ends));
        let source = Box::pin(stream::once(job).filter(|()| ready(false)));
        let end = watch.job(0, at(end_comes));
        let before = watch.dropped().len();
        let mut stream = pin!(source.until(end));
        assert_eq!(timed(stream.next()).await, (None, 10));
        assert_eq!(watch.dropped()[before..], order);
        assert!(stream.is_terminated());
        assert_eq!(timed(stream.next()).await, (None, 0));
    }
}

/// stream/STREAM6, stream/X3: a panic of the future goes on, and ends the stream.
#[tokio::test(start_paused = true)]
async fn a_panic_of_the_end_ends_the_stream() {
    let held = Rc::new(());
    let source = Arrivals::new([(0, held.clone())], 99);
    let end = async {
        at(5).await;
        panic!("no end");
    };
    let mut stream = pin!(source.until(end));
    assert!(stream.next().await.is_some());
    wait(5).await;
    assert_eq!(panic_of(|| poll(stream.as_mut()).is_ready()), "no end");
    assert!(stream.is_terminated());
    assert_eq!(stream.size_hint(), (0, Some(0)));
    assert!(matches!(poll(stream.as_mut()), Poll::Ready(None)));
    assert_eq!(Rc::strong_count(&held), 1);
}
