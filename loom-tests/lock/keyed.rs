//! Models of `Keyed`.

use loom::future::block_on;
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;
use surefoot::lock::{KeyGuard, Keyed};

use crate::support::Preemptions::{AtMost, Unbounded};
use crate::support::{Flag, Owned, explore, poll_once};
use crate::sync::Arc;

/// Locks by key.
pub(crate) trait KeyLocks: Clone + 'static {
    type Guard: 'static;

    fn new() -> Self;
    fn lock(&self, key: u32) -> Owned<Self::Guard>;
    fn try_lock(&self, key: u32) -> Option<Self::Guard>;
    /// How many keys are known.
    fn len(&self) -> usize;
}

impl KeyLocks for Keyed<u32> {
    type Guard = KeyGuard<u32>;

    fn new() -> Self {
        Self::new()
    }

    fn lock(&self, key: u32) -> Owned<KeyGuard<u32>> {
        let keys = self.clone();
        Box::pin(async move { keys.lock(key).await })
    }

    fn try_lock(&self, key: u32) -> Option<KeyGuard<u32>> {
        Self::try_lock(self, key)
    }

    fn len(&self) -> usize {
        Self::len(self)
    }
}

/// A key that is locked, and one that waits for it.
fn held_and_awaited<L: KeyLocks>(flag: &std::sync::Arc<Flag>) -> (L, L::Guard, Owned<L::Guard>) {
    let keys = L::new();
    let held = keys.try_lock(1).expect("nobody has it");
    let mut waiting = keys.lock(1);
    assert!(poll_once(&mut waiting, flag).is_pending());
    (keys, held, waiting)
}

/// A key is unlocked while the first of two that wait for it leaves. Says whether
/// that one was woken.
pub(crate) fn unlock_against_leaver<L: KeyLocks>() -> bool {
    let (first, second) = (Flag::new(), Flag::new());
    let (keys, held, leaver) = held_and_awaited::<L>(&first);
    let mut stayer = keys.lock(1);
    assert!(poll_once(&mut stayer, &second).is_pending());
    let leaving = thread::spawn(move || drop(leaver));
    let unlocking = thread::spawn(move || drop(held));
    leaving.join().unwrap();
    unlocking.join().unwrap();
    assert!(second.is_woken(), "the key is free, and who waits for it sleeps");
    assert!(poll_once(&mut stayer, &second).is_ready(), "it was woken for nothing");
    assert_eq!(keys.len(), 0, "the key is gone");
    first.is_woken()
}

/// lock/X2, lock/LOCK3: the turn of a waiter that leaves goes to the next.
#[test]
fn a_waiter_that_leaves_while_the_key_is_unlocked_passes_it_on() {
    let outcomes = explore(
        "a_waiter_that_leaves_while_the_key_is_unlocked_passes_it_on",
        Unbounded,
        unlock_against_leaver::<Keyed<u32>>,
    );
    assert_eq!(outcomes, [false, true].into(), "whether the one that left was woken");
}

/// lock/LOCK3: one at a time has the key, and in the end it is gone.
#[test]
fn one_at_a_time_has_the_key() {
    let outcomes = explore("one_at_a_time_has_the_key", AtMost(3), || {
        let keys = Keyed::<u32>::new();
        let (inside, turns) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let users = [(); 2].map(|()| {
            let (waiting, inside, turns) =
                (KeyLocks::lock(&keys, 1), inside.clone(), turns.clone());
            thread::spawn(move || {
                let _guard = block_on(waiting);
                assert_eq!(inside.fetch_add(1, Ordering::Relaxed), 0, "two have the key");
                let turn = turns.fetch_add(1, Ordering::Relaxed);
                inside.fetch_sub(1, Ordering::Relaxed);
                turn
            })
        });
        let turns = users.map(|user| user.join().unwrap());
        assert!(keys.is_empty(), "the key is gone");
        turns
    });
    assert_eq!(outcomes, [[0, 1], [1, 0]].into(), "in which order they had it");
}

/// lock/LOCK3: keys come and go at the same time, and nobody waits for another's.
#[test]
fn unrelated_keys_do_not_wait_for_each_other() {
    let outcomes = explore("unrelated_keys_do_not_wait_for_each_other", AtMost(3), || {
        let keys = Keyed::<u32>::new();
        let users = [1, 2].map(|key| {
            let mut waiting = KeyLocks::lock(&keys, key);
            let keys = keys.clone();
            thread::spawn(move || {
                let guard = poll_once(&mut waiting, &Flag::new());
                assert!(guard.is_ready(), "it waits for an unrelated key");
                keys.len()
            })
        });
        let seen = users.map(|user| user.join().unwrap());
        assert!(keys.is_empty(), "the keys are gone");
        seen.into_iter().max()
    });
    assert_eq!(outcomes, [Some(1), Some(2)].into(), "how many were locked at once");
}

/// lock/X1, lock/LOCK3, lock/X11: the only waiter leaves while the key is
/// unlocked: nobody has the key then, and it is gone.
#[test]
fn a_key_granted_to_the_last_waiter_that_leaves_is_gone() {
    let outcomes =
        explore("a_key_granted_to_the_last_waiter_that_leaves_is_gone", Unbounded, || {
            let flag = Flag::new();
            let (keys, held, mut leaver) = held_and_awaited::<Keyed<u32>>(&flag);
            let leaving = thread::spawn({
                let flag = flag.clone();
                move || poll_once(&mut leaver, &flag).is_ready()
            });
            let unlocking = thread::spawn(move || drop(held));
            let got = leaving.join().unwrap();
            unlocking.join().unwrap();
            assert!(keys.is_empty(), "the key is gone");
            drop(keys.try_lock(1).expect("nobody has it"));
            (got, flag.is_woken())
        });
    let seen = [(false, false), (false, true), (true, true)];
    assert_eq!(outcomes, seen.into(), "whether it got it in time, and whether it was woken");
}

/// lock/X8: who tries while the key goes from its holder to a waiter gets it
/// before neither.
#[test]
fn nobody_slips_in_before_a_waiter() {
    let outcomes = explore("nobody_slips_in_before_a_waiter", Unbounded, || {
        let flag = Flag::new();
        let (keys, held, waiting) = held_and_awaited::<Keyed<u32>>(&flag);
        let unlocking = thread::spawn(move || drop(held));
        let trying = thread::spawn({
            let (keys, flag) = (keys.clone(), flag.clone());
            move || {
                let was_unlocked = flag.is_woken();
                assert!(keys.try_lock(1).is_none(), "it slipped in");
                was_unlocked
            }
        });
        unlocking.join().unwrap();
        let was_unlocked = trying.join().unwrap();
        drop(block_on(waiting));
        was_unlocked
    });
    assert_eq!(outcomes, [false, true].into(), "whether the key was on its way");
}
