//! In which order, and how many at a time.

use std::cell::Cell;
use std::future::{pending, ready};
use std::task::Poll;

use futures::{Stream, StreamExt, stream};
use surefoot::stream::StreamPatterns;
use tokio::time::Instant;
use tokio_test::{assert_pending, task};

use super::{counted, nap};
use crate::support::*;

/// stream/STREAM1: the order of the items, or that of the ends; both take as long as the
/// limit lets them.
#[tokio::test(start_paused = true)]
async fn outputs_come_in_the_order_of_items_or_of_ends() {
    let naps = [50, 20, 30, 10];
    let start = Instant::now();
    let ordered: Vec<_> = stream::iter(naps).map_ordered(2, nap).collect().await;
    assert_eq!(ordered, naps);
    // 0 to 50; 0 to 20, and then its place is that of an output which waits.
    assert_eq!(start.elapsed(), ms(80));
    let start = Instant::now();
    let unordered: Vec<_> = stream::iter(naps).map_unordered(2, nap).collect().await;
    assert_eq!(unordered, [20, 50, 30, 10]);
    assert_eq!(start.elapsed(), ms(60));
}

/// stream/STREAM1, stream/STREAM2, stream/X11: as many run as may, and none more: items are taken when
/// there is room.
#[tokio::test(start_paused = true)]
async fn items_are_taken_when_there_is_room() {
    let taken = Cell::new(0);
    let mut map = task::spawn(counted(10, &taken).map_unordered(3, |_| pending::<()>()));
    assert_eq!(taken.get(), 0);
    assert_pending!(map.poll_next());
    assert_pending!(map.poll_next());
    assert_eq!(taken.get(), 3);

    let taken = Cell::new(0);
    let mut map = task::spawn(counted(10, &taken).map_ordered(3, |i| async move {
        if i == 0 {
            pending::<()>().await;
        }
    }));
    assert_pending!(map.poll_next());
    assert_eq!(taken.get(), 3, "what waits for others counts, too");

    let taken = Cell::new(0);
    let mut map = task::spawn(counted(10, &taken).spawn_unordered(3, |_| async {}));
    assert_pending!(map.poll_next());
    settle().await;
    assert_eq!(taken.get(), 3, "they have ended, and wait to be taken");
    assert!(map.poll_next().is_ready());
    assert_eq!(taken.get(), 3, "two wait, and one more was begun: there was no room");
}

/// stream/STREAM1: what is ready at once is given at once, and nothing more is taken for it.
#[tokio::test(start_paused = true)]
async fn what_is_ready_is_given_before_more_is_taken() {
    let taken = Cell::new(0);
    let mut map = task::spawn(counted(10, &taken).map_ordered(usize::MAX, ready));
    for i in 0..10 {
        assert_eq!(map.poll_next(), Poll::Ready(Some(i)));
        assert_eq!(taken.get(), i + 1);
    }
    assert_eq!(map.poll_next(), Poll::Ready(None));
}

/// stream/STREAM1: before it gives one, it begins another: a slow consumer finds as many
/// under way as may be.
#[tokio::test(start_paused = true)]
async fn one_is_begun_for_one_that_is_given() {
    let begun = Cell::new(0);
    let map = stream::iter(0..10_u64).map_unordered(3, |_| {
        begun.set(begun.get() + 1);
        nap(10)
    });
    let mut map = task::spawn(map);
    assert_pending!(map.poll_next());
    wait(10).await;
    for given in 0..3 {
        assert!(map.poll_next().is_ready());
        // The first poll finds all three done, and no room.
        assert_eq!(begun.get(), 3 + given);
    }
}

/// stream/X10: a year passes under a paused clock.
#[tokio::test(start_paused = true)]
async fn a_year_passes() {
    let year = 365 * 24 * 60 * 60 * 1_000;
    let start = Instant::now();
    assert_eq!(stream::iter([year]).map_ordered(1, nap).count().await, 1);
    assert_eq!(stream::iter([year]).spawn_ordered(1, nap).count().await, 1);
    assert_eq!(start.elapsed(), ms(2 * year));
}

/// stream/X6: the largest limit is no limit.
#[tokio::test(start_paused = true)]
async fn limits_of_any_size_work() {
    for limit in [1, 2, usize::MAX] {
        let items = || stream::iter(0..300_u64);
        assert_eq!(items().map_ordered(limit, nap).count().await, 300);
        assert_eq!(items().map_unordered(limit, nap).count().await, 300);
        assert_eq!(items().spawn_ordered(limit, nap).count().await, 300);
        assert_eq!(items().spawn_unordered(limit, nap).count().await, 300);
    }
}

/// stream/X8, stream/STREAM1: a try map promises what can be taken as it is, and one more: an
/// error may come in place of the rest.
#[tokio::test(start_paused = true)]
async fn a_try_map_promises_what_can_be_taken() {
    let job = |n: u64| async move {
        match n {
            0 => wait(10).await,
            2 => wait(100).await,
            _ => {}
        }
        Ok::<_, ()>(n)
    };
    let mut map = task::spawn(stream::iter((0..4).map(Ok)).try_map_ordered(4, job));
    assert_eq!(map.size_hint(), (1, Some(4)));
    assert_pending!(map.poll_next());
    assert_eq!(map.next().await, Some(Ok(0)));
    // 1 can be taken, 2 is under way, 3 waits for it.
    assert_eq!(map.size_hint(), (2, Some(3)));
}
