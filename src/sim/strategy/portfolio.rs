use super::draws::Source;
use super::{Chooser, Estimates, Exhaustive, Outline, Pct, Pos, Random, Search, Tree, Urw};
use crate::sim::shard::Shard;

/// Of every four schedules two by [`Random`], one of the exhaustive search by growing
/// number of deviations, which begins with the fair one, and one by [`Pct`] of depth 2
/// or 3, [`Pos`] or [`Urw`] in turn.
///
/// Its `n`th schedule by [`Random`] is the `n`th of `Random` alone: what that finds is
/// found with at most twice as many schedules. A small space is exhausted, and no kind of
/// program is every strategy's blind spot.
///
/// Jumps of time wait until all schedules without one have been run: most of them
/// say nothing, since no timer is armed where they are tried.
///
/// Each shard takes every `n`th turn of each. One whose part of the exhaustive search is
/// exhausted draws on, unlike the whole: it can't know of the others' parts.
pub(crate) struct Portfolio {
    every: Exhaustive,
    random: Random,
    others: [Box<dyn Search>; 4],
    /// The index of the first schedule.
    first: u64,
    shard: Shard,
}

/// One schedule in so many is of the exhaustive search.
const SHARE: u64 = 4;
/// And no more than this: beyond, memory would grow with the budget.
const MOST: u64 = 100_000;

impl Portfolio {
    /// Its exhaustive part.
    pub(super) fn tree(outline: &Outline) -> Tree {
        let budget = outline.schedules.div_ceil(SHARE).min(MOST);
        let budget_of_shard = outline.shard.count(budget);
        Tree { budget_of_shard, stalls_last: true, ..Tree::new(Some(u32::MAX), budget) }
    }

    pub(super) fn new(
        source: Source,
        outline: &Outline,
        estimates: &Estimates,
        every: Exhaustive,
    ) -> Self {
        let pct = |depth| Box::new(Pct::new(source, depth, estimates));
        Self {
            every,
            random: Random { source },
            others: [
                pct(2),
                pct(3),
                Box::new(Pos { source }),
                Box::new(Urw::new(source, &estimates.census)),
            ],
            first: outline.first,
            shard: outline.shard,
        }
    }
}

impl Portfolio {
    /// Whose turn it is, and how many such turns were before.
    fn turn(&self, index: u64) -> (u64, u64) {
        ((index - self.first) % SHARE, (index - self.first) / SHARE)
    }
}

impl Search for Portfolio {
    fn is_ours(&self, index: u64) -> bool {
        let (turn, place) = self.turn(index);
        match turn {
            // Else a shard of four would be given one of the others only.
            2 => self.shard.owns(place + place / 4),
            _ => self.shard.owns(place),
        }
    }

    fn next(&self, index: u64) -> Option<Box<dyn Chooser>> {
        let (turn, place) = self.turn(index);
        // Of a shard's turns for it, as of all, none is left out.
        let of_every = place / self.shard.of();
        let is_whole = self.shard.is_whole();
        // Asked at every turn: whether that many schedules exist decides whether there
        // is anything left to draw, for any number of threads.
        let is_left = (is_whole || turn == 0) && self.every.has_more_than(of_every);
        if is_whole && !is_left && self.every.is_exhausted() {
            return None;
        }
        let other = |turn: u64| self.others[(turn % 4) as usize].next(index);
        match turn {
            0 if is_left => self.every.at(of_every),
            0 => other(place + 2),
            2 => other(place),
            _ => self.random.next(self.first + 2 * place + turn / 2),
        }
    }

    fn close(&self) {
        self.every.close();
    }

    fn is_exhausted(&self) -> bool {
        self.every.is_exhausted()
    }
}
