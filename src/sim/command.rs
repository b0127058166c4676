//! The command that replays a failure, as it is typed into a shell.

use std::path::{Path, PathBuf};
use std::{env, fs};

/// Replays `replay` in the program that runs: by `cargo test` if that has started
/// it, for the test `test` alone if there is one.
pub(super) fn command(replay: &str, test: Option<&str>) -> String {
    let program = Program::that_runs();
    let how = program.by_cargo(test).unwrap_or_else(|| program.by_itself());
    format!("SUREFOOT_REPLAY={} {how}", in_quotes(replay))
}

struct Program {
    exe: PathBuf,
    arguments: Vec<String>,
    /// The package's name and folder, which cargo tells whatever it starts.
    package: Option<(String, PathBuf)>,
}

impl Program {
    fn that_runs() -> Self {
        let package = env::var("CARGO_PKG_NAME").ok().zip(env::var_os("CARGO_MANIFEST_DIR"));
        Self {
            exe: env::current_exe().unwrap_or_default(),
            arguments: env::args_os()
                .skip(1)
                .map(|argument| argument.to_string_lossy().into_owned())
                .collect(),
            package: package.map(|(name, folder)| (name, folder.into())),
        }
    }

    /// `None` if it is none of cargo's tests.
    fn by_cargo(&self, test: Option<&str>) -> Option<String> {
        let (package, folder) = self.package.as_ref()?;
        // .../target/debug/deps/tests-0123456789abcdef. What `cargo run` starts lies
        // elsewhere, and so do examples and doctests.
        let is_test = self.exe.parent()?.ends_with("deps");
        let (target, _hash) = self.exe.file_stem()?.to_str()?.rsplit_once('-')?;
        let selector = selector(target, package, folder);
        // The package by its name: the shell may stand anywhere in the workspace.
        let mut command = format!("cargo test -p {}{selector}", quoted(package));
        if let Some(test) = test {
            command.push_str(" -- --exact ");
            command.push_str(&quoted(test));
        }
        is_test.then_some(command)
    }

    fn by_itself(&self) -> String {
        let mut command = quoted(&self.exe.to_string_lossy());
        for argument in &self.arguments {
            command.push(' ');
            command.push_str(&quoted(argument));
        }
        command
    }
}

/// What has `cargo test` build this target alone. Nothing if that can't be told from
/// its name: cargo then asks all of the package's targets for the test.
fn selector(target: &str, package: &str, folder: &Path) -> String {
    // As a crate, whose file this is, a target has no hyphens.
    let is_it = |name: &str| name.replace('-', "_") == target;
    match integration_tests(folder).into_iter().find(|name| is_it(name)) {
        Some(name) if !is_it(package) => format!(" --test {}", quoted(&name)),
        None if is_it(package) && has(folder, "src/lib.rs") && !has(folder, "src/main.rs") => {
            " --lib".to_owned()
        }
        _ => String::new(),
    }
}

/// Those that cargo finds by itself: `tests/name.rs` and `tests/name/main.rs`.
fn integration_tests(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder.join("tests")).into_iter().flatten();
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    paths
        .filter(|path| path.extension().is_some_and(|end| end == "rs") || has(path, "main.rs"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect()
}

fn has(folder: &Path, file: &str) -> bool {
    folder.join(file).is_file()
}

/// As one word of a shell.
fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "_-./:=,+@%".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) { word.to_owned() } else { in_quotes(word) }
}

fn in_quotes(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};
    use std::process::Command;

    use super::{Program, in_quotes, quoted, selector};

    fn program(exe: &str, package: Option<&str>) -> Program {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        Program {
            exe: exe.into(),
            arguments: vec!["--of".to_owned(), "all it's".to_owned()],
            package: package.map(|name| (name.to_owned(), folder)),
        }
    }

    #[test]
    fn a_test_is_run_by_cargo_and_all_else_by_itself() {
        let test = program("/t/debug/deps/sim-0123456789abcdef", Some("surefoot"));
        assert_eq!(
            test.by_cargo(Some("pool::a")).unwrap(),
            "cargo test -p surefoot --test sim -- --exact pool::a"
        );
        // A thread without a name, or a test without a harness.
        assert_eq!(test.by_cargo(None).unwrap(), "cargo test -p surefoot --test sim");
        for (exe, package) in [
            ("/t/debug/deps/sim-0123456789abcdef", None),
            ("/t/debug/service", Some("surefoot")),
            ("/t/debug/examples/service-0123456789abcdef", Some("surefoot")),
        ] {
            assert_eq!(program(exe, package).by_cargo(Some("a")), None, "{exe}");
        }
        let service = program("/t/debug/a service", None);
        assert_eq!(service.by_itself(), r"'/t/debug/a service' --of 'all it'\''s'");
    }

    #[test]
    fn a_target_is_named_where_its_name_is_sure() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        // `src/lib.rs` and `src/main.rs` are both there: a unit test may be of either.
        for (target, package, expected) in [
            ("sim", "surefoot", " --test sim"),
            ("arch", "surefoot", " --test arch"),
            ("sim", "sim", ""),
            ("surefoot", "surefoot", ""),
            ("board", "surefoot", ""),
        ] {
            assert_eq!(selector(target, package, here), expected, "{target} of {package}");
        }
        let shim = here.join("tokio-shim");
        assert_eq!(selector("surefoot_tokio", "surefoot-tokio", &shim), " --lib");
    }

    #[cfg(unix)]
    #[test]
    fn a_shell_reads_a_word_as_it_was() {
        for word in ["", "pool::a", "two words", "it's", "$HOME `id` \\ \" * !", "é"] {
            let echo = format!("printf %s {}; printf %s {}", quoted(word), in_quotes(word));
            let output = Command::new("sh").args(["-c", &echo]).output().unwrap();
            assert_eq!(String::from_utf8(output.stdout).unwrap(), word.repeat(2));
        }
    }
}
