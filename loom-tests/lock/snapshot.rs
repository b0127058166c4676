//! Models of `Snapshot` and its watchers.

use std::sync::atomic::{AtomicUsize as Unseen, Ordering};

use loom::future::block_on;
use loom::thread;
use surefoot::error::Closed;
use surefoot::lock::{Snapshot, Watcher};

use crate::support::Preemptions::{AtMost, Unbounded};
use crate::support::{Flag, Owned, explore, poll_once};
use crate::sync::Arc;

/// A number that is stored, and waited for.
pub(crate) trait Watched: 'static {
    type Watcher: 'static;

    fn new() -> Self;
    fn store(&self, value: u32);
    fn load(&self) -> u32;
    fn subscribe(&self) -> Self::Watcher;
    /// A value that the watcher has not seen.
    fn changed(watcher: Self::Watcher) -> Owned<u32>;
}

impl Watched for Snapshot<u32> {
    type Watcher = Watcher<u32>;

    fn new() -> Self {
        Self::new(0)
    }

    fn store(&self, value: u32) {
        Self::store(self, value);
    }

    fn load(&self) -> u32 {
        *Self::load(self)
    }

    fn subscribe(&self) -> Watcher<u32> {
        Self::subscribe(self)
    }

    fn changed(mut watcher: Watcher<u32>) -> Owned<u32> {
        Box::pin(async move { *watcher.changed().await.expect("the snapshot is there") })
    }
}

/// One stores while another looks for news, once. Says whether it saw it at once.
pub(crate) fn store_against_watcher<S: Watched>() -> bool {
    let stored = Arc::new(S::new());
    let flag = Flag::new();
    let mut waiting = S::changed(stored.subscribe());
    let storing = thread::spawn({
        let stored = stored.clone();
        move || stored.store(7)
    });
    let seen = poll_once(&mut waiting, &flag);
    storing.join().unwrap();
    assert_eq!(stored.load(), 7);
    if seen.is_pending() {
        assert!(flag.is_woken(), "a value is there, and who watches for it sleeps");
        assert!(poll_once(&mut waiting, &flag).is_ready(), "it was woken for nothing");
    }
    seen.is_ready()
}

/// lock/LOCK2, lock/X7: a store between the look for news and the parking is
/// no news lost.
#[test]
fn a_store_reaches_who_looks_meanwhile() {
    let outcomes = explore(
        "a_store_reaches_who_looks_meanwhile",
        Unbounded,
        store_against_watcher::<Snapshot<u32>>,
    );
    assert_eq!(outcomes, [false, true].into(), "whether it was seen at once");
}

/// lock/LOCK2: never an older value after a newer one, by whomever.
#[test]
fn values_are_seen_in_order() {
    let outcomes = explore("values_are_seen_in_order", AtMost(3), || {
        let snapshot = Snapshot::new(0);
        let storing = thread::spawn({
            let snapshot = snapshot.clone();
            move || [1, 2].into_iter().for_each(|value| snapshot.store(value))
        });
        let reading = thread::spawn({
            let snapshot = snapshot.clone();
            move || *snapshot.load()
        });
        let mut watcher = snapshot.subscribe();
        let first = *watcher.latest();
        let other = reading.join().unwrap();
        // The other one's read came before this one.
        let second = *snapshot.load();
        assert!(other <= second && first <= second, "{first} and {other}, then {second}");
        storing.join().unwrap();
        assert_eq!(*watcher.latest(), 2);
        (first, other, second)
    });
    assert!(outcomes.contains(&(0, 0, 0)) && outcomes.contains(&(2, 2, 2)), "{outcomes:?}");
}

/// lock/LOCK2: what one makes of the value, and what another makes of it
/// meanwhile, both count.
#[test]
fn no_update_is_lost() {
    let outcomes = explore("no_update_is_lost", Unbounded, || {
        let snapshot = Snapshot::new(0);
        let runs = std::sync::Arc::new(Unseen::new(0));
        let updating = [10, 1].map(|by| {
            let (snapshot, runs) = (snapshot.clone(), runs.clone());
            thread::spawn(move || {
                *snapshot.update(|value| {
                    runs.fetch_add(1, Ordering::Relaxed);
                    value + by
                })
            })
        });
        let made = updating.map(|thread| thread.join().unwrap());
        assert_eq!(*snapshot.load(), 11);
        assert_eq!(made.iter().max(), Some(&11), "the later one has both");
        runs.load(Ordering::Relaxed)
    });
    assert_eq!(outcomes, [2, 3].into(), "how often the updates ran");
}

/// lock/X7, lock/X11: when the last two handles go at the same time, one of them
/// is the last, and tells who watches.
#[test]
fn the_last_handle_tells_who_watches() {
    let outcomes = explore("the_last_handle_tells_who_watches", AtMost(3), || {
        let snapshot = Snapshot::new(0);
        let mut watcher = snapshot.subscribe();
        let flag = Flag::new();
        let going = [snapshot.clone(), snapshot].map(|handle| thread::spawn(move || drop(handle)));
        let mut waiting: Owned<_> = Box::pin(async move { watcher.changed().await.map(|_| ()) });
        let seen = poll_once(&mut waiting, &flag);
        for thread in going {
            thread.join().unwrap();
        }
        if seen.is_pending() {
            assert!(flag.is_woken(), "nothing will come, and who watches sleeps");
            assert_eq!(block_on(waiting), Err(Closed));
        }
        seen.is_ready()
    });
    assert_eq!(outcomes, [false, true].into(), "whether it knew at once");
}

/// lock/X2, lock/X1: a watcher that leaves while a store wakes it takes nobody
/// else's news along.
#[test]
fn a_watcher_that_leaves_takes_nothing_along() {
    let outcomes = explore("a_watcher_that_leaves_takes_nothing_along", Unbounded, || {
        let snapshot = Snapshot::new(0);
        let (first, second) = (Flag::new(), Flag::new());
        let mut leaver = Snapshot::changed(snapshot.subscribe());
        let mut stayer = Snapshot::changed(snapshot.subscribe());
        assert!(poll_once(&mut leaver, &first).is_pending());
        assert!(poll_once(&mut stayer, &second).is_pending());
        let leaving = thread::spawn(move || drop(leaver));
        let storing = thread::spawn({
            let snapshot = snapshot.clone();
            move || snapshot.store(7)
        });
        leaving.join().unwrap();
        storing.join().unwrap();
        assert!(second.is_woken(), "a value is there, and who watches for it sleeps");
        assert_eq!(block_on(stayer), 7);
        first.is_woken()
    });
    assert_eq!(outcomes, [false, true].into(), "whether the one that left was woken");
}
