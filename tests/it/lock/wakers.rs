//! Wakers that come back to the lock, panic, are replaced, or come for nothing.

use std::pin::Pin;
use std::sync::Arc;
use std::task::Waker;

use surefoot::lock::{Keyed, SingleFlight, Snapshot};
use tokio_test::{assert_pending, assert_ready, task};

use super::support::*;
use crate::support::*;

type Waiting = Pin<Box<dyn Future<Output = ()>>>;

/// Something that is waited for, and what brings it about.
struct Scene {
    waiting: Waiting,
    /// A second one that waits for the same, if it comes for both.
    also: Option<Waiting>,
    act: Box<dyn FnOnce()>,
    /// Uses what `waiting` waits on.
    pry: Arc<dyn Fn() + Send + Sync>,
}

fn a_key() -> Scene {
    let keys = Keyed::new();
    let held = keys.try_lock(7);
    let waiting = Box::pin({
        let keys = keys.clone();
        async move { drop(keys.lock(7).await) }
    });
    let pry = Arc::new(move || {
        drop(keys.try_lock(7));
        assert!(keys.len() <= 1);
    });
    Scene { waiting, also: None, act: Box::new(|| drop(held)), pry }
}

fn a_value() -> Scene {
    let number = Snapshot::new(0);
    let watch = || -> Waiting {
        let mut watcher = number.subscribe();
        Box::pin(async move { assert!(watcher.changed().await.is_ok()) })
    };
    let (waiting, also) = (watch(), Some(watch()));
    let act = Box::new({
        let number = number.clone();
        move || number.store(1)
    });
    let pry = Arc::new(move || {
        let mut watcher = number.subscribe();
        assert_eq!(watcher.latest(), number.load());
        assert_pending!(task::spawn(watcher.changed()).poll());
    });
    Scene { waiting, also, act, pry }
}

/// The end of a snapshot.
fn an_end() -> Scene {
    let number = Snapshot::new(0);
    let watch = || -> Waiting {
        let mut watcher = number.subscribe();
        Box::pin(async move { assert!(watcher.changed().await.is_err()) })
    };
    let (waiting, also) = (watch(), Some(watch()));
    let watcher = number.subscribe();
    let pry = Arc::new(move || assert_eq!(*watcher.clone().latest(), 0));
    Scene { waiting, also, act: Box::new(|| drop(number)), pry }
}

/// A load's value, or its leader's leave.
fn a_flight(leaves: bool) -> Scene {
    let flights = SingleFlight::<u32, u32>::new();
    let gate = Keyed::new();
    let closed = gate.try_lock(());
    let get = |opens: bool| -> Waiting {
        let (flights, gate) = (flights.clone(), gate.clone());
        Box::pin(async move {
            let load = || async move {
                if opens {
                    drop(gate.lock(()).await);
                }
                Ok(1)
            };
            assert!(flights.get(7, load).await.is_ok());
        })
    };
    let mut leads = task::spawn(get(true));
    assert_pending!(leads.poll());
    let (waiting, also) = (get(false), (!leaves).then(|| get(false)));
    let act = Box::new(move || {
        if !leaves {
            drop(closed);
            assert_ready!(leads.poll());
        }
    });
    let pry = Arc::new(move || {
        let mut asks = task::spawn(flights.get(7, || async { Ok(2) }));
        drop(asks.poll());
        assert!(flights.len() <= 1);
    });
    Scene { waiting, also, act, pry }
}

fn scenes() -> [Scene; 5] {
    [a_key(), a_value(), an_end(), a_flight(false), a_flight(true)]
}

/// lock/X4: a waker may use the lock when it is woken and when it is dropped,
/// whatever it is woken by.
#[tokio::test(start_paused = true)]
async fn a_waker_that_uses_the_lock_does_not_deadlock() {
    for (i, Scene { mut waiting, also: _also, act, pry }) in scenes().into_iter().enumerate() {
        let counts = Arc::new(Acts::default());
        let waker = || {
            let pry = pry.clone();
            acting(&counts, move || pry())
        };
        for polls in 0..3 {
            assert!(poll_with(waiting.as_mut(), &waker()).is_pending());
            assert_eq!(counts.seen(), [0, polls], "{i}: the one before is dropped");
        }
        act();
        assert_eq!(counts.seen(), [1, 3], "{i}");
        // With one that is not needed.
        assert!(poll_with(waiting.as_mut(), &waker()).is_ready(), "{i}");
        assert_eq!(counts.seen(), [1, 4], "{i}");
    }
}

/// lock/X4, lock/X1: it may also use it when its future leaves.
#[tokio::test(start_paused = true)]
async fn a_waker_that_uses_the_lock_may_be_withdrawn() {
    for (i, Scene { mut waiting, also: _also, act, pry }) in scenes().into_iter().enumerate() {
        let counts = Arc::new(Acts::default());
        let waker = acting(&counts, move || pry());
        assert!(poll_with(waiting.as_mut(), &waker).is_pending());
        drop(waker);
        drop(waiting);
        assert_eq!(counts.seen(), [0, 1], "{i}");
        act();
        assert_eq!(counts.seen(), [0, 1], "{i}");
    }
}

/// lock/X13: the waker of the last poll is woken, and polls for nothing change
/// nothing.
#[tokio::test(start_paused = true)]
async fn the_latest_waker_is_woken() {
    for (i, Scene { mut waiting, also: _also, act, .. }) in scenes().into_iter().enumerate() {
        let [old, new] = [(); 2].map(|()| Arc::new(Acts::default()));
        let wakers = [&old, &new].map(|counts| acting(counts, || ()));
        for _ in 0..50 {
            assert!(poll_with(waiting.as_mut(), &wakers[0]).is_pending());
        }
        assert!(poll_with(waiting.as_mut(), &wakers[1]).is_pending());
        act();
        assert_eq!((old.seen()[0], new.seen()[0]), (0, 1), "{i}");
        assert!(poll_with(waiting.as_mut(), Waker::noop()).is_ready(), "{i}");
    }
}

/// lock/X3: a waker that panics keeps nothing from the others.
#[tokio::test(start_paused = true)]
async fn a_waker_that_panics_keeps_nothing_from_the_others() {
    for (i, Scene { mut waiting, also, act, .. }) in scenes().into_iter().enumerate() {
        assert!(poll_with(waiting.as_mut(), &Panicking::waker()).is_pending());
        let mut others: Vec<_> = also.into_iter().map(task::spawn).collect();
        for other in &mut others {
            assert_pending!(other.poll());
        }
        assert_eq!(panic_of(act), "a waker that panics", "{i}");
        for other in &mut others {
            assert!(other.is_woken(), "{i}");
            assert_ready!(other.poll());
        }
        assert!(poll_with(waiting.as_mut(), Waker::noop()).is_ready(), "{i}");
    }
}
