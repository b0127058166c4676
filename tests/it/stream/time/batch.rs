use std::pin::pin;
use std::time::Duration;

use futures::{StreamExt, stream};
use surefoot::deadline::timeout;
use surefoot::stream::StreamPatterns;

use super::*;

/// stream/STREAM4: full at 10; at 27, 15 after its first item, with what comes at that very
/// moment; the time begins anew with each batch; what is left comes at the end.
#[tokio::test(start_paused = true)]
async fn a_batch_is_given_when_it_is_full_or_due_or_the_last() {
    let source = arrivals(&[0, 5, 10, 12, 20, 27, 30, 100], 104);
    let (given, end) = timetable(source.batch(4, ms(15))).await;
    assert_eq!(
        given,
        [(12, vec![0, 5, 10, 12]), (35, vec![20, 27, 30]), (104, vec![100])],
        "four at 12; 15 after 20; at the end"
    );
    assert_eq!(end, 104);
    let source = arrivals(&[12, 20, 27, 28], 29);
    let (given, _) = timetable(source.batch(4, ms(15))).await;
    assert_eq!(given, [(27, vec![12, 20, 27]), (29, vec![28])]);
}

/// stream/STREAM4: a source that ends without items, and one that ends with a full batch:
/// no batch is empty.
#[tokio::test(start_paused = true)]
async fn no_batch_is_empty() {
    assert_eq!(timetable(arrivals(&[], 7).batch(2, ms(1))).await, (vec![], 7));
    let (given, end) = timetable(arrivals(&[1, 2], 9).batch(2, ms(50))).await;
    assert_eq!((given, end), (vec![(2, vec![1, 2])], 9));
    let (given, end) = timetable(arrivals(&[1], 30).batch(2, ms(5))).await;
    assert_eq!((given, end), (vec![(6, vec![1])], 30));
}

/// stream/STREAM4: a consumer that was away takes what is there, in full batches first.
#[tokio::test(start_paused = true)]
async fn a_consumer_that_was_away_finds_full_batches() {
    let mut batches = pin!(arrivals(&[0, 1, 2, 30, 31, 32, 33], 60).batch(3, ms(10)));
    assert_eq!(batches.next().await, Some(vec![0, 1, 2]));
    wait(40).await;
    assert_eq!(batches.next().await, Some(vec![30, 31, 32]));
    // Taken at 42, so due at 52.
    assert_eq!(timed(batches.next()).await, (Some(vec![33]), 10));
}

/// stream/STREAM4: dropping the future that waits for a batch loses no item, and does not
/// begin its time anew.
#[tokio::test(start_paused = true)]
async fn a_wait_that_is_given_up_loses_no_item() {
    let mut batches = pin!(arrivals(&[0, 3, 6], 100).batch(9, ms(20)));
    for _ in 0..4 {
        assert!(timeout(ms(4), batches.next()).await.is_err());
    }
    assert_eq!(timed(batches.next()).await, (Some(vec![0, 3, 6]), 4));
}

/// stream/STREAM4, stream/X6: without time, a batch is what is ready at once.
#[tokio::test(start_paused = true)]
async fn a_batch_without_time_is_what_is_ready() {
    let ready = stream::iter(0..5).batch(2, ms(0)).collect::<Vec<_>>().await;
    assert_eq!(ready, [vec![0, 1], vec![2, 3], vec![4]]);
    let (given, _) = timetable(arrivals(&[0, 0, 1, 2, 2, 2], 5).batch(9, ms(0))).await;
    assert_eq!(given, [(0, vec![0, 0]), (1, vec![1]), (2, vec![2, 2, 2])]);
    // Between two ticks of the clock, too: no timer is waited for.
    tokio::time::advance(Duration::from_micros(500)).await;
    let mut batches = pin!(arrivals(&[0, 5], 9).batch(9, ms(0)));
    assert_eq!(poll(batches.as_mut()), Poll::Ready(Some(vec![0])));
}

/// stream/STREAM4, stream/X6: with the largest sizes, everything is one batch.
#[tokio::test(start_paused = true)]
async fn the_largest_batch_is_everything() {
    let source = arrivals(&[0, 1_000, 2_000], 50_000);
    let (given, end) = timetable(source.batch(usize::MAX, Duration::MAX)).await;
    assert_eq!((given, end), (vec![(50_000, vec![0, 1_000, 2_000])], 50_000));
    let sizes = timetable(stream::iter([1, 2]).batch(1, Duration::MAX)).await;
    assert_eq!(sizes, (vec![(0, vec![1]), (0, vec![2])], 0));
    for limit in [edge_of_the_clock(), edge_of_the_clock() - ms(1)] {
        let mut batches = pin!(arrivals(&[0], 9).batch(2, limit));
        assert_eq!(timed(batches.next()).await, (Some(vec![0]), 9));
    }
}

/// stream/STREAM4, stream/X9: a source that is always ready does not put off what is due.
#[tokio::test(start_paused = true)]
async fn a_busy_source_does_not_put_off_a_batch() {
    let mut batches = pin!(stream::repeat(7).batch(usize::MAX, ms(10)));
    let (batch, ()) = tokio::join!(timed(batches.next()), async {
        for _ in 0..10 {
            settle().await;
            tokio::time::advance(ms(1)).await;
        }
    });
    let (batch, took) = batch;
    assert_eq!(took, 10);
    assert!(batch.is_some_and(|batch| batch.len() > 1_000));
}
