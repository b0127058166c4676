use super::draws::{Draws, Source};
use super::{Choice, Chooser, Misfit, Opportunities, Search};
use crate::sim::choice::{Bounds, Kind};

/// The random walk: tasks and values uniform over the options.
pub(crate) struct Random {
    pub(super) source: Source,
}

impl Random {
    /// Without estimates: for trial runs.
    pub(crate) fn blind(seed: u64, bounds: Bounds) -> Self {
        Self { source: Source { seed, bounds, opportunities: Opportunities::default() } }
    }

    /// Schedule `index`, with a deviation at just this place of the bounded kinds.
    pub(crate) fn with_place(seed: u64, index: u64, place: (Kind, u64)) -> Box<dyn Chooser> {
        Box::new(Walk(Draws::with_place(seed, index, place)))
    }
}

impl Search for Random {
    fn next(&self, index: u64) -> Option<Box<dyn Chooser>> {
        Some(Box::new(Walk(self.source.of_schedule(index))))
    }
}

struct Walk(Draws);

impl Chooser for Walk {
    fn choose(&mut self, choice: &Choice<'_>) -> Result<Option<u64>, Misfit> {
        Ok(self.0.choose(choice))
    }
}
