//! The keys in use, in a hash table whose places do not move.
//!
//! The caller hashes; of the caller's code, only `Eq` runs in here, and it runs
//! before anything changes: one that panics leaves all as it was.
//!
//! # Invariants
//!
//! 1. A place is *listed* (it has a key), *unlisted* (in use, without a key) or
//!    *free* (in the free list).
//! 2. Each listed place is in exactly one chain, that of its hash; the others are
//!    in none.
//! 3. No two listed places have equal keys.

/// Where a key's entry is, from [`insert`](Keys::insert) to [`free`](Keys::free).
pub(crate) type Place = usize;

/// Keys, with an entry `E` for each.
#[derive(Debug)]
pub(super) struct Keys<K, E> {
    /// The first place of each chain. A power of two in number, or none.
    chains: Vec<Option<Place>>,
    places: Vec<Slot<K, E>>,
    first_free: Option<Place>,
    listed: usize,
}

#[derive(Debug)]
struct Slot<K, E> {
    hash: u64,
    /// While it is listed.
    key: Option<K>,
    entry: E,
    /// In the chain, or in the free list.
    next: Option<Place>,
}

impl<K, E> Keys<K, E> {
    pub(super) fn new() -> Self {
        Self { chains: Vec::new(), places: Vec::new(), first_free: None, listed: 0 }
    }

    /// How many keys are listed.
    pub(super) fn len(&self) -> usize {
        self.listed
    }

    pub(super) fn entry(&mut self, place: Place) -> &mut E {
        &mut self.places[place].entry
    }

    /// Takes the key out. Its entry stays until it is freed.
    pub(super) fn unlist(&mut self, place: Place) -> K {
        let Slot { hash, next, .. } = self.places[place];
        let chain = self.chain_of(hash);
        let before = self.chain(chain).find(|at| self.places[*at].next == Some(place));
        match before {
            Some(before) => self.places[before].next = next,
            None => self.chains[chain] = next,
        }
        self.listed -= 1;
        self.places[place].key.take().expect("invariant 1: a listed place has a key")
    }

    /// Makes the place of an unlisted key free.
    pub(super) fn free(&mut self, place: Place) {
        self.places[place].next = self.first_free;
        self.first_free = Some(place);
    }

    /// The places of a chain.
    fn chain(&self, chain: usize) -> impl Iterator<Item = Place> {
        std::iter::successors(self.chains[chain], |at| self.places[*at].next)
    }

    fn chain_of(&self, hash: u64) -> usize {
        // The number of chains is a power of two, and none is more than `usize`
        // counts: the bits that are cut off are those that the mask clears.
        hash as usize & (self.chains.len() - 1)
    }

    /// Puts a listed place at the head of its chain.
    fn link(&mut self, place: Place) {
        let chain = self.chain_of(self.places[place].hash);
        self.places[place].next = self.chains[chain].replace(place);
    }

    /// Twice as many chains: as many as keys, so that each is short.
    fn grow(&mut self) {
        let chains = (self.chains.len() * 2).max(8);
        self.chains.clear();
        self.chains.resize(chains, None);
        for place in 0..self.places.len() {
            if self.places[place].key.is_some() {
                self.link(place);
            }
        }
    }
}

impl<K: Eq, E: Default> Keys<K, E> {
    /// The place where `key` is listed.
    pub(super) fn find(&self, hash: u64, key: &K) -> Option<Place> {
        if self.chains.is_empty() {
            return None;
        }
        self.chain(self.chain_of(hash)).find(|&at| {
            let slot = &self.places[at];
            slot.hash == hash && slot.key.as_ref() == Some(key)
        })
    }

    /// Lists a key that [`find`](Self::find) did not find (invariant 3). Its entry
    /// is a fresh one, or one that was freed, as it was left.
    pub(super) fn insert(&mut self, hash: u64, key: K) -> Place {
        if self.listed == self.chains.len() {
            self.grow();
        }
        let place = match self.first_free {
            Some(place) => {
                let slot = &mut self.places[place];
                self.first_free = slot.next;
                (slot.hash, slot.key) = (hash, Some(key));
                place
            }
            None => {
                let (key, entry) = (Some(key), E::default());
                self.places.push(Slot { hash, key, entry, next: None });
                self.places.len() - 1
            }
        };
        self.link(place);
        self.listed += 1;
        place
    }
}

#[cfg(test)]
mod laws {
    use super::Keys;

    /// However many keys there are, and whichever are gone.
    #[test]
    fn chains_are_short() {
        let mut keys = Keys::<u64, ()>::new();
        let hash = |key: u64| key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
        let mut places = Vec::new();
        for key in 0..3_000 {
            places.push(keys.insert(hash(key), key));
            if key % 100 == 0 {
                let longest = (0..keys.chains.len()).map(|chain| keys.chain(chain).count()).max();
                assert!(longest < Some(8), "{longest:?} of {key} keys");
            }
        }
        assert_eq!((keys.len(), keys.chains.len()), (3_000, 4_096));
        for (key, place) in (0..).zip(places) {
            assert_eq!(keys.find(hash(key), &key), Some(place));
            assert_eq!(keys.unlist(place), key);
            assert_eq!(keys.find(hash(key), &key), None);
            keys.free(place);
        }
        let again: Vec<_> = (0..3_000).map(|key| keys.insert(hash(key), key)).collect();
        assert_eq!(again, (0..3_000).rev().collect::<Vec<_>>(), "places are used again");
        assert!((0..keys.chains.len()).all(|chain| keys.chain(chain).count() < 8));
    }
}
