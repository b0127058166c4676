use super::{Choice, Chooser, Misfit, Opportunities, Search};
use crate::rt::draw::SplitMix64;
use crate::sim::choice::{Bounds, Kind};

/// The random walk: tasks and values uniform over the options.
///
/// Of the bounded kinds, each schedule draws how many deviations it has,
/// between none and the bound, and puts them at places that are uniform over
/// the opportunities that the trial runs saw. A coin at every opportunity would
/// put nearly all of them at the start.
pub(crate) struct Random {
    pub(crate) seed: u64,
    pub(crate) bounds: Bounds,
    pub(crate) opportunities: Opportunities,
}

impl Random {
    /// Without estimates: for trial runs.
    pub(crate) fn blind(seed: u64, bounds: Bounds) -> Self {
        Self { seed, bounds, opportunities: Opportunities::default() }
    }
}

impl Search for Random {
    fn next(&self, index: u64) -> Option<Box<dyn Chooser>> {
        let mut rng = SplitMix64::indexed(self.seed, index);
        let mut places = Vec::new();
        for kind in Kind::ALL.into_iter().filter(|kind| kind.is_bounded()) {
            if self.opportunities[kind] > 0 {
                for _ in 0..rng.below(u64::from(self.bounds[kind]) + 1) {
                    places.push((kind, 1 + rng.below(self.opportunities[kind])));
                }
            }
        }
        Some(Box::new(Walk { rng, places }))
    }
}

struct Walk {
    rng: SplitMix64,
    /// The choices of bounded kinds that deviate. Few: looked through.
    places: Vec<(Kind, u64)>,
}

impl Chooser for Walk {
    fn choose(&mut self, choice: &Choice<'_>) -> Result<Option<u64>, Misfit> {
        let options = choice.options.len();
        let rank = if choice.kind.is_bounded() {
            if !self.places.contains(&(choice.kind, choice.number)) {
                return Ok(None);
            }
            1 + self.rng.below(options - 1)
        } else {
            self.rng.below(options)
        };
        Ok(rank.checked_sub(1).map(|rank| choice.options.deviation(rank)))
    }
}
