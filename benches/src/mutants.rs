//! Mutation testing: cargo-mutants over a part of the crate, the part's own tests
//! as the first oracle and the loom models as the second.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::{fs, io};

use crate::report::write_section;

/// Modules whose mutants the same tests are to kill.
#[derive(Debug)]
pub struct Part {
    /// What it is called on the command line.
    pub name: &'static str,
    /// Its sources.
    pub files: &'static [&'static str],
    /// The test targets that kill most of its mutants soonest.
    pub first: &'static [&'static str],
    /// The test targets that are to kill the rest.
    pub tests: &'static [&'static str],
    /// The modules of its own tests; all tests are run if there are none.
    pub own: &'static [&'static str],
}

impl Part {
    /// A pattern's.
    const fn of(
        name: &'static str,
        files: &'static [&'static str],
        own: &'static [&'static str],
    ) -> Self {
        Self { name, files, first: &["it"], tests: &["it", "props", "sim"], own }
    }

    /// What runs this part's own tests of the targets.
    fn filters(&self) -> impl Iterator<Item = &'static str> {
        // Those of every pattern's errors and names.
        let common: &[_] = if self.own.is_empty() { &[] } else { &["--", "api::", "error::"] };
        common.iter().chain(self.own).copied()
    }
}

/// Every part that is tested so.
pub const PARTS: &[Part] = &[
    Part {
        name: "cores",
        files: &["src/waiters/**", "src/pool/core/**", "src/backoff/**"],
        // Where one that nobody wakes is a failure, and no test that hangs.
        first: &["props"],
        tests: &["props", "it"],
        own: &[],
    },
    Part {
        name: "pool",
        files: &["src/pool/*.rs"],
        first: &["it"],
        tests: &["props", "it"],
        own: &[],
    },
    Part::of("spawn", &["src/spawn/**"], &["spawn::", "deadline::"]),
    Part::of("scope", &["src/scope/**"], &["scope::"]),
    Part::of("shutdown", &["src/shutdown/**"], &["shutdown::", "app::"]),
    Part::of("blocking", &["src/blocking/**"], &["blocking::"]),
    Part::of("cleanup", &["src/cleanup/**"], &["cleanup::"]),
    Part::of("retry", &["src/retry/**", "src/deadline/**"], &["retry::", "deadline::"]),
    Part::of(
        "races",
        &["src/inflight/**", "src/join/**", "src/race/**"],
        &["join::", "race::", "stream::"],
    ),
    Part::of("channel", &["src/channel/**"], &["channel::"]),
    Part::of("lock", &["src/lock/**"], &["lock::"]),
    Part::of("stream", &["src/stream/**", "src/urgency/**"], &["stream::", "channel::priority"]),
];

/// What the names of mutants say that leave a field of a struct out.
const FIELD: &str = "delete field";

/// The share of viable mutants that is to be killed.
const GOAL: f64 = 0.95;

/// What became of the mutants of one folder.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    killed: usize,
    /// Of those, by the loom models alone.
    by_loom: usize,
    survived: usize,
    unviable: usize,
}

/// What became of each mutant, by cargo-mutants' files.
#[derive(Debug, Default)]
struct Outcomes {
    killed: BTreeSet<String>,
    /// Of those, by the loom models alone.
    by_loom: BTreeSet<String>,
    survived: BTreeSet<String>,
    unviable: BTreeSet<String>,
}

impl Outcomes {
    /// Of all runs that wrote into `folder` so far.
    ///
    /// cargo-mutants keeps the outcomes of one run, and of earlier ones only what
    /// need not be run again. So they are gathered beside its own files: before a
    /// run, in case that one was interrupted, and after it.
    fn gather(folder: &Path) -> io::Result<Self> {
        let names = |file: &str| -> io::Result<BTreeSet<String>> {
            match fs::read_to_string(folder.join(file)) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeSet::new()),
                text => Ok(text?.lines().map(str::to_owned).collect()),
            }
        };
        let mut killed = names("killed.txt")?;
        killed.extend(names("mutants.out/caught.txt")?);
        killed.extend(names("mutants.out/timeout.txt")?);
        let mut unviable = names("unviable.txt")?;
        unviable.extend(names("mutants.out/unviable.txt")?);
        for (file, names) in [("killed.txt", &killed), ("unviable.txt", &unviable)] {
            let lines: String = names.iter().map(|name| format!("{name}\n")).collect();
            fs::write(folder.join(file), lines)?;
        }
        let survived = names("mutants.out/missed.txt")?;
        Ok(Self { killed, survived, unviable, ..Self::default() })
    }

    /// Leaves out what is not among `names`.
    fn keep_only(&mut self, names: &BTreeSet<String>) {
        for outcome in [&mut self.killed, &mut self.survived, &mut self.unviable] {
            outcome.retain(|name| names.contains(name));
        }
    }

    /// Adds what an oracle said of the survivors.
    fn narrow(&mut self, next: Self, oracle: Oracle) {
        if matches!(oracle, Oracle::Loom) {
            self.by_loom.extend(next.killed.iter().cloned());
        }
        self.killed.extend(next.killed);
        self.survived = next.survived;
        // To a later oracle, what does not compile is what an earlier one saw so.
        self.unviable.extend(next.unviable);
    }
}

/// Something that mutants are put to. Each oracle gets what the one before left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Oracle {
    /// The first of the part's tests, with few cases each: that kills most.
    Quick,
    /// The part's tests.
    Tests,
    /// The loom models.
    Loom,
}

impl Oracle {
    const ALL: [Self; 3] = [Self::Quick, Self::Tests, Self::Loom];

    fn name(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Tests => "tests",
            Self::Loom => "loom",
        }
    }

    /// Runs cargo-mutants over what `which` selects. A run that was interrupted
    /// goes on where it was.
    fn run<'a>(
        self,
        part: &Part,
        how: How,
        folder: &Path,
        which: impl Iterator<Item = &'a str>,
    ) -> io::Result<Outcomes> {
        let folder = folder.join(self.name());
        fs::create_dir_all(&folder)?;
        Outcomes::gather(&folder)?;
        let mut command = Command::new("cargo");
        command.args(["mutants", "--iterate", "--no-shuffle", "--colors", "never"]);
        command.args(["--minimum-test-timeout", "10"]);
        if how.in_place {
            command.arg("--in-place");
        } else {
            // A step is a build and a short test: two at a time keep two cores busy.
            command.args(["--jobs", "2"]);
        }
        if let Self::Loom = self {
            // The models pass as they are: `.ci/run` says so, and that takes a minute.
            command.args(["--baseline", "skip", "--timeout", "300"]);
        }
        // Nobody debugs them.
        command.env("CARGO_PROFILE_DEV_DEBUG", "0");
        let targets = match self {
            Self::Quick => part.first,
            Self::Tests => part.tests,
            Self::Loom => &["loom"],
        };
        // For the build as well, which otherwise builds every target there is.
        command.args(targets.iter().map(|target| format!("--cargo-arg=--test={target}")));
        match self {
            Self::Quick => command.env("PROPTEST_CASES", "32"),
            Self::Tests => &mut command,
            Self::Loom => command
                .arg("--cargo-arg=--release")
                .env("CARGO_TARGET_DIR", "target-loom")
                .env("RUSTFLAGS", "--cfg loom")
                .env("CARGO_PROFILE_RELEASE_LTO", "off"),
        };
        command.current_dir(root()).args(which).arg("--output").arg(&folder).arg("--");
        if self != Self::Loom {
            command.args(part.filters());
        }
        match command.status()?.code() {
            // All killed; some survived; some took too long.
            Some(0 | 2 | 3) => Outcomes::gather(&folder),
            code => Err(io::Error::other(format!("cargo mutants ended with {code:?}"))),
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package lies in the workspace")
}

/// How a part is put to its oracles.
#[derive(Clone, Copy, Debug, Default)]
pub struct How {
    /// The slow models of loom are not asked.
    pub without_loom: bool,
    /// This tree is changed, one mutant at a time, and restored, so that all that was
    /// built is built already; else two copies of it are.
    pub in_place: bool,
}

/// Puts a part's mutants to the oracles, and writes the summary into `RESULTS.md`.
///
/// # Errors
///
/// If cargo-mutants is not installed or breaks off, or a file can't be written.
#[expect(clippy::print_stdout, reason = "it is a program, and this is its output")]
pub fn run(part: &Part, how: How) -> io::Result<()> {
    let folder = root().join("target").join("mutants").join(part.name);
    let mut outcomes = Outcomes::default();
    for oracle in Oracle::ALL {
        if how.without_loom && oracle == Oracle::Loom {
            break;
        }
        let names: Vec<_> = outcomes.survived.iter().map(|name| exactly(name)).collect();
        let files = part.files.iter().flat_map(|file| ["--file", file]);
        let next = match oracle {
            Oracle::Quick => oracle.run(part, how, &folder, files)?,
            Oracle::Tests | Oracle::Loom if names.is_empty() => break,
            Oracle::Tests | Oracle::Loom => {
                // Those are selected whatever the names.
                let has_fields = names.iter().any(|name| name.contains(FIELD));
                let no_fields = (!has_fields).then_some(["--exclude-re", FIELD]);
                let names = names.iter().flat_map(|name| ["--re", name]);
                let which = files.chain(names).chain(no_fields.into_iter().flatten());
                let mut next = oracle.run(part, how, &folder, which)?;
                next.keep_only(&outcomes.survived);
                next
            }
        };
        outcomes.narrow(next, oracle);
    }
    let mut text = summary(part, &outcomes);
    if how.without_loom {
        text.push_str("- `--without-loom`: the models were not asked about what survived\n");
    }
    println!("{text}");
    write_section(&format!("mutants-{}", part.name), &text)
}

/// A regular expression for this name alone.
fn exactly(name: &str) -> String {
    let mut pattern = String::from("^");
    for letter in name.chars() {
        // Not all that is no letter: `\<` is the beginning of a word.
        if r"\.+*?()|[]{}^$#&-~".contains(letter) {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('$');
    pattern
}

/// Of `src/pool/core/idle.rs:12:3: replace ...`, it is `pool`.
fn module(name: &str) -> &str {
    name.split(['/', '.']).nth(1).unwrap_or(name)
}

fn summary(part: &Part, outcomes: &Outcomes) -> String {
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    for name in &outcomes.unviable {
        tallies.entry(module(name)).or_default().unviable += 1;
    }
    for name in &outcomes.killed {
        let tally = tallies.entry(module(name)).or_default();
        tally.killed += 1;
        tally.by_loom += usize::from(outcomes.by_loom.contains(name));
    }
    for name in &outcomes.survived {
        tallies.entry(module(name)).or_default().survived += 1;
    }
    let mut text = format!(
        "## mutants of {name}\n\n`cargo run --release -p surefoot-benches --bin mutants -- {name}`\n\n\
         | module | viable | killed | by loom alone | survived | share |\n\
         |--------|--------|--------|---------------|----------|-------|\n",
        name = part.name,
    );
    let mut all = Tally::default();
    for (module, tally) in &tallies {
        text.push_str(&row(module, tally));
        all.killed += tally.killed;
        all.by_loom += tally.by_loom;
        all.survived += tally.survived;
        all.unviable += tally.unviable;
    }
    text.push_str(&row("all", &all));
    let met = if share(&all) >= GOAL { "yes" } else { "**no**" };
    text.push_str(&format!(
        "\n- goal: at least {:.0} % of viable mutants killed, met: {met}; {} more did not compile\n",
        GOAL * 100.0,
        all.unviable,
    ));
    for name in &outcomes.survived {
        text.push_str(&format!("- survived: `{name}`\n"));
    }
    text
}

fn share(tally: &Tally) -> f64 {
    tally.killed as f64 / (tally.killed + tally.survived).max(1) as f64
}

fn row(name: &str, tally: &Tally) -> String {
    let Tally { killed, by_loom, survived, .. } = tally;
    let (viable, share) = (killed + survived, share(tally) * 100.0);
    format!("| {name} | {viable} | {killed} | {by_loom} | {survived} | {share:.1} % |\n")
}

#[cfg(test)]
mod tests {
    use super::{Oracle, Outcomes, PARTS, Tally, exactly, module, share, summary};

    #[test]
    fn a_name_is_matched_as_it_stands() {
        let name = "src/pool/core/idle.rs:12:3: replace < with == in Idle<C>::take (a)";
        assert_eq!(module(name), "pool");
        assert_eq!(
            exactly(name),
            r"^src/pool/core/idle\.rs:12:3: replace < with == in Idle<C>::take \(a\)$"
        );
    }

    #[test]
    fn what_loom_kills_does_not_survive() {
        let set = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        let mut all = Outcomes::default();
        let quick = Outcomes {
            killed: set(&["src/pool/a.rs:1:1: x"]),
            survived: set(&["src/pool/b.rs:1:1: y", "src/spawn/task.rs:1:1: z"]),
            unviable: set(&["src/pool/c.rs:1:1: w"]),
            ..Outcomes::default()
        };
        all.narrow(quick, Oracle::Quick);
        let loom = Outcomes {
            killed: set(&["src/pool/b.rs:1:1: y"]),
            survived: set(&["src/spawn/task.rs:1:1: z"]),
            ..Outcomes::default()
        };
        all.narrow(loom, Oracle::Loom);
        let text = summary(&PARTS[0], &all);
        assert!(text.contains("| pool | 2 | 2 | 1 | 0 | 100.0 % |\n"), "{text}");
        assert!(text.contains("| spawn | 1 | 0 | 0 | 1 | 0.0 % |\n"), "{text}");
        assert!(
            text.contains("met: **no**; 1 more did not compile\n- survived: `src/spawn/task.rs")
        );
        assert!((share(&Tally::default())).abs() < f64::EPSILON);
    }
}
