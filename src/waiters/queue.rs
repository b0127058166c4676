use std::task::Waker;

use super::slab::{Links, Slab};
use super::wakers::Wakers;

/// A place in a queue. The future that waits owns it, and gives it back by
/// [`Queue::take`] or [`Queue::withdraw`].
#[derive(Debug)]
#[must_use = "a ticket that is dropped leaves its entry in the queue for ever"]
pub(crate) struct Ticket {
    index: usize,
}

/// When somebody came, relative to others. Lets who must wait again return to
/// the place that it had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Arrival(u64);

/// What a poll found.
#[derive(Debug)]
pub(crate) enum Taken<G> {
    /// `spare` is the waker that was not needed: drop it after unlocking.
    Granted { grant: G, spare: Waker },
    /// Not yet. `replaced` is the waker that was registered before: drop it
    /// after unlocking.
    Parked { ticket: Ticket, replaced: Option<Waker> },
}

/// FIFO queue of waiting futures; `G` is what they wait for, and `O` what each
/// offers for it.
#[derive(Debug)]
pub(crate) struct Queue<G, O = ()> {
    slab: Slab<G, O>,
    /// The ends of the list of parked entries.
    ends: Links,
    parked: usize,
    arrivals: u64,
}

impl<G, O> Queue<G, O> {
    pub(crate) fn new() -> Self {
        Self { slab: Slab::new(), ends: Links::default(), parked: 0, arrivals: 0 }
    }

    /// How many are parked: neither granted nor gone.
    pub(crate) fn len(&self) -> usize {
        self.parked
    }

    /// Notes that somebody came, whether it will wait or not.
    pub(crate) fn arrive(&mut self) -> Arrival {
        self.arrivals += 1;
        Arrival(self.arrivals)
    }

    /// Parks a future at the place of its arrival: behind all that came before
    /// it, or with it. In constant time if nobody came after it, otherwise in the
    /// number of those that came before it and wait.
    pub(crate) fn push_with(&mut self, arrival: Arrival, waker: Waker, offer: O) -> Ticket {
        let after = self.successor(arrival);
        let before = match after {
            Some(after) => self.slab.links(after).previous,
            None => self.ends.previous,
        };
        let links = Links { previous: before, next: after };
        let index = self.slab.insert_parked(arrival, waker, links, offer);
        self.join(before, Some(index));
        self.join(Some(index), after);
        self.parked += 1;
        Ticket { index }
    }

    /// A ticket for what is granted at once, and told later: whoever holds it waits for
    /// its own next poll only, and does not have to be woken.
    pub(crate) fn push_granted(&mut self, grant: G) -> Ticket {
        Ticket { index: self.slab.insert_granted(grant) }
    }

    /// What a poll does: takes the grant, or parks on with a fresh waker.
    pub(crate) fn take(&mut self, ticket: Ticket, waker: Waker) -> Taken<G> {
        match self.slab.remove_granted(ticket.index) {
            Some(grant) => Taken::Granted { grant, spare: waker },
            None => {
                let replaced = self.slab.waker(ticket.index).replace(waker);
                Taken::Parked { ticket, replaced }
            }
        }
    }

    /// What a drop does: leaves the queue. Gives back what it was granted, which
    /// is the next one's now, or else what it had offered; and the waker, to be
    /// dropped after unlocking.
    pub(crate) fn withdraw_with(&mut self, ticket: Ticket) -> (Result<G, O>, Option<Waker>) {
        if let Some(grant) = self.slab.remove_granted(ticket.index) {
            return (Ok(grant), None);
        }
        self.unlink(ticket.index);
        let (waker, offer) = self.slab.remove_parked(ticket.index);
        (Err(offer), waker)
    }

    /// Takes what the one that waits longest offers, grants it what `grant` makes
    /// of that, and gives back its waker. `None` if nobody waits.
    pub(crate) fn grant_with(&mut self, grant: impl FnOnce(O) -> G) -> Option<Option<Waker>> {
        let front = self.ends.next?;
        self.unlink(front);
        Some(self.slab.grant(front, grant))
    }

    /// Ends the wait of all that are parked, in order of arrival, and granted
    /// nothing. Their tickets are void: whoever ends a wait so must let its future
    /// know, before it takes or withdraws, that there is no such entry any more.
    pub(crate) fn disband(&mut self, wakers: &mut Wakers) {
        let mut at = self.ends.next;
        wakers.reserve(self.parked);
        while let Some(index) = at {
            at = self.slab.links(index).next;
            wakers.push(self.slab.waker(index).take());
        }
        *self = Self { arrivals: self.arrivals, ..Self::new() };
    }

    /// Gives back the memory of a crowd of more than `kept`. Nobody may have a ticket.
    pub(crate) fn trim(&mut self, kept: usize) {
        if self.slab.len() > kept {
            self.slab = Slab::new();
        }
    }

    /// Takes the waker of the one that waits longest without granting anything,
    /// so that its future is polled: there is work to do on behalf of all. `None`
    /// if nobody waits, or if it was woken and not polled since.
    pub(crate) fn nudge(&mut self) -> Option<Waker> {
        let front = self.ends.next?;
        self.slab.waker(front).take()
    }

    /// Whether fewer than `n` that wait came before the holder of `ticket`. In
    /// `n` steps.
    pub(crate) fn is_among_first(&self, ticket: &Ticket, n: usize) -> bool {
        std::iter::successors(self.ends.next, |&at| self.slab.links(at).next)
            .take(n)
            .any(|at| at == ticket.index)
    }

    /// The parked entry before which `arrival` belongs (invariant 2).
    fn successor(&self, arrival: Arrival) -> Option<usize> {
        let last = self.ends.previous?;
        if self.slab.arrival(last) <= arrival {
            return None;
        }
        let mut parked = std::iter::successors(self.ends.next, |&at| self.slab.links(at).next);
        let later = parked.find(|&at| arrival < self.slab.arrival(at));
        Some(later.expect("the last one came later"))
    }

    /// Makes two entries neighbours; `None` is the end of the list.
    fn join(&mut self, before: Option<usize>, after: Option<usize>) {
        match before {
            Some(before) => self.slab.links_mut(before).next = after,
            None => self.ends.next = after,
        }
        match after {
            Some(after) => self.slab.links_mut(after).previous = before,
            None => self.ends.previous = before,
        }
    }

    fn unlink(&mut self, index: usize) {
        let Links { previous, next } = *self.slab.links(index);
        self.join(previous, next);
        self.parked -= 1;
    }
}

impl<G> Queue<G> {
    /// As [`push_with`](Self::push_with), with nothing to offer.
    pub(crate) fn push(&mut self, arrival: Arrival, waker: Waker) -> Ticket {
        self.push_with(arrival, waker, ())
    }

    /// As [`withdraw_with`](Self::withdraw_with), where nothing was offered.
    pub(crate) fn withdraw(&mut self, ticket: Ticket) -> (Option<G>, Option<Waker>) {
        let (left, waker) = self.withdraw_with(ticket);
        (left.ok(), waker)
    }

    /// Hands `grant` to the one that waits longest, and gives back its waker,
    /// or gives `grant` back if nobody waits.
    pub(crate) fn grant(&mut self, grant: G) -> Result<Option<Waker>, G> {
        if self.parked == 0 {
            return Err(grant);
        }
        Ok(self.grant_with(|()| grant).flatten())
    }
}
