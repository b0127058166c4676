//! Models of the channels that have cores of their own, through their public API:
//! `priority` and `publish`.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize as Unseen;
use std::task::Poll;

use loom::future::block_on;
use loom::sync::atomic::Ordering;
use loom::thread;
use surefoot::channel::priority::{self, TryRecvError};
use surefoot::channel::publish::{self, Policy};

use crate::support::Preemptions::{AtMost, Unbounded};
use crate::support::{Flag, Owned, explore, poll_once};

/// A channel of one level with one slot. `teeth` has some that are wrong.
pub(crate) trait Line: 'static {
    type Sender: Clone + 'static;
    type Receiver: 'static;
    /// One that waits for the slot. Dropped, it leaves.
    type Parked: 'static;

    fn open() -> (Self::Sender, Self::Receiver);
    /// Sends a value, if there is room.
    fn put(sender: &Self::Sender, value: u32) -> bool;
    /// Comes for a slot that is taken: for a value, or for the slot itself.
    fn park(sender: &Self::Sender, value: Option<u32>, flag: &Arc<Flag>) -> Self::Parked;
    fn take(receiver: &mut Self::Receiver) -> Option<u32>;
    /// Takes, or waits.
    fn poll(receiver: &mut Self::Receiver, flag: &Arc<Flag>) -> Option<u32>;
}

/// The production version.
pub(crate) enum Sound {}

impl Line for Sound {
    type Sender = priority::Sender<u32>;
    /// In a box that each poll is made from: its future borrows it.
    type Receiver = Option<Owned<(Option<u32>, priority::Receiver<u32>)>>;
    type Parked = Owned<()>;

    fn open() -> (Self::Sender, Self::Receiver) {
        let (sender, receiver) = priority::channel(1, 1);
        (sender, Some(receiving(receiver)))
    }

    fn put(sender: &Self::Sender, value: u32) -> bool {
        sender.try_send(0, value).is_ok()
    }

    fn park(sender: &Self::Sender, value: Option<u32>, flag: &Arc<Flag>) -> Self::Parked {
        let sender = sender.clone();
        let mut parked: Owned<()> = Box::pin(async move {
            match value {
                Some(value) => sender.send(0, value).await.expect("the channel is open"),
                None => drop(sender.reserve(0).await.expect("the channel is open")),
            }
        });
        assert!(poll_once(&mut parked, flag).is_pending(), "the slot is taken");
        parked
    }

    fn take(receiver: &mut Self::Receiver) -> Option<u32> {
        Self::poll(receiver, &Flag::new())
    }

    fn poll(receiver: &mut Self::Receiver, flag: &Arc<Flag>) -> Option<u32> {
        match poll_once(receiver.as_mut().expect("it comes back"), flag) {
            Poll::Ready((value, again)) => {
                *receiver = Some(receiving(again));
                value
            }
            Poll::Pending => None,
        }
    }
}

fn receiving(
    mut receiver: priority::Receiver<u32>,
) -> Owned<(Option<u32>, priority::Receiver<u32>)> {
    Box::pin(async move {
        let received = receiver.recv().await;
        (received.map(|(_, value)| value), receiver)
    })
}

/// One that waits for the slot leaves while it comes free; one that waits behind it has
/// it then. Says whether the first was woken when it left.
pub(crate) fn leave_against_take<L: Line>() -> bool {
    let (sender, mut receiver) = L::open();
    assert!(L::put(&sender, 1));
    let flag = Flag::new();
    let leaver = L::park(&sender, None, &flag);
    let stayer = L::park(&sender, Some(2), &Flag::new());
    let leaving = thread::spawn({
        let flag = flag.clone();
        move || {
            let was_woken = flag.is_woken();
            drop(leaver);
            was_woken
        }
    });
    assert_eq!(L::take(&mut receiver), Some(1));
    let was_woken = leaving.join().unwrap();
    assert_eq!(L::take(&mut receiver), Some(2), "the slot left with the sender that left");
    drop(stayer);
    was_woken
}

/// A value comes while the receiver looks and parks. Says whether it found it at once.
pub(crate) fn put_against_wait<L: Line>() -> bool {
    let (sender, mut receiver) = L::open();
    let putting = thread::spawn(move || assert!(L::put(&sender, 1)));
    let flag = Flag::new();
    let found = L::poll(&mut receiver, &flag);
    putting.join().unwrap();
    if found.is_none() {
        assert!(flag.is_woken(), "a value is there, and who waits for it sleeps");
        assert_eq!(L::take(&mut receiver), Some(1));
    }
    found.is_some()
}

/// channel/X2, channel/CHAN4: a slot that was granted to a sender that leaves goes to
/// the next.
#[test]
fn a_slot_granted_to_a_sender_that_leaves_goes_to_the_next() {
    let outcomes = explore(
        "a_slot_granted_to_a_sender_that_leaves_goes_to_the_next",
        Unbounded,
        leave_against_take::<Sound>,
    );
    assert_eq!(outcomes, [false, true].into(), "whether it was woken when it left");
}

/// channel/CHAN4: a value that comes while the receiver parks wakes it.
#[test]
fn a_value_that_comes_while_the_receiver_parks_wakes_it() {
    let outcomes = explore(
        "a_value_that_comes_while_the_receiver_parks_wakes_it",
        Unbounded,
        put_against_wait::<Sound>,
    );
    assert_eq!(outcomes, [false, true].into(), "whether it was there at once");
}

/// channel/CHAN4, channel/X1: a send that is dropped while its turn comes has sent its
/// value, and the slot is taken, or it has not, and the slot is free.
#[test]
fn a_send_that_leaves_at_its_turn_has_sent_or_not() {
    let outcomes = explore("a_send_that_leaves_at_its_turn_has_sent_or_not", Unbounded, || {
        let (sender, mut receiver) = priority::channel(1, 1);
        assert!(sender.try_send(0, 1).is_ok());
        let leaver = <Sound as Line>::park(&sender, Some(2), &Flag::new());
        let leaving = thread::spawn(move || drop(leaver));
        assert_eq!(receiver.try_recv(), Ok((0, 1)));
        leaving.join().unwrap();
        let is_free = sender.try_send(0, 3).is_ok();
        let first = receiver.try_recv().expect("one of them was sent").1;
        assert_eq!(first, if is_free { 3 } else { 2 });
        assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
        is_free
    });
    assert_eq!(outcomes, [false, true].into(), "whether the slot is free");
}

/// channel/CHAN4, channel/RACE5: two senders of two levels and a receiver: nothing is
/// lost, and nobody sleeps.
#[test]
fn two_senders_and_a_receiver_lose_nothing() {
    let outcomes = explore("two_senders_and_a_receiver_lose_nothing", AtMost(3), || {
        let (sender, mut receiver) = priority::channel(2, 1);
        let other = sender.clone();
        let sending = [(sender, 0), (other, 1)].map(|(sender, level)| {
            thread::spawn(move || block_on(sender.send(level, level)).expect("it is open"))
        });
        let first = block_on(receiver.recv()).expect("two come").1;
        let second = block_on(receiver.recv()).expect("two come").1;
        assert_eq!(block_on(receiver.recv()), None);
        sending.into_iter().for_each(|thread| thread.join().unwrap());
        assert_ne!(first, second);
        first
    });
    assert_eq!(outcomes, [0, 1].into(), "which of them came first");
}

/// channel/X7, channel/CHAN5: a value is accepted and received, or comes back, when the
/// receiver closes.
#[test]
fn a_send_that_meets_a_close_is_received_or_comes_back() {
    let outcomes =
        explore("a_send_that_meets_a_close_is_received_or_comes_back", AtMost(3), || {
            let (sender, mut receiver) = priority::channel(1, 1);
            assert!(sender.try_send(0, 1).is_ok());
            let sending = thread::spawn(move || block_on(sender.send(0, 2)).is_ok());
            let first = receiver.try_recv();
            assert_eq!(first, Ok((0, 1)));
            receiver.close();
            let rest = block_on(receiver.recv());
            assert_eq!(block_on(receiver.recv()), None);
            let is_accepted = sending.join().unwrap();
            assert_eq!(rest.is_some(), is_accepted, "accepted, and not received, or the reverse");
            is_accepted
        });
    assert_eq!(outcomes, [false, true].into(), "whether it was accepted");
}

/// channel/X7, channel/X5: a permit that is used or dropped while the receiver goes.
#[test]
fn a_permit_and_the_receiver_end_in_any_order() {
    for uses in [false, true] {
        let outcomes =
            explore("a_permit_and_the_receiver_end_in_any_order", Unbounded, move || {
                let (sender, mut receiver) = priority::channel(1, 1);
                let using = thread::spawn(move || {
                    let permit = block_on(sender.reserve(0)).ok();
                    let has_permit = permit.is_some();
                    match permit {
                        Some(permit) if uses => permit.send(1),
                        permit => drop(permit),
                    }
                    has_permit
                });
                receiver.close();
                let received = block_on(receiver.recv()).is_some();
                drop(receiver);
                let had_permit = using.join().unwrap();
                assert_eq!(received, had_permit && uses);
                had_permit
            });
        assert_eq!(outcomes, [false, true].into(), "whether it had a permit");
    }
}

/// channel/X7: the last sender that goes while the receiver parks wakes it.
#[test]
fn the_last_sender_that_goes_ends_the_receive() {
    let outcomes = explore("the_last_sender_that_goes_ends_the_receive", AtMost(3), || {
        let (sender, mut receiver) = priority::channel::<u32>(1, 1);
        let other = sender.clone();
        let going = [sender, other].map(|sender| thread::spawn(move || drop(sender)));
        let at_once = receiver.try_recv() == Err(TryRecvError::Closed);
        assert_eq!(block_on(receiver.recv()), None);
        going.into_iter().for_each(|thread| thread.join().unwrap());
        at_once
    });
    assert_eq!(outcomes, [false, true].into(), "whether both were gone at once");
}

/// One to two. `teeth` has one that is wrong.
pub(crate) trait Pair: 'static {
    type Publisher: 'static;
    type Subscriber: 'static;
    /// One that waits for room. Dropped, it leaves.
    type Parked: 'static;

    /// Each with room for one value; the second has one already.
    fn open() -> (Self::Publisher, [Self::Subscriber; 2]);
    fn park(publisher: Self::Publisher, value: u32) -> Self::Parked;
    fn take(subscriber: &mut Self::Subscriber) -> Option<u32>;
}

impl Pair for Sound {
    type Publisher = publish::Publisher<u32>;
    type Subscriber = publish::Subscriber<u32>;
    type Parked = Owned<usize>;

    fn open() -> (Self::Publisher, [Self::Subscriber; 2]) {
        let publisher = publish::channel(1);
        let mut subscribers = [(); 2].map(|()| publisher.subscribe(Policy::Block));
        assert!(publisher.try_publish(1).is_ok());
        assert_eq!(<Self as Pair>::take(&mut subscribers[0]), Some(1));
        (publisher, subscribers)
    }

    fn park(publisher: Self::Publisher, value: u32) -> Self::Parked {
        let mut parked: Owned<usize> = Box::pin(async move { publisher.publish(value).await });
        assert!(poll_once(&mut parked, &Flag::new()).is_pending(), "one is full");
        parked
    }

    fn take(subscriber: &mut Self::Subscriber) -> Option<u32> {
        let mut next = Box::pin(subscriber.next());
        let flag = Flag::new();
        match next.as_mut().poll(&mut std::task::Context::from_waker(&flag.waker())) {
            Poll::Ready(next) => next.map(|value| value.expect("nothing is lost")),
            Poll::Pending => None,
        }
    }
}

/// A publisher that waits leaves while room comes. Says whether its value was
/// published: to both, or to none.
pub(crate) fn leave_against_room<P: Pair>() -> bool {
    let (publisher, [mut one, mut other]) = P::open();
    let leaver = P::park(publisher, 2);
    let leaving = thread::spawn(move || drop(leaver));
    assert_eq!(P::take(&mut other), Some(1));
    leaving.join().unwrap();
    let got = [P::take(&mut one), P::take(&mut other)];
    assert_eq!(got[0], got[1], "it reached one and not the other");
    got[0].is_some()
}

/// channel/CHAN3, channel/X1: all or none.
#[test]
fn a_publish_that_leaves_at_its_turn_reached_both_or_none() {
    let outcomes = explore(
        "a_publish_that_leaves_at_its_turn_reached_both_or_none",
        Unbounded,
        leave_against_room::<Sound>,
    );
    assert_eq!(outcomes, [false, true].into(), "whether it reached both");
}

/// channel/X7, channel/CHAN3: a publisher goes on when who it waits for takes, or
/// leaves.
#[test]
fn a_publisher_goes_on_when_the_full_one_takes_or_leaves() {
    let outcomes =
        explore("a_publisher_goes_on_when_the_full_one_takes_or_leaves", AtMost(3), || {
            let publisher = publish::channel(1);
            let mut subscriber = publisher.subscribe(Policy::Block);
            let mut leaver = publisher.subscribe(Policy::Block);
            assert!(publisher.try_publish(1).is_ok());
            let leaving = thread::spawn(move || {
                assert_eq!(block_on(leaver.next()), Some(Ok(1)));
                drop(leaver);
            });
            let publishing = thread::spawn(move || block_on(publisher.publish(2)));
            assert_eq!(block_on(subscriber.next()), Some(Ok(1)));
            assert_eq!(block_on(subscriber.next()), Some(Ok(2)));
            assert_eq!(block_on(subscriber.next()), None);
            leaving.join().unwrap();
            publishing.join().unwrap()
        });
    assert_eq!(outcomes, [1, 2].into(), "how many were left by then");
}

/// A value that counts its clones.
#[derive(Debug)]
struct Counted(Arc<Unseen>);

impl Clone for Counted {
    fn clone(&self) -> Self {
        self.0.fetch_add(1, Ordering::SeqCst);
        Self(self.0.clone())
    }
}

/// channel/CHAN3, channel/X7: two that take the same value both get it, the last one
/// mostly the original; and the end, when the publisher goes meanwhile.
#[test]
fn two_that_take_one_value_both_get_it() {
    let outcomes = explore("two_that_take_one_value_both_get_it", AtMost(3), || {
        let clones = Arc::new(Unseen::new(0));
        let publisher = publish::channel(1);
        let subscribers = [(); 2].map(|()| publisher.subscribe(Policy::Block));
        let taking = subscribers.map(|mut subscriber| {
            thread::spawn(move || {
                assert!(matches!(block_on(subscriber.next()), Some(Ok(Counted(_)))));
                assert!(block_on(subscriber.next()).is_none());
            })
        });
        assert!(matches!(publisher.try_publish(Counted(clones.clone())), Ok(2)));
        drop(publisher);
        taking.into_iter().for_each(|thread| thread.join().unwrap());
        clones.load(Ordering::SeqCst)
    });
    assert_eq!(outcomes, [1, 2].into(), "how many clones it took");
}
