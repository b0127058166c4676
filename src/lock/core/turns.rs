//! Turns at keys: one has a key, the others wait for it, and at the end of a turn
//! the next one has it, or all get what came of it.
//!
//! # Invariants
//!
//! 1. A key is listed exactly while somebody has it: a holder, or one whose
//!    granted turn is not taken yet. Never two.
//! 2. Who waits for a key is in its queue, in order of arrival; so who finds it
//!    listed parks, and overtakes nobody.
//! 3. `seats` counts the tickets that are out: parked, or granted and not taken.
//! 4. A key that is not listed any more keeps its place until its last seat is
//!    given up. So a ticket names a living place, and a free place's queue is
//!    empty.

use std::task::Waker;

use super::keys::{Keys, Place};
use crate::waiters::{Queue, Taken, Ticket, Wakers};

/// For how many that wait a place keeps memory when its key is gone: the next key of that
/// place waits without an allocation, and one large crowd is not remembered for ever.
const KEPT: usize = 32;

/// What who waits is granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Turn<O> {
    /// The key.
    Has,
    /// What came of the turn before.
    Landed(O),
}

/// What becomes of who asks.
#[derive(Debug)]
pub(crate) enum Asked {
    /// It has the key.
    Has(Place),
    /// Somebody else has it.
    Parked(Place, Ticket),
}

/// What is to be done after unlocking: to wake who is next, and to drop the rest.
#[derive(Debug)]
#[must_use = "who is not woken waits for ever"]
pub(crate) struct Aside<K, O> {
    next: Option<Waker>,
    /// The key that nobody has any more.
    key: Option<K>,
    /// What the one that left was granted.
    outcome: Option<O>,
    /// The waker of the one that left.
    waker: Option<Waker>,
}

impl<K, O> Aside<K, O> {
    fn new(waker: Option<Waker>) -> Self {
        Self { next: None, key: None, outcome: None, waker }
    }

    /// Wakes first: what is dropped is the caller's, and may panic.
    pub(crate) fn settle(self) {
        let Self { next, key, outcome, waker } = self;
        next.into_iter().for_each(Waker::wake);
        drop((key, outcome, waker));
    }
}

/// The turns at keys `K`; a turn may land with an outcome `O`.
#[derive(Debug)]
pub(crate) struct Turns<K, O> {
    keys: Keys<K, Seats<O>>,
}

#[derive(Debug)]
struct Seats<O> {
    queue: Queue<Turn<O>>,
    seats: usize,
}

impl<O> Default for Seats<O> {
    fn default() -> Self {
        Self { queue: Queue::new(), seats: 0 }
    }
}

impl<K, O> Turns<K, O> {
    pub(crate) fn new() -> Self {
        Self { keys: Keys::new() }
    }

    /// How many keys somebody has.
    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// What a poll of one that waits does.
    pub(crate) fn ask_again(
        &mut self,
        place: Place,
        ticket: Ticket,
        waker: Waker,
    ) -> Taken<Turn<O>> {
        let taken = self.keys.entry(place).queue.take(ticket, waker);
        if let Taken::Granted { grant, .. } = &taken {
            self.give_up_seat(place, matches!(grant, Turn::Landed(_)));
        }
        taken
    }

    /// What the drop of one that waits does: a turn that it was granted goes to the
    /// next.
    pub(crate) fn withdraw(&mut self, place: Place, ticket: Ticket) -> Aside<K, O> {
        let (grant, waker) = self.keys.entry(place).queue.withdraw(ticket);
        self.give_up_seat(place, matches!(grant, Some(Turn::Landed(_))));
        let mut aside = Aside::new(waker);
        match grant {
            Some(Turn::Has) => self.hand_on(place, &mut aside),
            Some(Turn::Landed(outcome)) => aside.outcome = Some(outcome),
            None => {}
        }
        aside
    }

    /// Ends a turn: the one that waits longest has the next, and if nobody waits,
    /// nobody has the key.
    pub(crate) fn pass_on(&mut self, place: Place) -> Aside<K, O> {
        let mut aside = Aside::new(None);
        self.hand_on(place, &mut aside);
        aside
    }

    /// Ends a turn for all that wait, with its outcome. Nobody has the key then.
    pub(crate) fn land(&mut self, place: Place, outcome: &O) -> (K, Wakers)
    where
        O: Clone,
    {
        let mut wakers = Wakers::new();
        let Seats { queue, seats } = self.keys.entry(place);
        let is_empty = *seats == 0;
        while queue.len() > 0 {
            let granted = queue.grant(Turn::Landed(outcome.clone()));
            wakers.push(granted.unwrap_or_else(|_| unreachable!("somebody is parked")));
        }
        let key = self.keys.unlist(place);
        if is_empty {
            self.free(place);
        }
        (key, wakers)
    }

    /// Nobody has a seat there.
    fn free(&mut self, place: Place) {
        self.keys.entry(place).queue.trim(KEPT);
        self.keys.free(place);
    }

    fn hand_on(&mut self, place: Place, aside: &mut Aside<K, O>) {
        match self.keys.entry(place).queue.grant(Turn::Has) {
            Ok(waker) => aside.next = waker,
            Err(_) => {
                // Invariant 1: the only turn that was granted is the one that ends
                // here. So nobody has a seat.
                aside.key = Some(self.keys.unlist(place));
                self.free(place);
            }
        }
    }

    fn give_up_seat(&mut self, place: Place, has_landed: bool) {
        let seats = &mut self.keys.entry(place).seats;
        *seats -= 1;
        if *seats == 0 && has_landed {
            self.free(place);
        }
    }
}

impl<K: Eq, O> Turns<K, O> {
    /// Takes the key if nobody has it. If somebody has, says where.
    ///
    /// `Eq` may panic: then the key is still with the caller, to be dropped after
    /// unlocking.
    pub(crate) fn try_take(&mut self, hash: u64, key: &mut Option<K>) -> Result<Place, Place> {
        let asked = key.as_ref().expect("a key is handed in");
        match self.keys.find(hash, asked) {
            Some(place) => Err(place),
            None => Ok(self.keys.insert(hash, key.take().expect("it was looked at above"))),
        }
    }

    /// Takes the key, or parks with a waker. What is not needed stays with the
    /// caller.
    pub(crate) fn ask(
        &mut self,
        hash: u64,
        key: &mut Option<K>,
        waker: &mut Option<Waker>,
    ) -> Asked {
        match self.try_take(hash, key) {
            Ok(place) => Asked::Has(place),
            Err(place) => {
                let Seats { queue, seats } = self.keys.entry(place);
                let arrival = queue.arrive();
                let ticket = queue.push(arrival, waker.take().expect("a waker is handed in"));
                *seats += 1;
                Asked::Parked(place, ticket)
            }
        }
    }
}
