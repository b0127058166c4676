//! Loops over operations that are always ready.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::StreamExt as _;
use surefoot::channel::publish::Policy;
use surefoot::channel::{fan_in, priority, publish, request};
use surefoot::spawn::spawn;
use tokio::task::yield_now;
use tokio_test::{assert_pending, assert_ready, task};

use crate::support::*;

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

/// channel/X9, channel/X8: who comes with its budget spent is not overtaken by who comes
/// later, be there room or not.
#[tokio::test(start_paused = true)]
async fn who_comes_with_its_budget_spent_is_not_overtaken() {
    let (sender, mut receiver) = priority::channel(1, 1);
    let took = spawn(async move {
        let mut took = Vec::new();
        while let Some((_, value)) = receiver.recv().await {
            took.push(value);
        }
        took
    });
    let send = |value| sender.send(0, value);
    let both = one_that_is_spent_and(send(1), send(2)).await;
    assert_eq!(both, (Ok(()), Ok(())));
    sender.try_send(0, 3).unwrap();
    let both = one_that_is_spent_and(send(4), send(5)).await;
    assert_eq!(both, (Ok(()), Ok(())));
    let slots = &sender;
    let reserve = |value| async move { slots.reserve(0).await.map(|permit| permit.send(value)) };
    let both = one_that_is_spent_and(reserve(6), reserve(7)).await;
    assert_eq!(both, (Ok(()), Ok(())));
    drop(sender);
    assert_eq!(took.await.unwrap(), [1, 2, 3, 4, 5, 6, 7]);

    let publisher = publish::channel(1);
    let subscriber = publisher.subscribe(Policy::Block);
    let took = spawn(subscriber.map(Result::unwrap).collect::<Vec<_>>());
    assert_eq!(one_that_is_spent_and(publisher.publish(1), publisher.publish(2)).await, (1, 1));
    drop(publisher);
    assert_eq!(took.await.unwrap(), [1, 2]);

    let (client, mut server) = request::channel(1);
    let served = spawn(async move {
        let mut served = Vec::new();
        while let Some((request, reply)) = server.next().await {
            served.push(request);
            reply.send(()).unwrap();
        }
        served
    });
    let mut first = task::spawn(client.call(1));
    assert_pending!(first.poll());
    let both = one_that_is_spent_and(client.call(2), client.call(3)).await;
    assert_eq!(both, (Ok(()), Ok(())));
    assert_eq!(first.await, Ok(()));
    drop(client);
    assert_eq!(served.await.unwrap(), [1, 2, 3]);

    let mut stream = fan_in::channel(1);
    stream.producer(|sender| async move {
        sender.send(1).await.unwrap();
        one_that_is_spent_and(sender.send(2), sender.send(3)).await.0.unwrap();
    });
    let sent = stream.map(Result::unwrap).collect::<Vec<_>>().await;
    assert_eq!(sent, [1, 2, 3]);
}

/// channel/X9, channel/X1: a slot that was granted goes to the next, if who has it is
/// dropped before its budget lets it know.
#[tokio::test(start_paused = true)]
async fn a_slot_that_was_granted_to_one_that_is_spent_is_passed_on() {
    let (sender, mut receiver) = priority::channel(1, 1);
    let mut next = task::spawn(sender.reserve(0));
    one_that_is_spent_leaves(sender.reserve(0), &mut next).await;
    assert_ready!(next.poll()).unwrap().send(7);
    assert_eq!(receiver.recv().await, Some((0, 7)));
}
