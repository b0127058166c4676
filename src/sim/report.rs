//! The files that a failing test leaves behind.

use std::path::{Path, PathBuf};
use std::{env, fmt, fs, io};

use super::failure::Failure;
use super::timeline;

/// Writes the picture of a failure, which `replay` replays, into `folder`, which is
/// made if it is not there; gives back where it is.
pub(crate) fn write(failure: &Failure, replay: &str, folder: &Path) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let path = folder.join(file_name(&failure.name));
    fs::write(&path, timeline::page(failure, replay).to_string())?;
    Ok(path)
}

/// The report's line on it.
pub(crate) struct Written(pub(crate) io::Result<PathBuf>);

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Ok(path) => write!(f, "timeline  {}", path.display()),
            Err(error) => write!(f, "timeline  can't be written: {error}"),
        }
    }
}

/// `surefoot` in the target directory that this program was built in, or in `target`
/// of the working directory.
pub(crate) fn default_folder() -> PathBuf {
    let exe = env::current_exe().unwrap_or_default();
    // .../target/debug/deps/tests-0123456789abcdef
    let deps = exe.ancestors().find(|folder| folder.ends_with("deps"));
    let target = deps.and_then(|deps| deps.parent()?.parent());
    target.unwrap_or(Path::new("target")).join("surefoot")
}

/// What no file system minds, for `module::test` and `pool/claim`.
fn file_name(name: &str) -> String {
    const LONGEST: usize = 120;
    let keep = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    let name: String =
        name.chars().take(LONGEST).map(|letter| if keep(letter) { letter } else { '_' }).collect();
    format!("{name}.html")
}

#[cfg(test)]
mod tests {
    use super::{default_folder, file_name};

    #[test]
    fn a_name_becomes_one_of_a_file() {
        assert_eq!(file_name("pool::a test/x"), "pool__a_test_x.html");
        assert_eq!(file_name(&"é".repeat(500)).len(), 125);
    }

    #[test]
    fn reports_lie_in_the_target_directory() {
        let folder = default_folder();
        assert!(folder.ends_with("surefoot"), "{folder:?}");
        assert!(std::env::current_exe().unwrap().starts_with(folder.parent().unwrap()));
    }
}
