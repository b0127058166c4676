use super::exhaustive::{Exhaustive, Tree};
use super::levels::Branching;
use super::{Chooser, Search};
use crate::sim::shard::Shard;

/// Of a search whose every schedule depends on its index alone, those of a shard.
pub(super) struct ByIndex {
    pub(super) search: Box<dyn Search>,
    pub(super) shard: Shard,
    /// The index of the first schedule.
    pub(super) first: u64,
}

impl Search for ByIndex {
    fn is_ours(&self, index: u64) -> bool {
        self.shard.owns(index - self.first)
    }

    fn next(&self, index: u64) -> Option<Box<dyn Chooser>> {
        self.search.next(index)
    }
}

/// Divides an exhaustive search, which shows its schedules only as it goes.
///
/// Those with fewer than two deviations are run by every shard, uncounted: their
/// children have two at most, and so stand in a row that all shards know. Of this row
/// each owns every `n`th schedule, with all that descends from it. It then runs what it
/// owns, the few among them that it has run already too, as a search of its own.
pub(crate) struct Scout {
    tree: Tree,
    whole: Exhaustive,
    shard: Shard,
    place: u64,
    owned: Vec<Branching>,
}

impl Scout {
    pub(crate) fn new(tree: Tree, shard: Shard) -> Self {
        // The full space, too, begins with a row.
        let deviations = Some(tree.deviations.unwrap_or(u32::MAX));
        let whole = Exhaustive::new(Tree { deviations, ..tree }, 0);
        Self { tree, whole, shard, place: 0, owned: Vec::new() }
    }

    /// The next schedule that is to be run for its children, when that before has
    /// ended; and its place in the row.
    pub(crate) fn next(&mut self) -> Option<(u64, Box<dyn Chooser>)> {
        loop {
            let place = self.place;
            let node = self.whole.known(place)?;
            self.place += 1;
            if self.shard.owns(place) {
                self.owned.push(node.clone());
            }
            if self.tree.is_scouted(&node) {
                return Some((place, self.whole.branch(place, node)));
            }
        }
    }

    /// The search of what the shard owns, of which the first schedule has the index
    /// `first`. `is_known`: all that was to be run for it was.
    pub(crate) fn share(self, first: u64, is_known: bool) -> Exhaustive {
        self.whole.share(self.tree, self.shard, self.owned, first, is_known)
    }
}
