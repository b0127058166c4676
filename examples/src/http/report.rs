//! The books of both sides.

use std::fmt;
use std::time::Duration;

use super::Settings;
use super::load::{Load, Queued, Tried};
use crate::audit::{Audit, Books, line, lines, total};

/// How the process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// By itself.
    Code(i32),
    /// By a signal that it did not catch.
    BySignal,
    /// It did not, and was killed.
    Killed,
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "code {code}"),
            Self::BySignal => f.write_str("by a signal"),
            Self::Killed => f.write_str("killed"),
        }
    }
}

/// What the service counted.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    /// Connections accepted.
    pub accepted: u64,
    /// Requests that it began to work on.
    pub begun: u64,
}

/// What both sides saw.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was run: `service` or `alone`.
    pub mode: String,
    /// What was asked for.
    pub settings: Settings,
    /// Requests that the service was working on when it learnt of the signal.
    pub in_flight: u64,
    /// Connections, open when the signal was sent, that were idle or stalled.
    pub idle_at_signal: u64,
    /// Connections that waited to be accepted when the signal was sent.
    pub queued: Queued,
    /// Connects after the service had closed its listener.
    pub late: Tried,
    /// How the process ended.
    pub ended: Ended,
    /// When, after the signal.
    pub ended_after: Duration,
    /// What the service says, if it came to that.
    pub told: Option<Told>,
    /// What the clients say.
    pub load: Load,
}

impl Books for Report {
    fn audit(&self, audit: &mut Audit) {
        let Self { settings, load, queued, late, told, .. } = self;
        let lost = total(&load.lost);

        audit.at_least("requests were in flight at the signal", self.in_flight, 1);
        audit.same(
            "idle and stalled connections were open",
            self.idle_at_signal,
            4 * settings.idle,
        );
        audit.same("connections waited to be accepted", queued.made, settings.queued);
        audit.same("each of them was served", queued.answered, queued.made);
        audit.at_least(
            "requests were answered before it",
            load.answered,
            settings.clients * settings.warm,
        );
        audit.at_least("clients were told to go", load.goodbyes, 1);

        audit.same("each request was answered or lost", load.asked, load.answered + lost);
        audit.same("no answer was another's", load.wrong, 0);
        // A service that has not told its books does not get the benefit of the doubt.
        let Told { accepted, begun } = told.unwrap_or(Told { accepted: load.connected, begun: 0 });
        audit.same("each request that was begun was answered", begun, load.answered);
        audit.at_most("accepted, of those that were made", accepted, load.connected);
        audit.same(
            "a request was lost only on a connection that was not accepted",
            lost,
            load.connected.saturating_sub(accepted),
        );

        // Reset, if the listener was closed in the middle of it.
        let turned_away = ["connection refused", "connection reset"]
            .iter()
            .filter_map(|kind| load.turned_away.get(*kind))
            .sum();
        audit.same("each client was turned away in the end", turned_away, settings.clients);
        audit.same("each late connect was refused", late.refused, late.tried);

        audit.same("the service says that all went well", self.code_or_255(), 0);
        let limit = settings.exit_limit.as_millis() as u64;
        audit.at_most("milliseconds to the end", self.ended_after.as_millis() as u64, limit);
    }
}

impl Report {
    fn code_or_255(&self) -> u64 {
        match self.ended {
            Ended::Code(code) => code.unsigned_abs().into(),
            Ended::BySignal | Ended::Killed => 255,
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { mode, settings, load, told, ended, ended_after, .. } = self;
        let Settings { seed, clients, idle, .. } = settings;
        writeln!(f, "http_shutdown, {mode}: {clients} clients, 4 x {idle} idle connections")?;
        writeln!(f, "  seed {seed}")?;
        writeln!(f, "the clients")?;
        line(f, "connections made", load.connected)?;
        line(f, "requests sent", load.asked)?;
        line(f, "  answered", load.answered)?;
        line(f, "    and told to go", load.goodbyes)?;
        line(f, "  lost", total(&load.lost))?;
        lines(f, &load.lost)?;
        line(f, "turned away in the end", total(&load.turned_away))?;
        lines(f, &load.turned_away)?;
        line(f, "in the queue at the signal, and served", self.queued)?;
        line(f, "late connects refused", self.late)?;
        writeln!(f, "the service")?;
        if let Some(Told { accepted, begun }) = told {
            line(f, "connections accepted", accepted)?;
            line(f, "requests begun", begun)?;
        }
        line(f, "requests in flight at the signal", self.in_flight)?;
        line(f, "idle and stalled connections then", self.idle_at_signal)?;
        line(f, format!("ended: {ended}, after"), format!("{ended_after:.2?}"))
    }
}
