//! The proof matrix: for each guarantee of each pattern the tests that prove it,
//! and what each of them rejects. A proof that nothing can fail is none.
#![cfg(not(loom))]

mod matrix;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use self::matrix::{CLAIMS, PATTERNS, Pattern, Proof, Rejects};
use surefoot::scenarios;

/// What every pattern guarantees.
const EVERY: [&str; 13] =
    ["X1", "X2", "X3", "X4", "X5", "X6", "X7", "X8", "X9", "X10", "X11", "X12", "X13"];

fn read(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// All sources of a folder, or of the file that a module is.
fn sources(place: &str) -> String {
    fn walk(path: &Path, into: &mut String) {
        if let Ok(entries) = fs::read_dir(path) {
            entries.for_each(|entry| walk(&entry.unwrap().path(), into));
        } else if path.extension().is_some_and(|end| end == "rs") {
            into.push_str(&fs::read_to_string(path).unwrap_or_default());
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(place);
    let mut text = String::new();
    walk(&path, &mut text);
    walk(&path.with_extension("rs"), &mut text);
    text
}

/// What `pattern` guarantees.
fn numbers(pattern: &Pattern) -> impl Iterator<Item = &'static str> {
    let every = if pattern.has_x { &EVERY[..] } else { &[] };
    every.iter().chain(pattern.numbers).copied()
}

/// Every row of every pattern.
fn rows() -> impl Iterator<Item = (&'static Pattern, &'static str, &'static [Proof])> {
    PATTERNS.iter().flat_map(|pattern| {
        pattern.proofs.iter().map(move |(key, proofs)| (pattern, *key, *proofs))
    })
}

/// `file::function` as its two parts.
fn split(path: &str) -> (&str, &str) {
    path.rsplit_once("::").unwrap_or_else(|| panic!("`{path}` is not `file::function`"))
}

/// The doc comment and attributes that stand before `fn name`, if it is there.
fn before_function(file: &str, name: &str) -> Option<String> {
    let text = read(file);
    let lines: Vec<&str> = text.lines().collect();
    let is_it = |line: &&str| {
        [format!("fn {name}("), format!("fn {name}<")].iter().any(|start| line.contains(start))
    };
    let at = lines.iter().position(is_it)?;
    let above = lines[..at].iter().rev().take_while(|line| {
        let line = line.trim_start();
        line.starts_with("///") || line.starts_with('#')
    });
    Some(above.copied().collect::<Vec<_>>().join("\n"))
}

#[test]
fn every_cell_has_a_proof_or_a_reason() {
    let mut listed = BTreeSet::new();
    for pattern in PATTERNS {
        assert!(listed.insert(pattern.name), "{} is listed twice", pattern.name);
        let wanted: BTreeSet<String> =
            numbers(pattern).map(|number| format!("{}/{number}", pattern.name)).collect();
        let proven = pattern.proofs.iter().map(|(key, _)| *key);
        let keys = proven.chain(pattern.does_not_apply.iter().map(|(key, _)| *key));
        let filled: BTreeSet<String> = keys.map(str::to_owned).collect();
        let empty: Vec<_> = wanted.difference(&filled).collect();
        let unknown: Vec<_> = filled.difference(&wanted).collect();
        assert!(empty.is_empty(), "no proof and no reason: {empty:?}; add rows to the matrix");
        assert!(unknown.is_empty(), "no such guarantee: {unknown:?}");
        let all = pattern.proofs.len() + pattern.does_not_apply.len();
        assert_eq!(filled.len(), all, "{}: a cell is there twice", pattern.name);
    }
}

/// No pattern of the sources is forgotten.
#[test]
fn every_pattern_of_the_scenarios_is_in_the_matrix() {
    for claim in scenarios::all() {
        let pattern = PATTERNS.iter().find(|pattern| pattern.name == claim.pattern);
        let pattern = pattern.unwrap_or_else(|| panic!("no rows for {}", claim.pattern));
        let is_its = numbers(pattern).any(|number| number == claim.guarantee);
        assert!(is_its, "{} has no guarantee {}", claim.id(), claim.guarantee);
    }
}

#[test]
fn every_named_test_is_there_and_says_what_it_proves() {
    for (_, key, proofs) in rows() {
        assert!(!proofs.is_empty(), "{key} has no proof");
        for (test, _) in proofs {
            let (file, name) = split(test);
            let above = before_function(file, name)
                .unwrap_or_else(|| panic!("{key}: there is no `fn {name}` in {file}"));
            assert!(
                above.contains("test") || above.contains("proptest"),
                "{key}: `{name}` in {file} is no test"
            );
            let names_it = *test == CLAIMS
                || above
                    .split(|c: char| c.is_whitespace() || ",:;()".contains(c))
                    .any(|word| word == key);
            assert!(names_it, "the doc comment of {test} does not name {key}");
        }
    }
}

#[test]
fn everything_that_is_rejected_is_there() {
    for (pattern, key, proofs) in rows() {
        for (test, rejects) in proofs {
            match rejects {
                Rejects::Twin(name) => {
                    let number = key.rsplit('/').next();
                    let has = scenarios::all().any(|claim| {
                        claim.pattern == pattern.name
                            && Some(claim.guarantee) == number
                            && claim.twin.name == *name
                    });
                    assert!(has, "{test}: no claim of {key} has the twin `{name}`");
                }
                Rejects::Model(path) | Rejects::Mutant(path) => {
                    let (file, name) = split(path);
                    assert!(
                        before_function(file, name).is_some(),
                        "{key}: {test} rejects a change of `{name}`, which is not in {file}"
                    );
                }
            }
        }
    }
}

#[test]
fn every_reason_is_a_reason() {
    for (key, why) in PATTERNS.iter().flat_map(|pattern| pattern.does_not_apply) {
        assert!(why.len() > 20, "{key}: `{why}` is no reason");
    }
}

/// What survived the last run of mutation testing is not passed over in silence.
#[test]
fn every_surviving_mutant_has_a_reason() {
    let known = || PATTERNS.iter().flat_map(|pattern| pattern.survivors);
    for (mutant, why) in known() {
        assert!(why.len() > 20, "{mutant}: `{why}` is no reason");
    }
    let results = read("benches/RESULTS.md");
    let survived = results.lines().filter_map(|line| line.strip_prefix("- survived: `"));
    for mutant in survived.map(|line| line.trim_end_matches('`')) {
        let parts: Vec<&str> = mutant.splitn(4, ':').collect();
        let [file, _line, _column, change] = parts[..] else {
            panic!("`{mutant}` is not `file:line:column: change`");
        };
        let name = format!("{file}:{change}");
        let has_reason = known().any(|(survivor, _)| *survivor == name);
        assert!(has_reason, "`{name}` survived: kill it, or say in the matrix why not");
    }
}

/// The names of a cell, which are separated by commas.
fn listed(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(',').map(|name| name.trim().trim_matches('`'))
}

/// The README's table of the guide's functions: item and tests of each row exist.
#[test]
fn the_readme_s_table_is_true() {
    let readme = read("README.md");
    let rows: Vec<&str> = readme
        .lines()
        .skip_while(|line| !line.starts_with("| the guide's function"))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .collect();
    assert!(!rows.is_empty(), "the README has no table of the guide's functions");
    let tests = sources("tests") + &sources("examples/tests");
    for row in rows {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [_, _, items, proofs, _] = cells[..] else {
            panic!("`{row}` has not three cells");
        };
        for item in listed(items) {
            let path: Vec<&str> = item.split("::").collect();
            let module = sources(&format!("src/{}", path[0]));
            assert!(!module.is_empty(), "README: there is no module of {item}");
            for name in &path[1..] {
                let is_there = ["fn ", "async fn ", "struct ", "enum ", "trait ", "mod "]
                    .iter()
                    .any(|kind| module.contains(&format!("pub {kind}{name}")));
                assert!(is_there, "README: there is no `{name}` for {item}");
            }
        }
        for test in listed(proofs) {
            assert!(tests.contains(&format!("fn {test}(")), "README: there is no test `{test}`");
        }
    }
}
