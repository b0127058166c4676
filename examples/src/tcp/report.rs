//! The books of a run, and the laws that they obey.

use std::fmt;
use std::time::Duration;

use surefoot::pool::Status;

use super::{Settings, Tally, Work};
use crate::audit::{Audit, Books, line, lines, total};

/// What the tasks, the pool and the server counted.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was asked for.
    pub settings: Settings,
    /// How long it took.
    pub took: Duration,
    /// What the tasks did.
    pub work: Work,
    /// Connects that failed.
    pub connects_failed: u64,
    /// The pool after the last request.
    pub at_rest: Status,
    /// What the server had open at that time.
    pub open_at_rest: u64,
    /// The pool after its close.
    pub closed: Status,
    /// What the server saw.
    pub server: Tally,
}

impl Books for Report {
    fn audit(&self, audit: &mut Audit) {
        let Self { settings, work, server, at_rest, closed, .. } = self;
        let by = closed.closed_by;

        audit.same("every request was answered", work.answered, settings.tasks * settings.requests);
        audit.same("no answer was another's", work.wrong, 0);
        let used = work.answered + work.wrong + total(&work.request_errors);
        audit.same("each checkout ended as an answer or an error", work.handed_out, used);
        audit.same("the pool counted each checkout", at_rest.acquired, work.handed_out);
        audit.same("each answer that was sent arrived", server.echoed, work.answered);
        // A connection that the server had dropped before was never handed out.
        let errors = total(&work.request_errors);
        audit.same("only a drop under a request failed one", errors, server.dropped_on_echo);

        let surfaced = total(&work.acquire_errors);
        audit.at_most(
            "errors of acquires, of connects that failed",
            surfaced,
            self.connects_failed,
        );
        // But for those that nobody waited for any more.
        audit.at_least("connects that failed in silence", surfaced, self.connects_failed / 2);

        audit.at_most("open at once, on the server", server.peak, settings.max_size as u64);
        audit.at_least("connections were open at all", server.peak, 1);
        audit.same("the server's end of each accept", server.accepted, server.ended());
        audit.same("nothing is open after the close", server.open, 0);
        audit.same("nothing is in the pool after the close", closed.size as u64, 0);
        audit.same(
            "no connect was refused but by the server",
            self.connects_failed,
            server.refused,
        );
        let greeted = server.accepted - server.refused;
        audit.same("the pool counted each connection", closed.created, greeted);
        audit.same(
            "each was closed for a reason",
            closed.created,
            by.broken + by.check + by.closed,
        );
        audit.same("each was closed in good manner", closed.dropped_unclosed, 0);
        let given_up = by.broken + by.check;
        let felled = server.dropped_after_greeting() + work.discarded;
        audit.at_most("given up without a cause", given_up, felled);
        // At rest, the server may have dropped what the pool still keeps.
        audit.at_most("open at rest, unknown to the pool", self.open_at_rest, at_rest.size as u64);

        audit.at_least("the server dropped some under a request", server.dropped_on_echo, 1);
        audit.at_least("some were seen to be broken", by.broken, work.discarded + 1);
        audit.at_least("some failed their check", by.check, 1);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { settings, took, work, server, closed, .. } = self;
        let Settings { tasks, requests, max_size, seed, .. } = settings;
        writeln!(
            f,
            "tcp_pool: {tasks} tasks x {requests} requests, max_size {max_size}, {took:.1?}"
        )?;
        writeln!(f, "  seed {seed}")?;
        writeln!(f, "requests")?;
        line(f, "asked", tasks * requests)?;
        line(f, "answered", work.answered)?;
        line(f, "errors surfaced by requests", total(&work.request_errors))?;
        lines(f, &work.request_errors)?;
        line(f, "errors surfaced by acquires", total(&work.acquire_errors))?;
        lines(f, &work.acquire_errors)?;
        writeln!(f, "the pool")?;
        line(f, "checkouts", closed.acquired)?;
        line(f, "  of which waited", closed.waited)?;
        line(f, "connects that failed", self.connects_failed)?;
        line(f, "connections made", closed.created)?;
        line(f, "closed: broken", closed.closed_by.broken)?;
        line(f, "  of which discarded by their user", work.discarded)?;
        line(f, "closed: failed its check", closed.closed_by.check)?;
        line(f, "closed: with the pool", closed.closed_by.closed)?;
        writeln!(f, "the server")?;
        line(f, "accepted", server.accepted)?;
        line(f, "peak open at once", server.peak)?;
        line(f, "dropped before the greeting", server.refused)?;
        line(f, "dropped under a request", server.dropped_on_echo)?;
        line(f, "dropped under a check", server.dropped_on_ping)?;
        line(f, "dropped after an answer", server.dropped_at_rest)?;
        line(f, "ended by the client: said goodbye", server.quit)?;
        line(f, "ended by the client: without a word", server.hung_up)?;
        line(f, "open at the end", server.open)
    }
}
