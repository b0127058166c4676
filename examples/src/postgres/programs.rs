//! Where PostgreSQL is installed.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// The folder of PostgreSQL's programs.
#[derive(Clone, Debug)]
pub struct Programs(PathBuf);

impl Programs {
    /// What is said instead of a ledger.
    pub const NOT_INSTALLED: &str = "postgres_pool: PostgreSQL is not installed, nothing to run";

    /// On the `PATH`, or where Debian puts them; there, the newest.
    #[must_use]
    pub fn installed() -> Option<Self> {
        let path = env::var_os("PATH").unwrap_or_default();
        let mut debian = versions("/usr/lib/postgresql");
        // By number: 9 comes before 10.
        debian.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
        let debian = debian.into_iter().map(|(_, folder)| folder.join("bin"));
        Self::in_folders(env::split_paths(&path).chain(debian))
    }

    /// In the first of `folders` that has all of them.
    #[must_use]
    pub fn in_folders(folders: impl IntoIterator<Item = PathBuf>) -> Option<Self> {
        let has_all = |folder: &PathBuf| {
            ["initdb", "pg_ctl", "postgres"].iter().all(|name| folder.join(name).is_file())
        };
        folders.into_iter().find(has_all).map(Self)
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

fn versions(folder: impl AsRef<Path>) -> Vec<(u32, PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Programs;

    #[test]
    fn a_folder_counts_only_if_it_has_every_program() {
        let (some, all) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for name in ["initdb", "pg_ctl", "postgres"] {
            std::fs::write(all.path().join(name), "").unwrap();
        }
        std::fs::write(some.path().join("postgres"), "").unwrap();
        let folders = || [some.path().to_owned(), all.path().to_owned()];

        assert!(Programs::in_folders(folders().into_iter().take(1)).is_none());
        let found = Programs::in_folders(folders()).unwrap();
        assert_eq!(found.path("initdb"), all.path().join("initdb"));
    }
}
