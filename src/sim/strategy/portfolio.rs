use super::draws::Source;
use super::{Chooser, Estimates, Exhaustive, Pct, Pos, Random, Search, Urw};

/// Of every four schedules two by [`Random`], one of the exhaustive search by growing
/// number of deviations, which begins with the fair one, and one by [`Pct`] of depth 2
/// or 3, [`Pos`] or [`Urw`] in turn.
///
/// So what the random walk finds is found with at most twice as many schedules, a
/// small space is exhausted, and no kind of program is every strategy's blind spot.
///
/// Jumps of time wait until all schedules without one have been run: most of them
/// say nothing, since no timer is armed where they are tried.
pub(crate) struct Portfolio {
    every: Exhaustive,
    random: Random,
    others: [Box<dyn Search>; 4],
    /// The index of the first schedule.
    first: u64,
}

/// One schedule in so many is of the exhaustive search.
const SHARE: u64 = 4;
/// And no more than this: beyond, memory would grow with the budget.
const MOST: u64 = 100_000;

impl Portfolio {
    /// `first`: the index of the first schedule.
    pub(super) fn new(source: Source, schedules: u64, first: u64, estimates: &Estimates) -> Self {
        let share = schedules.div_ceil(SHARE).min(MOST);
        let pct = |depth| Box::new(Pct::new(source, depth, estimates));
        Self {
            every: Exhaustive::new(Some(u32::MAX), share, first).stalls_last(),
            random: Random { source },
            others: [
                pct(2),
                pct(3),
                Box::new(Pos { source }),
                Box::new(Urw::new(source, &estimates.census)),
            ],
            first,
        }
    }
}

impl Search for Portfolio {
    fn next(&self, index: u64) -> Option<Box<dyn Chooser>> {
        let (turn, place) = ((index - self.first) % SHARE, (index - self.first) / SHARE);
        // Asked at every turn: whether that many schedules exist decides whether there
        // is anything left to draw, for any number of threads.
        let is_left = self.every.has_more_than(place);
        if !is_left && self.every.is_exhausted() {
            return None;
        }
        let other = |turn: u64| self.others[(turn % 4) as usize].next(index);
        match turn {
            0 if is_left => self.every.at(place),
            0 => other(place + 2),
            2 => other(place),
            _ => self.random.next(index),
        }
    }

    fn close(&self) {
        self.every.close();
    }

    fn is_exhausted(&self) -> bool {
        self.every.is_exhausted()
    }
}
