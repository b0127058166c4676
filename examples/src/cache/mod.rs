//! A cache in front of documents that load slowly, from real files.
//!
//! Readers look into the cache, and load what is not there, once for all that miss
//! it at the same time. Writers rewrite documents, one at a time for each, and
//! nothing of what they replaced stays in the cache. At random, pages expire, readers
//! give up, and loads fail and panic. At the end, every count in the files is there,
//! and what is cached is what the files say.

mod origin;
mod pages;
mod report;

pub use self::origin::{Origin, Page, Tally};
pub use self::pages::{Answer, Pages};
pub use self::report::Report;

use std::sync::Arc;
use std::time::{Duration, Instant};

use surefoot::deadline::timeout;
use surefoot::error::Closed;
use surefoot::lock::{FlightError, Watcher};
use surefoot::spawn::{Task, spawn};

use crate::audit::{Kinds, count, merge};
use crate::draw::Draw;
use crate::run::{Error, on_runtime};

/// How much to do.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// What readers, writers and loads draw from. Threads race, so a seed does not
    /// repeat a run.
    pub seed: u64,
    /// How many documents there are.
    pub documents: u64,
    /// Tasks that read, all at once.
    pub readers: u64,
    /// Reads of each.
    pub reads: u64,
    /// Tasks that write, all at once.
    pub writers: u64,
    /// Writes of each.
    pub writes: u64,
    /// Tasks that watch how many writes there were.
    pub watchers: u64,
    /// When the run is given up.
    pub limit: Duration,
}

impl Settings {
    /// 32 readers and 8 writers of 12 documents.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self {
            seed,
            documents: 12,
            readers: 32,
            reads: 300,
            writers: 8,
            writes: 40,
            watchers: 3,
            limit: Duration::from_secs(60),
        }
    }
}

/// Runs it all.
///
/// # Errors
///
/// If the run could not be made, or did not end in time. Books that do not agree
/// are no error: they are in the [`Report`].
pub fn run(settings: &Settings) -> Result<Report, Error> {
    let limit = settings.limit;
    on_runtime(limit, all(*settings), || "the readers and writers do not end".to_owned())
}

async fn all(settings: Settings) -> Result<Report, Error> {
    let began = Instant::now();
    let mut draw = Draw::seeded(settings.seed);
    let pages = Arc::new(Pages::new(Origin::create(settings.documents)?));
    let watchers: Vec<_> =
        (0..settings.watchers).map(|_| spawn(watch(pages.writes().subscribe()))).collect();
    let mut tasks = Vec::new();
    for _ in 0..settings.readers {
        tasks.push(reader(pages.clone(), settings, draw.split()));
    }
    for _ in 0..settings.writers {
        tasks.push(writer(pages.clone(), settings, draw.split()));
    }
    let mut work = Work::default();
    for task in tasks {
        work.add(task.await?);
    }
    let pages = Arc::into_inner(pages).ok_or("somebody still has the pages")?;
    let (in_files, stale) = pages.compare().await?;
    let (left, origin, last) = (pages.left_over(), pages.tally(), *pages.writes().load());
    // The watchers learn of the end.
    drop(pages);
    let mut seen = Vec::new();
    for watcher in watchers {
        seen.push(watcher.await?);
    }
    let took = began.elapsed();
    Ok(Report { settings, took, work, origin, in_files, stale, left, last, seen })
}

/// What a task did, or all of them.
#[derive(Clone, Debug, Default)]
pub struct Work {
    /// Reads that found the page in the cache.
    pub hits: u64,
    /// Reads that got the page from a load, their own or another's.
    pub loaded: u64,
    /// Reads that got another page.
    pub wrong: u64,
    /// Reads that ended as an error, by its kind.
    pub errors: Kinds,
    /// Reads that were given up.
    pub given_up: u64,
    /// Documents that were rewritten.
    pub written: u64,
    /// Writes that were given up while they waited for their document.
    pub not_written: u64,
}

impl Work {
    fn add(&mut self, other: Self) {
        self.hits += other.hits;
        self.loaded += other.loaded;
        self.wrong += other.wrong;
        merge(&mut self.errors, other.errors);
        self.given_up += other.given_up;
        self.written += other.written;
        self.not_written += other.not_written;
    }
}

/// A task that reads one document after the other, and gives up at random.
fn reader(pages: Arc<Pages>, settings: Settings, mut draw: Draw) -> Task<Work> {
    spawn(async move {
        let mut work = Work::default();
        for _ in 0..settings.reads {
            let id = draw.below(settings.documents);
            if draw.one_in(6) {
                pages.forget(id);
            }
            let patience = if draw.one_in(4) { draw.below(4) } else { 60_000 };
            let read = pages.get(id, draw.split());
            match timeout(Duration::from_millis(patience), read).await {
                Err(_elapsed) => work.given_up += 1,
                Ok(Ok(Answer::Cached(page))) if page.id == id => work.hits += 1,
                Ok(Ok(Answer::Loaded(page))) if page.id == id => work.loaded += 1,
                Ok(Ok(_)) => work.wrong += 1,
                Ok(Err(FlightError::Failed(error))) => count(&mut work.errors, error.to_string()),
                Ok(Err(FlightError::Panicked(panicked))) => {
                    count(&mut work.errors, format!("panic: {}", panicked.message()));
                }
                Ok(Err(other)) => count(&mut work.errors, other.to_string()),
            }
        }
        work
    })
}

/// A task that rewrites one document after the other, of a few that all like.
fn writer(pages: Arc<Pages>, settings: Settings, mut draw: Draw) -> Task<Work> {
    spawn(async move {
        let mut work = Work::default();
        for _ in 0..settings.writes {
            let id = draw.below(settings.documents.div_ceil(4));
            let patience = if draw.one_in(4) { draw.below(3) } else { 60_000 };
            match pages.rewrite(id, Duration::from_millis(patience)).await {
                Ok(true) => work.written += 1,
                Ok(false) => work.not_written += 1,
                Err(error) => count(&mut work.errors, format!("write: {error}")),
            }
        }
        work
    })
}

/// What a watcher saw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// How many values.
    pub values: u64,
    /// How many of them were not above the one before.
    pub out_of_order: u64,
    /// The last.
    pub last: u64,
}

async fn watch(mut watcher: Watcher<u64>) -> Seen {
    let mut seen = Seen { last: *watcher.latest(), ..Seen::default() };
    loop {
        match watcher.changed().await {
            Ok(value) => {
                seen.values += 1;
                seen.out_of_order += u64::from(*value <= seen.last);
                seen.last = *value;
            }
            Err(Closed) => return seen,
        }
    }
}
