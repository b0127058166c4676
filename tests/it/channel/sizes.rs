//! What sizes are taken, and what becomes of the others.

use surefoot::channel::publish::Policy;
use surefoot::channel::{fan_in, priority, publish, request};

use crate::support::*;

/// channel/X6: a size of 0, and one that is too large, panics at the call.
#[test]
fn a_size_that_makes_no_sense_panics_at_the_call() {
    let says = "a priority channel has from 1 to 64 levels";
    for levels in [0, 65, usize::MAX] {
        assert!(panic_of(|| priority::channel::<u8>(levels, 1)).contains(says));
    }
    let says = "a capacity of at least 1 per level";
    assert!(panic_of(|| priority::channel::<u8>(1, 0)).contains(says));
    let says = "a fairness of 0";
    assert!(panic_of(|| priority::channel::<u8>(1, 1).1.fairness(0)).contains(says));
    let says = "a subscriber has a capacity of at least 1";
    assert!(panic_of(|| publish::channel::<u8>(0)).contains(says));
    for capacity in [0, usize::MAX] {
        assert!(!panic_of(|| fan_in::channel::<u8>(capacity)).is_empty());
        assert!(!panic_of(|| request::channel::<u8, u8>(capacity)).is_empty());
    }
}

/// channel/X6: the largest sizes cost nothing before they are used.
#[tokio::test]
async fn the_largest_sizes_work() {
    let (sender, receiver) = priority::channel(64, usize::MAX);
    let mut receiver = receiver.fairness(usize::MAX);
    for level in (0..64).rev() {
        sender.send(level, level).await.unwrap();
    }
    for level in 0..64 {
        assert_eq!(receiver.recv().await, Some((level, level)));
    }
    let publisher = publish::channel(usize::MAX);
    let mut subscriber = publisher.subscribe(Policy::Disconnect);
    for value in 0..100 {
        assert_eq!(publisher.publish(value).await, 1);
    }
    for value in 0..100 {
        assert_eq!(subscriber.next().await, Some(Ok(value)));
    }
}
