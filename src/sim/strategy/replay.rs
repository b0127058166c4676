use std::collections::BTreeMap;

use super::{Choice, Chooser, Misfit};
use crate::sim::choice::{Deviation, Kind, Made, Options};
use crate::sim::schedule::Schedule;

type Foreseen = BTreeMap<(Kind, u64), u64>;

fn foreseen(schedule: &Schedule) -> Foreseen {
    schedule.deviations().iter().map(|d| ((d.kind, d.number), d.option)).collect()
}

/// A schedule to the letter: what does not fit is a [`Misfit`].
pub(crate) struct Strict {
    left: Foreseen,
    /// Every choice of the run that is replayed, if that is known: the schedule
    /// itself knows its deviations only.
    recorded: Option<std::vec::IntoIter<Made>>,
}

impl Strict {
    pub(crate) fn new(schedule: &Schedule) -> Self {
        Self { left: foreseen(schedule), recorded: None }
    }

    /// Also holds every choice against those of the recorded run.
    pub(crate) fn against(schedule: &Schedule, recorded: Vec<Made>) -> Self {
        Self { recorded: Some(recorded.into_iter()), ..Self::new(schedule) }
    }
}

impl Chooser for Strict {
    fn choose(&mut self, choice: &Choice<'_>) -> Result<Option<u64>, Misfit> {
        let (kind, number) = (choice.kind, choice.number);
        if let Some(recorded) = &mut self.recorded {
            let default = match choice.options {
                Options::Tasks(ready) => ready.first().unwrap_or_default(),
                _ => 0,
            };
            let seen = |made: &Made| {
                (made.kind, made.options, made.default) == (kind, choice.options.len(), default)
            };
            let expected = recorded.next();
            if !expected.as_ref().is_some_and(seen) {
                return Err(Misfit {
                    expected: expected.map_or("the end".to_owned(), |made| {
                        let Made { kind, options, default, .. } = made;
                        format!(
                            "a choice `{}` of {options} options, task {default} first",
                            kind.letter()
                        )
                    }),
                    found: format!(
                        "a choice `{}` of {} options, task {default} first",
                        kind.letter(),
                        choice.options.len()
                    ),
                });
            }
        }
        let Some(option) = self.left.remove(&(kind, number)) else {
            return Ok(None);
        };
        if choice.options.offers(option) {
            Ok(Some(option))
        } else {
            Err(Misfit {
                expected: Deviation { kind, number, option }.to_string(),
                found: choice.options.to_string(),
            })
        }
    }

    fn finish(&mut self) -> Result<(), Misfit> {
        match self.left.pop_first() {
            None => Ok(()),
            Some(((kind, number), option)) => Err(Misfit {
                expected: Deviation { kind, number, option }.to_string(),
                found: "the end of the scenario".to_owned(),
            }),
        }
    }
}

/// A schedule as far as it fits: an option that is not there is taken modulo
/// the number of those that are, and what is left over is ignored.
pub(crate) struct Lenient {
    left: Foreseen,
}

impl Lenient {
    pub(crate) fn new(schedule: &Schedule) -> Self {
        Self { left: foreseen(schedule) }
    }
}

impl Chooser for Lenient {
    fn choose(&mut self, choice: &Choice<'_>) -> Result<Option<u64>, Misfit> {
        let Some(option) = self.left.remove(&(choice.kind, choice.number)) else {
            return Ok(None);
        };
        if choice.options.offers(option) {
            return Ok(Some(option));
        }
        let rank = option % choice.options.len();
        Ok(rank.checked_sub(1).map(|rank| choice.options.deviation(rank)))
    }
}
