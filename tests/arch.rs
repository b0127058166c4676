//! The architecture's rules, as tests: each failure prints the rule, where it is
//! broken, and what to do instead.
#![cfg(not(loom))]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// The floors, bottom up. A module imports from floors below its own; on floor 0
/// also from those that stand before it.
const FLOORS: [&[&str]; 7] = [
    &["sync", "error", "rt", "probe"],
    &["waiters", "inflight", "urgency", "deadline", "backoff"],
    &["spawn", "blocking", "cleanup"],
    &["join", "race", "scope", "channel", "lock", "stream", "retry"],
    &["shutdown"],
    &["pool"],
    &["app"],
];

/// Sees floor 0 only, and is seen by the top only.
const BESIDE: &str = "sim";
/// See everything, and are seen by nothing but each other.
const TOP: [&str; 3] = ["scenarios", "board", "main"];

/// A source file, without its comments.
struct Source {
    path: PathBuf,
    lines: Vec<String>,
    code: Vec<String>,
}

impl Source {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let code = lines.iter().map(|line| without_comment(line)).collect();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self { path: path.strip_prefix(root).unwrap().to_owned(), lines, code }
    }

    /// `pool` for `src/pool/core.rs`.
    fn module(&self) -> String {
        let name = self.path.iter().nth(1).unwrap().to_string_lossy();
        name.trim_end_matches(".rs").to_owned()
    }

    fn file(&self) -> String {
        self.path.file_name().unwrap().to_string_lossy().into_owned()
    }

    /// The numbered lines of code that `matches` says something about.
    fn grep(&self, mut matches: impl FnMut(&str) -> bool) -> Vec<usize> {
        let hits = self.code.iter().enumerate().filter(|(_, line)| matches(line));
        hits.map(|(i, _)| i + 1).collect()
    }
}

/// Strings count as code: none of the words looked for is found in one.
fn without_comment(line: &str) -> String {
    let is_comment = |at: &usize| !line[..*at].ends_with(':');
    match line.match_indices("//").map(|(at, _)| at).find(is_comment) {
        Some(at) => line[..at].to_owned(),
        None => line.to_owned(),
    }
}

fn rust_files(folder: &str) -> Vec<Source> {
    fn walk(folder: &Path, into: &mut Vec<PathBuf>) {
        let Ok(entries) = fs::read_dir(folder) else { return };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() && !path.ends_with("target") {
                walk(&path, into);
            } else if path.extension().is_some_and(|end| end == "rs") {
                into.push(path);
            }
        }
    }
    let mut paths = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut paths);
    paths.sort();
    paths.iter().map(|path| Source::read(path)).collect()
}

/// Fails with the rule, the fix and every place.
fn rule(rule: &str, fix: &str, places: &[(PathBuf, usize, String)]) {
    let mut report = String::new();
    for (path, line, what) in places {
        writeln!(report, "  {}:{line}: {}", path.display(), what.trim()).unwrap();
    }
    assert!(places.is_empty(), "\nrule: {rule}\nfix:  {fix}\n{report}");
}

/// `rule` over the sources of `src` that `applies` to.
fn forbid(
    says: &str,
    fix: &str,
    applies: impl Fn(&Source) -> bool,
    mut matches: impl FnMut(&str) -> bool,
) {
    let mut places = Vec::new();
    for source in rust_files("src").iter().filter(|source| applies(source)) {
        for line in source.grep(&mut matches) {
            places.push((source.path.clone(), line, source.lines[line - 1].clone()));
        }
    }
    rule(says, fix, &places);
}

fn floor_of(module: &str) -> Option<(usize, usize)> {
    FLOORS.iter().enumerate().find_map(|(floor, modules)| {
        modules.iter().position(|other| *other == module).map(|place| (floor, place))
    })
}

/// Whether `module` may import from `other`.
fn may_import(module: &str, other: &str) -> bool {
    if module == other || TOP.contains(&module) || module == "lib" {
        return true;
    }
    let Some((floor, place)) = floor_of(other) else {
        return false;
    };
    match floor_of(module) {
        _ if module == BESIDE => floor == 0,
        Some((mine, before)) => floor < mine || (mine == 0 && floor == 0 && place < before),
        None => false,
    }
}

/// The modules of the crate that a line names.
fn named_modules(line: &str) -> Vec<String> {
    let after = |at: usize| &line[at + "crate::".len()..];
    let word = |text: &str| {
        text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>()
    };
    line.match_indices("crate::")
        .filter(|(at, _)| {
            !line[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$')
        })
        .map(|(at, _)| word(after(at)))
        .filter(|module| !module.is_empty())
        .collect()
}

#[test]
fn every_module_stands_on_a_floor() {
    let strangers: Vec<_> = rust_files("src")
        .iter()
        .filter(|source| {
            let module = source.module();
            floor_of(&module).is_none()
                && module != BESIDE
                && module != "lib"
                && !TOP.contains(&module.as_str())
        })
        .map(|source| (source.path.clone(), 1, "on no floor".to_owned()))
        .collect();
    rule("every module has its floor", "add it to FLOORS, where it belongs", &strangers);
}

#[test]
fn a_module_imports_from_floors_below_its_own() {
    let mut places = Vec::new();
    for source in rust_files("src") {
        let module = source.module();
        for (i, line) in source.code.iter().enumerate() {
            for other in named_modules(line) {
                if !may_import(&module, &other) {
                    places.push((source.path.clone(), i + 1, line.clone()));
                }
            }
        }
    }
    rule(
        "a module imports from floors below its own; `sim` from floor 0; nothing from `sim` (I3)",
        "move what both need down a floor, or hand it in as an argument",
        &places,
    );
}

#[test]
fn i1_only_sync_and_rt_know_of_loom() {
    forbid(
        "I1: `cfg(loom)` switches code in `sync.rs` and `rt/` only",
        "put the difference behind `sync` or `rt`",
        |source| !["sync", "rt"].contains(&source.module().as_str()),
        |line| line.contains("cfg(loom") || line.contains("cfg(not(loom"),
    );
}

#[test]
fn i2_a_core_is_pure() {
    forbid(
        "I2: a core has no async, no Tokio, no clock, no globals",
        "hand in time and draws as arguments; await in the shell",
        |source| {
            let in_core = source.path.iter().any(|part| part == "core" || part == "core.rs");
            in_core && source.module() != BESIDE
        },
        |line| {
            ["async ", ".await", "tokio", "now()", "static ", "thread_local"]
                .iter()
                .any(|word| line.contains(word) && !line.contains("'static"))
        },
    );
}

#[test]
fn i4_only_rt_starts_tasks_and_timers_of_tokios() {
    forbid(
        "I4: Tokio's tasks and time appear in `rt` only",
        "go through `spawn` and `deadline`, so that the simulator and loom see it",
        |source| {
            let engine_of_the_simulator = source.path.ends_with("sim/engine/clock.rs");
            source.module() != "rt" && !engine_of_the_simulator
        },
        |line| {
            ["tokio::spawn", "spawn_blocking", "JoinSet", "tokio::time", "tokio::runtime"]
                .iter()
                .any(|word| line.contains(word))
        },
    );
}

#[test]
fn i5_every_select_is_biased() {
    let mut places = Vec::new();
    for source in rust_files("src") {
        for (i, line) in source.code.iter().enumerate() {
            let next = source.code.get(i + 1).map_or("", String::as_str);
            if line.contains("select!") && !line.contains("biased;") && !next.contains("biased;") {
                places.push((source.path.clone(), i + 1, line.clone()));
            }
        }
    }
    rule(
        "I5: every `select!` is `biased;`",
        "begin it with `biased;`; draw fair order from `rt`",
        &places,
    );
}

#[test]
fn i6_locks_are_entered_by_closures() {
    forbid(
        "I6: no lock guard lives across an await",
        "use `sync::Mutex::with`, which has no guard",
        |source| {
            let module = source.module();
            !["sync", BESIDE, "scenarios"].contains(&module.as_str())
        },
        |line| line.contains(".lock()"),
    );
}

#[test]
fn i7_nothing_depends_on_the_order_of_a_hash() {
    forbid(
        "I7: no `HashMap`, whose order differs from run to run",
        "use a `BTreeMap` or a slab",
        |_| true,
        |line| line.contains("HashMap<") || line.contains("HashMap::"),
    );
    forbid(
        "I7: a `HashSet` is asked and counted, never gone through",
        "use a `BTreeSet` where the order is looked at",
        |source| !source.path.ends_with("sim/distinct.rs"),
        |line| line.contains("HashSet"),
    );
}

/// What the compiler and clippy watch over, if they are told to.
#[test]
fn i8_and_i10_are_lints() {
    let read = |file| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let told = read("Cargo.toml") + &read("src/lib.rs");
    for (lint, says) in [
        ("unsafe_code = \"forbid\"", "I8: no unsafe code"),
        ("clippy::unwrap_used", "I10: no `unwrap` on what a caller can cause"),
        ("await_holding_lock = \"warn\"", "I6: no lock guard lives across an await"),
        ("iter_over_hash_type = \"warn\"", "I7: nothing depends on the order of a hash"),
    ] {
        assert!(told.contains(lint), "\nrule: {says}\nfix:  keep `{lint}` where it was");
    }
}

#[test]
fn i9_the_library_never_prints() {
    forbid(
        "I9: library code never prints",
        "return it, or emit a `tracing` event",
        |source| {
            let is_program = ["board", "main"].contains(&source.module().as_str());
            // What the operator of a service is told at its end: the one thing that an
            // entry point prints, since nobody else is left to print it.
            let is_last_words = source.path.ends_with("app/stderr.rs");
            !is_program && !is_last_words && !source.path.ends_with("sim/notice.rs")
        },
        |line| {
            ["println!", "print!(", "dbg!", "stdout()", "stderr()"]
                .iter()
                .any(|word| line.contains(word))
        },
    );
}

#[test]
fn i12_imports_name_the_module() {
    forbid(
        "I12: imports name the module, never the crate root",
        "write `use crate::waiters::Queue`",
        |source| !TOP.contains(&source.module().as_str()),
        |line| line.contains("use crate::{") || line.contains("use crate::*"),
    );
}

#[test]
fn a_mod_file_is_docs_and_uses() {
    forbid(
        "a pattern's `mod.rs` is docs and `mod`/`pub use` only",
        "move the item to a file of its own beside it",
        |source| {
            source.file() == "mod.rs"
                && source.path.components().count() == 3
                && floor_of(&source.module()).is_some_and(|(floor, _)| floor > 0)
        },
        |line| {
            ["fn ", "struct ", "enum ", "impl ", "impl<", "trait "]
                .iter()
                .any(|word| line.trim_start().trim_start_matches("pub ").starts_with(word))
        },
    );
}

#[test]
fn files_are_short() {
    let mut lengths = Vec::new();
    let mut long = Vec::new();
    for folder in ["src", "tests", "loom-tests", "benches", "examples", "tokio-shim"] {
        for source in rust_files(folder) {
            if source.lines.len() > 600 {
                let what = format!("{} lines", source.lines.len());
                long.push((source.path.clone(), 600, what));
            }
            if folder == "src" {
                lengths.push(source.lines.len());
            }
        }
    }
    rule("no file has more than 600 lines", "split it along its parts", &long);
    lengths.sort_unstable();
    let (median, p90) = (lengths[lengths.len() / 2], lengths[lengths.len() * 9 / 10]);
    assert!(
        median <= 200 && p90 <= 450,
        "\nrule: src has a median of at most 200 lines and a 90th percentile of at most 450\nfix:  split the longest; now {median} and {p90}"
    );
}

#[test]
fn nothing_is_left_undone() {
    let mut places = Vec::new();
    for folder in ["src", "tests", "loom-tests", "benches", "examples", "tokio-shim"] {
        for source in rust_files(folder) {
            if source.path.ends_with("arch.rs") {
                continue;
            }
            for (i, line) in source.lines.iter().enumerate() {
                let undone = [
                    "TODO",
                    "FIXME",
                    "XXX",
                    "todo!",
                    "unimplemented!",
                    "#[ignore",
                    "```no_run",
                    "```ignore",
                ];
                if undone.iter().any(|word| line.contains(word)) {
                    places.push((source.path.clone(), i + 1, line.clone()));
                }
            }
        }
    }
    rule("nothing is left for later", "finish it, or leave it out", &places);
}

/// The words that follow `before` in a text, but for those that a workflow fills in.
fn words_after<'a>(text: &'a str, before: &str) -> Vec<&'a str> {
    let words = text.split(before).skip(1).filter_map(|rest| rest.split_whitespace().next());
    words.filter(|word| !word.starts_with('$')).collect()
}

/// What a workflow asks for by a name that nothing here has.
fn not_there(workflow: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |file: &str| fs::read_to_string(root.join(file)).unwrap();
    let manifests = read("Cargo.toml") + &read("benches/Cargo.toml");
    let is_named = |name: &str| manifests.contains(&format!("name = \"{name}\"\n"));
    let is_test = |name: &str| is_named(name) || root.join("tests").join(name).is_dir();
    let is_rust = |image: &str| {
        let version = image.split_once('-').map_or(image, |(version, _system)| version);
        manifests.contains(&format!("rust-version = \"{version}\"\n"))
    };
    let is_alias = |name: &str| {
        let is_own = ["test", "run", "install"].contains(&name);
        is_own || read(".cargo/config.toml").contains(&format!("\n{name} = "))
    };
    let is_fixed = |action: &str| {
        action.split_once("@v").is_some_and(|(_, major)| major.parse::<u32>().is_ok())
    };
    let mutants = read("benches/src/mutants.rs");
    let parts: BTreeSet<_> = ["name: ", "Part::of("]
        .into_iter()
        .flat_map(|before| mutants.split(before).skip(1))
        .filter(|rest| rest.trim_start().starts_with('"'))
        .filter_map(|rest| rest.split('"').nth(1).map(str::to_owned))
        .collect();
    let mut missing = Vec::new();
    let mut ask = |before: &str, is_there: &dyn Fn(&str) -> bool| {
        let words = words_after(workflow, before).into_iter().filter(|word| !is_there(word));
        missing.extend(words.map(|word| format!("{before}{word}")));
    };
    ask("bash ", &|script| root.join(script).is_file());
    ask("cargo ", &is_alias);
    ask("-p ", &is_named);
    ask("--bin ", &is_named);
    ask("--test ", &is_test);
    ask("container: rust:", &is_rust);
    ask("uses: ", &is_fixed);
    let listed = workflow.split("part: [").skip(1).filter_map(|rest| rest.split(']').next());
    let listed = listed.map(|names| names.split(", ").map(str::to_owned).collect());
    let wrong = listed.filter(|names: &BTreeSet<_>| *names != parts);
    missing.extend(wrong.map(|names| format!("part: {names:?}, and there are {parts:?}")));
    missing
}

#[test]
fn the_workflows_run_what_there_is() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/workflows");
    let mut places = Vec::new();
    for file in ["ci.yml", "deep.yml"] {
        let text = fs::read_to_string(folder.join(file)).unwrap();
        places.extend(not_there(&text).into_iter().map(|name| (file.into(), 0, name)));
        for line in ["permissions:\n  contents: read\n", "\nconcurrency:\n"] {
            assert!(text.contains(line), "{file}: a workflow reads, and has one run at a time");
        }
    }
    rule("the workflows run what there is", "name it as it is called now", &places);
}

/// The rules themselves have teeth.
#[test]
fn the_rules_see_what_they_forbid() {
    assert!(may_import("pool", "waiters") && may_import("rt", "error"));
    assert!(!may_import("waiters", "pool") && !may_import("error", "rt"));
    assert!(!may_import("pool", "sim") && !may_import("sim", "waiters"));
    assert!(may_import("sim", "probe") && may_import("scenarios", "pool"));
    assert_eq!(named_modules("use crate::rt::{self}; crate::sync::x"), ["rt", "sync"]);
    assert_eq!(named_modules("pub(crate) fn other_crate::x"), Vec::<String>::new());
    assert_eq!(without_comment("a // b"), "a ");
    assert_eq!(without_comment("http://x"), "http://x");
    for named in [
        "bash .ci/walk",
        "cargo bord --schedules 1",
        "cargo test -p surefeet",
        "cargo test --test simm",
        "cargo run --bin mutant",
        "container: rust:1.0-trixie",
        "uses: actions/checkout@main",
        "part: [cores, pool]",
    ] {
        assert_eq!(not_there(named).len(), 1, "{named}");
    }
}
