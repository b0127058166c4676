//! `cargo board --corpus`: how many schedules each strategy needs to find each known
//! bug.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use super::bar::Bar;
use super::interrupt::Interrupt;
use crate::scenarios::{self, Body, corpus};
use crate::sim::{Explorer, Stop, Strategy};

/// Of each bug and strategy, so many searches, each from another seed.
const SEEDS: u64 = 20;
/// Where the table is written, from the root of the repository.
const FILE: &str = "benches/CORPUS.md";

/// The strategies that are compared. The first is the baseline, the last the
/// default.
const STRATEGIES: [Strategy; 7] = [
    Strategy::Random,
    Strategy::Exhaustive { deviations: Some(u32::MAX) },
    Strategy::Pct { depth: 2 },
    Strategy::Pct { depth: 3 },
    Strategy::Pos,
    Strategy::Urw,
    Strategy::Portfolio,
];
const RANDOM: usize = 0;
const PORTFOLIO: usize = STRATEGIES.len() - 1;

/// A known bug.
struct Bug {
    id: String,
    class: &'static str,
    depth: Option<u32>,
    body: &'static Body,
    /// The program without it.
    fixed: &'static Body,
}

/// Those of the corpus, and the twins of the patterns.
fn bugs() -> Vec<Bug> {
    let cases = corpus::CASES.iter().map(|case| Bug {
        id: case.id(),
        class: case.class,
        depth: Some(case.depth),
        body: &case.bug,
        fixed: &case.fixed,
    });
    let twins = scenarios::all().map(|claim| Bug {
        id: claim.twin_id(),
        class: "twin of a pattern",
        depth: None,
        body: &claim.twin.body,
        fixed: &claim.production,
    });
    cases.chain(twins).collect()
}

/// A bug, and how many schedules each strategy needed: the median over the seeds,
/// `None` if that is more than the budget.
struct Row {
    bug: Bug,
    needed: [Option<u64>; STRATEGIES.len()],
    /// Whether the program without the bug survives.
    is_fixed: bool,
}

/// Measures all, prints the table and writes it down; interrupted, it prints what it
/// has.
pub(super) fn measure(budget: u64, interrupt: &Interrupt) -> ExitCode {
    let bugs = bugs();
    let all = bugs.len();
    let bar = Bar::new((all * (STRATEGIES.len() + 1)) as u64, budget);
    let measure = Measure { budget, bar: &bar, stop: &interrupt.stop };
    let rows: Vec<Row> = bugs.into_iter().map_while(|bug| measure.row(bug)).collect();
    bar.clear();
    if let Some(signal) = interrupt.signal() {
        print!("{}", table(&rows, budget));
        println!("\n{signal}: of {all} bugs, {} are measured; {FILE} is as it was", rows.len());
        return ExitCode::from(signal.exit_code());
    }
    let text = format!("{}\n{}", table(&rows, budget), summary(&rows, budget));
    print!("{text}");
    if let Err(error) = write(&text) {
        eprintln!("error: {FILE}: {error}");
        return ExitCode::FAILURE;
    }
    let flaws = flaws(&rows);
    for flaw in &flaws {
        println!("NOT AS IT SHOULD BE: {flaw}");
    }
    if flaws.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

struct Measure<'a> {
    budget: u64,
    bar: &'a Bar,
    stop: &'a Stop,
}

impl Measure<'_> {
    /// `None` if it was stopped on the way.
    fn row(&self, bug: Bug) -> Option<Row> {
        let needed = STRATEGIES.map(|strategy| {
            let median = self.median(&bug, &strategy);
            self.bar.step();
            median
        });
        let is_fixed = bug.fixed.run(self.explorer(&bug, "without the bug")).is_ok();
        self.bar.step();
        (!self.stop.is_stopped()).then_some(Row { bug, needed, is_fixed })
    }

    fn median(&self, bug: &Bug, strategy: &Strategy) -> Option<u64> {
        let search = |seed| {
            let explorer = self.explorer(bug, &strategy.to_string());
            let failure = bug.body.run(explorer.strategy(strategy.clone()).seed(seed)).err()?;
            Some(failure.index)
        };
        // One that does not draw needs as many from any seed.
        let seeds = if matches!(strategy, Strategy::Exhaustive { .. }) { 1 } else { SEEDS };
        middle((0..seeds).map(|seed| search(seed).unwrap_or(u64::MAX)).collect(), self.budget)
    }

    fn explorer(&self, bug: &Bug, what: &str) -> Explorer {
        let explorer = Explorer::new().name(&bug.id).schedules(self.budget).without_inquest();
        self.bar.shows(format!("{}: {what}", bug.id), explorer.stop(self.stop))
    }
}

/// The upper median; `None` above the budget.
fn middle(mut needed: Vec<u64>, budget: u64) -> Option<u64> {
    needed.sort_unstable();
    needed.get(needed.len() / 2).copied().filter(|needed| *needed <= budget)
}

fn table(rows: &[Row], budget: u64) -> String {
    let head = STRATEGIES.map(|strategy| match strategy {
        Strategy::Exhaustive { .. } => "exhaustive".to_owned(),
        other => other.to_string(),
    });
    let mut lines = vec![
        ["bug", "class", "depth"].map(str::to_owned).into_iter().chain(head).collect::<Vec<_>>(),
    ];
    for Row { bug, needed, .. } in rows {
        let depth = bug.depth.map_or("–".to_owned(), |depth| depth.to_string());
        let needed =
            needed.map(|needed| needed.map_or(format!("> {budget}"), |needed| needed.to_string()));
        lines.push(
            [bug.id.clone(), bug.class.to_owned(), depth].into_iter().chain(needed).collect(),
        );
    }
    let widths: Vec<usize> = (0..lines[0].len())
        .map(|column| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0))
        .collect();
    let mut text = String::new();
    for (at, line) in lines.iter().enumerate() {
        for (column, (cell, width)) in line.iter().zip(&widths).enumerate() {
            let (width, is_number) = (*width, column > 1);
            let cell = if is_number { format!("{cell:>width$}") } else { format!("{cell:width$}") };
            let _ = write!(text, "| {cell} ");
        }
        text.push_str("|\n");
        if at == 0 {
            for (column, width) in widths.iter().enumerate() {
                let end = if column > 1 { ":" } else { "-" };
                let _ = write!(text, "|{}{end}", "-".repeat(width + 1));
            }
            text.push_str("|\n");
        }
    }
    text
}

/// Where [`Strategy::Random`] needs more than this, strategies can show what they
/// are worth.
const HARD: u64 = 100;

/// By how much the best strategy needs fewer schedules than Random, over the bugs that
/// are hard for it: the geometric mean, and how many there are. A bug that Random
/// misses counts as found with the next schedule.
fn gain(rows: &[Row], budget: u64) -> (f64, usize) {
    let hard: Vec<f64> = rows
        .iter()
        .map(|row| (row.needed[RANDOM].unwrap_or(budget + 1), row.needed.iter().flatten().min()))
        .filter(|(random, _)| *random > HARD)
        .map(|(random, best)| random as f64 / *best.unwrap_or(&budget) as f64)
        .collect();
    let logarithms: f64 = hard.iter().map(|gain| gain.ln()).sum();
    ((logarithms / hard.len().max(1) as f64).exp(), hard.len())
}

/// The most schedules of the portfolio's for one of Random's, and on which bug. Where
/// Random needs but a few, that is of those that both begin with.
fn worst(rows: &[Row]) -> Option<(f64, &Row)> {
    let ratios = rows.iter().filter_map(|row| {
        let random = row.needed[RANDOM]?;
        let portfolio = row.needed[PORTFOLIO].unwrap_or(u64::MAX);
        Some((portfolio as f64 / random as f64, row))
    });
    ratios.max_by(|(one, _), (other, _)| one.total_cmp(other))
}

fn summary(rows: &[Row], budget: u64) -> String {
    let missed = rows.iter().filter(|row| row.needed[RANDOM].is_none()).count();
    let (gain, hard) = gain(rows, budget);
    let met = |is_met| if is_met { "met" } else { "**not met**" };
    let mut text = format!(
        "- schedules until the bug is found: the median of {SEEDS} searches of at most {budget} \
         schedules, trial runs included; exhaustive does not draw, and is run once\n\
         - Random misses {missed} bugs within {budget} schedules; goal: at least 6, {}\n\
         - over the {hard} bugs for which Random needs more than {HARD}, the best strategy needs \
         {gain:.1} times fewer (geometric mean; one that Random misses counts as {budget}); goal: \
         at least 10, {}\n",
        met(missed >= 6),
        met(gain >= 10.0),
    );
    if let Some((ratio, row)) = worst(rows) {
        let _ = writeln!(
            text,
            "- the portfolio needs at most {ratio:.1} times as many as Random (`{}`); goal: at \
             most 2, {}",
            row.bug.id,
            met(ratio <= 2.0),
        );
    }
    text
}

/// What must be so whatever the goals.
fn flaws(rows: &[Row]) -> Vec<String> {
    let mut flaws = Vec::new();
    for row in rows {
        if row.needed[PORTFOLIO].is_none() {
            flaws.push(format!("{}: the portfolio does not find it", row.bug.id));
        }
        if !row.is_fixed {
            flaws.push(format!("{}: it breaks without the bug, too", row.bug.id));
        }
    }
    flaws
}

fn write(text: &str) -> std::io::Result<()> {
    let path = Path::new(FILE);
    // Elsewhere than in the repository, the table is printed only.
    if path.parent().is_some_and(Path::is_dir) {
        let head = "# Known bugs, and how soon they are found\n\n`cargo board --corpus`\n\n";
        fs::write(path, format!("{head}{text}"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Row, bugs, flaws, gain, middle, worst};

    fn row(at: usize, random: Option<u64>, portfolio: Option<u64>) -> Row {
        let bug = bugs().swap_remove(at);
        let mut needed = [None; super::STRATEGIES.len()];
        (needed[super::RANDOM], needed[super::PORTFOLIO]) = (random, portfolio);
        Row { bug, needed, is_fixed: true }
    }

    #[test]
    fn the_median_is_none_above_the_budget() {
        assert_eq!(middle(vec![9, 1, u64::MAX, 3, u64::MAX], 10), Some(9));
        assert_eq!(middle(vec![u64::MAX, 1, u64::MAX], 10), None);
    }

    #[test]
    fn the_gain_is_over_the_bugs_that_are_hard_for_random() {
        let rows = [row(0, Some(90), Some(1)), row(1, Some(400), Some(100)), row(2, None, Some(1))];
        let (gain, hard) = gain(&rows, 1_599);
        assert_eq!(hard, 2);
        assert!((gain - 80.0).abs() < 1e-9, "{gain}");
    }

    #[test]
    fn what_the_portfolio_misses_is_a_flaw() {
        let rows = [row(0, Some(10), Some(15)), row(1, Some(10), None)];
        assert_eq!(flaws(&rows), [format!("{}: the portfolio does not find it", rows[1].bug.id)]);
        let (_, at) = worst(&rows).expect("there are rows");
        assert_eq!(at.bug.id, rows[1].bug.id);
    }
}
