//! Loops over operations that are always ready.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use surefoot::channel::publish::Policy;
use surefoot::channel::{fan_in, priority, publish, request};
use surefoot::spawn::spawn;
use tokio::task::yield_now;

const TURNS: usize = 2_000;

/// How many turns a neighbour has had when the loop is over.
async fn turns_beside(busy: impl Future<Output = ()> + Send + 'static) -> usize {
    let turns = Arc::new(AtomicUsize::new(0));
    let counted = turns.clone();
    let _neighbour = spawn(async move {
        loop {
            counted.fetch_add(1, Ordering::Relaxed);
            yield_now().await;
        }
    });
    spawn(busy).await.unwrap();
    turns.load(Ordering::Relaxed)
}

/// channel/X9: each lets its neighbour run, and nothing is out of order.
#[tokio::test]
async fn a_loop_over_a_ready_channel_lets_its_neighbours_run() {
    let (sender, mut receiver) = priority::channel(1, TURNS);
    let sending = turns_beside(async move {
        for value in 0..TURNS {
            sender.send(0, value).await.unwrap();
        }
    });
    assert!(sending.await >= 5);
    let receiving = turns_beside(async move {
        for value in 0..TURNS {
            assert_eq!(receiver.recv().await, Some((0, value)));
        }
        assert_eq!(receiver.recv().await, None);
    });
    assert!(receiving.await >= 5);

    let publisher = publish::channel(TURNS);
    let mut subscriber = publisher.subscribe(Policy::Block);
    let publishing = turns_beside(async move {
        for value in 0..TURNS {
            assert_eq!(publisher.publish(value).await, 1);
        }
    });
    assert!(publishing.await >= 5);
    let taking = turns_beside(async move {
        for value in 0..TURNS {
            assert_eq!(subscriber.next().await, Some(Ok(value)));
        }
        assert_eq!(subscriber.next().await, None);
    });
    assert!(taking.await >= 5);
}

/// channel/X9: the same for a loop over what is refused, or over.
#[tokio::test]
async fn a_loop_over_an_ended_channel_lets_its_neighbours_run() {
    let (sender, mut receiver) = priority::channel::<u8>(1, 1);
    receiver.close();
    let refused = turns_beside(async move {
        for _ in 0..TURNS {
            assert!(sender.send(0, 1).await.is_err() && sender.reserve(0).await.is_err());
        }
    });
    assert!(refused.await >= 5);
    let over = turns_beside(async move {
        for _ in 0..TURNS {
            assert_eq!(receiver.recv().await, None);
        }
    });
    assert!(over.await >= 5);
}

/// channel/X9: and for a server that takes no more, and a stream that has ended.
#[tokio::test]
async fn a_loop_over_what_is_left_lets_its_neighbours_run() {
    let (client, mut server) = request::channel::<usize, usize>(TURNS);
    let callers: Vec<_> = (0..TURNS)
        .map(|value| {
            let client = client.clone();
            spawn(async move { client.call(value).await })
        })
        .collect();
    for _ in 0..TURNS {
        yield_now().await;
    }
    server.close();
    let serving = turns_beside(async move {
        while let Some((value, reply)) = server.next().await {
            reply.send(value).unwrap();
        }
    });
    assert!(serving.await >= 5);
    for (value, caller) in callers.into_iter().enumerate() {
        assert_eq!(caller.await.unwrap(), Ok(value));
    }

    let mut stream = fan_in::channel::<usize>(1);
    let (handing, handed) = tokio::sync::oneshot::channel();
    stream.producer(async move |sender| drop(handing.send(sender)));
    let sender = handed.await.unwrap();
    assert!(stream.next().await.is_none());
    let refused = turns_beside(async move {
        for value in 0..TURNS {
            assert!(sender.send(value).await.is_err());
        }
    });
    assert!(refused.await >= 5);
}
