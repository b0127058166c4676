//! The books of the service, the database and the web server.

use std::fmt;
use std::sync::Arc;

use surefoot::error::Elapsed;
use surefoot::retry::{RetryError, Stop};

use super::service::TRIES;
use super::{FLAKY, ServiceError, chain, find};
use crate::audit::{Audit, Books, line};
use crate::flaky::Tally;

/// A user that could not be had.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What was wrong.
    pub what: &'static str,
    /// Where it came from.
    pub origin: Origin,
    /// What the service said.
    pub error: Arc<RetryError<ServiceError>>,
}

/// Where an error comes from, and whether it may be gone the next time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// From reqwest.
    Network {
        /// Whether it passes.
        passes: bool,
    },
    /// From sqlx.
    Database {
        /// Whether it passes.
        passes: bool,
    },
    /// From a time limit, which passes.
    Time,
}

impl Failure {
    /// Whether what its origin said is in its chain.
    fn has_source(&self) -> bool {
        let error = &*self.error;
        match self.origin {
            Origin::Network { .. } => find::<reqwest::Error>(error).is_some(),
            Origin::Database { .. } => find::<sqlx::Error>(error).is_some(),
            Origin::Time => find::<Elapsed>(error).is_some(),
        }
    }

    fn passes(&self) -> bool {
        match self.origin {
            Origin::Network { passes } | Origin::Database { passes } => passes,
            Origin::Time => true,
        }
    }
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Users that were had, of those whose pages come in the end.
    pub fetched: u64,
    /// The others of these.
    pub gave_up: u64,
    /// Users that were had once the database had a connection again, of one.
    pub fetched_late: u64,
    /// The users that could not be had.
    pub failures: Vec<Failure>,
    /// Tries, by the service.
    pub tries: u64,
    /// Requests for pages, by the service.
    pub asked: u64,
    /// Of these, how many took too long.
    pub timed_out: u64,
    /// Visits, by the database.
    pub visits: u64,
    /// What the web server saw.
    pub server: Tally,
    /// Whether it came to its end within its time limit.
    pub drained: bool,
}

impl Books for Report {
    fn audit(&self, audit: &mut Audit) {
        let Self { fetched, gave_up, fetched_late, tries, asked, timed_out, server, .. } = *self;
        audit.same("users, by what became of them", fetched + gave_up, FLAKY.unsigned_abs());
        audit.at_least("some were had", fetched, 1);
        audit.same("one was had as soon as it could be", fetched_late, 1);

        audit.same("errors that were to be had", self.failures.len() as u64, 7);
        for failure in &self.failures {
            let law = |law| format!("{}: {law}", failure.what);
            audit.same(&law("its source is in the chain"), failure.has_source().into(), 1);
            let (most, stop) =
                if failure.passes() { (TRIES, Stop::Attempts) } else { (1, Stop::Permanent) };
            audit.same(&law("tries"), failure.error.attempts.into(), most.into());
            audit.same(&law("and why no more"), u64::from(failure.error.stop == stop), 1);
        }

        audit.at_least("tries, by what they ask", tries, asked);
        audit.same("each page that is asked for is one visit", asked, self.visits);
        // What took too long may not have arrived, or have been answered already.
        audit.at_most("requests that arrived", server.asked, asked);
        audit.at_least("requests that arrived", server.asked, asked.saturating_sub(timed_out));
        audit.at_least("pages that were served", server.good, fetched + fetched_late);
        audit.at_most("pages that were served", server.good, fetched + fetched_late + timed_out);
        audit.at_most("who left, waited too long", server.left, timed_out);
        audit.same("nobody left a request behind", server.in_flight, 0);
        audit.same("the server stopped in time", self.drained.into(), 1);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "errors: at most {TRIES} tries for a user")?;
        for Failure { what, error, .. } in &self.failures {
            writeln!(f, "  {what}")?;
            for error in chain(&**error) {
                writeln!(f, "    {error}")?;
            }
        }
        line(f, "users of a flaky server", FLAKY)?;
        line(f, "  that were had", self.fetched)?;
        line(f, "tries", self.tries)?;
        line(f, "visits, by the database", self.visits)?;
        line(f, "requests for pages", self.asked)?;
        line(f, "  that arrived, by the server", self.server.asked)?;
        line(f, "  that took too long", self.timed_out)
    }
}
