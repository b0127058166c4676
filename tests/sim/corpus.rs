//! The corpus of known bugs: what every bug and every correction must be.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use surefoot::scenarios::corpus::{CASES, Case};
use surefoot::sim::{Explorer, Strategy};

fn explorer(case: &Case) -> Explorer {
    Explorer::new().name(case.id()).strategy(Strategy::Portfolio)
}

#[test]
fn every_bug_passes_the_fair_schedule() {
    for case in CASES {
        let fair = case.bug.run(Explorer::new().strategy(Strategy::Fair));
        fair.unwrap_or_else(|failure| panic!("{}: {failure}", case.id()));
    }
}

#[test]
fn every_bug_breaks_as_stated() {
    for case in CASES {
        let found = case.bug.run(explorer(case).schedules(10_000));
        let failure = found.expect_err(case.name);
        assert_eq!(case.breaks.differs_from(&failure), None, "{failure}");
    }
}

#[test]
fn no_correction_breaks() {
    for case in CASES {
        let survived = case.fixed.run(explorer(case).schedules(1_000));
        survived.unwrap_or_else(|failure| panic!("{} corrected: {failure}", case.id()));
    }
}

#[test]
fn there_are_enough_of_them() {
    let classes: BTreeSet<_> = CASES.iter().map(|case| case.class).collect();
    let names: BTreeSet<_> = CASES.iter().map(|case| case.name).collect();
    assert!(CASES.len() >= 24, "{} cases", CASES.len());
    assert!(classes.len() >= 12, "{} classes", classes.len());
    assert_eq!(names.len(), CASES.len(), "a name is there twice");
}

/// The lines of a function.
fn body(source: &str, name: &str) -> Vec<String> {
    let start = format!("pub(super) async fn {name}()");
    let lines = source.lines().skip_while(|line| !line.starts_with(&start)).skip(1);
    lines.take_while(|line| *line != "}").map(|line| line.trim().to_owned()).collect()
}

/// The length of the longest common subsequence.
fn common(a: &[String], b: &[String]) -> usize {
    let mut row = vec![0; b.len() + 1];
    for mine in a {
        let mut diagonal = 0;
        for (at, its) in b.iter().enumerate() {
            let above = row[at + 1];
            row[at + 1] = if mine == its { diagonal + 1 } else { above.max(row[at]) };
            diagonal = above;
        }
    }
    row[b.len()]
}

/// What a correction differs in is few lines, and no assertion.
#[test]
fn a_correction_differs_in_few_lines_and_keeps_the_assertions() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/scenarios/corpus");
    for Case { name, .. } in CASES {
        let source = fs::read_to_string(folder.join(format!("{name}.rs"))).unwrap();
        let (bug, fixed) = (body(&source, "bug"), body(&source, "fixed"));
        assert!(bug.len() > 5 && fixed.len() > 5, "{name}: there are two programs");
        let kept = common(&bug, &fixed);
        let differs = bug.len().max(fixed.len()) - kept;
        assert!((1..=10).contains(&differs), "{name}: differs in {differs} lines");
        let assertions = |lines: &[String]| -> Vec<String> {
            lines.iter().filter(|line| line.starts_with("assert")).cloned().collect()
        };
        assert_eq!(assertions(&bug), assertions(&fixed), "{name}: the assertions differ");
    }
}

#[test]
fn the_longest_common_subsequence_is_found() {
    let lines = |text: &str| text.chars().map(String::from).collect::<Vec<_>>();
    assert_eq!(common(&lines("abcde"), &lines("xbxdex")), 3);
    assert_eq!(common(&lines("abc"), &lines("")), 0);
}

/// What the random walk finds the portfolio finds with at most twice as many
/// schedules, with every seed: its random half is that walk.
#[test]
fn a_portfolio_needs_at_most_twice_as_many_as_the_walk() {
    let mut asked = 0;
    for case in CASES {
        for seed in 0..2 {
            let needs = |strategy| {
                let explorer = explorer(case).strategy(strategy).seed(seed);
                let found = case.bug.run(explorer.schedules(200));
                found.err().map(|failure| failure.stats.schedules)
            };
            let Some(walk) = needs(Strategy::Random) else { continue };
            let portfolio = needs(Strategy::Portfolio);
            let is_less = portfolio.is_some_and(|portfolio| portfolio <= 2 * walk);
            assert!(is_less || walk > 100, "{}, seed {seed}: {walk}, {portfolio:?}", case.id());
            asked += 1;
        }
    }
    assert!(asked > 40, "the walk found {asked} of them");
}
