//! The proof matrix: for each guarantee of each pattern the tests that prove it,
//! and what each of them rejects. A proof that nothing can fail is none.
#![cfg(not(loom))]

mod matrix;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use self::matrix::{DOES_NOT_APPLY, MATRIX, Rejects, SURVIVORS};
use surefoot::scenarios;

/// What every pattern guarantees.
const EVERY: [&str; 13] =
    ["X1", "X2", "X3", "X4", "X5", "X6", "X7", "X8", "X9", "X10", "X11", "X12", "X13"];

/// The patterns that have landed, with what each guarantees beyond that.
const PATTERNS: &[(&str, &[&str])] = &[(
    "pool",
    &[
        "POOL1", "POOL2", "POOL3", "POOL4", "POOL5", "POOL6", "POOL7", "POOL8", "POOL9", "POOL10",
        "POOL11", "POOL12", "POOL13", "POOL14",
    ],
)];

/// Guarantees of smaller parts, which have no queue and hence no `X` of their own.
const PARTS: &[&str] = &[
    "backoff/RETRY2",
    "backoff/RETRY7",
    "deadline/RETRY8",
    "error/ERR1",
    "spawn/SPAWN1",
    "spawn/SPAWN2",
];

fn read(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn cells() -> BTreeSet<String> {
    let mut cells: BTreeSet<String> = PARTS.iter().map(|part| (*part).to_owned()).collect();
    for (pattern, numbers) in PATTERNS {
        cells.extend(EVERY.iter().chain(*numbers).map(|number| format!("{pattern}/{number}")));
    }
    cells
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
    let filled: BTreeSet<String> = MATRIX
        .iter()
        .map(|(key, _)| *key)
        .chain(DOES_NOT_APPLY.iter().map(|(key, _)| *key))
        .map(str::to_owned)
        .collect();
    let wanted = cells();
    let empty: Vec<_> = wanted.difference(&filled).collect();
    let unknown: Vec<_> = filled.difference(&wanted).collect();
    assert!(empty.is_empty(), "no proof and no reason: {empty:?}; add rows to matrix.rs");
    assert!(unknown.is_empty(), "no such guarantee: {unknown:?}");
    assert_eq!(filled.len(), MATRIX.len() + DOES_NOT_APPLY.len(), "a cell is there twice");
}

#[test]
fn every_named_test_is_there_and_says_what_it_proves() {
    for (key, proofs) in MATRIX {
        assert!(!proofs.is_empty(), "{key} has no proof");
        for (test, _) in *proofs {
            let (file, name) = split(test);
            let above = before_function(file, name)
                .unwrap_or_else(|| panic!("{key}: there is no `fn {name}` in {file}"));
            assert!(
                above.contains("test") || above.contains("proptest"),
                "{key}: `{name}` in {file} is no test"
            );
            let names_it = above
                .split(|c: char| c.is_whitespace() || ",:;()".contains(c))
                .any(|word| word == *key);
            assert!(names_it, "the doc comment of {test} does not name {key}");
        }
    }
}

#[test]
fn everything_that_is_rejected_is_there() {
    for (key, proofs) in MATRIX {
        for (test, rejects) in *proofs {
            match rejects {
                Rejects::Twin(name) => {
                    let number = key.rsplit('/').next();
                    let has = scenarios::all()
                        .any(|claim| Some(claim.guarantee) == number && claim.twin.name == *name);
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
    for (key, why) in DOES_NOT_APPLY {
        assert!(why.len() > 20, "{key}: `{why}` is no reason");
    }
}

/// What survived the last run of mutation testing is not passed over in silence.
#[test]
fn every_surviving_mutant_has_a_reason() {
    for (mutant, why) in SURVIVORS {
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
        let has_reason = SURVIVORS.iter().any(|(survivor, _)| *survivor == name);
        assert!(has_reason, "`{name}` survived: kill it, or say in matrix.rs why not");
    }
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
    let tests: String = ["claims", "cancellation", "pool"]
        .map(|name| read(&format!("tests/sim/{name}.rs")))
        .concat();
    for row in rows {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [_, _, item, proofs, _] = cells[..] else {
            panic!("`{row}` has not three cells");
        };
        let path: Vec<&str> = item.trim_matches('`').split("::").collect();
        let module = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(path[0]))
            .unwrap_or_else(|error| panic!("{item}: {error}"))
            .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap_or_default())
            .collect::<String>();
        for name in &path[1..] {
            let is_there = ["fn ", "struct ", "trait "]
                .iter()
                .any(|kind| module.contains(&format!("pub {kind}{name}")))
                || module.contains(&format!("pub async fn {name}"));
            assert!(is_there, "README: there is no `{name}` for {item}");
        }
        for test in proofs.split(',').map(|test| test.trim().trim_matches('`')) {
            assert!(tests.contains(&format!("fn {test}(")), "README: there is no test `{test}`");
        }
    }
}
