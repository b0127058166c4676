//! Models of a worker's mailbox, `src/stream/map/mailbox.rs`: one thread puts items, and
//! the worker's takes them.

use std::sync::Arc;
use std::task::{Context, Waker};

use loom::thread;

use crate::support::Preemptions::Unbounded;
use crate::support::{Flag, explore};
use crate::worker_mailbox::{Inbox, Outbox, mailbox};

/// Where the worker takes an item. `teeth` has some that are wrong.
pub(crate) trait Takes: Send + 'static {
    type Puts: Send + 'static;

    /// With a first item.
    fn new(item: Item) -> (Self::Puts, Self);
    fn put(puts: &mut Self::Puts, item: Item) -> Result<(), Item>;
    /// As a worker that has nothing under way looks for more.
    fn look(&mut self, cx: &Context<'_>) -> Option<Item>;
    fn close(&self) -> Option<Item>;
}

/// Counted: none is lost without a trace.
pub(crate) type Item = Arc<()>;

impl Takes for Inbox<Item> {
    type Puts = Outbox<Item>;

    fn new(item: Item) -> (Outbox<Item>, Self) {
        mailbox(item)
    }

    fn put(puts: &mut Outbox<Item>, item: Item) -> Result<(), Item> {
        puts.put(item)
    }

    fn look(&mut self, cx: &Context<'_>) -> Option<Item> {
        self.register(cx);
        self.take()
    }

    fn close(&self) -> Option<Item> {
        self.close()
    }
}

/// A worker that was polled, has taken its first item, and is done with it.
fn idle<T: Takes>(waker: &Waker) -> (T::Puts, T) {
    let (puts, mut takes) = T::new(Item::default());
    assert!(takes.look(&Context::from_waker(waker)).is_some(), "the first item");
    (puts, takes)
}

/// An item is put while the worker looks once more, by its old waker or a `new` one. Says
/// whether it saw the item without being woken.
pub(crate) fn put_against_look<T: Takes>(new: bool) -> bool {
    let old = Flag::new();
    let (mut puts, mut takes) = idle::<T>(&old.waker());
    let current = if new { Flag::new() } else { old };
    let waker = current.waker();
    let looking = thread::spawn(move || {
        let seen = takes.look(&Context::from_waker(&waker)).is_some();
        (takes, waker, seen)
    });
    assert!(T::put(&mut puts, Item::default()).is_ok(), "the worker is there");
    let (mut takes, waker, seen) = looking.join().unwrap();
    if !seen {
        assert!(current.is_woken(), "there is an item, and the worker sleeps");
        assert!(takes.look(&Context::from_waker(&waker)).is_some(), "woken for nothing");
    }
    seen
}

/// An item is put while the worker's runtime goes. Says whether it came back to who put it.
pub(crate) fn put_against_close<T: Takes>() -> bool {
    let (mut puts, takes) = idle::<T>(Waker::noop());
    let closing = thread::spawn(move || takes.close().is_some());
    let came_back = T::put(&mut puts, Item::default()).is_err();
    let was_found = closing.join().unwrap();
    assert!(came_back != was_found, "somebody has word of an item, and one alone");
    came_back
}

/// Who puts goes, while the worker looks for its first item. Says whether it took it.
pub(crate) fn leave_against_look<T: Takes>() -> bool {
    let item = Item::default();
    let (puts, mut takes) = T::new(item.clone());
    let looking = thread::spawn(move || {
        let was_taken = takes.look(&Context::from_waker(Waker::noop())).is_some();
        (takes, was_taken)
    });
    drop(puts);
    // The worker is aborted, and not yet gone.
    let (_takes, was_taken) = looking.join().unwrap();
    assert_eq!(Arc::strong_count(&item), 1, "an item that nobody has is kept");
    was_taken
}

/// stream/STREAM2, stream/X13: what is put while the worker looks is seen, or wakes it, whatever
/// its waker was before.
#[test]
fn an_item_that_is_put_is_seen_or_wakes() {
    for new in [false, true] {
        let seen =
            explore("put_against_look", Unbounded, move || put_against_look::<Inbox<Item>>(new));
        assert_eq!(seen, [false, true].into(), "whether it was seen at once");
    }
}

/// stream/STREAM1, stream/X2: an item goes to the worker, or comes back, and not both.
#[test]
fn an_item_is_never_lost_to_a_worker_that_goes() {
    let back = explore("put_against_close", Unbounded, put_against_close::<Inbox<_>>);
    assert_eq!(back, [false, true].into(), "whether it came back to who put it");
}

/// stream/X2: dropped, a map leaves no item behind.
#[test]
fn an_item_of_a_map_that_goes_is_dropped() {
    let taken = explore("leave_against_look", Unbounded, leave_against_look::<Inbox<_>>);
    assert_eq!(taken, [false, true].into(), "whether the worker had taken it");
}
