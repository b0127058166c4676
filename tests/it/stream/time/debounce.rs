use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures::{StreamExt, stream};
use surefoot::deadline::timeout;
use surefoot::stream::StreamPatterns;

use super::*;

/// stream/STREAM6: the newest comes after the quiet, at 22 and at 40. One that comes at the
/// very end of the quiet (60, and 70 after it) replaces the one before; the item that is
/// held when the source ends comes at once.
#[tokio::test(start_paused = true)]
async fn the_newest_is_given_when_it_is_quiet() {
    let source = arrivals(&[3, 5, 12, 30, 50, 60, 70, 74], 77);
    let (given, end) = timetable(source.debounce_time(ms(10), Duration::MAX)).await;
    assert_eq!(given, [(22, 12), (40, 30), (77, 74)]);
    assert_eq!(end, 77);
}

/// stream/STREAM6: without a rest, the newest comes when the longest wait since the first
/// that it stands for is over, with what comes at that very moment.
#[tokio::test(start_paused = true)]
async fn a_source_that_never_rests_is_not_silent() {
    let restless: Vec<_> = (0..=12).map(|i| 5 * i).collect();
    let (given, end) = timetable(arrivals(&restless, 62).debounce_time(ms(10), ms(25))).await;
    // From 0, from 30, from 60.
    assert_eq!(given, [(25, 25), (55, 55), (62, 60)]);
    assert_eq!(end, 62);
    let source = arrivals(&restless, 100).debounce_time(ms(10), ms(24));
    assert_eq!(timetable(source).await.0, [(24, 20), (49, 45), (70, 60)]);
}

/// stream/STREAM6: what a newer item replaces is dropped at once.
#[tokio::test(start_paused = true)]
async fn what_is_replaced_is_dropped_at_once() {
    let watched = Rc::new(());
    let items = [0, 1, 2].map(|at| (at, watched.clone()));
    let mut settled = pin!(Arrivals::new(items, 50).debounce_time(ms(10), ms(99)));
    assert!(timeout(ms(1), settled.next()).await.is_err());
    assert_eq!(Rc::strong_count(&watched), 3, "one held, one to come");
    assert!(timeout(ms(1), settled.next()).await.is_err());
    assert_eq!(Rc::strong_count(&watched), 2);
}

/// stream/STREAM6: dropping the future that waits loses no item, and begins no time anew.
#[tokio::test(start_paused = true)]
async fn a_wait_that_is_given_up_keeps_what_is_held() {
    let mut settled = pin!(arrivals(&[0, 6, 12], 100).debounce_time(ms(10), ms(15)));
    for _ in 0..7 {
        assert!(timeout(ms(2), settled.next()).await.is_err());
    }
    assert_eq!(timed(settled.next()).await, (Some(12), 1));
}

/// stream/STREAM6: a consumer that was away finds the newest; it is quiet from when that
/// is taken on, but for the longest wait.
#[tokio::test(start_paused = true)]
async fn a_consumer_that_was_away_finds_the_newest() {
    let mut settled = pin!(arrivals(&[0, 20, 21, 55, 56], 99).debounce_time(ms(10), ms(30)));
    assert_eq!(timed(settled.next()).await, (Some(0), 10));
    wait(30).await;
    assert_eq!(timed(settled.next()).await, (Some(21), 10));
    assert!(timeout(ms(1), settled.next()).await.is_err());
    wait(30).await;
    assert_eq!(timed(settled.next()).await, (Some(56), 10));
    let mut settled = pin!(arrivals(&[0, 20, 21], 99).debounce_time(ms(10), ms(30)));
    assert!(timeout(ms(1), settled.next()).await.is_err());
    wait(40).await;
    assert_eq!(timed(settled.next()).await, (Some(21), 0));
}

/// stream/STREAM6, stream/X6: durations of any size.
#[tokio::test(start_paused = true)]
async fn a_debounce_may_be_as_short_and_as_long_as_it_likes() {
    let given = async |quiet, max_wait| {
        timetable(arrivals(&[0, 0, 1, 5], 1_000).debounce_time(quiet, max_wait)).await.0
    };
    let (none, longest, edge) = (ms(0), Duration::MAX, edge_of_the_clock());
    for (quiet, max_wait) in [(none, none), (none, longest), (longest, none), (none, edge)] {
        assert_eq!(given(quiet, max_wait).await, [(0, 0), (1, 1), (5, 5)]);
    }
    for (quiet, max_wait) in [(longest, longest), (longest, edge), (edge, longest)] {
        assert_eq!(given(quiet, max_wait).await, [(1_000, 5)]);
    }
    assert_eq!(given(longest, ms(4)).await, [(4, 1), (9, 5)]);
    assert_eq!(stream::iter(0..9).debounce_time(none, none).collect::<Vec<_>>().await, [8]);
}

/// stream/STREAM6, stream/X9: a source that is always ready does not put off what is due.
#[tokio::test(start_paused = true)]
async fn a_busy_source_does_not_put_off_its_newest_item() {
    let mut settled = pin!(stream::iter(0..).debounce_time(ms(1_000), ms(10)));
    let ((newest, took), ()) = tokio::join!(timed(settled.next()), async {
        for _ in 0..10 {
            settle().await;
            tokio::time::advance(ms(1)).await;
        }
    });
    assert_eq!(took, 10);
    assert!(newest.is_some_and(|newest| newest > 1_000), "{newest:?}");
}
