//! The cache: what the program is about.

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use surefoot::deadline::timeout;
use surefoot::lock::{FlightError, Guarded, Keyed, SingleFlight, Snapshot};

use super::{Origin, Page, Tally};
use crate::draw::Draw;

/// Documents, cached.
#[derive(Debug)]
pub struct Pages {
    origin: Origin,
    cached: Guarded<Cached>,
    /// One load at a time for each document, for all that miss it.
    loading: SingleFlight<u64, Page, io::Error>,
    /// One rewrite at a time for each document: it awaits in the middle.
    writing: Keyed<u64>,
    /// How many rewrites there were.
    writes: Snapshot<u64>,
}

#[derive(Default)]
struct Cached {
    pages: BTreeMap<u64, Page>,
    /// How often a document was rewritten. What was loaded before is not cached
    /// after.
    rewrites: BTreeMap<u64, u64>,
}

impl Cached {
    fn rewrites(&self, id: u64) -> u64 {
        self.rewrites.get(&id).copied().unwrap_or(0)
    }
}

/// A page, and where it is from.
#[derive(Clone, Copy, Debug)]
pub enum Answer {
    /// From the cache.
    Cached(Page),
    /// From a load.
    Loaded(Page),
}

impl Pages {
    /// Nothing is cached at first.
    #[must_use]
    pub fn new(origin: Origin) -> Self {
        Self {
            origin,
            cached: Guarded::default(),
            loading: SingleFlight::new(),
            writing: Keyed::new(),
            writes: Snapshot::new(0),
        }
    }

    /// The page of that number.
    ///
    /// # Errors
    ///
    /// Those of its load.
    ///
    /// # Cancel safety
    ///
    /// A load whose caller gives up is begun anew by another that waits for it.
    pub async fn get(&self, id: u64, draw: Draw) -> Result<Answer, FlightError<io::Error>> {
        if let Some(page) = self.cached.with(|cached| cached.pages.get(&id).copied()) {
            return Ok(Answer::Cached(page));
        }
        let load = || async {
            let before = self.cached.with(|cached| cached.rewrites(id));
            let page = self.origin.load(id, draw).await?;
            self.cached.with(|cached| {
                if cached.rewrites(id) == before {
                    cached.pages.insert(id, page);
                }
            });
            Ok(page)
        };
        self.loading.get(id, load).await.map(Answer::Loaded)
    }

    /// Takes a page out of the cache.
    pub fn forget(&self, id: u64) {
        self.cached.with(|cached| cached.pages.remove(&id));
    }

    /// Rewrites a document; waits no longer than `patience` for those that do so
    /// before. Says whether it came to it.
    ///
    /// # Errors
    ///
    /// Those of the file system.
    pub async fn rewrite(&self, id: u64, patience: Duration) -> io::Result<bool> {
        let Ok(_turn) = timeout(patience, self.writing.lock(id)).await else {
            return Ok(false);
        };
        self.origin.rewrite(id).await?;
        self.cached.with(|cached| {
            cached.pages.remove(&id);
            *cached.rewrites.entry(id).or_default() += 1;
        });
        self.writes.update(|writes| writes + 1);
        Ok(true)
    }

    /// How many rewrites there were.
    #[must_use]
    pub fn writes(&self) -> &Snapshot<u64> {
        &self.writes
    }

    /// What the origin counted so far.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.origin.tally()
    }

    /// Loads under way, and documents that are locked.
    #[must_use]
    pub fn left_over(&self) -> u64 {
        (self.loading.len() + self.writing.len()) as u64
    }

    /// How many rewrites the files know of, and how many pages of the cache are not
    /// what their files say.
    ///
    /// # Errors
    ///
    /// Those of the file system.
    pub async fn compare(&self) -> io::Result<(u64, u64)> {
        let (mut in_files, mut stale) = (0, 0);
        for id in 0..self.origin.documents() {
            let page = self.origin.read(id).await?;
            in_files += page.count;
            let cached = self.cached.with(|cached| cached.pages.get(&id).copied());
            stale += u64::from(cached.is_some_and(|cached| cached != page));
        }
        Ok((in_files, stale))
    }
}
