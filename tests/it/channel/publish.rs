//! One to many: small stories, a policy each.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;

use futures::StreamExt as _;
use surefoot::channel::publish::{self, Full, Policy, Subscriber};
use tokio_test::{assert_pending, assert_ready_eq, task};

/// What is there, and what is missing: `Err` with the number.
async fn rest(mut subscriber: Subscriber<u32>) -> Vec<Result<u32, u64>> {
    let mut got = Vec::new();
    while let Some(next) = subscriber.next().await {
        got.push(next.map_err(|lagged| lagged.lost));
    }
    got
}

/// channel/CHAN3: the publisher waits, and the value reaches all at once.
#[tokio::test]
async fn block_waits_for_the_slowest() {
    let publisher = publish::channel(1);
    let mut slow = publisher.subscribe(Policy::Block);
    let mut fast = publisher.subscribe(Policy::Block);
    assert_eq!(publisher.publish(1).await, 2);
    assert_eq!(fast.next().await, Some(Ok(1)));
    let mut waiting = task::spawn(publisher.publish(2));
    assert_pending!(waiting.poll());
    assert_eq!(publisher.try_publish(3), Err(Full(3)));
    let mut hungry = task::spawn(fast.next());
    assert_pending!(hungry.poll());
    assert_eq!(slow.next().await, Some(Ok(1)));
    // Delivered already, whether the publisher is polled or not.
    assert!(waiting.is_woken() && hungry.is_woken());
    assert_ready_eq!(hungry.poll(), Some(Ok(2)));
    drop(hungry);
    assert_ready_eq!(waiting.poll(), 2);
    drop(waiting);
    drop(publisher);
    assert_eq!(rest(slow).await, [Ok(2)]);
    assert_eq!(rest(fast).await, []);
}

/// channel/CHAN3: of so many subscribers, the last one to take a value has the value itself,
/// and the others clones.
#[tokio::test]
async fn a_value_is_cloned_once_less_than_it_is_taken() {
    #[derive(Debug)]
    struct Cloned(Rc<Cell<u32>>);
    impl Clone for Cloned {
        fn clone(&self) -> Self {
            self.0.set(self.0.get() + 1);
            Self(self.0.clone())
        }
    }
    for n in 1..4 {
        let (publisher, clones) = (publish::channel(1), Rc::new(Cell::new(0)));
        let mut subscribers: Vec<_> = (0..n).map(|_| publisher.subscribe(Policy::Block)).collect();
        assert_eq!(publisher.publish(Cloned(clones.clone())).await, subscribers.len());
        for subscriber in &mut subscribers {
            assert!(subscriber.next().await.is_some());
        }
        assert_eq!(clones.get(), n - 1, "of {n}");
    }
}

/// channel/CHAN3: the oldest go, and their number stands where they stood.
#[tokio::test]
async fn drop_oldest_reports_what_it_lost() {
    let publisher = publish::channel(2);
    let subscriber = publisher.subscribe(Policy::DropOldest);
    for value in 0..7 {
        assert_eq!(publisher.publish(value).await, 1);
    }
    drop(publisher);
    assert_eq!(rest(subscriber).await, [Err(5), Ok(5), Ok(6)]);
}

/// channel/CHAN3: the newest go, and their number stands where they would have stood.
#[tokio::test]
async fn drop_newest_reports_what_it_lost() {
    let publisher = publish::channel(2);
    let mut subscriber = publisher.subscribe(Policy::DropNewest);
    let reached: Vec<_> = (0..4).map(|value| publisher.try_publish(value).unwrap()).collect();
    assert_eq!(reached, [1, 1, 0, 0]);
    assert_eq!(subscriber.next().await, Some(Ok(0)));
    publisher.publish(4).await;
    publisher.publish(5).await;
    drop(publisher);
    assert_eq!(rest(subscriber).await, [Ok(1), Err(2), Ok(4), Err(1)]);
}

/// channel/CHAN3: who is too slow gets what it has, and then the end; nobody else does.
#[tokio::test]
async fn disconnect_ends_that_subscriber_only() {
    let publisher = publish::channel(1);
    let slow = publisher.subscribe(Policy::Disconnect);
    let mut fast = publisher.subscribe(Policy::Disconnect);
    assert_eq!(publisher.publish(1).await, 2);
    assert_eq!(fast.next().await, Some(Ok(1)));
    assert!(!slow.is_disconnected());
    assert_eq!(publisher.publish(2).await, 1);
    assert!(slow.is_disconnected() && !fast.is_disconnected());
    assert_eq!(publisher.subscribers(), 1);
    assert_eq!(rest(slow).await, [Ok(1)]);
    assert_eq!(fast.next().await, Some(Ok(2)));
    assert_eq!(publisher.publish(3).await, 1);
    drop(publisher);
    assert_eq!(rest(fast).await, [Ok(3)]);
}

/// channel/CHAN3: for every capacity, as many as were asked for, and not one more.
#[test]
fn the_capacity_is_exact() {
    for capacity in 1..=9_u32 {
        let publisher = publish::channel(capacity as usize);
        let _subscriber = publisher.subscribe(Policy::Block);
        let room = (0..).take_while(|value| publisher.try_publish(*value).is_ok()).count();
        assert_eq!(room, capacity as usize);
    }
}

/// channel/CHAN3: nobody is no error, and who comes gets what is published from then on.
#[tokio::test]
async fn a_subscriber_gets_what_comes_after_it() {
    let publisher = publish::channel(4);
    assert_eq!(publisher.publish(1).await, 0);
    let mut first = publisher.subscribe(Policy::Block);
    assert_eq!(publisher.publish(2).await, 1);
    let second = publisher.subscribe(Policy::Block);
    assert_eq!((publisher.publish(3).await, publisher.subscribers()), (2, 2));
    assert_eq!(first.next().await, Some(Ok(2)));
    drop(first);
    assert_eq!((publisher.publish(4).await, publisher.subscribers()), (1, 1));
    drop(publisher);
    assert_eq!(rest(second).await, [Ok(3), Ok(4)]);
}

/// channel/CHAN5, channel/X7: the end comes with the last publisher, to who waits.
#[tokio::test]
async fn the_last_publisher_ends_the_streams() {
    let publisher = publish::channel::<u32>(1);
    let other = publisher.clone();
    let mut subscriber = publisher.subscribe(Policy::Block);
    let mut waiting = task::spawn(subscriber.next());
    assert_pending!(waiting.poll());
    drop(publisher);
    assert!(!waiting.is_woken());
    drop(other);
    assert!(waiting.is_woken());
    assert_ready_eq!(waiting.poll(), None);
}

/// channel/X8: publishers are served in order of arrival, as many as there is room for.
#[tokio::test]
async fn publishers_that_wait_go_on_in_order() {
    let publisher = publish::channel(2);
    let mut subscriber = publisher.subscribe(Policy::Block);
    let leaver = publisher.subscribe(Policy::Block);
    for value in 0..2 {
        publisher.publish(value).await;
        assert_eq!(subscriber.next().await, Some(Ok(value)));
    }
    let mut waiting: Vec<_> = (2..5).map(|value| task::spawn(publisher.publish(value))).collect();
    for publishing in &mut waiting {
        assert_pending!(publishing.poll());
    }
    drop(leaver);
    let woken: Vec<_> = waiting.iter().map(task::Spawn::is_woken).collect();
    assert_eq!(woken, [true, true, false], "there is room for two");
    assert_ready_eq!(waiting[0].poll(), 1);
    assert_eq!(subscriber.next().await, Some(Ok(2)));
    assert_eq!(subscriber.next().await, Some(Ok(3)));
    assert_eq!(subscriber.next().await, Some(Ok(4)));
}

/// channel/CHAN3, channel/X1: dropped before its turn it reached nobody, and after it
/// all.
#[tokio::test]
async fn a_publish_that_is_dropped_reached_all_or_none() {
    let publisher = publish::channel(1);
    let mut one = publisher.subscribe(Policy::Block);
    let mut other = publisher.subscribe(Policy::Block);
    publisher.publish(0).await;
    let mut before = task::spawn(publisher.publish(1));
    let mut after = task::spawn(publisher.publish(2));
    assert_pending!(before.poll());
    assert_pending!(after.poll());
    drop(before);
    assert_eq!((one.next().await, other.next().await), (Some(Ok(0)), Some(Ok(0))));
    drop(after);
    drop(publisher);
    assert_eq!((rest(one).await, rest(other).await), (vec![Ok(2)], vec![Ok(2)]));
}

/// A subscriber is a stream, with the same items.
#[tokio::test]
async fn a_subscriber_is_a_stream() {
    let publisher = publish::channel(2);
    let subscriber = publisher.subscribe(Policy::Block);
    publisher.publish(1).await;
    publisher.publish(2).await;
    drop(publisher);
    let all: Vec<_> = subscriber.map(Result::unwrap).collect().await;
    assert_eq!(all, [1, 2]);
}

/// channel/X13: the take that is polled with another waker wakes that one, and one that
/// is dropped leaves none.
#[tokio::test]
async fn the_waker_of_the_last_poll_counts() {
    let publisher = publish::channel(1);
    let mut subscriber = publisher.subscribe(Policy::Block);
    {
        let mut next = pin!(subscriber.next());
        let mut before = task::spawn(poll_fn(|cx| next.as_mut().poll(cx)));
        assert_pending!(before.poll());
        drop(before);
        let mut after = task::spawn(poll_fn(|cx| next.as_mut().poll(cx)));
        assert_pending!(after.poll());
        assert_eq!(publisher.publish(1).await, 1);
        assert!(after.is_woken());
    }
    assert_eq!(subscriber.next().await, Some(Ok(1)));
    let mut dropped = task::spawn(async { subscriber.next().await });
    assert_pending!(dropped.poll());
    drop(dropped);
    publisher.publish(2).await;
    assert_eq!(subscriber.next().await, Some(Ok(2)));
}

/// Debug output needs nothing of the values.
#[test]
fn handles_can_be_printed() {
    #[derive(Clone)]
    struct Silent;
    let publisher = publish::channel::<Silent>(1);
    let subscriber = publisher.subscribe(Policy::Block);
    assert!(publisher.try_publish(Silent).is_ok());
    assert_eq!(format!("{publisher:?}"), "Publisher { subscribers: 1, .. }");
    assert_eq!(format!("{subscriber:?}"), "Subscriber { is_disconnected: false, .. }");
    assert_eq!(format!("{:?}", publisher.try_publish(Silent)), "Err(Full(..))");
}
