//! The books of client and server, side by side.

use std::fmt;

use super::{Seen, Tally};
use crate::audit::{Audit, Books, line};

/// What both sides saw.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sides {
    /// The client.
    pub client: Seen,
    /// The server.
    pub server: Tally,
    /// Whether the server came to its end within its time limit.
    pub drained: bool,
}

impl Books for Sides {
    fn audit(&self, audit: &mut Audit) {
        let Self { client, server, drained } = self;
        let Seen { asked, good, wrong, busy, gone, dead, cut } = *client;

        audit.same("no page was another's", wrong, 0);
        let ended = good + wrong + busy + gone + dead + cut;
        audit.same("each request ended, by the client", asked, ended);
        let ended = server.good + server.busy + server.gone + server.dead + server.left;
        audit.same("each request ended, by the server", server.asked, ended);
        audit.same("nobody left a request behind", server.in_flight, 0);
        audit.same("the server stopped in time", u64::from(*drained), 1);

        // One that is cut may not have left yet, or may have been answered already.
        let pairs = [
            ("arrived", asked.saturating_sub(cut), server.asked),
            ("pages", good, server.good),
            ("busy", busy, server.busy),
            ("gone", gone, server.gone),
            ("dead", dead, server.dead),
        ];
        for (what, client, server) in pairs {
            audit.at_least(&format!("{what}, by the server"), server, client);
            audit.at_most(&format!("{what}, by the server"), server, client + cut);
        }
        audit.at_most("who left was cut", server.left, cut);
    }
}

impl fmt::Display for Sides {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { client, server, .. } = self;
        writeln!(f, "requests, by the client and by the server")?;
        let both = |client, server| format!("{client} {server:>6}");
        line(f, "asked", both(client.asked, server.asked))?;
        line(f, "answered with the page", both(client.good, server.good))?;
        line(f, "answered with 503", both(client.busy, server.busy))?;
        line(f, "answered with 404", both(client.gone, server.gone))?;
        line(f, "hung up on", both(client.dead, server.dead))?;
        line(f, "cut by the client", both(client.cut, server.left))?;
        line(f, "peak at once, by the server", server.peak)
    }
}
