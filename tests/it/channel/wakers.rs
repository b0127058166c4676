//! Wakers that use the channel when they are cloned, woken and dropped: with its lock
//! held, that would never end.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Wake, Waker};

use surefoot::channel::priority::{self, Sender};
use surefoot::channel::publish::{self, Policy, Publisher};

use crate::support::*;

/// Does something with the channel when it is woken and when it is dropped.
struct Prying<F: Fn() + Send + Sync + 'static>(F, Arc<AtomicUsize>);

impl<F: Fn() + Send + Sync> Wake for Prying<F> {
    fn wake(self: Arc<Self>) {
        self.1.fetch_add(1, Ordering::SeqCst);
        self.0();
    }
}

impl<F: Fn() + Send + Sync> Drop for Prying<F> {
    fn drop(&mut self) {
        self.1.fetch_add(100, Ordering::SeqCst);
        self.0();
    }
}

/// How many were woken, and a hundred for each that is gone.
#[derive(Clone, Default)]
struct Count(Arc<AtomicUsize>);

impl Count {
    fn seen(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    fn of_sender(&self, sender: &Sender<u32>) -> Waker {
        let sender = sender.clone();
        let pry = move || {
            let _ = (sender.is_closed(), sender.try_send(1, 0), sender.clone());
        };
        Arc::new(Prying(pry, self.0.clone())).into()
    }

    fn of_publisher(&self, publisher: &Publisher<u32>) -> Waker {
        let publisher = publisher.clone();
        let pry = move || {
            let newcomer = publisher.subscribe(Policy::DropNewest);
            let _ = (publisher.subscribers(), publisher.try_publish(0), newcomer);
        };
        Arc::new(Prying(pry, self.0.clone())).into()
    }
}

/// channel/X4, channel/X13: senders and the receiver of a priority channel, woken,
/// replaced, and dropped.
#[tokio::test]
async fn a_waker_may_use_the_priority_channel() {
    let (sender, mut receiver) = priority::channel(2, 1);
    let count = Count::default();
    let waker = || count.of_sender(&sender);

    let mut receiving = Box::pin(receiver.recv());
    assert!(poll_with(receiving.as_mut(), &waker()).is_pending());
    assert!(poll_with(receiving.as_mut(), &waker()).is_pending());
    // The one that is replaced sends when it is dropped.
    assert_eq!(count.seen(), 201, "one is replaced, and wakes the other");
    assert!(poll_with(receiving.as_mut(), Waker::noop()).is_ready());
    drop(receiving);

    let count = Count::default();
    let waker = || count.of_sender(&sender);
    let _ = sender.try_send(0, 2);
    let mut one = Box::pin(sender.send(0, 3));
    let mut two = Box::pin(sender.reserve(0));
    let mut three = Box::pin(sender.send(0, 4));
    for _ in 0..2 {
        assert!(poll_with(one.as_mut(), &waker()).is_pending());
        assert!(poll_with(two.as_mut(), &waker()).is_pending());
        assert!(poll_with(three.as_mut(), &waker()).is_pending());
    }
    assert_eq!(count.seen(), 300, "replaced");
    while receiver.try_recv() != Ok((0, 2)) {}
    assert_eq!(count.seen(), 401, "the first was woken");
    while receiver.try_recv() != Ok((0, 3)) {}
    assert_eq!(count.seen(), 502, "and the second");
    drop(two);
    assert_eq!(count.seen(), 603, "which passes its slot on");
    assert!(poll_with(one.as_mut(), &waker()).is_ready());
    assert_eq!(count.seen(), 703, "a waker that was not needed");
    drop(three);

    let mut last = Box::pin(sender.send(0, 5));
    assert!(poll_with(last.as_mut(), &waker()).is_pending());
    drop(last);
    assert_eq!(count.seen(), 803, "withdrawn");
    let mut refused = Box::pin(sender.send(0, 6));
    assert!(poll_with(refused.as_mut(), &waker()).is_pending());
    receiver.close();
    assert_eq!(count.seen(), 904, "by the close");
}

/// channel/X4, channel/X13: publishers and subscribers, woken, replaced, and dropped.
#[tokio::test]
async fn a_waker_may_use_the_publish_channel() {
    let publisher = publish::channel(1);
    let mut subscriber = publisher.subscribe(Policy::Block);
    let count = Count::default();
    let waker = || count.of_publisher(&publisher);

    {
        let mut next = pin!(subscriber.next());
        assert!(poll_with(next.as_mut(), &waker()).is_pending());
        assert!(poll_with(next.as_mut(), &waker()).is_pending());
        // The one that is replaced publishes when it is dropped.
        assert_eq!(count.seen(), 201, "one is replaced, and wakes the other");
        assert!(poll_with(next.as_mut(), Waker::noop()).is_ready());
    }
    let count = Count::default();
    let waker = || count.of_publisher(&publisher);
    let _ = publisher.try_publish(1);
    let mut one = Box::pin(publisher.publish(2));
    let mut two = Box::pin(publisher.publish(3));
    for _ in 0..2 {
        assert!(poll_with(one.as_mut(), &waker()).is_pending());
        assert!(poll_with(two.as_mut(), &waker()).is_pending());
    }
    assert_eq!(count.seen(), 200, "replaced");
    assert!(subscriber.next().await.is_some());
    assert_eq!(count.seen(), 301, "the first was woken");
    drop(two);
    assert_eq!(count.seen(), 401, "withdrawn");
    assert!(poll_with(one.as_mut(), &waker()).is_ready());
    assert_eq!(count.seen(), 501, "a waker that was not needed");
}

/// channel/X2: a wait that is dropped leaves no waker behind, and keeps no task.
#[tokio::test]
async fn a_wait_that_is_dropped_keeps_no_waker() {
    let count = Count::default();
    let waker = || Waker::from(Arc::new(Prying(|| (), count.0.clone())));
    let (_sender, mut receiver) = priority::channel::<u32>(1, 1);
    let mut receiving = Box::pin(receiver.recv());
    assert!(poll_with(receiving.as_mut(), &waker()).is_pending());
    assert_eq!(count.seen(), 0, "it waits");
    drop(receiving);
    assert_eq!(count.seen(), 100, "gone, and not woken");

    let publisher = publish::channel::<u32>(1);
    let mut awaited = publisher.subscribe(Policy::Block);
    let mut next = Box::pin(awaited.next());
    assert!(poll_with(next.as_mut(), &waker()).is_pending());
    assert_eq!(count.seen(), 100, "it waits");
    drop(next);
    assert_eq!(count.seen(), 200, "gone, and not woken");
}
