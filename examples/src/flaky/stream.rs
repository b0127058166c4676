//! Pages at a rate, a few at a time, in batches, until it is enough; and the chapters of a
//! book in their order, up to one that is not there.

use std::cell::RefCell;
use std::fmt;
use std::panic;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::time::{Duration, Instant};

use futures::stream::{self, Stream, StreamExt as _};
use surefoot::error::TaskError;
use surefoot::stream::{Interval, Missed, StreamPatterns as _, Tick};
use tokio::sync::oneshot;
use tokio::time::sleep;

use super::{FetchError, Sides, Web, against_server};
use crate::audit::{Audit, Books, Kinds, count, line, lines, total};
use crate::run::Error;

/// At most one request is begun in this time.
const PERIOD: Duration = Duration::from_millis(2);
/// How many pages are fetched at a time.
const AT_ONCE: usize = 8;
/// How many of them come in a batch, at most.
const BATCH: usize = 6;
/// How long a page waits for its batch to be full.
const WAIT: Duration = Duration::from_millis(25);
/// How many pages are enough.
const ENOUGH: u64 = 300;
/// How many chapters the book is said to have.
const CHAPTERS: u64 = 60;
/// How many it has.
const WRITTEN: u64 = 25;

/// Fetches at a rate until `stop`, in tasks that go on while the consumer works on a
/// batch. A consumer that is too slow slows them down: no more than a few wait for it,
/// and the ticks that it missed don't come in a burst.
pub fn crawl<F>(
    stop: impl Future,
    fetch: impl FnMut(Tick) -> F,
) -> impl Stream<Item = Vec<Result<F::Output, TaskError>>>
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    Interval::every(PERIOD)
        .missed(Missed::Delay)
        .until(stop)
        .spawn_unordered(AT_ONCE, fetch)
        .batch(BATCH, WAIT)
}

/// The chapters of a book in their order, each fetched while those before it are read. The
/// first that can't be had ends it, and drops those that are under way.
pub fn book(web: &Web) -> impl Stream<Item = Result<String, FetchError>> {
    stream::iter((0..CHAPTERS).map(Ok))
        .try_map_ordered(AT_ONCE, async |n| web.page(&chapter(n)).await)
}

fn chapter(n: u64) -> String {
    let mood = if n < WRITTEN { "good" } else { "gone" };
    format!("/{mood}/chapter/{n}")
}

fn page(n: u64) -> String {
    let mood = match n % 10 {
        3 => "busy",
        4 => "dead",
        9 => "gone",
        _ => "good",
    };
    format!("/{mood}/{n}")
}

/// Whether this page's task panics.
fn panics(n: u64) -> bool {
    n % 50 == 20
}

/// Runs it all.
///
/// # Errors
///
/// If the run could not be made, or did not end in time.
pub fn run(seed: u64) -> Result<Report, Error> {
    let (mut report, sides) = against_server(seed, async |web| {
        let mut report = Report { crawled: crawl_until_enough(web).await, ..Report::default() };
        report.asked_by_crawl = web.seen().asked;
        let mut chapters = pin!(book(web));
        while let Some(chapter) = chapters.next().await {
            match chapter {
                _ if report.book_errors > 0 => report.after_error += 1,
                Ok(text) if text == self::chapter(report.chapters) => report.chapters += 1,
                Ok(_) => report.misplaced += 1,
                Err(_) => report.book_errors += 1,
            }
        }
        report
    })?;
    report.sides = sides;
    Ok(report)
}

async fn crawl_until_enough(web: &Web) -> Crawled {
    let crawled = RefCell::new(Crawled::default());
    let (is_busy, meanwhile) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let (stop, stopped) = oneshot::channel();
    let mut stop = Some(stop);
    let began = Instant::now();
    let fetch = |Tick { count: n, .. }: Tick| {
        let mut crawled = crawled.borrow_mut();
        crawled.begun += 1;
        crawled.early += u64::from(began.elapsed() < PERIOD * n as u32);
        crawled.after_stop += u64::from(crawled.is_stopped);
        let (web, is_busy, meanwhile) = (web.clone(), is_busy.clone(), meanwhile.clone());
        async move {
            if panics(n) {
                // Past the panic hook, which would print each.
                panic::resume_unwind(Box::new("the page makes no sense"));
            }
            let fetched = web.page(&page(n)).await;
            meanwhile.fetch_add(u64::from(is_busy.load(SeqCst)), SeqCst);
            (n, fetched)
        }
    };
    let mut batches = pin!(crawl(stopped, fetch));
    let mut numbers = Vec::new();
    while let Some(batch) = batches.next().await {
        let is_slow = {
            let mut crawled = crawled.borrow_mut();
            crawled.batches += 1;
            crawled.largest = crawled.largest.max(batch.len() as u64);
            for fetched in batch {
                let kind = match fetched {
                    Ok((n, fetched)) => {
                        numbers.push(n);
                        match fetched {
                            Ok(_) => "pages",
                            Err(FetchError::Busy { .. }) => "busy",
                            Err(FetchError::Http(_)) => "not there, or hung up on",
                        }
                    }
                    Err(TaskError::Panicked(_)) => "panicked",
                    Err(_) => "cancelled",
                };
                count(&mut crawled.ended, kind);
            }
            if total(&crawled.ended) >= ENOUGH
                && let Some(stop) = stop.take()
            {
                crawled.is_stopped = stop.send(()).is_ok();
            }
            crawled.batches % 4 == 0
        };
        if is_slow {
            is_busy.store(true, SeqCst);
            sleep(Duration::from_millis(20)).await;
            is_busy.store(false, SeqCst);
        }
    }
    let came = numbers.len();
    numbers.sort_unstable();
    numbers.dedup();
    let mut crawled = crawled.take();
    crawled.twice = (came - numbers.len()) as u64;
    crawled.meanwhile = meanwhile.load(SeqCst);
    crawled
}

/// What came of the crawl.
#[derive(Clone, Debug, Default)]
pub struct Crawled {
    /// Requests that were begun, or would have been but for a panic.
    pub begun: u64,
    /// Those that were begun before their turn.
    pub early: u64,
    /// Those that were begun after the stop.
    pub after_stop: u64,
    /// Whether it was told to stop.
    pub is_stopped: bool,
    /// Batches that came.
    pub batches: u64,
    /// What the largest of them held.
    pub largest: u64,
    /// What came, by its kind.
    pub ended: Kinds,
    /// Pages that came twice.
    pub twice: u64,
    /// Pages that came while a batch was worked on.
    pub meanwhile: u64,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Pages at a rate.
    pub crawled: Crawled,
    /// Requests for them.
    pub asked_by_crawl: u64,
    /// Chapters that came in their turn.
    pub chapters: u64,
    /// Chapters that came in another's.
    pub misplaced: u64,
    /// Errors of the book.
    pub book_errors: u64,
    /// What came after the first of them.
    pub after_error: u64,
    /// The requests.
    pub sides: Sides,
}

impl Books for Report {
    fn audit(&self, audit: &mut Audit) {
        let Self { crawled, asked_by_crawl, sides, .. } = self;
        let ended = |kind| crawled.ended.get(kind).copied().unwrap_or_default();
        audit.same("no request was begun before its turn", crawled.early, 0);
        audit.same("each that was begun has an outcome", total(&crawled.ended), crawled.begun);
        audit.same("no page came twice", crawled.twice, 0);
        let panicked = (0..crawled.begun).filter(|&n| panics(n)).count() as u64;
        audit.same("each panic came as an item", ended("panicked"), panicked);
        audit.same("what did not panic was asked for", *asked_by_crawl, crawled.begun - panicked);
        audit.same("no task was cancelled", ended("cancelled"), 0);
        audit.at_most("the largest batch", crawled.largest, BATCH as u64);
        audit.at_least("batches of several", crawled.largest, 2);
        audit.at_least("it went on while batches were worked on", crawled.meanwhile, 1);
        audit.at_least("it is enough", total(&crawled.ended), ENOUGH);
        audit.same("it was told to stop", u64::from(crawled.is_stopped), 1);
        audit.same("none was begun after that", crawled.after_stop, 0);

        audit.at_most("chapters that came", self.chapters, WRITTEN);
        audit.same("each chapter came in its turn", self.misplaced, 0);
        audit.same("the first that is not there ended it", self.book_errors, 1);
        audit.same("nothing came after that", self.after_error, 0);
        let asked_by_book = sides.client.asked.saturating_sub(*asked_by_crawl);
        audit.at_most("chapters asked for", asked_by_book, WRITTEN + AT_ONCE as u64);

        audit.at_most("pages fetched at a time", sides.server.peak, AT_ONCE as u64);
        audit.at_least("pages that came", sides.client.good, ended("pages") + self.chapters);
        sides.audit(audit);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { crawled, chapters, sides, .. } = self;
        writeln!(f, "streams: a page each {PERIOD:?}, {AT_ONCE} at a time, {ENOUGH} and no more")?;
        line(f, "begun", crawled.begun)?;
        line(f, "ended", total(&crawled.ended))?;
        lines(f, &crawled.ended)?;
        line(f, "batches", crawled.batches)?;
        line(f, "ended while one was worked on", crawled.meanwhile)?;
        line(f, "chapters of the book", chapters)?;
        write!(f, "{sides}")
    }
}
