//! The tasks of the pipeline, one function each.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use surefoot::channel::fan_in::FanIn;
use surefoot::channel::priority::{Receiver, Sender};
use surefoot::channel::publish::{Publisher, Subscriber};
use surefoot::channel::request::{CallError, Client, Server};
use tokio::fs::File;
use tokio::io::{AsyncWriteExt, BufWriter};
use tokio::select;

use super::{LEVELS, Line};
use crate::draw::Draw;

/// What a source knows of itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Source {
    sent: Arc<AtomicU64>,
    panics: Arc<AtomicU64>,
}

/// What a source did.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sent {
    /// Lines that were taken from it.
    pub lines: u64,
    /// Whether it panicked.
    pub panics: u64,
}

impl Source {
    /// Its books, at the end.
    pub(super) fn take(self) -> Sent {
        Sent { lines: self.sent.load(SeqCst), panics: self.panics.load(SeqCst) }
    }
}

/// A source of so many lines. One in eight panics under way, without the panic hook,
/// which would print it.
pub(super) fn produce(lines: &mut FanIn<Line>, source: u64, most: u64, mut draw: Draw) -> Source {
    let books = Source::default();
    let mine = books.clone();
    let panics_at = if source % 8 == 7 { Some(draw.below(most)) } else { None };
    lines.producer(async move |sender| {
        for number in 0..most {
            if panics_at == Some(number) {
                mine.panics.fetch_add(1, SeqCst);
                std::panic::resume_unwind(Box::new("a source breaks"));
            }
            // A few are urgent.
            let level = match draw.below(10) {
                0 => 0,
                1 | 2 => 1,
                _ => LEVELS - 1,
            };
            if sender.send(Line { level, source, number }).await.is_err() {
                return;
            }
            mine.sent.fetch_add(1, SeqCst);
        }
    });
    books
}

/// Sorts lines by urgency, until all sources have ended. Says how many panicked.
pub(super) async fn sort(mut lines: FanIn<Line>, sorted: Sender<Line>) -> u64 {
    let mut panics = 0;
    while let Some(line) = lines.next().await {
        match line {
            Ok(line) => {
                if sorted.send(line.level, line).await.is_err() {
                    break;
                }
            }
            Err(_) => panics += 1,
        }
    }
    panics
}

/// Writes lines to the file and tells the listeners; beside that, answers how many it
/// has written. Says how many at the end.
pub(super) async fn write(
    file: File,
    mut lines: Receiver<Line>,
    listeners: Publisher<Line>,
    mut questions: Server<(), u64>,
) -> io::Result<u64> {
    let mut file = BufWriter::new(file);
    let mut written = 0;
    loop {
        // Both branches are cancel safe: what is not taken here is taken next time.
        select! {
            biased;
            Some(((), reply)) = questions.next() => {
                // The reader is out of patience, if it fails.
                let _ = reply.send(written);
            }
            line = lines.recv() => {
                let Some((_, line)) = line else { break };
                file.write_all(line.to_text().as_bytes()).await?;
                written += 1;
                listeners.publish(line).await;
            }
        }
    }
    file.flush().await?;
    file.into_inner().sync_all().await?;
    Ok(written)
}

/// What a listener got.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    /// The lines, in its order.
    pub lines: Vec<Line>,
    /// How many it was told that it lost.
    pub lost: u64,
    /// For each line, how many it should have had before, lost ones included.
    pub places: Vec<u64>,
}

/// Listens to the end, and pauses after so many lines, if not 0.
pub(super) async fn listen(mut lines: Subscriber<Line>, pause_after: usize) -> Heard {
    let mut heard = Heard::default();
    while let Some(line) = lines.next().await {
        match line {
            Ok(line) => {
                heard.places.push(heard.lines.len() as u64 + heard.lost);
                heard.lines.push(line);
            }
            Err(lagged) => heard.lost += lagged.lost,
        }
        if pause_after > 0 && heard.lines.len().is_multiple_of(pause_after) {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
    heard
}

/// What a reader learned.
#[derive(Clone, Debug, Default)]
pub(super) struct Read {
    pub(super) asked: u64,
    /// One list per reader: how far the writer was, each time.
    pub(super) answers: Vec<Vec<u64>>,
}

/// Asks until the writer is gone.
pub(super) async fn read(writer: Client<(), u64>, mut draw: Draw) -> Read {
    let (mut asked, mut answers) = (0, Vec::new());
    loop {
        asked += 1;
        match writer.call_within(Duration::from_secs(30), ()).await {
            Ok(written) => answers.push(written),
            Err(CallError::Closed(()) | CallError::Dropped) => break,
            Err(other) => panic!("{other}"),
        }
        tokio::time::sleep(Duration::from_micros(200 + draw.below(800))).await;
    }
    Read { asked, answers: vec![answers] }
}
