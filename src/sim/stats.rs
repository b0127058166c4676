//! What an exploration did.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::choice::{Kind, PerKind};
use super::distinct::Distinct;
use super::engine::{CancelPoints, Run};
use super::notice::notice;
use super::shard::Shard;

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
    /// How many of them differ: exactly up to 65,536, and within 1 % or so beyond.
    pub distinct: u64,
    /// Schedules that say nothing, since they let time jump where no timer was
    /// armed. They count neither as failed nor as distinct.
    pub pruned: u64,
    /// Of all schedules that were run, whatever their order: equal where the same
    /// were.
    pub fingerprint: u64,
    /// Whether every schedule within the bounds was run: then the absence of a
    /// failure is a proof, for this scenario and these bounds. Never said by one shard
    /// of several.
    pub exhausted: bool,
    /// Which part of the search this was.
    pub shard: Shard,
    /// Whether every schedule within the bounds was run that is for this
    /// [shard](super#shards): if all shards say so, the space is exhausted.
    pub share_exhausted: bool,
    /// Whether [`Explorer::stop`](super::Explorer::stop) ended it.
    pub stopped: bool,
    /// The claims of [`sometimes`](super::sometimes) that held in no schedule of a shard,
    /// or before the exploration was stopped. Where nothing else is to come, one is
    /// [a failure](super::Verdict::Never).
    pub never: Vec<&'static str>,
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

    /// Says what must not go unnoticed although nothing failed.
    pub(super) fn warn(&self, name: &str) {
        if self.unexplored_tasks > 0 {
            notice(&format!("{name}: {}", Unexplored(self.unexplored_tasks)));
        }
        for label in &self.never {
            notice(&format!(
                "{name}: sometimes {label:?} held in no schedule that was run here ({}): the test is \
                 vacuous unless it does in another",
                if self.stopped {
                    "stopped early".to_owned()
                } else {
                    format!("shard {}", self.shard)
                },
            ));
        }
    }
}

/// Tasks whose order was not explored, loudly.
pub(super) struct Unexplored(pub(super) u64);

impl fmt::Display for Unexplored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (n, tasks) = (self.0, if self.0 == 1 { "task was" } else { "tasks were" });
        write!(
            f,
            "UNEXPLORED {n} {tasks} given to Tokio itself: the order of their polls was not \
             explored; spawn them with `surefoot::spawn`"
        )
    }
}

/// Sums up, one run after the other.
#[derive(Debug, Default)]
pub(super) struct Tally {
    steps: Sum,
    choices: Sum,
    distinct: Distinct,
    sometimes: BTreeMap<&'static str, bool>,
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

    fn merge(&mut self, other: &Self) {
        let least = [self.min, other.min].into_iter().flatten().min();
        self.min = least;
        self.max = self.max.max(other.max);
        self.total += other.total;
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
        if run.pruned {
            self.stats.pruned += 1;
        } else {
            self.distinct.add(run.hash);
            self.stats.fingerprint = self.stats.fingerprint.wrapping_add(run.hash);
        }
        for made in run.made.iter().filter(|made| made.taken.is_some()) {
            self.stats.deviations_by_kind[made.kind] += 1;
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        let Self { steps, choices, distinct, sometimes, stats } = other;
        self.steps.merge(&steps);
        self.choices.merge(&choices);
        self.distinct.merge(distinct);
        self.add_sometimes(sometimes);
        let mine = &mut self.stats;
        mine.schedules += stats.schedules;
        mine.pruned += stats.pruned;
        mine.fingerprint = mine.fingerprint.wrapping_add(stats.fingerprint);
        mine.unexplored_tasks = mine.unexplored_tasks.max(stats.unexplored_tasks);
        for kind in Kind::ALL {
            mine.deviations_by_kind[kind] += stats.deviations_by_kind[kind];
        }
        mine.cancel_points.merge(&stats.cancel_points);
    }

    /// Takes in what claims of `sometimes` came to.
    pub(super) fn add_sometimes(&mut self, sometimes: BTreeMap<&'static str, bool>) {
        for (label, held) in sometimes {
            *self.sometimes.entry(label).or_default() |= held;
        }
    }

    /// Claims of `sometimes` that never held.
    pub(super) fn never(&self) -> Vec<&'static str> {
        let never = self.sometimes.iter().filter(|(_, held)| !**held);
        never.map(|(label, _)| *label).collect()
    }

    /// Schedules, and how many of them differ.
    pub(super) fn counts(&self) -> (u64, u64) {
        (self.stats.schedules, self.distinct.count())
    }

    pub(super) fn add_points(&mut self, points: &CancelPoints) {
        self.stats.cancel_points.merge(points);
    }

    pub(super) fn stats(self, real_time: Duration) -> Stats {
        Stats {
            steps: self.steps.over(self.stats.schedules),
            choices: self.choices.over(self.stats.schedules),
            distinct: self.distinct.count(),
            real_time,
            ..self.stats
        }
    }
}
