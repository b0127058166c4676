use super::{Choice, Opportunities};
use crate::rt::draw::SplitMix64;
use crate::sim::choice::{Bounds, Kind};

/// What the random strategies have in common: all but which task is polled.
///
/// Values are uniform over their options. Of the bounded kinds, each schedule
/// draws how many deviations it has, between none and the bound, and puts them at
/// different places that are uniform over the opportunities that the trial runs
/// saw. A coin at every opportunity would put nearly all of them at the start.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source {
    pub(super) seed: u64,
    pub(super) bounds: Bounds,
    /// Of undisturbed runs: choices of a kind are no longer offered, nor counted,
    /// once its bound is used up, and trial runs use up none.
    pub(super) opportunities: Opportunities,
}

/// The draws of one schedule.
pub(super) struct Draws {
    pub(super) rng: SplitMix64,
    /// The choices of bounded kinds that deviate. Few: looked through.
    places: Vec<(Kind, u64)>,
}

impl Source {
    pub(super) fn of_schedule(&self, index: u64) -> Draws {
        let mut draws = Draws { rng: SplitMix64::indexed(self.seed, index), places: Vec::new() };
        for kind in Kind::ALL.into_iter().filter(|kind| kind.is_bounded()) {
            let opportunities = self.opportunities[kind];
            if opportunities > 0 {
                let deviations = draws.rng.below(u64::from(self.bounds[kind]) + 1);
                draws.add_places(kind, deviations.min(opportunities), opportunities);
            }
        }
        draws
    }
}

impl Draws {
    /// With a deviation at just this place.
    pub(super) fn with_place(seed: u64, index: u64, place: (Kind, u64)) -> Self {
        Self { rng: SplitMix64::indexed(seed, index), places: vec![place] }
    }

    /// So many different ones of `1..=of`: Floyd's way, as in Bentley, Floyd, "A
    /// sample of brilliance", CACM 1987.
    fn add_places(&mut self, kind: Kind, count: u64, of: u64) {
        for last in of - count + 1..=of {
            let drawn = (kind, 1 + self.rng.below(last));
            let is_new = !self.places.contains(&drawn);
            self.places.push(if is_new { drawn } else { (kind, last) });
        }
    }

    /// Decides a choice of any kind; the task is uniform over those that are ready.
    #[inline]
    pub(super) fn choose(&mut self, choice: &Choice<'_>) -> Option<u64> {
        let options = choice.options.len();
        let rank = if choice.kind.is_bounded() {
            if !self.places.contains(&(choice.kind, choice.number)) {
                return None;
            }
            1 + self.rng.below(options - 1)
        } else {
            self.rng.below(options)
        };
        rank.checked_sub(1).map(|rank| choice.options.deviation(rank))
    }
}

#[cfg(test)]
mod tests {
    use super::{Draws, Kind};

    #[test]
    fn places_differ_and_each_is_as_likely() {
        let mut hits = [0_u32; 6];
        for index in 0..6_000 {
            let mut draws = Draws::with_place(7, index, (Kind::Fault, 1));
            draws.add_places(Kind::Cancel, 3, 6);
            let mut places: Vec<_> = draws.places[1..].iter().map(|place| place.1).collect();
            places.sort_unstable();
            places.dedup();
            assert_eq!(places.len(), 3);
            places.iter().for_each(|place| hits[*place as usize - 1] += 1);
        }
        assert!(hits.iter().all(|n| (2_800..3_200).contains(n)), "{hits:?}");
    }
}
