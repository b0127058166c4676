//! Many pages at a time: all of them, all or the first error, or as many as there is
//! time for.

use std::fmt;
use std::time::Duration;

use surefoot::join::{self, Unsettled};

use super::{FetchError, Sides, Web, against_server};
use crate::audit::{Audit, Books, line};
use crate::run::Error;

/// How many pages are fetched at a time.
const AT_ONCE: usize = 8;
/// How long they may take together.
const DEADLINE: Duration = Duration::from_secs(1);
/// How many pages there are.
const PAGES: u64 = 360;

/// What a user sees first: a page that needs two others, fetched at the same time.
///
/// # Errors
///
/// The first error, as soon as it is there: the other page is not waited for.
pub async fn front(web: &Web, user: &str, posts: &str) -> Result<String, FetchError> {
    let (user, posts) = join::try_all((web.page(user), web.page(posts))).await?;
    Ok(format!("{user}: {posts}"))
}

/// As many of the pages as can be had within the deadline, a few at a time, each at
/// its place. What some of them lack costs the others nothing.
pub async fn crawl(web: &Web, paths: &[String]) -> Vec<Result<String, Unsettled<FetchError>>> {
    let pages = paths.iter().map(|path| web.page(path));
    join::settle(pages).limit(AT_ONCE).deadline(DEADLINE).await
}

/// Some pages are not there or fail, and so many hang that in the end each place is
/// taken by one that does.
fn path(n: u64) -> String {
    let mood = match n {
        n if n % 40 == 39 => "hang",
        n if n % 10 == 9 => "gone",
        n if n % 10 == 4 => "dead",
        _ => "good",
    };
    format!("/{mood}/{n}")
}

/// Runs it all.
///
/// # Errors
///
/// If the run could not be made, or did not end in time.
pub fn run(seed: u64) -> Result<Report, Error> {
    let (mut report, sides) = against_server(seed, async |web| {
        let mut report = Report::default();
        report.fronts += u64::from(front(web, "/good/user", "/good/posts").await.is_ok());
        // The page that is not there ends it; the one that hangs is not waited for.
        report.fronts += u64::from(front(web, "/hang/user", "/gone/posts").await.is_ok());
        let paths: Vec<_> = (0..PAGES).map(path).collect();
        for (path, page) in paths.iter().zip(crawl(web, &paths).await) {
            match page {
                Ok(page) if page == *path => report.fetched += 1,
                Ok(_) => report.misplaced += 1,
                Err(Unsettled::Failed(_)) => report.failed += 1,
                Err(Unsettled::NotStarted(_)) => report.not_started += 1,
                Err(_) => report.cut += 1,
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
    /// Front pages that were there, of two.
    pub fronts: u64,
    /// Pages fetched.
    pub fetched: u64,
    /// Pages at another's place.
    pub misplaced: u64,
    /// Pages that failed.
    pub failed: u64,
    /// Pages that were cut by the deadline.
    pub cut: u64,
    /// Pages that were not asked for before the deadline.
    pub not_started: u64,
    /// The requests.
    pub sides: Sides,
}

impl Books for Report {
    fn audit(&self, audit: &mut Audit) {
        let Self { fronts, fetched, misplaced, failed, cut, not_started, sides } = self;
        audit.same("front pages, of those that are there", *fronts, 1);
        audit.same("each page is at its place", *misplaced, 0);
        let ended = fetched + failed + cut + not_started;
        audit.same("each page has an outcome", ended, PAGES);

        let peak = sides.server.peak;
        audit.at_most("pages fetched at a time", peak, AT_ONCE as u64);
        audit.same(
            "what was not started was not asked for",
            sides.client.asked,
            4 + PAGES - not_started,
        );
        audit.same(
            "the server was asked for what failed",
            sides.client.gone + sides.client.dead,
            failed + 1,
        );
        audit.same("pages that came, were kept", sides.client.good, fetched + 2);
        audit.same("the rest was cut", sides.client.cut, cut + 1);

        audit.at_least("some were cut by the deadline", *cut, 1);
        audit.at_least("some were kept back by the limit", *not_started, 1);
        sides.audit(audit);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { fronts, fetched, failed, cut, not_started, sides, .. } = self;
        writeln!(f, "join: {PAGES} pages, {AT_ONCE} at a time, within {DEADLINE:?}")?;
        line(f, "front pages, of two", fronts)?;
        line(f, "pages fetched", fetched)?;
        line(f, "pages that failed", failed)?;
        line(f, "cut by the deadline", cut)?;
        line(f, "not started", not_started)?;
        write!(f, "{sides}")
    }
}
