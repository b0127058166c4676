use super::draws::Source;
use super::{Chooser, Estimates, Exhaustive, Pct, Pos, Random, Search, Urw};

/// Every schedule by growing number of deviations, from the fair one on, for a
/// quarter of the budget; then by [`Pct`] of depth 2 and 3, [`Pos`], [`Urw`] and
/// [`Random`] in turn. What is simple is so found in its simplest form, a small
/// space is exhausted, and no kind of program is every random strategy's blind
/// spot.
///
/// Jumps of time wait until all schedules without one have been run: most of them
/// say nothing, since no timer is armed where they are tried.
pub(crate) struct Portfolio {
    every: Exhaustive,
    drawn: [Box<dyn Search>; 5],
}

/// Of the budget, goes to the exhaustive search.
const SHARE: u64 = 4;
/// And no more than this: a budget that nobody means to use up must not keep the
/// random strategies from their turn.
const MOST: u64 = 100_000;

impl Portfolio {
    /// `first`: the index of the first schedule.
    pub(super) fn new(source: Source, schedules: u64, first: u64, estimates: &Estimates) -> Self {
        let share = schedules.div_ceil(SHARE).min(MOST);
        let pct = |depth| Box::new(Pct::new(source, depth, estimates));
        Self {
            every: Exhaustive::new(Some(u32::MAX), share, first).stalls_last(),
            drawn: [
                pct(2),
                pct(3),
                Box::new(Pos { source }),
                Box::new(Urw::new(source, &estimates.census)),
                Box::new(Random { source }),
            ],
        }
    }
}

impl Search for Portfolio {
    fn next(&self, index: u64) -> Option<Box<dyn Chooser>> {
        // Beyond its share this waits for the end of what is still under way: only
        // then it is known whether anything is left to draw.
        let next = self.every.next(index);
        if next.is_some() || self.every.is_exhausted() {
            return next;
        }
        self.drawn[(index % self.drawn.len() as u64) as usize].next(index)
    }

    fn close(&self) {
        self.every.close();
    }

    fn is_exhausted(&self) -> bool {
        self.every.is_exhausted()
    }
}
