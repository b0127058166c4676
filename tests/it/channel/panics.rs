//! Values and wakers that panic.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Waker;

use surefoot::channel::publish::Policy;
use surefoot::channel::request::CallError;
use surefoot::channel::{priority, publish, request};
use surefoot::spawn::spawn;
use tokio_test::{assert_pending, assert_ready, assert_ready_eq, task};

use crate::support::*;

/// A value whose clone, or whose drop, panics once.
struct Bad {
    clone: Arc<AtomicBool>,
    drop: Arc<AtomicBool>,
}

impl Bad {
    fn new(clone: bool, drop: bool) -> Self {
        Self { clone: Arc::new(clone.into()), drop: Arc::new(drop.into()) }
    }
}

impl Clone for Bad {
    fn clone(&self) -> Self {
        assert!(!self.clone.swap(false, Ordering::SeqCst), "a clone that panics");
        Self { clone: self.clone.clone(), drop: self.drop.clone() }
    }
}

impl Drop for Bad {
    fn drop(&mut self) {
        assert!(!self.drop.swap(false, Ordering::SeqCst), "a drop that panics");
    }
}

/// channel/X3, channel/CHAN3: a clone runs in the task of the subscriber that it is for,
/// and its panic is that task's alone.
#[tokio::test]
async fn a_clone_that_panics_costs_one_subscriber_one_value() {
    let publisher = publish::channel(2);
    let mut unlucky = publisher.subscribe(Policy::Block);
    let mut lucky = publisher.subscribe(Policy::Block);
    assert_eq!(publisher.publish(Bad::new(true, false)).await, 2);
    assert_eq!(publisher.publish(Bad::new(false, false)).await, 2);
    let taking = spawn(async move { unlucky.next().await.is_some() });
    assert!(taking.await.is_err());
    assert!(matches!(lucky.next().await, Some(Ok(_))));
    assert!(matches!(lucky.next().await, Some(Ok(_))));
    assert_eq!(publisher.publish(Bad::new(false, false)).await, 1);
}

/// channel/X3: a value that panics when it is evicted, or when its channel is dropped.
#[tokio::test]
async fn a_drop_that_panics_leaves_the_channel_working() {
    let publisher = publish::channel(1);
    let mut subscriber = publisher.subscribe(Policy::DropOldest);
    assert!(publisher.try_publish(Bad::new(false, true)).is_ok());
    let evicting = || publisher.try_publish(Bad::new(false, false)).is_ok();
    assert!(panic_of(evicting).contains("a drop that panics"));
    assert_eq!(subscriber.next().await.unwrap().err().map(|lagged| lagged.lost), Some(1));
    assert!(matches!(subscriber.next().await, Some(Ok(_))));

    let (sender, receiver) = priority::channel(1, 1);
    assert!(sender.try_send(0, Bad::new(false, true)).is_ok());
    let mut waiting = task::spawn(sender.send(0, Bad::new(false, false)));
    assert_pending!(waiting.poll());
    assert!(panic_of(|| drop(receiver)).contains("a drop that panics"));
    assert!(waiting.is_woken());
    assert!(assert_ready!(waiting.poll()).is_err());
}

/// channel/X3: a waker that panics keeps no other from being woken, by a publish or by a
/// close.
#[tokio::test]
async fn a_waker_that_panics_keeps_no_other_from_being_woken() {
    let publisher = publish::channel(1);
    let mut bad = publisher.subscribe(Policy::Block);
    let mut good = publisher.subscribe(Policy::Block);
    let mut panicking = Box::pin(bad.next());
    assert!(poll_with(panicking.as_mut(), &Panicking::waker()).is_pending());
    let mut waiting = task::spawn(good.next());
    assert_pending!(waiting.poll());
    let published = catch_unwind(AssertUnwindSafe(|| publisher.try_publish(1)));
    assert!(published.is_err() && waiting.is_woken());
    assert_ready_eq!(waiting.poll(), Some(Ok(1)));
    assert!(poll_with(panicking.as_mut(), Waker::noop()).is_ready(), "it has it, too");

    let (sender, mut receiver) = priority::channel(1, 1);
    sender.send(0, 1).await.unwrap();
    let mut panicking = pin!(sender.send(0, 2));
    assert!(poll_with(panicking.as_mut(), &Panicking::waker()).is_pending());
    let mut waiting = task::spawn(sender.send(0, 3));
    assert_pending!(waiting.poll());
    assert!(catch_unwind(AssertUnwindSafe(|| receiver.close())).is_err());
    assert!(waiting.is_woken());
    assert!(assert_ready!(waiting.poll()).is_err());
    assert_eq!(receiver.recv().await, Some((0, 1)));
    assert_eq!(receiver.recv().await, None);
}

/// channel/X3, channel/CHAN3, channel/CHAN4: the waker of a sender that waits for room panics:
/// the receiver has its value all the same, and the sender's has been sent.
#[tokio::test]
async fn a_sender_s_waker_that_panics_costs_the_receiver_nothing() {
    let (sender, mut receiver) = priority::channel(1, 1);
    sender.send(0, 1).await.unwrap();
    let mut waiting = pin!(sender.send(0, 2));
    assert!(poll_with(waiting.as_mut(), &Panicking::waker()).is_pending());
    assert_eq!(receiver.try_recv(), Ok((0, 1)));
    assert!(poll_with(waiting.as_mut(), Waker::noop()).is_ready());
    let mut waiting = pin!(sender.send(0, 3));
    assert!(poll_with(waiting.as_mut(), &Panicking::waker()).is_pending());
    assert_eq!(receiver.recv().await, Some((0, 2)));
    assert_eq!(receiver.recv().await, Some((0, 3)));

    let publisher = publish::channel(1);
    let mut subscriber = publisher.subscribe(Policy::Block);
    assert_eq!(publisher.publish(1).await, 1);
    let mut waiting = pin!(publisher.publish(2));
    assert!(poll_with(waiting.as_mut(), &Panicking::waker()).is_pending());
    assert_eq!(subscriber.next().await, Some(Ok(1)));
    assert_eq!(subscriber.next().await, Some(Ok(2)));
}

/// channel/X3, channel/CHAN2: a request that panics at its end, since its caller is gone, does
/// not take those of the others.
#[tokio::test]
async fn a_request_that_panics_at_its_end_takes_no_other() {
    let (client, server) = request::channel::<Bad, ()>(3);
    let mut leaves = Box::pin(client.call(Bad::new(false, true)));
    assert!(poll_with(leaves.as_mut(), Waker::noop()).is_pending());
    let mut others: Vec<_> =
        (0..2).map(|_| task::spawn(client.call(Bad::new(false, false)))).collect();
    others.iter_mut().for_each(|other| assert_pending!(other.poll()));
    drop(leaves);
    assert!(panic_of(|| drop(server)).contains("a drop that panics"));
    for mut other in others {
        assert!(matches!(assert_ready!(other.poll()), Err(CallError::Closed(_))));
    }
}
