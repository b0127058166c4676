//! The picture as SVG.

use std::fmt::{self, Display, Write};

use super::lanes::{End, Lane, Picture, Slot, Step};
use super::text::{Escaped, cut};
use crate::sim::trace::{Event, Row};

/// The height of a line, in pixels.
const LINE: usize = 26;
/// Where lanes begin: before them are step, time and deviations.
const GUTTER: usize = 214;
/// What the lanes of a window of usual width have.
const ROOM: usize = 750;
/// What the widest letter of the picture's font needs.
const LETTER: usize = 7;
/// A lane that is narrower has no words beside its blocks, and its name is upright.
const WORDS: usize = 96;

/// The picture, measured out.
pub(super) struct Chart<'a> {
    picture: &'a Picture<'a>,
    /// What the failure says in a line.
    verdict: &'a str,
    lane: usize,
}

impl<'a> Chart<'a> {
    pub(super) fn new(picture: &'a Picture<'a>, verdict: &'a str) -> Self {
        let lane = (ROOM / picture.lanes.len().max(1)).clamp(28, 230);
        Self { picture, verdict: verdict.lines().next().unwrap_or_default(), lane }
    }

    pub(super) fn width(&self) -> usize {
        GUTTER + self.lane * self.picture.lanes.len() + 8
    }

    fn height(&self) -> usize {
        LINE * (self.picture.slots.len() + 1)
    }

    /// The names of the lanes, to stand above the picture.
    pub(super) fn names(&self) -> Names<'_> {
        Names(self)
    }

    /// The left edge of a lane.
    fn left(&self, lane: usize) -> usize {
        GUTTER + self.lane * lane
    }

    /// Where a lane's line goes down.
    fn line_of(&self, lane: usize) -> usize {
        self.left(lane) + 14
    }

    fn lane(&self, f: &mut fmt::Formatter<'_>, index: usize, lane: &Lane<'_>) -> fmt::Result {
        let (x, top) = (self.line_of(index), LINE * lane.from + 11);
        let bottom = LINE * lane.to + 11;
        writeln!(f, "<path class=life d='M{x} {top}V{bottom}'/>")?;
        for (from, to) in &lane.ready {
            writeln!(f, "<path class=ready d='M{x} {}V{}'/>", LINE * from + 22, LINE * to + 11)?;
        }
        if lane.is_stuck {
            let y = bottom + LINE;
            writeln!(f, "<path class=stuck d='M{x} {bottom}V{}m-6 0h12'/>", y - 4)?;
        }
        Ok(())
    }

    /// A line across all lanes, with words on it.
    fn note(&self, f: &mut fmt::Formatter<'_>, at: usize, class: &str, says: &str) -> fmt::Result {
        let (y, width) = (LINE * at, self.width());
        let says = cut(says, (width - 24) / LETTER);
        writeln!(
            f,
            "<g class={class}><rect y={} width={width} height=20 /><path d='M0 {}H{width}'/><text x=12 y={}>{}</text></g>",
            y + 1,
            y + 21,
            y + 15,
            Escaped(&says)
        )
    }

    fn step(&self, f: &mut fmt::Formatter<'_>, at: usize, step: &Step<'_>) -> fmt::Result {
        let (row, y) = (step.row, LINE * at);
        let (left, x) = (self.left(step.lane), self.line_of(step.lane));
        for arrow in &step.arrows {
            let class = if arrow.spawns { "spawn" } else { "wake" };
            let to = self.line_of(arrow.to);
            // Short of the line, for the arrow's head.
            let to = if to > x { to - 6 } else { to + 6 };
            writeln!(f, "<path class={class} d='M{x} {}V{}H{to}'/>", y + 18, y + 22)?;
        }
        write!(f, "<text x=36 y={} class=r>{}</text>", y + 15, row.step)?;
        write!(f, "<text x=112 y={} class=r>{}</text>", y + 15, Time(row))?;
        if !row.deviations.is_empty() {
            let text = cut(&deviations(row), (GUTTER - 124) / LETTER - 2);
            write!(f, "<text x=120 y={} class=mark>◆ {text}</text>", y + 15)?;
        }
        let (class, glyph) = match step.end {
            End::Pending => ("p", "·"),
            End::Returned => ("d", "✓"),
            End::Panicked => ("x", "!"),
            End::Dropped => ("g", "×"),
        };
        let marked = if is_struck(row) { " struck" } else { "" };
        write!(
            f,
            "<g id=s{at} class='{class}{marked}' role=img tabindex=-1 aria-label='{}'>\
             <rect x={} y={} width=18 height=16 rx=3 /><text x={x} y={} class=c>{glyph}</text>",
            Escaped(&Told(row).to_string()),
            x - 9,
            y + 3,
            y + 15,
        )?;
        if self.lane >= WORDS {
            let letters = (self.lane - 34) / LETTER;
            let words = Escaped(&cut(&words(step), letters)).to_string();
            write!(f, "<text x={} y={}>{words}</text>", left + 28, y + 15)?;
        }
        writeln!(f, "</g>")
    }
}

impl Display for Chart<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (width, height) = (self.width(), self.height());
        writeln!(
            f,
            "<svg id=chart width={width} height={height} role=group \
             aria-label='The steps of the schedule: arrow keys go from one to the next'>\
             <defs><marker id=head viewBox='0 0 6 6' refX=5 refY=3 markerWidth=6 markerHeight=6 \
             orient=auto-start-reverse><path d='M0 0L6 3L0 6z'/></marker></defs>"
        )?;
        // First what lies below.
        for (at, slot) in self.picture.slots.iter().enumerate() {
            if let Slot::Step(step) = slot
                && !step.row.deviations.is_empty()
            {
                writeln!(f, "<path class=band d='M0 {}h{width}v{LINE}H0z'/>", LINE * at)?;
            }
        }
        for (index, lane) in self.picture.lanes.iter().enumerate() {
            self.lane(f, index, lane)?;
        }
        for (at, slot) in self.picture.slots.iter().enumerate() {
            match slot {
                Slot::Step(step) => self.step(f, at, step)?,
                Slot::Time(to) => {
                    let says = format!("time moves to {} ms", to.as_millis());
                    self.note(f, at, "time", &says)?;
                }
                Slot::Verdict => self.note(f, at, "verdict-line", self.verdict)?,
            }
        }
        f.write_str("</svg>")
    }
}

/// The names of the lanes, each in its place.
pub(super) struct Names<'a>(&'a Chart<'a>);

impl Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Chart { picture, lane: width, .. } = *self.0;
        let is_upright = width < WORDS;
        let class = if is_upright { "names upright" } else { "names" };
        writeln!(f, "<div class='{class}' style='width:{}px'>", self.0.width())?;
        write!(
            f,
            "<span style='left:8px;width:36px'>step</span><span style='left:76px;width:44px'>time\
             </span><span style='left:120px;width:90px'>deviation</span>"
        )?;
        for (index, lane) in picture.lanes.iter().enumerate() {
            let letters = if is_upright { 17 } else { (width - 12) / LETTER - 1 };
            let stuck = if lane.is_stuck { " class=is-stuck" } else { "" };
            writeln!(
                f,
                "<b{stuck} style='left:{}px;width:{}px' title='{}'>{}</b>",
                self.0.left(index) + 4,
                width - 8,
                Escaped(lane.task),
                Escaped(&cut(lane.task, letters)),
            )?;
        }
        f.write_str("</div>")
    }
}

struct Time<'a>(&'a Row);

impl Display for Time<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ms", self.0.at.as_millis())
    }
}

/// All of a step, its parts separated by lines: what is shown of it, and what a
/// screen reader says.
struct Told<'a>(&'a Row);

impl Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = self.0;
        write!(f, "step {}, at {}: {}", row.step, Time(row), row.task)?;
        for event in &row.events {
            write!(f, "\n{}", row.tell(event))?;
        }
        if !row.deviations.is_empty() {
            write!(f, "\ndeviation {}", deviations(row))?;
        }
        Ok(())
    }
}

fn deviations(row: &Row) -> String {
    let texts: Vec<_> = row.deviations.iter().map(ToString::to_string).collect();
    texts.join(", ")
}

/// Whether something was done to it: a fault or a cancellation.
fn is_struck(row: &Row) -> bool {
    row.events.iter().any(|event| {
        matches!(event, Event::Fault(_) | Event::Cancelled(_) | Event::Unwoken | Event::Spent)
    })
}

/// What is worth saying of a step beside its block.
fn words(step: &Step<'_>) -> String {
    let mut words = String::new();
    for event in &step.row.events {
        // An arrow or the block itself says the rest.
        if !matches!(event, Event::Pending | Event::Returned | Event::RanBefore(_)) {
            let gap = if words.is_empty() { "" } else { "; " };
            let _ = write!(words, "{gap}{}", step.row.tell(event));
        }
    }
    match (words.is_empty(), step.end) {
        (true, End::Pending) => "pending".to_owned(),
        (true, End::Returned) => "returned".to_owned(),
        (true, End::Dropped) => "dropped".to_owned(),
        _ => words,
    }
}
