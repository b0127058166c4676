//! The files: drafts, what is published of them, and the journal.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use surefoot::blocking::{Blocking, BlockingError, Status};
use surefoot::cleanup::Outcome;

use crate::audit::{Kinds, count};
use crate::run::Error;

/// A directory, and the one thread that works in it.
#[derive(Clone, Debug)]
pub(super) struct Disk {
    dir: PathBuf,
    thread: Blocking,
    /// Drafts that were begun to be written.
    pub(super) written: Arc<AtomicU64>,
}

impl Disk {
    pub(super) fn open(dir: &Path) -> Result<Self, Error> {
        fs::create_dir(dir.join("drafts"))?;
        fs::create_dir(dir.join("done"))?;
        // One thread, in order of arrival: a job that is cancelled while its draft is
        // being written is cleaned up after when the writing has ended.
        let thread = Blocking::builder().name("disk").threads(1).build()?;
        Ok(Self { dir: dir.to_owned(), thread, written: Arc::default() })
    }

    pub(super) fn draft(&self, id: u64) -> PathBuf {
        self.dir.join("drafts").join(id.to_string())
    }

    pub(super) fn status(&self) -> Status {
        self.thread.status()
    }

    /// Writes a draft. Dropped, it stops after the part that is being written.
    pub(super) async fn write(
        &self,
        draft: PathBuf,
        id: u64,
    ) -> Result<io::Result<()>, BlockingError> {
        let written = self.written.clone();
        let write = self.thread.run(move |stop| {
            written.fetch_add(1, SeqCst);
            let mut file = File::create(draft)?;
            for part in parts(id) {
                if stop.is_set() {
                    break;
                }
                file.write_all(part.as_bytes())?;
            }
            Ok(())
        });
        write.await
    }

    /// Publishes a draft that is whole, removes one that is not, and says so in the
    /// journal. It is a cleanup: should it fail, it panics, which is counted.
    pub(super) async fn settle(&self, draft: PathBuf, id: u64, outcome: Outcome) {
        let done = self.dir.join("done").join(id.to_string());
        let journal = self.dir.join("journal");
        let settle = self.thread.run(move |_| {
            if outcome.is_success() {
                fs::rename(draft, done)?;
            } else if draft.exists() {
                fs::remove_file(draft)?;
            }
            let mut journal = OpenOptions::new().append(true).create(true).open(journal)?;
            writeln!(journal, "{id} {outcome:?}")
        });
        settle.await.map_err(io::Error::other).flatten().expect("the disk works");
    }
}

/// What a job writes.
fn parts(id: u64) -> impl Iterator<Item = String> {
    (0..8).map(move |part| format!("part {part} of job {id}\n"))
}

/// What is on the disk in the end.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Lines of the journal, by the outcome.
    pub outcomes: Kinds,
    /// Jobs that are in it.
    pub jobs: BTreeSet<u64>,
    /// Drafts that were left behind.
    pub drafts: u64,
    /// Files that were published, and are whole.
    pub whole: u64,
    /// Files that were published, and are not.
    pub broken: u64,
}

impl Found {
    pub(super) fn read(dir: &Path) -> Result<Self, Error> {
        let mut found = Self::default();
        for line in fs::read_to_string(dir.join("journal"))?.lines() {
            let (id, outcome) = line.split_once(' ').ok_or("a line of two words")?;
            found.jobs.insert(id.parse()?);
            count(&mut found.outcomes, outcome);
        }
        found.drafts = fs::read_dir(dir.join("drafts"))?.count() as u64;
        for id in &found.jobs {
            match fs::read_to_string(dir.join("done").join(id.to_string())) {
                Ok(text) if text == parts(*id).collect::<String>() => found.whole += 1,
                Ok(_) => found.broken += 1,
                Err(_) => {}
            }
        }
        Ok(found)
    }
}
