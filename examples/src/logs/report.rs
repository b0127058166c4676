//! The books of a run, and the laws that they obey.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::stages::{Heard, Sent};
use super::{Line, Settings};
use crate::audit::{Audit, Books, line};

/// What each stage says, and what the file does.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was asked for.
    pub settings: Settings,
    /// How long it took.
    pub took: Duration,
    /// What each source says.
    pub sent: Vec<Sent>,
    /// How many panics came as items.
    pub panics: u64,
    /// How many lines the writer says that it wrote.
    pub written: u64,
    /// What the file holds; `None` for what is no line.
    pub in_file: Vec<Option<Line>>,
    /// The listener that is waited for.
    pub ledger: Heard,
    /// The listener that may lose lines.
    pub screen: Heard,
    /// Questions of all readers.
    pub asked: u64,
    /// Their answers, one list per reader.
    pub answers: Vec<Vec<u64>>,
}

impl Report {
    fn lines(&self) -> Vec<&Line> {
        self.in_file.iter().flatten().collect()
    }

    /// How many lines of the file come after a later one of their source and level.
    fn out_of_order(&self) -> u64 {
        let mut last = BTreeMap::new();
        let mut count = 0;
        for line in self.lines() {
            let before = last.insert((line.source, line.level), line.number);
            count += u64::from(before.is_some_and(|before| before >= line.number));
        }
        count
    }

    /// How many sources' lines in the file are not those that it sent: all numbers from
    /// 0, each once.
    fn incomplete(&self) -> u64 {
        let mut numbers: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
        for line in self.lines() {
            numbers.entry(line.source).or_default().push(line.number);
        }
        let mut count = 0;
        for (source, sent) in (0..).zip(&self.sent) {
            let mut mine = numbers.remove(&source).unwrap_or_default();
            mine.sort_unstable();
            count += u64::from(!mine.into_iter().eq(0..sent.lines));
        }
        count + numbers.len() as u64
    }

    /// How many lines of a listener are not those of the file in that place.
    fn elsewhere(&self, heard: &Heard) -> u64 {
        let lines = self.lines();
        let places = heard.lines.iter().zip(&heard.places);
        let is_there = |(line, place): &(&Line, &u64)| {
            lines.get(**place as usize).is_some_and(|there| there == line)
        };
        places.filter(|place| !is_there(place)).count() as u64
    }
}

impl Books for Report {
    fn audit(&self, audit: &mut Audit) {
        let sent: u64 = self.sent.iter().map(|sent| sent.lines).sum();
        let panics: u64 = self.sent.iter().map(|sent| sent.panics).sum();
        let in_file = self.in_file.len() as u64;
        audit.same("every line of the file is one", self.lines().len() as u64, in_file);
        audit.same("the file has every line that was sent", in_file, sent);
        audit.same("the writer counted each", self.written, sent);
        audit.same("no source misses a line, or has one twice", self.incomplete(), 0);
        audit.same("no line overtook another of its source and level", self.out_of_order(), 0);
        audit.same("each panic came as an item", self.panics, panics);
        audit.same("those that were to panic did", panics, self.settings.sources / 8);

        audit.same("the ledger lost nothing", self.ledger.lost, 0);
        audit.same("the ledger got every line", self.ledger.lines.len() as u64, in_file);
        audit.same("the ledger is the file", self.elsewhere(&self.ledger), 0);
        let on_screen = self.screen.lines.len() as u64;
        audit.same("what the screen got and lost is all", on_screen + self.screen.lost, in_file);
        audit.same("the screen lost where it says", self.elsewhere(&self.screen), 0);
        audit.at_least("the screen was too slow for some", self.screen.lost, 1);

        let answered: u64 = self.answers.iter().map(|answers| answers.len() as u64).sum();
        audit.same(
            "each question but the last was answered",
            self.asked,
            answered + self.settings.readers,
        );
        audit.at_least("questions were answered", answered, 1);
        let last = self.answers.iter().flatten().max().copied().unwrap_or(0);
        audit.at_most("lines that a reader heard of", last, self.written);
        let back = self.answers.iter().filter(|answers| !answers.is_sorted()).count();
        audit.same("no reader saw the count go back", back as u64, 0);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Settings { sources, lines, readers, seed, .. } = self.settings;
        let took = self.took;
        writeln!(f, "channels: {sources} sources x {lines} lines, {readers} readers, {took:.1?}")?;
        writeln!(f, "  seed {seed}")?;
        line(f, "lines sent", self.sent.iter().map(|sent| sent.lines).sum::<u64>())?;
        line(f, "sources that panicked", self.panics)?;
        line(f, "lines written", self.written)?;
        line(f, "lines in the file", self.in_file.len())?;
        line(f, "lines in the ledger", self.ledger.lines.len())?;
        line(f, "lines on the screen", self.screen.lines.len())?;
        line(f, "lines that the screen lost", self.screen.lost)?;
        line(f, "questions", self.asked)?;
        line(f, "answers", self.answers.iter().map(Vec::len).sum::<usize>())
    }
}
