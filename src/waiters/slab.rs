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

#[derive(Debug)]
enum Place<G> {
    Free { next_free: Option<usize> },
    Parked { arrival: Arrival, waker: Option<Waker>, links: Links },
    Granted(G),
}

#[derive(Debug)]
pub(super) struct Slab<G> {
    places: Vec<Place<G>>,
    first_free: Option<usize>,
}

impl<G> Slab<G> {
    pub(super) fn new() -> Self {
        Self { places: Vec::new(), first_free: None }
    }

    pub(super) fn insert(&mut self, arrival: Arrival, waker: Waker, links: Links) -> usize {
        let place = Place::Parked { arrival, waker: Some(waker), links };
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
        match &self.places[index] {
            Place::Parked { links, .. } => links,
            _ => unreachable!("invariant 1: only parked entries are linked"),
        }
    }

    pub(super) fn links_mut(&mut self, index: usize) -> &mut Links {
        match &mut self.places[index] {
            Place::Parked { links, .. } => links,
            _ => unreachable!("invariant 1: only parked entries are linked"),
        }
    }

    pub(super) fn arrival(&self, index: usize) -> Arrival {
        match &self.places[index] {
            Place::Parked { arrival, .. } => *arrival,
            _ => unreachable!("invariant 1: only parked entries are linked"),
        }
    }

    pub(super) fn waker(&mut self, index: usize) -> &mut Option<Waker> {
        match &mut self.places[index] {
            Place::Parked { waker, .. } => waker,
            _ => unreachable!("invariant 1: only parked entries wait to be woken"),
        }
    }

    /// Turns a parked entry into a granted one; gives back its waker.
    pub(super) fn grant(&mut self, index: usize, grant: G) -> Option<Waker> {
        match std::mem::replace(&mut self.places[index], Place::Granted(grant)) {
            Place::Parked { waker, .. } => waker,
            _ => unreachable!("invariant 1: only parked entries are granted"),
        }
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

    /// Frees the place of a parked entry; gives back its waker.
    pub(super) fn remove_parked(&mut self, index: usize) -> Option<Waker> {
        match self.free(index) {
            Place::Parked { waker, .. } => waker,
            _ => unreachable!("invariant 3: a ticket names a living entry"),
        }
    }

    fn free(&mut self, index: usize) -> Place<G> {
        let free = Place::Free { next_free: self.first_free };
        self.first_free = Some(index);
        std::mem::replace(&mut self.places[index], free)
    }
}
