//! What an exploration did.

use std::time::Duration;

use super::choice::{Kind, PerKind};
use super::engine::{CancelPoints, Run};

/// The least, the mean and the most of a count over all schedules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MinAvgMax {
    /// The least.
    pub min: u64,
    /// The mean, rounded down.
    pub avg: u64,
    /// The most.
    pub max: u64,
}

/// What an exploration did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Schedules that were run. Replays and shrinking do not count.
    pub schedules: u64,
    /// How many of them differ.
    pub distinct: u64,
    /// Whether every schedule within the bounds was run: then the absence of a
    /// failure is a proof, for this scenario and these bounds.
    pub exhausted: bool,
    /// The most tasks of one schedule that were given to Tokio itself, and whose
    /// order was therefore not explored. Spawn them with
    /// [`spawn`](crate::spawn::spawn()).
    pub unexplored_tasks: u64,
    /// Steps per schedule.
    pub steps: MinAvgMax,
    /// Choices between at least two options, per schedule.
    pub choices: MinAvgMax,
    /// Deviations from the default, over all schedules.
    pub deviations_by_kind: PerKind<u64>,
    /// Where cancellations could strike, and did.
    pub cancel_points: CancelPoints,
    /// Real time.
    pub real_time: Duration,
}

impl Stats {
    /// How many cancellations struck, over all schedules.
    #[must_use]
    pub fn cancellations(&self) -> u64 {
        self.deviations_by_kind[Kind::Cancel]
    }
}

/// Sums up, one run after the other.
#[derive(Debug, Default)]
pub(super) struct Tally {
    steps: Sum,
    choices: Sum,
    stats: Stats,
}

#[derive(Debug, Default)]
struct Sum {
    min: Option<u64>,
    max: u64,
    total: u64,
}

impl Sum {
    fn add(&mut self, n: u64) {
        self.min = Some(self.min.map_or(n, |min| min.min(n)));
        self.max = self.max.max(n);
        self.total += n;
    }

    fn over(&self, n: u64) -> MinAvgMax {
        let avg = self.total.checked_div(n).unwrap_or(0);
        MinAvgMax { min: self.min.unwrap_or(0), avg, max: self.max }
    }
}

impl Tally {
    pub(super) fn add(&mut self, run: &Run) {
        self.stats.schedules += 1;
        self.stats.unexplored_tasks = self.stats.unexplored_tasks.max(run.unexplored_tasks);
        self.steps.add(run.steps);
        self.choices.add(run.made.len() as u64);
        for deviation in run.deviations() {
            self.stats.deviations_by_kind[deviation.kind] += 1;
        }
    }

    pub(super) fn add_points(&mut self, points: &CancelPoints) {
        self.stats.cancel_points.merge(points);
    }

    pub(super) fn stats(self, distinct: u64, exhausted: bool, real_time: Duration) -> Stats {
        Stats {
            steps: self.steps.over(self.stats.schedules),
            choices: self.choices.over(self.stats.schedules),
            distinct,
            exhausted,
            real_time,
            ..self.stats
        }
    }
}
