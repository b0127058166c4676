//! The first success of several, and a spare for what is slow.

use std::fmt;
use std::time::Duration;

use surefoot::deadline::timeout;
use surefoot::join;
use surefoot::race::{self, AllFailed};

use super::{FetchError, Sides, Web, against_server};
use crate::audit::{Audit, Books, Kinds, count, line, lines, total};
use crate::run::Error;

/// How many races run at a time.
const AT_ONCE: usize = 16;
/// Races of mirrors.
const RACES: u64 = 50;
/// Hedged requests.
const HEDGES: u64 = 200;
/// After how long a spare is started: more than most requests take.
const SPARE_AFTER: Duration = Duration::from_millis(20);
/// Attempts at most, the first included.
const ATTEMPTS: u32 = 4;
/// How long all attempts of a request may take together.
const LIMIT: Duration = Duration::from_millis(300);

/// The page from whichever mirror has it first. A mirror that fails fast does not
/// win.
///
/// # Errors
///
/// Every mirror's error, if none has it.
pub async fn fastest(
    web: &Web,
    mirrors: &[String],
) -> Result<(usize, String), AllFailed<FetchError>> {
    race::first_ok(mirrors.iter().map(|mirror| web.page(mirror))).await
}

/// The page, from the first of a few attempts that has it. For pages that can be
/// fetched twice without harm.
///
/// # Errors
///
/// Every attempt's error, if all failed.
pub async fn hedged(web: &Web, path: &str) -> Result<String, AllFailed<FetchError>> {
    race::hedge(|_| web.page(path)).after(SPARE_AFTER).max(ATTEMPTS).await
}

/// Runs it all.
///
/// # Errors
///
/// If the run could not be made, or did not end in time.
pub fn run(seed: u64) -> Result<Report, Error> {
    let (mut report, sides) = against_server(seed, async |web| {
        let mut report = Report::default();
        let raced = join::all((0..RACES).map(async |n| {
            let mirrors = ["dead", "busy", "good", "hang"].map(|mood| format!("/{mood}/{n}"));
            fastest(web, &mirrors).await.map(|(place, page)| (place, page == mirrors[place]))
        }));
        for won in raced.limit(AT_ONCE).await {
            match won {
                Ok((place, true)) => count(&mut report.won_by, place.to_string()),
                Ok((_, false)) => report.mixed_up += 1,
                Err(_) => report.lost += 1,
            }
        }
        report.asked_by_races = web.seen().asked;
        let hedged = join::all((0..HEDGES).map(async |n| {
            let path = format!("/flaky/{n}");
            // An attempt that hangs has no end of its own.
            timeout(LIMIT, hedged(web, &path)).await
        }));
        for ended in hedged.limit(AT_ONCE).await {
            match ended {
                Ok(Ok(_)) => report.fetched += 1,
                Ok(Err(failed)) if failed.errors.len() == ATTEMPTS as usize => report.failed += 1,
                Ok(Err(_)) => report.gave_up_early += 1,
                Err(_) => report.timed_out += 1,
            }
        }
        report
    })?;
    report.sides = sides;
    Ok(report)
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Races won, by the place of the mirror.
    pub won_by: Kinds,
    /// Races whose winner is not at the place that is told.
    pub mixed_up: u64,
    /// Races without a winner.
    pub lost: u64,
    /// Requests of all races.
    pub asked_by_races: u64,
    /// Hedged requests that had their page.
    pub fetched: u64,
    /// Hedged requests whose attempts failed, every one.
    pub failed: u64,
    /// Hedged requests that failed with attempts left.
    pub gave_up_early: u64,
    /// Hedged requests that took too long.
    pub timed_out: u64,
    /// The requests.
    pub sides: Sides,
}

impl Report {
    fn asked_by_hedges(&self) -> u64 {
        self.sides.client.asked.saturating_sub(self.asked_by_races)
    }
}

impl Books for Report {
    fn audit(&self, audit: &mut Audit) {
        let Self { won_by, mixed_up, lost, fetched, failed, timed_out, sides, .. } = self;
        let good = won_by.get("2").copied().unwrap_or_default();
        audit.same("each race was won by the mirror that has the page", good, RACES);
        audit.same("races, by their ends", total(won_by) + mixed_up + lost, RACES);
        audit.at_most("requests of the races", self.asked_by_races, 4 * RACES);
        audit.at_least("losers were cut", sides.client.cut, 1);

        audit.same("hedges, by their ends", fetched + failed + timed_out, HEDGES);
        audit.same("hedges that gave up early", self.gave_up_early, 0);
        let most = HEDGES * u64::from(ATTEMPTS);
        audit.at_most("attempts of the hedges", self.asked_by_hedges(), most);
        audit.at_least("spares were started", self.asked_by_hedges(), HEDGES + 1);
        audit.same("pages that came, won", sides.client.good, total(won_by) + fetched);
        sides.audit(audit);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { won_by, lost, fetched, failed, timed_out, sides, .. } = self;
        writeln!(f, "race: {RACES} races of mirrors, {HEDGES} hedged requests")?;
        line(f, "races won, by the place of the mirror", total(won_by))?;
        lines(f, won_by)?;
        line(f, "races without a winner", lost)?;
        line(f, "hedged requests that had their page", fetched)?;
        line(f, "  all of whose attempts failed", failed)?;
        line(f, "  that took too long", timed_out)?;
        line(f, "  spares", self.asked_by_hedges().saturating_sub(HEDGES))?;
        write!(f, "{sides}")
    }
}
