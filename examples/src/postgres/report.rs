//! The books of a run, and the laws that they obey.

use std::fmt;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use surefoot::pool::Status;

use super::{Counters, Seen, Settings, Work};
use crate::audit::{Audit, Books, line, lines, total};

/// What the tasks, the pool, its manager and the server counted.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was asked for.
    pub settings: Settings,
    /// How long the checkouts took.
    pub took: Duration,
    /// What the tasks did.
    pub work: Work,
    /// What the chaos did, and saw.
    pub seen: Seen,
    /// What the pool's manager did.
    pub connects: Connects,
    /// When as many connections as may be were on loan, after the chaos.
    pub in_use: View,
    /// When they were returned.
    pub at_rest: View,
    /// After the pool's close.
    pub closed: View,
}

/// The pool, from both sides at one time.
#[derive(Clone, Copy, Debug, Default)]
pub struct View {
    /// What the pool says.
    pub status: Status,
    /// How many of its backends the server lists.
    pub listed: u64,
}

/// What the pool's manager was asked to do.
#[derive(Clone, Copy, Debug, Default)]
pub struct Connects {
    /// Connects begun.
    pub begun: u64,
    /// Of those, how many ended well.
    pub connected: u64,
    /// Of those, how many failed since the server was restarting.
    pub away: u64,
    /// Of those, how many failed half-way.
    pub failed: u64,
    /// Connections closed.
    pub closed: u64,
    /// Checks that failed.
    pub checks_failed: u64,
    /// Checks that were dropped half-way, which costs the connection.
    pub checks_cut: u64,
}

impl Connects {
    pub(super) fn read(counters: &Counters) -> Self {
        Self {
            begun: counters.begun.load(SeqCst),
            connected: counters.connected.load(SeqCst),
            away: counters.away.load(SeqCst),
            failed: counters.failed.load(SeqCst),
            closed: counters.closed.load(SeqCst),
            checks_failed: counters.checks_failed.load(SeqCst),
            checks_cut: counters.checks_cut.load(SeqCst),
        }
    }
}

/// All closes of a pool.
fn closes(status: &Status) -> u64 {
    let by = status.closed_by;
    by.broken + by.check + by.closed
}

impl Books for Report {
    fn audit(&self, audit: &mut Audit) {
        self.audit_work(audit);
        self.audit_losses(audit);
        self.audit_views(audit);
    }
}

impl Report {
    /// Every checkout came to an end that somebody was told of.
    fn audit_work(&self, audit: &mut Audit) {
        let Self { settings, work, .. } = self;
        let status = &self.closed.status;
        audit.same("every query was answered", work.answered, settings.checkouts);
        audit.same("no answer was another's", work.wrong, 0);
        let used = work.answered + work.wrong + work.detached + total(&work.query_errors);
        audit.same("what became of each checkout", work.handed_out, used);
        let acquired = work.handed_out + settings.max_size as u64;
        audit.same("the pool counted each checkout", status.acquired, acquired);
        audit.same("the pool counted who ran out of time", status.timed_out, work.timed_out);
    }

    /// What was lost was lost to the chaos, and cost no more than it had to.
    fn audit_losses(&self, audit: &mut Audit) {
        let Self { settings, work, seen, connects, .. } = self;
        let by = self.closed.status.closed_by;
        let lost = by.broken + by.check;
        let felled = seen.terminated + seen.restarts * settings.max_size as u64;
        let causes = felled + connects.checks_cut + work.discarded;
        audit.at_most("lost without a cause", lost, causes);
        let noticed = lost + connects.failed + work.detached;
        audit.at_most("terminated and not noticed", seen.terminated, noticed);
        let surfaced = total(&work.acquire_errors).saturating_sub(work.timed_out);
        let failed = connects.away + connects.failed;
        audit.at_most("errors of acquires, of connects that failed", surfaced, failed);
        // But for those that nobody waited for any more.
        audit.at_least("connects that failed in silence", surfaced, failed / 2);
        // Who fails a query is never handed out again.
        audit.at_most("queries failed, of backends felled", total(&work.query_errors), felled);

        audit.same("the server was restarted", seen.restarts, 1);
        audit.at_least("backends were terminated", seen.terminated, 1);
        audit.at_least("queries failed by that", total(&work.query_errors), 1);
        audit.at_least("some were seen to be broken", by.broken, work.discarded + 1);
        audit.at_least("some failed their check", connects.checks_failed, 1);
    }

    /// The pool, its manager and the server say the same.
    fn audit_views(&self, audit: &mut Audit) {
        let Self { settings, work, seen, connects, in_use, at_rest, closed, .. } = self;
        let max_size = settings.max_size as u64;
        audit.at_most("backends alive at once", seen.peak, max_size);
        audit.at_least("backends were seen alive", seen.peak, 1);
        audit.same("statuses that contradict themselves", seen.odd_statuses, 0);

        audit.same("on loan, by the pool", in_use.status.in_use as u64, max_size);
        audit.same("on loan, by the server", in_use.listed, in_use.status.size as u64);
        audit.same("at rest, by the pool", at_rest.status.size as u64, max_size);
        audit.same("at rest, by the server", at_rest.listed, at_rest.status.size as u64);
        audit.same("after the close, by the pool", closed.status.size as u64, 0);
        audit.same("after the close, by the server", closed.listed, 0);
        for View { status, .. } in [in_use, at_rest, closed] {
            let ended = closes(status) + work.detached;
            audit.same("each has ended, or is there", status.created, ended + status.size as u64);
        }

        let status = &closed.status;
        audit.same("each was closed in good manner", status.dropped_unclosed, 0);
        audit.same("closes, by the manager", connects.closed, closes(status));
        let unfit = connects.checks_failed + connects.checks_cut;
        audit.same("unfit by their check, by the manager", unfit, status.closed_by.check);
        audit.same("connections, by the manager", connects.connected, status.created);
        let ended = connects.connected + connects.away + connects.failed;
        audit.same("no connect was cut", connects.begun, ended);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { settings, took, work, seen, connects, in_use, at_rest, closed } = self;
        let Settings { tasks, checkouts, max_size, seed, .. } = settings;
        let by = closed.status.closed_by;
        writeln!(
            f,
            "postgres_pool: {checkouts} checkouts, {tasks} tasks, max_size {max_size}, {took:.1?}"
        )?;
        writeln!(f, "  seed {seed}")?;
        writeln!(f, "the chaos")?;
        line(f, "backends terminated", seen.terminated)?;
        line(f, "  ended before they could be", seen.missed)?;
        line(f, "restarts", seen.restarts)?;
        line(f, "  took", format!("{:.1?}", seen.restarting))?;
        writeln!(f, "the tasks")?;
        line(f, "checkouts", work.handed_out)?;
        line(f, "  answered", work.answered)?;
        line(f, "  detached", work.detached)?;
        line(f, "  errors surfaced by queries", total(&work.query_errors))?;
        lines(f, &work.query_errors)?;
        line(f, "errors surfaced by acquires", total(&work.acquire_errors))?;
        lines(f, &work.acquire_errors)?;
        line(f, "acquires called off", work.called_off)?;
        writeln!(f, "the pool")?;
        line(f, "checkouts, with a last one of each connection", closed.status.acquired)?;
        line(f, "  of which waited", closed.status.waited)?;
        line(f, "connects begun", connects.begun)?;
        line(f, "  failed, the server being away", connects.away)?;
        line(f, "  failed half-way", connects.failed)?;
        line(f, "connections made", closed.status.created)?;
        line(f, "  closed: broken", by.broken)?;
        line(f, "    of which discarded by their user", work.discarded)?;
        line(f, "  closed: check", by.check)?;
        line(f, "    of which failed", connects.checks_failed)?;
        line(f, "    of which cut by its caller", connects.checks_cut)?;
        line(f, "  closed: with the pool", by.closed)?;
        line(f, "  detached", work.detached)?;
        writeln!(f, "the server (pg_stat_activity)")?;
        line(f, "samples", seen.samples)?;
        line(f, "peak alive at once", seen.peak)?;
        for (when, view) in [("all on loan", in_use), ("at rest", at_rest), ("closed", closed)] {
            line(f, format!("{when}: pool's size"), view.status.size)?;
            line(f, format!("{when}: backends listed"), view.listed)?;
        }
        Ok(())
    }
}
