//! The books of a run, and the laws that they obey.

use std::fmt;
use std::time::Duration;

use super::{Seen, Settings, Tally, Work};
use crate::audit::{Audit, Books, line, lines, total};

/// What the tasks and the origin counted, and what the files say.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was asked for.
    pub settings: Settings,
    /// How long it took.
    pub took: Duration,
    /// What the tasks did.
    pub work: Work,
    /// What the origin saw.
    pub origin: Tally,
    /// How many rewrites the files know of.
    pub in_files: u64,
    /// Pages of the cache that are not what their files say.
    pub stale: u64,
    /// Loads under way and documents that are locked, at the end.
    pub left: u64,
    /// The last value that the watchers were to see.
    pub last: u64,
    /// What each watcher saw.
    pub seen: Vec<Seen>,
}

impl Books for Report {
    fn audit(&self, audit: &mut Audit) {
        let Self { settings, work, origin, .. } = self;
        let read = work.hits + work.loaded + work.wrong + total(&work.errors) + work.given_up;
        audit.same("every read ended", read, settings.readers * settings.reads);
        audit.same("no answer was another's", work.wrong, 0);
        let writes = work.written + work.not_written;
        audit.same("every write ended", writes, settings.writers * settings.writes);

        audit.same("one load of a document at a time", origin.peak_loads, 1);
        audit.same("one rewrite of a document at a time", origin.peak_writes, 1);
        audit.same("the origin saw each write", origin.rewritten, work.written);
        audit.same("no rewrite is lost in the files", self.in_files, work.written);
        audit.same("what is cached is what the files say", self.stale, 0);
        audit.same("no load and no lock is left", self.left, 0);

        audit.same("no update of the count is lost", self.last, work.written);
        audit.same("each watcher has its books", self.seen.len() as u64, settings.watchers);
        for seen in &self.seen {
            audit.same("a watcher sees the last value", seen.last, self.last);
            audit.same("a watcher sees values in order", seen.out_of_order, 0);
            audit.at_most("a watcher sees no value twice", seen.values, self.last);
            audit.at_least("a watcher sees values at all", seen.values, 1);
        }

        let served = work.loaded + total(&work.errors);
        let ended = origin.loaded + origin.failed + origin.panicked;
        audit.at_least("loads that served more than one", served, ended + 1);
        audit.at_least("some loads were dropped half-way", origin.dropped(), 1);
        audit.at_least("some loads failed", origin.failed, 1);
        audit.at_least("some loads panicked", origin.panicked, 1);
        audit.at_least("some reads were given up", work.given_up, origin.dropped());
        audit.at_least("some reads found the page cached", work.hits, 1);
        audit.at_least("some writes were given up", work.not_written, 1);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { settings, took, work, origin, .. } = self;
        let Settings { seed, documents, readers, reads, writers, writes, .. } = settings;
        writeln!(
            f,
            "locks: {readers} readers x {reads}, {writers} writers x {writes}, \
             {documents} documents, {took:.1?}"
        )?;
        writeln!(f, "  seed {seed}")?;
        writeln!(f, "reads")?;
        line(f, "found in the cache", work.hits)?;
        line(f, "loaded, by oneself or another", work.loaded)?;
        line(f, "given up", work.given_up)?;
        line(f, "errors", total(&work.errors))?;
        lines(f, &work.errors)?;
        writeln!(f, "writes")?;
        line(f, "written", work.written)?;
        line(f, "given up in the queue", work.not_written)?;
        line(f, "counted in the files", self.in_files)?;
        writeln!(f, "the origin")?;
        line(f, "loads begun", origin.begun)?;
        line(f, "  ended with a page", origin.loaded)?;
        line(f, "  failed", origin.failed)?;
        line(f, "  panicked", origin.panicked)?;
        line(f, "  dropped half-way", origin.dropped())?;
        line(f, "most loads of one document at once", origin.peak_loads)?;
        line(f, "most rewrites of one document at once", origin.peak_writes)?;
        writeln!(f, "the watchers")?;
        self.seen.iter().try_for_each(|seen| line(f, "values seen", seen.values))
    }
}
