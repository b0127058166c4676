//! Documents in files. It takes a while to load one, and it may fail.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use tempfile::TempDir;
use tokio::{fs, time};

use crate::draw::Draw;

/// What a document says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Which one it is.
    pub id: u64,
    /// How often it was rewritten.
    pub count: u64,
}

/// The files, and what happened to them.
#[derive(Debug)]
pub struct Origin {
    folder: TempDir,
    loads: Vec<Under>,
    writes: Vec<Under>,
    counters: Counters,
}

#[derive(Debug, Default)]
struct Counters {
    begun: AtomicU64,
    loaded: AtomicU64,
    failed: AtomicU64,
    panicked: AtomicU64,
    rewritten: AtomicU64,
}

/// How many do something to a document at once.
#[derive(Clone, Debug, Default)]
struct Under(Arc<(AtomicU64, AtomicU64)>);

/// One of them, until it is dropped.
struct Way(Under);

impl Under {
    fn way(&self) -> Way {
        let now = self.0.0.fetch_add(1, SeqCst) + 1;
        self.0.1.fetch_max(now, SeqCst);
        Way(self.clone())
    }

    fn peak(&self) -> u64 {
        self.0.1.load(SeqCst)
    }
}

impl Drop for Way {
    fn drop(&mut self) {
        self.0.0.0.fetch_sub(1, SeqCst);
    }
}

impl Origin {
    /// Writes so many documents into a folder of their own, which is gone with them.
    ///
    /// # Errors
    ///
    /// Those of the file system.
    pub fn create(documents: u64) -> io::Result<Self> {
        let under = || (0..documents).map(|_| Under::default()).collect();
        let folder = tempfile::tempdir()?;
        let (loads, writes) = (under(), under());
        let origin = Self { folder, loads, writes, counters: Counters::default() };
        (0..documents).try_for_each(|id| std::fs::write(origin.path(id), format!("{id} 0")))?;
        Ok(origin)
    }

    /// How many documents there are.
    #[must_use]
    pub fn documents(&self) -> u64 {
        self.loads.len() as u64
    }

    fn path(&self, id: u64) -> PathBuf {
        self.folder.path().join(id.to_string())
    }

    /// What the document says now.
    ///
    /// # Errors
    ///
    /// Those of the file system; if the file says something else.
    pub async fn read(&self, id: u64) -> io::Result<Page> {
        let text = fs::read_to_string(self.path(id)).await?;
        let number = |word: Option<&str>| word.and_then(|word| word.parse().ok());
        let mut words = text.split(' ');
        match (number(words.next()), number(words.next())) {
            (Some(id), Some(count)) => Ok(Page { id, count }),
            _ => Err(io::Error::new(io::ErrorKind::InvalidData, format!("it says {text:?}"))),
        }
    }

    /// The same, slowly. May fail, and may panic.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read), and at random.
    pub async fn load(&self, id: u64, mut draw: Draw) -> io::Result<Page> {
        self.counters.begun.fetch_add(1, SeqCst);
        let _way = self.loads[id as usize].way();
        let page = self.read(id).await?;
        time::sleep(Duration::from_millis(1 + draw.below(4))).await;
        match draw.below(20) {
            0 => {
                self.counters.failed.fetch_add(1, SeqCst);
                Err(io::Error::other("the origin is busy"))
            }
            1 => {
                self.counters.panicked.fetch_add(1, SeqCst);
                // Past the panic hook, which would print each.
                std::panic::resume_unwind(Box::new("the page makes no sense"))
            }
            _ => {
                self.counters.loaded.fetch_add(1, SeqCst);
                Ok(page)
            }
        }
    }

    /// Counts one more rewrite in the document: reads it, and replaces it. Two at a
    /// time would lose one: the caller sees to it that there is only one.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub async fn rewrite(&self, id: u64) -> io::Result<()> {
        let _way = self.writes[id as usize].way();
        let Page { count, .. } = self.read(id).await?;
        let draft = self.path(id).with_extension("draft");
        fs::write(&draft, format!("{id} {}", count + 1)).await?;
        // At once: no reader sees half of it.
        fs::rename(draft, self.path(id)).await?;
        self.counters.rewritten.fetch_add(1, SeqCst);
        Ok(())
    }

    /// What it counted so far.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let peak = |under: &[Under]| under.iter().map(Under::peak).max().unwrap_or(0);
        Tally {
            begun: self.counters.begun.load(SeqCst),
            loaded: self.counters.loaded.load(SeqCst),
            failed: self.counters.failed.load(SeqCst),
            panicked: self.counters.panicked.load(SeqCst),
            rewritten: self.counters.rewritten.load(SeqCst),
            peak_loads: peak(&self.loads),
            peak_writes: peak(&self.writes),
        }
    }
}

/// What the origin saw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Loads that were begun. What is not among the others was dropped half-way.
    pub begun: u64,
    /// Loads that gave a page.
    pub loaded: u64,
    /// Loads that failed.
    pub failed: u64,
    /// Loads that panicked.
    pub panicked: u64,
    /// Documents that were rewritten.
    pub rewritten: u64,
    /// The most loads of one document at once.
    pub peak_loads: u64,
    /// The most rewrites of one document at once.
    pub peak_writes: u64,
}

impl Tally {
    /// Loads that were dropped half-way.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.begun.saturating_sub(self.loaded + self.failed + self.panicked)
    }
}
