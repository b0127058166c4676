//! Many to one: small stories.

use std::sync::Arc;

use futures::StreamExt as _;
use surefoot::channel::fan_in::{self, FanIn, SendError};
use tokio_test::{assert_pending, assert_ready, task};

use crate::support::*;

async fn rest(stream: &mut FanIn<u32>) -> Vec<u32> {
    let mut got = Vec::new();
    while let Some(item) = stream.next().await {
        got.push(item.expect("no producer panics"));
    }
    got
}

/// channel/CHAN1: exactly when the last producer ends, and no earlier.
#[tokio::test(start_paused = true)]
async fn the_stream_ends_when_the_last_producer_does() {
    let mut stream = fan_in::channel(4);
    stream.producer(async |sender| sender.send(1).await.unwrap());
    stream.producer(async |_sender| wait(30).await);
    assert_eq!(stream.next().await, Some(Ok(1)));
    let begun = tokio::time::Instant::now();
    assert_eq!(stream.next().await, None);
    assert_eq!(begun.elapsed(), ms(30));
}

/// channel/CHAN1: whoever keeps a sender keeps nobody waiting, and learns of the end.
#[tokio::test(start_paused = true)]
async fn a_sender_that_lives_on_keeps_nobody_waiting() {
    let mut stream = fan_in::channel(1);
    let (leak, leaked) = tokio::sync::oneshot::channel();
    stream.producer(async move |sender| {
        sender.send(1).await.unwrap();
        let _ = leak.send(sender);
    });
    assert_eq!(rest(&mut stream).await, [1]);
    let sender = leaked.await.unwrap();
    assert_eq!(sender.send(2).await, Err(SendError(2)));
    assert_eq!(format!("{:?} {sender:?}", SendError(2)), "SendError(..) Sender { .. }");
}

/// channel/CHAN1: a stream without producers is at its end, and goes on when it gets
/// one.
#[tokio::test(start_paused = true)]
async fn a_producer_may_be_added_at_any_time() {
    let mut stream = fan_in::channel(1);
    assert!(rest(&mut stream).await.is_empty());
    for value in 0..20 {
        stream.producer(async move |sender| sender.send(value).await.unwrap());
        assert_eq!(format!("{stream:?}"), "FanIn { running: 1, .. }");
        assert_eq!(rest(&mut stream).await, [value]);
        settle().await;
    }
    stream.producer(async |sender| sender.send(1).await.unwrap());
    assert_eq!(stream.next().await, Some(Ok(1)));
    stream.producer(async |sender| sender.send(2).await.unwrap());
    assert_eq!(rest(&mut stream).await, [2]);
}

/// channel/CHAN1, channel/CHAN5: a producer that is added to a stream whose producers have
/// ended takes nothing that they sent, their panics included.
#[tokio::test(start_paused = true)]
async fn a_producer_that_is_added_late_costs_nothing() {
    let mut stream = fan_in::channel(4);
    // From the first poll on only producers keep the stream from its end.
    assert!(rest(&mut stream).await.is_empty());
    for first in [0, 10] {
        stream.producer(async move |sender| {
            sender.send(first).await.unwrap();
            sender.send(first + 1).await.unwrap();
            panic!("out of paper");
        });
        settle().await;
    }
    stream.producer(async |sender| sender.send(20).await.unwrap());
    let mut came = Vec::new();
    while let Some(item) = stream.next().await {
        came.push(item.map_err(|panicked| panicked.message().to_owned()));
    }
    let panicked = || Err("out of paper".to_owned());
    assert_eq!(came, [Ok(0), Ok(1), panicked(), Ok(10), Ok(11), panicked(), Ok(20)]);
}

/// channel/CHAN1, channel/X3: a panic comes after what its producer sent, says where it
/// was added, and the others go on. The closure's own counts, too.
#[tokio::test(start_paused = true)]
async fn a_panic_is_an_item() {
    let mut stream = fan_in::channel(1);
    stream.producer(async |sender| {
        sender.send(1).await.unwrap();
        panic!("out of paper");
    });
    assert_eq!(stream.next().await, Some(Ok(1)));
    let panicked = stream.next().await.unwrap().unwrap_err();
    assert_eq!(panicked.message(), "out of paper");
    assert!(panicked.spawned_at().file().ends_with("fan_in.rs"));
    assert_eq!(stream.next().await, None);

    let fails_at_once: fn(fan_in::Sender<u32>) -> std::future::Ready<()> = |_| panic!("at once");
    stream.producer(fails_at_once).producer(async |sender| sender.send(2).await.unwrap());
    let mut items: Vec<_> = stream.by_ref().map(|item| item.map_err(|_| ())).collect().await;
    items.sort_unstable();
    assert_eq!(items, [Ok(2), Err(())]);
}

/// channel/X1: dropping the stream aborts its producers, wherever they are.
#[tokio::test(start_paused = true)]
async fn a_dropped_stream_aborts_its_producers() {
    let held = Arc::new(());
    let mut stream = fan_in::channel(1);
    for _ in 0..3 {
        let held = held.clone();
        stream.producer(async move |sender| {
            let _held = held;
            while sender.send(0).await.is_ok() {}
            std::future::pending::<()>().await;
        });
    }
    assert!(stream.next().await.is_some());
    assert_eq!(Arc::strong_count(&held), 4);
    drop(stream);
    settle().await;
    assert_eq!(Arc::strong_count(&held), 1);
}

/// channel/X8: who waits for room is served in order of arrival.
#[tokio::test(start_paused = true)]
async fn producers_wait_in_order_of_arrival() {
    let mut stream = fan_in::channel(1);
    for value in 0..5 {
        stream.producer(async move |sender| sender.send(value).await.unwrap());
    }
    settle().await;
    assert_eq!(rest(&mut stream).await, [0, 1, 2, 3, 4]);
}

/// channel/X5: a stream that outlives its runtime ends, and may be dropped outside of
/// one.
#[test]
fn a_stream_outlives_its_runtime() {
    let runtime = runtime();
    let mut stream = runtime.block_on(async {
        let mut stream = fan_in::channel(4);
        stream.producer(async |sender| {
            sender.send(1).await.unwrap();
            std::future::pending::<()>().await;
        });
        assert_eq!(stream.next().await, Some(Ok(1)));
        stream
    });
    let mut next = task::spawn(stream.next());
    assert_pending!(next.poll());
    drop(runtime);
    assert!(next.is_woken(), "its producers are gone");
    assert_eq!(assert_ready!(next.poll()), None);
    drop(next);
    drop(stream);
}
