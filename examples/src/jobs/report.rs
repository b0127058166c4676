//! The books of the jobs, the disk and the library.

use std::fmt;

use surefoot::blocking::Status;

use super::disk::Found;
use super::runner::{BATCH, JOBS, Kind, kind};
use crate::audit::{Audit, Books, line, lines, total};

/// What came of it.
#[derive(Clone, Debug)]
pub struct Report {
    /// Jobs that were taken from the queue.
    pub taken: u64,
    /// How often the runner was started again.
    pub restarts: u64,
    /// Whether the runner was stopped from outside.
    pub was_stopped: bool,
    /// Whether everything came to its end within its time limit.
    pub drained: bool,
    /// Drafts that were begun to be written.
    pub written: u64,
    /// What was done on the thread for what blocks.
    pub blocking: Status,
    /// Cleanups that panicked.
    pub cleanups_panicked: u64,
    /// What is on the disk.
    pub found: Found,
}

impl Report {
    fn outcomes(&self, outcome: &str) -> u64 {
        self.found.outcomes.get(outcome).copied().unwrap_or_default()
    }

    /// Jobs of a kind, of those that were taken.
    fn taken_of(&self, wanted: Kind) -> u64 {
        (0..self.taken).filter(|id| kind(*id) == wanted).count() as u64
    }
}

impl Books for Report {
    fn audit(&self, audit: &mut Audit) {
        let Self { taken, restarts, written, blocking, found, .. } = self;
        let lines = total(&found.outcomes);
        audit.same("jobs taken, but for the batch after the stop", *taken, JOBS - BATCH);
        audit.same("each job was cleaned up after", found.jobs.len() as u64, *taken);
        audit.same("and that once", lines, *taken);
        audit.same("no cleanup panicked", self.cleanups_panicked, 0);

        let (failed, panicked) = (self.outcomes("Error"), self.outcomes("Panicked"));
        audit.same("jobs that failed", failed, self.taken_of(Kind::Fails));
        audit.same("jobs that panicked", panicked, self.taken_of(Kind::Panics));
        let hung = self.taken_of(Kind::Hangs);
        audit.at_least("jobs that were cancelled", self.outcomes("Cancelled"), hung);
        audit.same("each of those had the runner started again", *restarts, failed + panicked);

        audit.same("no draft was left behind", found.drafts, 0);
        audit.same("no file was published half written", found.broken, 0);
        audit.same("files of jobs that worked", found.whole, self.outcomes("Success"));
        audit.at_least("there are some", found.whole, 1);

        // One whose caller left in time was not begun.
        let begun = written + lines;
        audit.at_least("closures that blocked", blocking.started, begun);
        audit.at_most("closures that blocked", blocking.started, begun + blocking.abandoned);
        let left = blocking.running + blocking.waiting;
        audit.same("none is left", left as u64, 0);
        audit.at_most(
            "callers that left one, were cancelled",
            blocking.abandoned,
            self.outcomes("Cancelled"),
        );
        audit.same("the runner was stopped", self.was_stopped.into(), 1);
        audit.same("and that in time", self.drained.into(), 1);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { taken, restarts, written, blocking, found, .. } = self;
        writeln!(f, "lifetimes: {JOBS} jobs in batches of {BATCH}, stopped before the last")?;
        line(f, "jobs taken", taken)?;
        line(f, "ended, by the journal", total(&found.outcomes))?;
        lines(f, &found.outcomes)?;
        line(f, "the runner was started again", restarts)?;
        line(f, "drafts written", written)?;
        line(f, "  left behind", found.drafts)?;
        line(f, "files published", found.whole + found.broken)?;
        line(f, "closures that blocked", blocking.started)?;
        line(f, "  whose caller left", blocking.abandoned)
    }
}
