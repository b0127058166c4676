//! The shell around the turns at keys, which [`Keyed`](super::Keyed) and
//! [`SingleFlight`](super::SingleFlight) share.

use std::future::Future;
use std::hash::{BuildHasher, Hash, RandomState};
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::core::{Asked, Place, Turn, Turns};
use crate::rt::{self, InTurn};
use crate::sync::{Arc, Mutex};
use crate::waiters::{Taken, Ticket};

/// Clones are the same.
pub(super) struct Shared<K, O>(Arc<Inner<K, O>>);

struct Inner<K, O> {
    /// Keyed by the system's entropy, so that nobody can choose keys that collide.
    /// No order depends on a hash: schedules replay.
    hasher: RandomState,
    core: Mutex<Turns<K, O>>,
}

impl<K, O> Clone for Shared<K, O> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K, O> Shared<K, O> {
    pub(super) fn new() -> Self {
        let core = Mutex::new(Turns::new());
        Self(Arc::new(Inner { hasher: RandomState::new(), core }))
    }

    /// How many keys somebody has.
    pub(super) fn len(&self) -> usize {
        self.0.core.with(|core| core.len())
    }

    fn held(&self, place: Place) -> Held<K, O> {
        Held { shared: self.clone(), place: Some(place) }
    }
}

impl<K: Hash + Eq, O> Shared<K, O> {
    /// A turn at `key`, if nobody has it.
    pub(super) fn try_take(&self, key: K) -> Option<Held<K, O>> {
        let hash = self.0.hasher.hash_one(&key);
        // Here, so that a key that is not needed is dropped after unlocking.
        let mut key = Some(key);
        let taken = self.0.core.with(|core| core.try_take(hash, &mut key));
        taken.ok().map(|place| self.held(place))
    }

    /// Waits for a turn at `key`, or for what comes of the one before.
    pub(super) fn wait(&self, key: K) -> InTurn<Wait<'_, K, O>> {
        let hash = self.0.hasher.hash_one(&key);
        rt::in_turn(Wait { shared: self, stage: Stage::Asks { hash, key } })
    }
}

/// A turn. Dropped, it goes to the next.
pub(super) struct Held<K, O> {
    shared: Shared<K, O>,
    /// Until the turn ends.
    place: Option<Place>,
}

impl<K, O> Held<K, O> {
    /// Ends the turn for all that wait, with `outcome`.
    pub(super) fn land(mut self, outcome: &O)
    where
        O: Clone,
    {
        if let Some(place) = self.place.take() {
            let (_key, wakers) = self.shared.0.core.with(|core| core.land(place, outcome));
            wakers.wake();
        }
    }
}

impl<K, O> Drop for Held<K, O> {
    fn drop(&mut self) {
        if let Some(place) = self.place.take() {
            self.shared.0.core.with(|core| core.pass_on(place)).settle();
        }
    }
}

/// What who waits gets.
pub(super) enum Got<K, O> {
    Turn(Held<K, O>),
    Outcome(O),
}

/// The future of [`Shared::wait`]. Dropped, it leaves the queue; a turn that it was
/// granted goes to the next.
pub(super) struct Wait<'a, K, O> {
    shared: &'a Shared<K, O>,
    stage: Stage<K>,
}

enum Stage<K> {
    Asks { hash: u64, key: K },
    Waits { place: Place, ticket: Ticket },
    Ended,
}

// Nothing in it is pinned.
impl<K, O> Unpin for Wait<'_, K, O> {}

impl<K: Hash + Eq, O> Future for Wait<'_, K, O> {
    type Output = Got<K, O>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let core = &self.shared.0.core;
        let got = match mem::replace(&mut self.stage, Stage::Ended) {
            Stage::Asks { hash, key } => {
                let (mut key, mut waker) = (Some(key), None);
                // What most calls come to, without the price of a waker.
                let asked = match core.with(|core| core.try_take(hash, &mut key)) {
                    Ok(place) => Asked::Has(place),
                    Err(_) => {
                        waker = Some(cx.waker().clone());
                        core.with(|core| core.ask(hash, &mut key, &mut waker))
                    }
                };
                match asked {
                    Asked::Has(place) => {
                        let turn = Got::Turn(self.shared.held(place));
                        // It was not needed. Should it panic at its end, the key is held,
                        // and so goes on.
                        drop(waker);
                        turn
                    }
                    Asked::Parked(place, ticket) => {
                        self.stage = Stage::Waits { place, ticket };
                        return Poll::Pending;
                    }
                }
            }
            Stage::Waits { place, ticket } => {
                let waker = cx.waker().clone();
                match core.with(|core| core.ask_again(place, ticket, waker)) {
                    Taken::Granted { grant: Turn::Has, .. } => Got::Turn(self.shared.held(place)),
                    Taken::Granted { grant: Turn::Landed(outcome), .. } => Got::Outcome(outcome),
                    Taken::Parked { ticket, .. } => {
                        self.stage = Stage::Waits { place, ticket };
                        return Poll::Pending;
                    }
                }
            }
            Stage::Ended => panic!("a future is not polled after its end"),
        };
        Poll::Ready(got)
    }
}

impl<K, O> Drop for Wait<'_, K, O> {
    fn drop(&mut self) {
        if let Stage::Waits { place, ticket } = mem::replace(&mut self.stage, Stage::Ended) {
            self.shared.0.core.with(|core| core.withdraw(place, ticket)).settle();
        }
    }
}
