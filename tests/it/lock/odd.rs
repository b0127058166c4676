//! Keys that misbehave, collide, or are many.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use surefoot::lock::{Keyed, SingleFlight};
use tokio_test::{assert_pending, assert_ready, task};

use super::support::*;
use crate::support::*;

/// All that use keys: each way to ask for the key.
fn ask(keys: &Keyed<Key>, flights: &SingleFlight<Key, ()>, way: usize, key: Key) {
    match way {
        0 => drop(keys.try_lock(key)),
        1 => drop(task::spawn(keys.lock(key)).poll()),
        _ => drop(task::spawn(flights.get(key, || async { Ok(()) })).poll()),
    }
}

/// lock/X3: a key that panics when it is hashed or compared is its caller's panic;
/// holders, waiters and other keys are as they were.
#[tokio::test(start_paused = true)]
async fn a_key_that_panics_leaves_all_as_it_was() {
    let (keys, flights) = (Keyed::new(), SingleFlight::<Key, ()>::new());
    let held = keys.lock(Key::new(1)).await;
    let mut waiter = task::spawn(keys.lock(Key::new(1)));
    assert_pending!(waiter.poll());
    let mut leader = task::spawn(flights.get(Key::new(1), std::future::pending));
    assert_pending!(leader.poll());
    let boom: fn() = || panic!("boom");
    // Under the lock, that would never end.
    let pries = OnDrop::new({
        let (keys, flights) = (keys.clone(), flights.clone());
        move || assert_eq!((keys.len(), flights.len()), (1, 1))
    });
    for way in 0..3 {
        let hashes = Key { on_hash: Some(boom), ..Key::new(1) };
        assert_eq!(panic_of(|| ask(&keys, &flights, way, hashes)), "boom", "{way}");
        let compares = Key { on_eq: Some(boom), on_drop: pries.clone(), ..Key::new(1) };
        assert_eq!(panic_of(|| ask(&keys, &flights, way, compares)), "boom", "{way}");
        assert_eq!((keys.len(), flights.len()), (1, 1));
    }
    drop(pries);
    drop(held);
    assert!(waiter.is_woken());
    drop(assert_ready!(waiter.poll()));
    drop(leader);
    assert!(keys.is_empty() && flights.is_empty());
}

/// lock/X3, lock/X4: keys are dropped outside the lock, kept or not needed; one
/// that panics then has unlocked.
#[tokio::test(start_paused = true)]
async fn keys_are_dropped_outside_the_lock() {
    let keys = Keyed::<Key>::new();
    let dropped = Arc::new(AtomicUsize::new(0));
    let prying = || Key {
        on_drop: OnDrop::new({
            let (keys, dropped) = (keys.clone(), dropped.clone());
            move || {
                dropped.fetch_add(1, Ordering::SeqCst);
                assert!(keys.len() <= 1);
            }
        }),
        ..Key::new(1)
    };
    let held = keys.lock(prying()).await;
    assert_eq!(dropped.load(Ordering::SeqCst), 0, "it is kept");
    assert!(keys.try_lock(prying()).is_none());
    assert_eq!(dropped.load(Ordering::SeqCst), 1, "it is not needed");
    let mut waiter = task::spawn(keys.lock(prying()));
    assert_pending!(waiter.poll());
    assert_eq!(dropped.load(Ordering::SeqCst), 2, "nor this");
    drop(held);
    drop(waiter);
    assert_eq!(dropped.load(Ordering::SeqCst), 3, "nobody has it");

    let panicking = Key { on_drop: OnDrop::new(|| panic!("falls")), ..Key::new(1) };
    let held = keys.lock(panicking).await;
    assert_eq!(panic_of(|| drop(held)), "falls");
    assert!(keys.is_empty());
    drop(keys.try_lock(Key::new(1)).expect("nobody has it"));
}

/// lock/LOCK3, lock/LOCK4: keys that collide are keys as others, in whatever order
/// they come and go.
#[tokio::test(start_paused = true)]
async fn keys_that_collide_are_told_apart() {
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    for order in orders {
        let keys = Keyed::new();
        let key = |name| Key { chain: Some(0), ..Key::new(name) };
        let mut held: Vec<_> = (0..3).map(|name| keys.try_lock(key(name))).collect();
        assert!(held.iter().all(Option::is_some));
        for (done, at) in order.into_iter().enumerate() {
            let mut waiter = task::spawn(keys.lock(key(at as u32)));
            assert_pending!(waiter.poll());
            drop(held[at].take());
            drop(assert_ready!(waiter.poll()));
            assert_eq!(keys.len(), 2 - done);
            for name in 0..3 {
                let is_free = keys.try_lock(key(name as u32)).is_some();
                assert_eq!(is_free, order[..=done].contains(&name), "{order:?}, {name}");
            }
        }
    }
}

/// lock/LOCK3: many keys at once, and again, each found where it is.
#[tokio::test(start_paused = true)]
async fn ten_thousand_keys_come_and_go() {
    let keys = Keyed::new();
    for round in 0..3_u32 {
        let names = || (0..10_000).map(|key| key * 3 + round);
        let held: Vec<_> = names().map(|key| keys.try_lock(key).expect("nobody has it")).collect();
        assert_eq!(keys.len(), 10_000);
        assert!(names().all(|key| keys.try_lock(key).is_none()));
        assert!(names().all(|key| keys.try_lock(key + 100_000).is_some()));
        // The odd ones first.
        let (odd, even): (Vec<_>, Vec<_>) =
            held.into_iter().enumerate().partition(|(at, _)| at % 2 == 1);
        drop(odd);
        assert_eq!(keys.len(), 5_000);
        assert!(names().step_by(2).all(|key| keys.try_lock(key).is_none()));
        drop(even);
        assert!(keys.is_empty());
    }
}
