//! The crate's own text, for tests that no new type is to slip past.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Every file of `src/` but those that say that they are sealed: their types are
/// public for the compiler, and nobody can name them.
pub(crate) fn sources() -> Vec<String> {
    fn read(folder: &Path, into: &mut Vec<String>) {
        for entry in fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                read(&path, into);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = fs::read_to_string(&path).expect("the file can be read");
                if !text.starts_with("//! Sealed:") {
                    into.push(text);
                }
            }
        }
    }
    let mut texts = Vec::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut texts);
    assert!(texts.len() > 20, "these are not the sources: {}", texts.len());
    texts
}

/// The names of the public types of a text.
pub(crate) fn public_types(text: &str) -> BTreeSet<String> {
    let declared = |line: &str| {
        let line = line.trim_start();
        let rest = line.strip_prefix("pub struct ").or_else(|| line.strip_prefix("pub enum "))?;
        Some(name(rest))
    };
    text.lines().filter_map(declared).collect()
}

/// The names of the public types of a text that implement the trait, or for
/// which `derive` says so.
pub(crate) fn implementors(text: &str, of: &str, derive: Option<&str>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in text.lines().filter(|line| line.starts_with("impl")) {
        let whom = line.split_once(" for ").filter(|(whose, _)| {
            whose.ends_with(of) && !whose.trim_end_matches(of).ends_with(char::is_alphanumeric)
        });
        found.extend(whom.map(|(_, whom)| name(whom)));
    }
    for part in derive.iter().flat_map(|derive| text.split(*derive).skip(1)) {
        let declaration = ["pub struct ", "pub enum ", "\nstruct ", "\nenum ", "pub("]
            .into_iter()
            .filter_map(|keyword| part.find(keyword).map(|at| (at, keyword)))
            .min();
        found.extend(declaration.map(|(at, keyword)| name(&part[at + keyword.len()..])));
    }
    let public = public_types(text);
    found.retain(|name| public.contains(name));
    found
}

fn name(rest: &str) -> String {
    rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// A type's name without its path and its parameters.
pub(crate) fn short_name<T: ?Sized>() -> String {
    let full = std::any::type_name::<T>();
    let path = full.split_once('<').map_or(full, |(path, _)| path);
    path.rsplit("::").next().unwrap_or(path).to_owned()
}

/// The scan itself finds what it is to find, and nothing else.
#[test]
fn the_scan_of_the_sources_finds_types_and_their_traits() {
    let text = "
#[derive(Debug, thiserror::Error)]
#[error(\"x\")]
pub enum Derived<E> {}
#[derive(thiserror::Error)]
pub(super) struct Hidden;
    pub struct Indented<F> {}
impl std::error::Error for Indented<u8> {}
impl<E: Error> Error for Generic<E> {}
pub struct Generic<E>(E);
impl From<Error> for Other {}
impl NotQuiteError for Other {}
pub struct Other;
";
    let set = |names: &[&str]| names.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
    assert_eq!(public_types(text), set(&["Derived", "Generic", "Indented", "Other"]));
    let errors = implementors(text, "Error", Some("thiserror::Error"));
    assert_eq!(errors, set(&["Derived", "Generic", "Indented"]));
}
