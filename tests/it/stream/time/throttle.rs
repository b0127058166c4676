use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures::{StreamExt, stream};
use surefoot::deadline::timeout;
use surefoot::stream::StreamPatterns;

use super::*;

/// stream/STREAM6: the first passes at once, and none within a period of the last that
/// passed; one that comes exactly a period after it does.
#[tokio::test(start_paused = true)]
async fn one_item_passes_in_a_period() {
    let source = arrivals(&[3, 4, 12, 13, 22, 23, 24, 40], 41);
    let (given, end) = timetable(source.throttle_time(ms(10))).await;
    assert_eq!(given, [(3, 3), (13, 13), (23, 23), (40, 40)]);
    assert_eq!(end, 41);
}

/// stream/STREAM6: those that are dropped are dropped when they come, and not kept for
/// later.
#[tokio::test(start_paused = true)]
async fn what_does_not_pass_is_dropped_at_once() {
    let watched = Rc::new(());
    let items = [0, 1, 2].map(|at| (at, watched.clone()));
    let mut passing = pin!(Arrivals::new(items, 50).throttle_time(ms(10)));
    drop(passing.next().await);
    assert!(timeout(ms(2), passing.next()).await.is_err());
    assert_eq!(Rc::strong_count(&watched), 1);
}

/// stream/STREAM6: a consumer that was away finds the oldest item, since an item comes when
/// it is taken.
#[tokio::test(start_paused = true)]
async fn a_consumer_that_was_away_finds_the_oldest() {
    let mut passing = pin!(arrivals(&[0, 10, 20, 30, 45], 60).throttle_time(ms(10)));
    assert_eq!(passing.next().await, Some(0));
    wait(33).await;
    assert_eq!(passing.next().await, Some(10));
    assert_eq!(timed(passing.next()).await, (Some(45), 12));
}

/// stream/STREAM6, stream/X6: with the longest period, nothing passes after the first.
#[tokio::test(start_paused = true)]
async fn with_the_longest_period_one_passes() {
    for period in [Duration::MAX, edge_of_the_clock(), edge_of_the_clock() - ms(1)] {
        let source = arrivals(&[0, 1, 1_000_000], 2_000_000);
        let (given, end) = timetable(source.throttle_time(period)).await;
        assert_eq!((given, end), (vec![(0, 0)], 2_000_000));
    }
    // And with the shortest, all that do not come at one moment.
    let source = arrivals(&[0, 1, 1, 2], 3).throttle_time(Duration::from_nanos(1));
    assert_eq!(source.collect::<Vec<_>>().await, [0, 1, 2]);
    assert_eq!(stream::iter(0..9).throttle_time(ms(1)).collect::<Vec<_>>().await, [0]);
}
