//! Locks with a mistake, under the bodies of the models in `lock`.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use crate::lock::{
    KeyLocks, Load, Loads, Watched, leader_leaves_against_follower, store_against_watcher,
    unlock_against_leaver,
};
use crate::support::Preemptions::Unbounded;
use crate::support::{Owned, explore};
use crate::sync::{Arc, Mutex};

/// What a textbook lock does wrong.
trait Mistake: 'static {
    /// A watcher looks under the lock, and parks under the lock, but not at once.
    const LOOKS_THEN_PARKS: bool = false;
    /// Who leaves takes the turn along that it was granted.
    const LEAVES_WITH_ITS_TURN: bool = false;
    /// A leader that is dropped leaves the mark of its load behind.
    const LEAKS_ITS_MARK: bool = false;
}

struct NoMistake;
impl Mistake for NoMistake {}

struct LooksThenParks;
impl Mistake for LooksThenParks {
    const LOOKS_THEN_PARKS: bool = true;
}

struct LeavesWithItsTurn;
impl Mistake for LeavesWithItsTurn {
    const LEAVES_WITH_ITS_TURN: bool = true;
}

struct LeaksItsMark;
impl Mistake for LeaksItsMark {
    const LEAKS_ITS_MARK: bool = true;
}

/// A number, and the wakers of who watches it.
struct Number<M> {
    state: Arc<Mutex<(u32, Vec<Waker>)>>,
    mistake: PhantomData<M>,
}

impl<M: Mistake> Watched for Number<M> {
    type Watcher = Arc<Mutex<(u32, Vec<Waker>)>>;

    fn new() -> Self {
        Self { state: Arc::new(Mutex::new((0, Vec::new()))), mistake: PhantomData }
    }

    fn store(&self, value: u32) {
        let wakers = self.state.with(|state| {
            state.0 = value;
            std::mem::take(&mut state.1)
        });
        wakers.into_iter().for_each(Waker::wake);
    }

    fn load(&self) -> u32 {
        self.state.with(|state| state.0)
    }

    fn subscribe(&self) -> Self::Watcher {
        self.state.clone()
    }

    fn changed(watcher: Self::Watcher) -> Owned<u32> {
        Box::pin(poll_fn(move |cx| {
            if M::LOOKS_THEN_PARKS {
                let value = watcher.with(|state| state.0);
                if value == 0 {
                    // What comes before this wakes nobody.
                    watcher.with(|state| state.1.push(cx.waker().clone()));
                    return Poll::Pending;
                }
                return Poll::Ready(value);
            }
            watcher.with(|state| {
                if state.0 == 0 {
                    state.1.push(cx.waker().clone());
                    return Poll::Pending;
                }
                Poll::Ready(state.0)
            })
        }))
    }
}

/// One key: whether it is locked, who waits for it, and who was granted it.
#[derive(Default)]
struct Key {
    is_held: bool,
    queue: VecDeque<(u32, Waker)>,
    granted: Option<u32>,
    visitors: u32,
}

impl Key {
    fn hand_on(&mut self) -> Option<Waker> {
        let Some((visitor, waker)) = self.queue.pop_front() else {
            self.is_held = false;
            return None;
        };
        self.granted = Some(visitor);
        Some(waker)
    }
}

struct OneKey<M> {
    state: Arc<Mutex<Key>>,
    mistake: PhantomData<M>,
}

impl<M> Clone for OneKey<M> {
    fn clone(&self) -> Self {
        Self { state: self.state.clone(), mistake: PhantomData }
    }
}

struct Guard<M>(OneKey<M>);

impl<M> Drop for Guard<M> {
    fn drop(&mut self) {
        self.0.state.with(Key::hand_on).into_iter().for_each(Waker::wake);
    }
}

struct Waits<M: Mistake> {
    key: OneKey<M>,
    visitor: Option<u32>,
}

// Nothing in it is pinned.
impl<M: Mistake> Unpin for Waits<M> {}

impl<M: Mistake> Future for Waits<M> {
    type Output = Guard<M>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Guard<M>> {
        let waker = cx.waker().clone();
        let asks = self.visitor;
        let waits = self.key.state.with(|key| match asks {
            Some(visitor) if key.granted == Some(visitor) => {
                key.granted = None;
                None
            }
            Some(visitor) => Some(visitor),
            None if !std::mem::replace(&mut key.is_held, true) => None,
            None => {
                key.visitors += 1;
                key.queue.push_back((key.visitors, waker));
                Some(key.visitors)
            }
        });
        self.visitor = waits;
        match waits {
            Some(_) => Poll::Pending,
            None => Poll::Ready(Guard(self.key.clone())),
        }
    }
}

impl<M: Mistake> Drop for Waits<M> {
    fn drop(&mut self) {
        let Some(visitor) = self.visitor else { return };
        let waker = self.key.state.with(|key| {
            key.queue.retain(|place| place.0 != visitor);
            if key.granted != Some(visitor) || M::LEAVES_WITH_ITS_TURN {
                return None;
            }
            key.granted = None;
            key.hand_on()
        });
        waker.into_iter().for_each(Waker::wake);
    }
}

impl<M: Mistake> KeyLocks for OneKey<M> {
    type Guard = Guard<M>;

    fn new() -> Self {
        Self { state: Arc::new(Mutex::new(Key::default())), mistake: PhantomData }
    }

    fn lock(&self, _key: u32) -> Owned<Guard<M>> {
        Box::pin(Waits { key: self.clone(), visitor: None })
    }

    fn try_lock(&self, _key: u32) -> Option<Guard<M>> {
        let was_held = self.state.with(|key| std::mem::replace(&mut key.is_held, true));
        (!was_held).then(|| Guard(self.clone()))
    }

    fn len(&self) -> usize {
        usize::from(self.state.with(|key| key.is_held))
    }
}

/// The mark of a load under way, and the wakers of who follows it. Who is woken
/// looks again.
struct Mark<M> {
    state: Arc<Mutex<(bool, Vec<Waker>)>>,
    mistake: PhantomData<M>,
}

impl<M> Clone for Mark<M> {
    fn clone(&self) -> Self {
        Self { state: self.state.clone(), mistake: PhantomData }
    }
}

impl<M> Mark<M> {
    fn take_down(&self) {
        let wakers = self.state.with(|state| {
            state.0 = false;
            std::mem::take(&mut state.1)
        });
        wakers.into_iter().for_each(Waker::wake);
    }
}

struct Leads<M: Mistake> {
    mark: Mark<M>,
    has_ended: bool,
}

impl<M: Mistake> Drop for Leads<M> {
    fn drop(&mut self) {
        if self.has_ended || !M::LEAKS_ITS_MARK {
            self.mark.take_down();
        }
    }
}

impl<M: Mistake> Loads for Mark<M> {
    fn new() -> Self {
        Self { state: Arc::new(Mutex::new((false, Vec::new()))), mistake: PhantomData }
    }

    fn get(&self, load: Load) -> Owned<Option<u32>> {
        let mark = self.clone();
        Box::pin(async move {
            poll_fn(|cx| {
                mark.state.with(|state| {
                    if std::mem::replace(&mut state.0, true) {
                        state.1.push(cx.waker().clone());
                        return Poll::Pending;
                    }
                    Poll::Ready(())
                })
            })
            .await;
            let mut leads = Leads { mark, has_ended: false };
            let value = load.run().await;
            leads.has_ended = true;
            Some(value)
        })
    }
}

/// lock/X2, lock/LOCK2, lock/LOCK3, lock/LOCK4: without a mistake, the textbook
/// passes: what the others of this file fail by is their mistake.
#[test]
fn textbook_locks_without_a_mistake_pass() {
    type Right = NoMistake;
    let both = [false, true].into();
    let watched = store_against_watcher::<Number<Right>>;
    assert_eq!(explore("textbook watch", Unbounded, watched), both);
    let unlocked = unlock_against_leaver::<OneKey<Right>>;
    assert_eq!(explore("textbook key", Unbounded, unlocked), both);
    let led = leader_leaves_against_follower::<Mark<Right>>;
    assert_eq!(explore("textbook flight", Unbounded, led), both);
}

/// lock/LOCK2, lock/X7: a look that is not repeated once the watcher is parked loses
/// a store, and is found.
#[test]
#[should_panic(expected = "a value is there, and who watches for it sleeps")]
fn a_look_before_the_lock_that_parks_is_found() {
    type Wrong = Number<LooksThenParks>;
    explore("a_look_before_the_lock_that_parks", Unbounded, store_against_watcher::<Wrong>);
}

/// lock/LOCK3, lock/X2: a waiter that takes its turn along is found.
#[test]
#[should_panic(expected = "the key is free, and who waits for it sleeps")]
fn a_waiter_that_leaves_with_its_turn_is_found() {
    type Wrong = OneKey<LeavesWithItsTurn>;
    explore("a_waiter_that_leaves_with_its_turn", Unbounded, unlock_against_leaver::<Wrong>);
}

/// lock/LOCK4, lock/X2: a leader that leaves its mark behind is found.
#[test]
#[should_panic(expected = "nobody loads, and who follows sleeps")]
fn a_leader_that_leaks_its_mark_is_found() {
    type Wrong = Mark<LeaksItsMark>;
    explore("a_leader_that_leaks_its_mark", Unbounded, leader_leaves_against_follower::<Wrong>);
}
