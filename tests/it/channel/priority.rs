//! Levels, permits, closing: small stories.

use std::pin::pin;

use surefoot::channel::priority::{
    self, Receiver, ReserveError, SendError, TryRecvError, TrySendError,
};
use tokio_test::{assert_pending, assert_ready, assert_ready_eq, task};

fn all(receiver: &mut Receiver<u32>) -> Vec<(usize, u32)> {
    std::iter::from_fn(|| receiver.try_recv().ok()).collect()
}

/// channel/CHAN4: across levels the most urgent first, within one in order.
#[test]
fn the_most_urgent_comes_first_and_the_oldest_of_them() {
    let (sender, mut receiver) = priority::channel(3, 4);
    for (level, value) in [(2, 1), (0, 2), (1, 3), (0, 4), (2, 5), (1, 6)] {
        sender.try_send(level, value).unwrap();
    }
    assert_eq!([0, 1, 2, 3].map(|level| receiver.len(level)), [2, 2, 2, 0]);
    assert_eq!(all(&mut receiver), [(0, 2), (0, 4), (1, 3), (1, 6), (2, 1), (2, 5)]);
}

/// channel/RACE5: with three levels and a fairness of two, by hand.
#[test]
fn a_level_that_waits_is_served_after_so_many_more_urgent_ones() {
    let (sender, receiver) = priority::channel(3, 9);
    let mut receiver = receiver.fairness(2);
    for value in 0..9 {
        for level in 0..3 {
            sender.try_send(level, value).unwrap();
        }
    }
    let levels: Vec<_> = (0..9).map(|_| receiver.try_recv().unwrap().0).collect();
    // Both lower ones are due after the first two: the least urgent goes first.
    assert_eq!(levels, [0, 0, 2, 1, 0, 2, 0, 1, 2]);
}

/// channel/CHAN4: each level has room of its own.
#[tokio::test]
async fn a_full_level_keeps_no_other_from_its_room() {
    let (sender, mut receiver) = priority::channel(2, 1);
    sender.send(1, 1).await.unwrap();
    assert_eq!(sender.try_send(1, 2), Err(TrySendError::Full(2)));
    sender.send(0, 3).await.unwrap();
    let mut waiting = task::spawn(sender.send(1, 4));
    assert_pending!(waiting.poll());
    assert_eq!(receiver.recv().await, Some((0, 3)));
    assert!(!waiting.is_woken(), "that was another level's room");
    assert_eq!(receiver.recv().await, Some((1, 1)));
    assert!(waiting.is_woken());
    assert_ready!(waiting.poll()).unwrap();
    assert_eq!(receiver.recv().await, Some((1, 4)));
}

/// channel/CHAN4: a permit is for its level.
#[tokio::test]
async fn a_permit_sends_at_its_level() {
    let (sender, mut receiver) = priority::channel(3, 1);
    for level in [2, 0, 1] {
        let permit = sender.reserve(level).await.unwrap();
        assert_eq!(permit.level(), level);
        permit.send(level);
        assert_eq!(receiver.recv().await, Some((level, level)));
    }
}

/// channel/X8, channel/CHAN4: sends and reservations wait in one queue.
#[tokio::test]
async fn who_waits_for_room_is_served_in_order_of_arrival() {
    let (sender, mut receiver) = priority::channel(1, 1);
    sender.send(0, 0).await.unwrap();
    let mut first = task::spawn(sender.send(0, 1));
    assert_pending!(first.poll());
    let mut second = task::spawn(sender.reserve(0));
    assert_pending!(second.poll());
    let mut third = task::spawn(sender.send(0, 3));
    assert_pending!(third.poll());
    assert_eq!(receiver.try_recv(), Ok((0, 0)));
    assert_eq!([first.is_woken(), second.is_woken(), third.is_woken()], [true, false, false]);
    assert_eq!(sender.try_send(0, 9), Err(TrySendError::Full(9)), "no newcomer overtakes");
    // Polled or not, the first one's value is there.
    assert_eq!(receiver.try_recv(), Ok((0, 1)));
    let permit = assert_ready!(second.poll()).unwrap();
    assert_eq!((permit.level(), receiver.try_recv()), (0, Err(TryRecvError::Empty)));
    permit.send(2);
    assert_eq!(receiver.try_recv(), Ok((0, 2)));
    assert!(third.is_woken());
    assert_eq!(receiver.try_recv(), Ok((0, 3)));
    assert_ready!(first.poll()).unwrap();
    assert_ready!(third.poll()).unwrap();
}

/// channel/CHAN4, channel/X1: a permit that is dropped gives its slot to who waits
/// longest, and a reservation that was granted and not fetched does, too.
#[tokio::test]
async fn a_slot_that_is_given_up_goes_to_who_waits() {
    let (sender, mut receiver) = priority::channel(1, 1);
    let permit = sender.reserve(0).await.unwrap();
    let mut first = task::spawn(sender.reserve(0));
    assert_pending!(first.poll());
    let mut second = task::spawn(sender.send(0, 2));
    assert_pending!(second.poll());
    let mut receiving = task::spawn(receiver.recv());
    assert_pending!(receiving.poll());
    drop(permit);
    assert_eq!([first.is_woken(), second.is_woken()], [true, false]);
    drop(first);
    assert_eq!([second.is_woken(), receiving.is_woken()], [true, true]);
    assert_ready_eq!(receiving.poll(), Some((0, 2)));
    assert_ready!(second.poll()).unwrap();
}

/// channel/CHAN4: what is dropped before its turn was not sent, and what is dropped
/// after it was.
#[tokio::test]
async fn a_send_that_is_dropped_was_sent_or_not() {
    let (sender, mut receiver) = priority::channel(1, 1);
    sender.send(0, 0).await.unwrap();
    let mut before = task::spawn(sender.send(0, 1));
    let mut after = task::spawn(sender.send(0, 2));
    assert_pending!(before.poll());
    assert_pending!(after.poll());
    drop(before);
    assert_eq!(receiver.try_recv(), Ok((0, 0)));
    drop(after);
    assert_eq!(all(&mut receiver), [(0, 2)]);
}

/// channel/CHAN5, channel/X7: values that were accepted and values of permits come, who
/// waits gets its value back, and then it is over.
#[tokio::test]
async fn a_close_delivers_what_was_accepted() {
    let (sender, mut receiver) = priority::channel(2, 2);
    sender.send(0, 1).await.unwrap();
    let permit = sender.reserve(0).await.unwrap();
    let mut waiting = task::spawn(sender.send(0, 2));
    assert_pending!(waiting.poll());
    let mut reserving = task::spawn(sender.reserve(0));
    assert_pending!(reserving.poll());
    assert!(!sender.is_closed());
    receiver.close();
    assert!(sender.is_closed() && waiting.is_woken() && reserving.is_woken());
    assert_eq!(assert_ready!(waiting.poll()), Err(SendError::Closed(2)));
    assert_eq!(assert_ready!(reserving.poll()).unwrap_err(), ReserveError::Closed);
    assert_eq!(sender.send(1, 3).await, Err(SendError::Closed(3)));
    assert_eq!(sender.try_send(1, 3), Err(TrySendError::Closed(3)));
    assert_eq!(receiver.recv().await, Some((0, 1)));
    assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty), "a permit is out");
    let mut last = task::spawn(receiver.recv());
    assert_pending!(last.poll());
    permit.send(4);
    assert!(last.is_woken());
    assert_ready_eq!(last.poll(), Some((0, 4)));
    drop(last);
    assert_eq!(receiver.try_recv(), Err(TryRecvError::Closed));
    assert_eq!(receiver.recv().await, None);
}

/// channel/CHAN5, channel/X7: the end comes with the last sender, or with the permit
/// that is dropped last.
#[tokio::test]
async fn the_end_wakes_the_receiver() {
    let (sender, mut receiver) = priority::channel::<u32>(1, 1);
    let other = sender.clone();
    let mut receiving = task::spawn(receiver.recv());
    assert_pending!(receiving.poll());
    drop(sender);
    assert!(!receiving.is_woken());
    drop(other);
    assert!(receiving.is_woken());
    assert_ready_eq!(receiving.poll(), None);

    let (sender, mut receiver) = priority::channel::<u32>(1, 1);
    let permit = sender.reserve(0).await.unwrap();
    receiver.close();
    let mut receiving = task::spawn(receiver.recv());
    assert_pending!(receiving.poll());
    drop(permit);
    assert!(receiving.is_woken());
    assert_ready_eq!(receiving.poll(), None);
}

/// channel/X5, channel/X7: the receiver goes while all kinds of senders are there.
#[tokio::test]
async fn a_receiver_that_is_dropped_answers_everybody() {
    let (sender, receiver) = priority::channel(1, 2);
    sender.send(0, 1).await.unwrap();
    let permit = sender.reserve(0).await.unwrap();
    let mut waiting = task::spawn(sender.send(0, 2));
    assert_pending!(waiting.poll());
    drop(receiver);
    assert_eq!(assert_ready!(waiting.poll()), Err(SendError::Closed(2)));
    permit.send(3);
    assert_eq!(sender.send(0, 4).await.unwrap_err().into_value(), 4);
    assert_eq!(sender.try_send(0, 5).unwrap_err().into_value(), 5);
}

/// channel/CHAN4: a level that is not there is an error of the call.
#[tokio::test]
async fn there_is_no_level_beyond_the_last() {
    let (sender, _receiver) = priority::channel(2, 1);
    assert_eq!(sender.send(2, 7).await, Err(SendError::Level(7)));
    assert_eq!(sender.try_send(2, 7), Err(TrySendError::Level(7)));
    assert_eq!(sender.reserve(usize::MAX).await.unwrap_err(), ReserveError::Level);
    assert_eq!(SendError::Level(7).into_value(), TrySendError::Level(7).into_value());
}

/// channel/X13: the receive that is polled with another waker wakes that one, and one
/// that is dropped leaves none.
#[tokio::test]
async fn the_waker_of_the_last_poll_counts() {
    let (sender, mut receiver) = priority::channel(1, 1);
    {
        let mut receiving = pin!(receiver.recv());
        let mut before = task::spawn(std::future::poll_fn(|cx| receiving.as_mut().poll(cx)));
        assert_pending!(before.poll());
        drop(before);
        let mut after = task::spawn(std::future::poll_fn(|cx| receiving.as_mut().poll(cx)));
        assert_pending!(after.poll());
        sender.send(0, 1).await.unwrap();
        assert!(after.is_woken());
    }
    let mut dropped = task::spawn(async {
        receiver.try_recv().unwrap();
        receiver.recv().await
    });
    assert_pending!(dropped.poll());
    assert!(!dropped.is_woken());
    drop(dropped);
    sender.send(0, 2).await.unwrap();
    assert_eq!(receiver.recv().await, Some((0, 2)));
}

/// Debug output needs nothing of the values, and says what is known.
#[tokio::test]
async fn handles_can_be_printed() {
    struct Silent;
    let (sender, receiver) = priority::channel::<Silent>(1, 1);
    let permit = sender.reserve(0).await.unwrap();
    assert_eq!(format!("{sender:?}"), "Sender { is_closed: false, .. }");
    assert_eq!(format!("{receiver:?}"), "Receiver { is_closed: false, .. }");
    assert_eq!(format!("{permit:?}"), "Permit { level: 0, .. }");
    assert!(matches!(sender.try_send(0, Silent), Err(TrySendError::Full(Silent))));
    drop((permit, receiver));
    assert_eq!(format!("{:?}", sender.try_send(0, Silent)), "Err(Closed(..))");
    assert_eq!(format!("{:?}", sender.send(1, Silent).await), "Err(Level(..))");
    assert_eq!(format!("{:?}", sender.send(0, Silent).await), "Err(Closed(..))");
}
