//! The entries of a queue, in one vector: a place that becomes free is used
//! again, so that waiting allocates nothing once the vector is warm.

use std::task::Waker;

use super::queue::Arrival;

/// An entry's neighbours in the queue.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Links {
    pub(super) previous: Option<usize>,
    pub(super) next: Option<usize>,
}

/// An entry that waits.
#[derive(Debug)]
struct Parked<O> {
    arrival: Arrival,
    waker: Option<Waker>,
    links: Links,
    offer: O,
}

#[derive(Debug)]
enum Place<G, O> {
    Free { next_free: Option<usize> },
    Parked(Parked<O>),
    Granted(G),
}

#[derive(Debug)]
pub(super) struct Slab<G, O> {
    places: Vec<Place<G, O>>,
    first_free: Option<usize>,
}

impl<G, O> Slab<G, O> {
    pub(super) fn new() -> Self {
        Self { places: Vec::new(), first_free: None }
    }

    /// How many places there are, free ones included.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    pub(super) fn insert_parked(
        &mut self,
        arrival: Arrival,
        waker: Waker,
        links: Links,
        offer: O,
    ) -> usize {
        self.insert(Place::Parked(Parked { arrival, waker: Some(waker), links, offer }))
    }

    pub(super) fn insert_granted(&mut self, grant: G) -> usize {
        self.insert(Place::Granted(grant))
    }

    fn insert(&mut self, place: Place<G, O>) -> usize {
        let Some(index) = self.first_free else {
            self.places.push(place);
            return self.places.len() - 1;
        };
        let Place::Free { next_free } = std::mem::replace(&mut self.places[index], place) else {
            unreachable!("the free list holds free places only");
        };
        self.first_free = next_free;
        index
    }

    pub(super) fn links(&self, index: usize) -> &Links {
        &self.parked(index).links
    }

    pub(super) fn links_mut(&mut self, index: usize) -> &mut Links {
        &mut self.parked_mut(index).links
    }

    pub(super) fn arrival(&self, index: usize) -> Arrival {
        self.parked(index).arrival
    }

    pub(super) fn waker(&mut self, index: usize) -> &mut Option<Waker> {
        &mut self.parked_mut(index).waker
    }

    /// Turns a parked entry into a granted one; gives back its waker.
    pub(super) fn grant(&mut self, index: usize, grant: impl FnOnce(O) -> G) -> Option<Waker> {
        // A place of no meaning, until there is a grant.
        let place = std::mem::replace(&mut self.places[index], Place::Free { next_free: None });
        let Place::Parked(Parked { waker, offer, .. }) = place else {
            unreachable!("invariant 1: only parked entries are granted");
        };
        self.places[index] = Place::Granted(grant(offer));
        waker
    }

    /// Frees the place of a granted entry; `None` if it is parked still.
    pub(super) fn remove_granted(&mut self, index: usize) -> Option<G> {
        if !matches!(self.places[index], Place::Granted(_)) {
            return None;
        }
        match self.free(index) {
            Place::Granted(grant) => Some(grant),
            _ => unreachable!("looked at above"),
        }
    }

    /// Frees the place of a parked entry; gives back its waker and its offer.
    pub(super) fn remove_parked(&mut self, index: usize) -> (Option<Waker>, O) {
        match self.free(index) {
            Place::Parked(Parked { waker, offer, .. }) => (waker, offer),
            _ => unreachable!("invariant 3: a ticket names a living entry"),
        }
    }

    fn free(&mut self, index: usize) -> Place<G, O> {
        let free = Place::Free { next_free: self.first_free };
        self.first_free = Some(index);
        std::mem::replace(&mut self.places[index], free)
    }

    fn parked(&self, index: usize) -> &Parked<O> {
        match &self.places[index] {
            Place::Parked(parked) => parked,
            _ => unreachable!("invariant 1: only parked entries are linked"),
        }
    }

    fn parked_mut(&mut self, index: usize) -> &mut Parked<O> {
        match &mut self.places[index] {
            Place::Parked(parked) => parked,
            _ => unreachable!("invariant 1: only parked entries are linked, and are woken"),
        }
    }
}
