//! A failing schedule, as a value and as a report.

use std::fmt;

use super::command::command;
use super::schedule::Schedule;
use super::shard::Shard;
use super::stats::{Stats, Unexplored};
use super::timeline;
use super::trace::Trace;
use super::verdict::Verdict;

/// A schedule that failed, shrunk to what it needs to fail.
///
/// `Display` is the report that a failing test prints.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Failure {
    /// Whose schedule it was: the explorer's name.
    pub name: String,
    /// What it came to.
    pub verdict: Verdict,
    /// The shrunk schedule: replaying it fails in the same way.
    pub schedule: Schedule,
    /// What happens under the shrunk schedule.
    pub trace: Trace,
    /// What was explored up to there.
    pub stats: Stats,
    /// Which schedule failed, from 1.
    pub index: u64,
    /// How many there were to be, in all shards together where they draw.
    pub of: u64,
    /// Which part of the search found it.
    pub shard: Shard,
    /// How many deviations it had before it was shrunk.
    pub shrunk_from: usize,
    /// How many runs the shrinking took.
    pub shrink_runs: u64,
    /// The test that it failed in.
    pub(super) test: Option<String>,
}

impl Failure {
    /// The value of `SUREFOOT_REPLAY`, and of the board's `--replay`, that
    /// replays it.
    #[must_use]
    pub fn replay(&self) -> String {
        format!("{}@{}", self.name, self.schedule)
    }

    /// The command that replays it in the program that runs.
    pub(super) fn replay_command(&self) -> String {
        command(&self.replay(), self.test.as_deref())
    }

    /// The picture of it: a page of HTML that needs no other file.
    ///
    /// One lane per task, steps downwards, virtual time beside them; polls, wake-ups,
    /// deviations, faults and cancellations. [`Explorer::check`](super::Explorer::check)
    /// writes it beside the report.
    #[must_use]
    pub fn timeline(&self) -> impl fmt::Display {
        timeline::page(self, self.replay_command())
    }

    /// The report, without the line that says how to replay it.
    #[must_use]
    pub fn story(&self) -> impl fmt::Display {
        Story(self)
    }
}

impl std::error::Error for Failure {}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Story(self))?;
        if let Verdict::Never { .. } = self.verdict {
            return Ok(());
        }
        write!(f, "replay    {}", self.replay_command())
    }
}

struct Story<'a>(&'a Failure);

impl fmt::Display for Story<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Failure { verdict, index, of, shard, shrunk_from, shrink_runs, .. } = self.0;
        let shard = InShard(*shard);
        if let Verdict::Never { .. } = verdict {
            return writeln!(
                f,
                "no schedule of {index} failed, but the test is vacuous: {verdict}"
            );
        }
        writeln!(f, "schedule {index} of {of}{shard} failed: {verdict}")?;
        let now = self.0.schedule.deviations().len();
        if *shrink_runs > 0 {
            let (s, t) = (plural(*shrunk_from as u64), plural(*shrink_runs));
            writeln!(f, "shrunk from {shrunk_from} deviation{s} to {now} in {shrink_runs} run{t}")?;
        }
        write!(f, "{}", self.0.trace)?;
        let unexplored = self.0.stats.unexplored_tasks;
        if unexplored > 0 {
            writeln!(f, "{}", Unexplored(unexplored))?;
        }
        Ok(())
    }
}

/// Where it was found, if it was not all.
pub(super) struct InShard(pub(super) Shard);

impl fmt::Display for InShard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_whole() { Ok(()) } else { write!(f, " (shard {})", self.0) }
    }
}

fn plural(n: u64) -> &'static str {
    if n == 1 { "" } else { "s" }
}
