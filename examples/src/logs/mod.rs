//! A pipeline of log lines over a real file.
//!
//! Sources of lines flow into one stream (`fan_in`), are sorted by urgency into a
//! channel of levels (`priority`), and a single writer appends them to the file and
//! tells everybody who listens (`publish`): a ledger that is waited for and may lose
//! nothing, and a screen that may be too slow and is told what it lost. Meanwhile
//! readers ask the writer (`request`) how far it is. Some sources panic under way.
//!
//! In the end the file is read back. It holds every line that a source says it sent,
//! once, each source's lines of a level in its order; what the ledger and the screen got
//! is what the file says.

mod report;
mod stages;

pub use self::report::Report;
pub use self::stages::{Heard, Sent};

use std::path::Path;
use std::time::{Duration, Instant};

use surefoot::channel::publish::Policy;
use surefoot::channel::{fan_in, priority, publish, request};
use surefoot::spawn::spawn;
use tokio::fs;

use self::stages::{listen, produce, read, sort, write};
use crate::draw::Draw;
use crate::run::{Error, on_runtime};

/// How much to do.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// What the sources draw from. Threads race, so a seed does not repeat a run; it
    /// repeats what is sent.
    pub seed: u64,
    /// Sources, all at once.
    pub sources: u64,
    /// Lines of a source, unless it panics before.
    pub lines: u64,
    /// Readers that ask the writer.
    pub readers: u64,
    /// When the run is given up.
    pub limit: Duration,
}

impl Settings {
    /// 16 sources of up to 2,000 lines each, and 4 readers.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self { seed, sources: 16, lines: 2_000, readers: 4, limit: Duration::from_secs(60) }
    }
}

/// The levels of urgency: errors, warnings, and the rest.
pub const LEVELS: usize = 3;

/// A line on its way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    /// How urgent; 0 is most.
    pub level: usize,
    /// Who sent it.
    pub source: u64,
    /// Which of its lines it is.
    pub number: u64,
}

impl Line {
    /// As it stands in the file.
    #[must_use]
    pub fn to_text(&self) -> String {
        format!("{} {} {}\n", self.level, self.source, self.number)
    }

    /// From the file. `None` if that is no line.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let mut parts = text.split(' ');
        let level = parts.next()?.parse().ok()?;
        let source = parts.next()?.parse().ok()?;
        let number = parts.next()?.parse().ok()?;
        parts.next().is_none().then_some(Self { level, source, number })
    }
}

/// Runs it all, over a file at `path`.
///
/// # Errors
///
/// If the run could not be made, or did not end in time. Books that do not agree are no
/// error: they are in the [`Report`].
pub fn run(settings: &Settings, path: &Path) -> Result<Report, Error> {
    let work = pipeline(*settings, path);
    on_runtime(settings.limit, work, || "the lines do not end".to_owned())
}

async fn pipeline(settings: Settings, path: &Path) -> Result<Report, Error> {
    let began = Instant::now();
    let mut draw = Draw::seeded(settings.seed);

    let mut lines = fan_in::channel(64);
    let mut sources = Vec::new();
    for source in 0..settings.sources {
        sources.push(produce(&mut lines, source, settings.lines, draw.split()));
    }
    let (sorted, receiver) = priority::channel(LEVELS, 32);
    let sorter = spawn(sort(lines, sorted));
    let publisher = publish::channel(128);
    let ledger = spawn(listen(publisher.subscribe(Policy::Block), 0));
    let screen = spawn(listen(publisher.subscribe(Policy::DropOldest), 50));
    let (client, server) = request::channel(8);
    let readers: Vec<_> =
        (0..settings.readers).map(|_| spawn(read(client.clone(), draw.split()))).collect();
    drop(client);
    let file = fs::File::create(path).await?;
    let writer = spawn(write(file, receiver.fairness(4), publisher, server));

    let panics = sorter.await?;
    let written = writer.await??;
    let mut asked = 0;
    let mut answers = Vec::new();
    for reader in readers {
        let read = reader.await?;
        asked += read.asked;
        answers.extend(read.answers);
    }
    let (ledger, screen): (Heard, Heard) = (ledger.await?, screen.await?);
    let mut sent = Vec::new();
    for source in sources {
        sent.push(source.take());
    }
    let text = fs::read_to_string(path).await?;
    let in_file = text.lines().map(Line::from_text).collect();
    Ok(Report {
        settings,
        took: began.elapsed(),
        sent,
        panics,
        written,
        in_file,
        ledger,
        screen,
        asked,
        answers,
    })
}
