//! What the guide, `surefoot::sim::guide`, says is so: its example is `tests/names`,
//! which fails, is reported, pictured, replayed and corrected as the guide says.
//!
//! The example is run as its author would, by `cargo test` in a shell, and what is asked
//! of it is asked of what it prints.
#![cfg(all(unix, not(loom)))]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

const GUIDE: &str = include_str!("../../src/sim/guide.rs");

/// What a command came to.
#[derive(Debug)]
struct Ran {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Ran {
    fn new(command: &mut Command) -> Self {
        let output = command.output().expect("it can be started");
        let text = |bytes| String::from_utf8(bytes).expect("it prints UTF-8");
        let (stdout, stderr) = (text(output.stdout), text(output.stderr));
        Self { code: output.status.code(), stdout, stderr }
    }

    /// The only report of a failure that it printed.
    #[track_caller]
    fn report(&self) -> Report {
        let text = format!("{}{}", self.stdout, self.stderr);
        let mut reports = text.match_indices("\nschedule ");
        let (at, _) = reports.next().unwrap_or_else(|| panic!("no report: {self:#?}"));
        assert!(reports.next().is_none(), "more than one: {text}");
        let lines: Vec<_> = text[at + 1..].lines().collect();
        let value = |name: &str| {
            let line = lines.iter().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_else(|| panic!("no `{name}`: {text}")).trim().to_owned()
        };
        let last = lines.iter().position(|line| line.starts_with("replay ")).unwrap_or(0);
        Report {
            text: lines[..=last].join("\n"),
            replay: value("replay "),
            timeline: value("timeline ").into(),
        }
    }
}

struct Report {
    /// As it stands, but for the path of its page.
    text: String,
    replay: String,
    timeline: PathBuf,
}

impl Report {
    /// Which schedule of how many failed.
    fn of(&self) -> &str {
        self.text.split_once(" failed: ").expect("that is how it begins").0
    }

    /// What happens in it: no word of how it was found.
    fn story(&self) -> Vec<&str> {
        let is_search = |line: &&str| line.starts_with("shrunk from ");
        let begins = self.of().len();
        self.text[begins..].lines().filter(|line| !is_search(line)).collect()
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A shell that stands in `folder` and knows what one does in which nobody has run
/// anything yet.
fn shell(command: &str, folder: &Path) -> Ran {
    let told = |name: &str| {
        ["SUREFOOT_", "CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_CRATE_", "CARGO_BIN_", "RUST_BACK"]
            .iter()
            .any(|start| name.starts_with(start))
    };
    let mut shell = Command::new("sh");
    for (name, _) in env::vars_os().filter(|(name, _)| told(&name.to_string_lossy())) {
        shell.env_remove(name);
    }
    Ran::new(shell.args(["-c", command]).current_dir(folder))
}

fn one(test: &str) -> String {
    format!("cargo test --test names -- --exact {test}")
}

/// An empty one.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("guide").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Runs a test that fails as the guide says, its replay, and the replay's schedule on
/// the corrected service.
fn fails_and_is_replayed(test: &str, corrected: &str, tasks: &[&str]) {
    let pages = folder(&test.replace("::", "-"));
    let pages_in = format!("SUREFOOT_REPORT_DIR={} ", pages.display());
    let failed = shell(&(pages_in + &one(test)), root());
    assert_eq!(failed.code, Some(101), "{failed:#?}");
    let report = failed.report();
    assert!(said(&report.text), "the guide does not say:\n{}", report.text);

    // The page.
    let page_of = |report: &Report| report.timeline.file_name().unwrap().to_owned();
    assert_eq!(report.timeline, pages.join(page_of(&report)));
    let name = format!("target/surefoot/{}", page_of(&report).display());
    assert!(GUIDE.contains(&format!("//! timeline  {name}\n")), "the guide does not say {name}");
    let page = fs::read_to_string(&report.timeline).unwrap();
    assert!(page.starts_with("<!doctype html>"), "{page:.100}");
    assert!(page.trim_end().ends_with("</html>"), "it was not written to its end");
    for task in tasks {
        assert!(report.text.contains(task), "{}", report.text);
        assert!(page.contains(task), "the page has no lane of {task}");
    }

    // The command that it says, from elsewhere in the workspace: one schedule, not a search.
    let replayed = shell(&report.replay, &root().join("examples"));
    assert_eq!(replayed.code, Some(101), "{replayed:#?}");
    let again = replayed.report();
    assert_eq!(again.of(), "schedule 1 of 1000");
    assert!(!again.text.contains("shrunk from"), "it was searched for: {}", again.text);
    assert_eq!(again.story(), report.story());
    assert!(!again.timeline.starts_with(&pages) && again.timeline.is_file());

    // The same schedule, after the correction.
    let passes = shell(&report.replay.replace(test, corrected), root());
    assert_eq!(passes.code, Some(0), "{passes:#?}");
    assert!(passes.stdout.contains("test result: ok. 1 passed"), "{passes:#?}");
}

/// Whether a block of the guide says `text`.
fn said(text: &str) -> bool {
    let said: String = text.lines().map(|line| format!("//! {line}\n")).collect();
    GUIDE.contains(&said)
}

#[test]
fn an_order_that_fails_is_reported_pictured_replayed_and_corrected() {
    fails_and_is_replayed(
        "first::tests::no_old_name_is_kept",
        "second::tests::no_old_name_is_kept",
        &["root", "reader#1", "writer#2"],
    );
}

#[test]
fn a_cancellation_that_fails_is_reported_pictured_replayed_and_corrected() {
    fails_and_is_replayed(
        "second::tests::no_old_name_is_kept_if_the_caller_leaves",
        "third::tests::no_old_name_is_kept_if_the_caller_leaves",
        &["root"],
    );
}

/// What the example's tests come to, and that the replays above ran what they named.
#[test]
fn the_example_passes_where_the_guide_says_so() {
    let all = shell("cargo test --test names", root());
    let mut failed: Vec<_> =
        all.stdout.lines().filter_map(|line| line.strip_suffix(" ... FAILED")).collect();
    failed.sort_unstable();
    let expected = [
        "test first::tests::no_old_name_is_kept",
        "test first::tests::no_old_name_is_kept_if_the_caller_leaves",
        "test first::tests::no_order_keeps_an_old_name",
        "test second::tests::no_old_name_is_kept_if_the_caller_leaves",
    ];
    assert_eq!(failed, expected, "{all:#?}");
    assert!(all.stdout.contains("8 passed; 4 failed; 0 ignored"), "{all:#?}");
}

/// A program that cargo has not started is replayed by itself, without cargo.
#[test]
fn a_program_is_replayed_as_it_was_started() {
    let test = "second::tests::no_old_name_is_kept_if_the_caller_leaves";
    let built = shell("cargo test --test names --no-run", root());
    // `Executable tests/names/main.rs (target/debug/deps/names-0123456789abcdef)`
    let line = built.stderr.lines().find(|line| line.trim_start().starts_with("Executable "));
    let exe = line.and_then(|line| line.split_once('(')?.1.strip_suffix(')'));
    let exe = root().join(exe.unwrap_or_else(|| panic!("{built:#?}")));
    let pages = folder("program");
    let alone = |command: &mut Command| Ran::new(command.env_clear().current_dir(&pages));

    let failed = alone(Command::new(exe).args(["--exact", test, "--nocapture"]));
    assert_eq!(failed.code, Some(101), "{failed:#?}");
    assert!(failed.stderr.contains("\nschedule 22 of 1000 failed: "), "{failed:#?}");
    let report = failed.report();
    assert!(report.replay.ends_with(&format!(" --exact {test} --nocapture")), "{}", report.replay);

    let replayed = alone(Command::new("/bin/sh").args(["-c", &report.replay]));
    assert_eq!(replayed.code, Some(101), "{replayed:#?}");
    let again = replayed.report();
    assert_eq!(again.of(), "schedule 1 of 1000");
    // All but the command, which is the program's.
    let (mut found, mut story) = (report.story(), again.story());
    assert_eq!(found.pop().unwrap(), story.pop().unwrap());
    assert_eq!(found, story);
}

/// The lines of Rust that the guide shows, block by block, without those that it hides.
fn blocks() -> Vec<Vec<&'static str>> {
    let mut blocks = Vec::new();
    let mut block: Option<Vec<&str>> = None;
    for line in GUIDE.lines().map(|line| line.trim_start_matches("//!").trim()) {
        match (&mut block, line) {
            (None, "```") => block = Some(Vec::new()),
            (Some(_), "```") => blocks.extend(block.take()),
            (Some(block), line) if line != "#" && !line.starts_with("# ") => block.push(line),
            // Of another language, up to its end.
            (None, line) if line.starts_with("```") => block = Some(vec![line]),
            _ => {}
        }
    }
    blocks.retain(|block| block.first().is_some_and(|line| !line.starts_with("```")));
    blocks
}

/// Whether `lines` stand in `text`, one after the other, however they are indented.
fn stand_in(lines: &[&str], text: &str) -> bool {
    let trimmed = |line: &&str| !line.is_empty();
    let lines: Vec<_> = lines.iter().copied().filter(trimmed).collect();
    let text: Vec<_> = text.lines().map(str::trim).filter(trimmed).collect();
    text.windows(lines.len()).any(|window| window == lines)
}

/// Every block of the guide on the example is the example.
#[test]
fn the_guide_shows_the_example() {
    let example = ["first.rs", "second.rs", "third.rs", "tests.rs"]
        .map(|file| fs::read_to_string(root().join("tests/names").join(file)).unwrap());
    let mut seen = [0; 4];
    for block in blocks() {
        let inside = match &*block {
            ["#[cfg(test)]", "mod tests {", inside @ .., "}"] => inside,
            block => block,
        };
        let place = example.iter().position(|text| stand_in(inside, text));
        let is_of_it = block.iter().any(|line| line.contains("Names") || line.contains("names."));
        match place {
            Some(file) => seen[file] += 1,
            None => assert!(!is_of_it, "not in tests/names:\n{}", block.join("\n")),
        }
    }
    assert_eq!(seen, [1, 1, 1, 3]);
}
