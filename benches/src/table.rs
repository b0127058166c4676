//! What a race found, as rows.

use std::fmt::{self, Display, Write};

use crate::rounds::{Lane, Spread};

/// What a row has to show.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Goal {
    /// The ratio peer / surefoot, at least.
    Ratio(f64),
    /// Pieces of surefoot's work per second, at least.
    PerSecond(f64),
    /// Surefoot's own figure, at most.
    Own(f64),
    /// For comparison only.
    None,
}

/// What the figures of a row are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Seconds per piece of work.
    Seconds,
    /// As [`Unit::Seconds`], shown as pieces of work per second.
    PerSecond,
    /// A count. It has no ratio: the best one is nothing.
    Count,
}

/// One line of the table: surefoot against one peer.
#[derive(Clone, Debug)]
pub struct Row {
    work: String,
    peer: &'static str,
    unit: Unit,
    ours: f64,
    theirs: f64,
    ratio: Option<Spread>,
    goal: Goal,
}

impl Row {
    /// Both sides' median, and the ratios of their rounds.
    #[must_use]
    pub fn new(
        work: impl Into<String>,
        ours: &Lane,
        theirs: &Lane,
        unit: Unit,
        goal: Goal,
    ) -> Self {
        let ratio = (unit != Unit::Count).then(|| theirs.over(ours));
        let (peer, theirs) = (theirs.name, theirs.median());
        Self { work: work.into(), peer, unit, ours: ours.median(), theirs, ratio, goal }
    }

    /// What was done, and against whom.
    pub(crate) fn title(&self) -> String {
        format!("{} · {}", self.work, self.peer)
    }

    pub(crate) fn ratio(&self) -> Option<Spread> {
        self.ratio
    }

    pub(crate) fn goal(&self) -> Goal {
        self.goal
    }

    /// Whether the goal is met; `None` where there is none.
    #[must_use]
    pub fn is_met(&self) -> Option<bool> {
        match self.goal {
            Goal::Ratio(least) => self.ratio.map(|ratio| ratio.median >= least),
            Goal::PerSecond(least) => Some(1.0 / self.ours >= least),
            Goal::Own(most) => Some(self.ours <= most),
            Goal::None => None,
        }
    }

    fn cells(&self) -> [String; 6] {
        let figure = |figure| Figure(figure, self.unit).to_string();
        let ratio = self.ratio.map_or("–".to_owned(), |Spread { median, min, max }| {
            format!("{median:.2} ({min:.2}–{max:.2})")
        });
        let goal = match self.goal {
            Goal::Ratio(least) => format!("≥ {least}"),
            Goal::PerSecond(least) => format!("≥ {}/s", Grouped(least)),
            Goal::Own(most) => format!("{most}"),
            Goal::None => "–".to_owned(),
        };
        let met = match self.is_met() {
            Some(true) => "yes",
            Some(false) => "**no**",
            None => "–",
        };
        [
            self.work.clone(),
            figure(self.ours),
            format!("{} {}", self.peer, figure(self.theirs)),
            ratio,
            goal,
            met.to_owned(),
        ]
    }
}

/// A table in Markdown, its columns aligned for who reads it as text.
#[must_use]
pub fn markdown(rows: &[Row]) -> String {
    let head = ["work", "surefoot", "peer", "ratio (median, min–max)", "goal", "met"];
    let mut lines = vec![head.map(str::to_owned)];
    lines.extend(rows.iter().map(Row::cells));
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max();
    let widths: Vec<_> = (0..head.len()).filter_map(width).collect();
    let mut table = String::new();
    for (at, line) in lines.iter().enumerate() {
        for (cell, width) in line.iter().zip(&widths) {
            let _ = write!(table, "| {cell:width$} ");
        }
        table.push_str("|\n");
        if at == 0 {
            for width in &widths {
                let _ = write!(table, "|{}", "-".repeat(width + 2));
            }
            table.push_str("|\n");
        }
    }
    table
}

struct Figure(f64, Unit);

impl Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(figure, unit) = *self;
        match unit {
            Unit::PerSecond => write!(f, "{}/s", Grouped(1.0 / figure)),
            Unit::Count => write!(f, "{}", Grouped(figure)),
            Unit::Seconds if figure < 1e-6 => write!(f, "{:.1} ns", figure * 1e9),
            Unit::Seconds if figure < 1e-3 => write!(f, "{:.1} µs", figure * 1e6),
            Unit::Seconds => write!(f, "{:.2} ms", figure * 1e3),
        }
    }
}

/// A whole number with commas.
struct Grouped(f64);

impl Display for Grouped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:.0}", self.0);
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                f.write_char(',')?;
            }
            f.write_char(digit)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Goal, Row, Unit, markdown};
    use crate::rounds::Lane;

    fn row(ours: f64, theirs: f64, unit: Unit, goal: Goal) -> Row {
        let lane = |name, figure| Lane { name, rounds: vec![figure] };
        Row::new("work", &lane("surefoot", ours), &lane("peer", theirs), unit, goal)
    }

    #[test]
    fn a_goal_is_met_from_its_bound_on() {
        let met = |ours, unit, goal| row(ours, 8.0, unit, goal).is_met();
        assert_eq!(met(2.0, Unit::Seconds, Goal::Ratio(4.0)), Some(true));
        assert_eq!(met(2.1, Unit::Seconds, Goal::Ratio(4.0)), Some(false));
        assert_eq!(met(0.01, Unit::PerSecond, Goal::PerSecond(100.0)), Some(true));
        assert_eq!(met(0.02, Unit::PerSecond, Goal::PerSecond(100.0)), Some(false));
        assert_eq!(met(0.0, Unit::Count, Goal::Own(0.0)), Some(true));
        assert_eq!(met(1.0, Unit::Count, Goal::Own(0.0)), Some(false));
        assert_eq!(met(1.0, Unit::Seconds, Goal::None), None);
    }

    #[test]
    fn figures_have_units_and_columns_line_up() {
        let rows = [
            row(50e-9, 0.2e-6, Unit::Seconds, Goal::Ratio(4.0)),
            row(1e-6, 2e-7, Unit::PerSecond, Goal::PerSecond(500_000.0)),
        ];
        let table = markdown(&rows);
        let lines: Vec<_> = table.lines().collect();
        assert!(lines[2].contains("| 50.0 ns "), "{table}");
        assert!(lines[2].contains("| peer 200.0 ns "), "{table}");
        assert!(lines[2].contains("| 4.00 (4.00–4.00) "), "{table}");
        assert!(lines[3].contains("| 1,000,000/s | peer 5,000,000/s "), "{table}");
        assert!(lines[3].contains("| ≥ 500,000/s | yes "), "{table}");
        assert!(lines.iter().all(|line| line.chars().count() == lines[0].chars().count()));
    }
}
