//! The crate's own text, for tests that no new type is to slip past.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A file of `src/`, and the public module that what it declares belongs to.
pub(crate) struct Source {
    module: String,
    text: String,
}

/// Every file of `src/` but those that say that they are sealed: their types are
/// public for the compiler, and nobody can name them.
pub(crate) fn sources() -> Vec<Source> {
    fn read(folder: &Path, path: &[String], into: &mut Vec<Source>) {
        for entry in fs::read_dir(folder).expect("the folder is there") {
            let file = entry.expect("the folder can be read").path();
            let stem = file.file_stem().expect("it has a name").to_string_lossy().into_owned();
            let path: Vec<_> = path.iter().cloned().chain([stem]).collect();
            if file.is_dir() {
                read(&file, &path, into);
            } else if file.extension().is_some_and(|end| end == "rs") {
                let text = fs::read_to_string(&file).expect("the file can be read");
                if !text.starts_with("//! Sealed:") {
                    let module = public_module(path.iter().map(String::as_str));
                    into.push(Source { module, text });
                }
            }
        }
    }
    let mut texts = Vec::new();
    read(&root(), &[], &mut texts);
    assert!(texts.len() > 20, "these are not the sources: {}", texts.len());
    texts
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// As much of a module's path as is public: `scope` of `scope::error`.
fn public_module<'a>(path: impl Iterator<Item = &'a str>) -> String {
    let (mut folder, mut module) = (root(), Vec::new());
    for part in path {
        let declares = |file: &str| {
            let text = fs::read_to_string(folder.join(file)).unwrap_or_default();
            text.lines().any(|line| line == format!("pub mod {part};"))
        };
        if !declares("mod.rs") && !declares("lib.rs") {
            break;
        }
        folder.push(part);
        module.push(part);
    }
    module.join("::")
}

/// The public types of a file.
pub(crate) fn public_types(source: &Source) -> BTreeSet<String> {
    let declared = |line: &str| {
        let line = line.trim_start();
        let rest = line.strip_prefix("pub struct ").or_else(|| line.strip_prefix("pub enum "))?;
        Some(source.path_of(name(rest)))
    };
    source.text.lines().filter_map(declared).collect()
}

/// The public types of a file that implement the trait, or for which `derive` says
/// so.
pub(crate) fn implementors(source: &Source, of: &str, derive: Option<&str>) -> BTreeSet<String> {
    let (text, mut found) = (&source.text, BTreeSet::new());
    for line in text.lines().filter(|line| line.starts_with("impl")) {
        let whom = line.split_once(" for ").filter(|(whose, _)| {
            whose.ends_with(of) && !whose.trim_end_matches(of).ends_with(char::is_alphanumeric)
        });
        found.extend(whom.map(|(_, whom)| source.path_of(name(whom))));
    }
    for part in derive.iter().flat_map(|derive| text.split(*derive).skip(1)) {
        let declaration = ["pub struct ", "pub enum ", "\nstruct ", "\nenum ", "pub("]
            .into_iter()
            .filter_map(|keyword| part.find(keyword).map(|at| (at, keyword)))
            .min();
        let declared = declaration.map(|(at, keyword)| name(&part[at + keyword.len()..]));
        found.extend(declared.map(|name| source.path_of(name)));
    }
    let public = public_types(source);
    found.retain(|path| public.contains(path));
    found
}

/// The public functions of a file that have both `#[track_caller]` and a section
/// `# Panics`.
pub(crate) fn panicking_at_callers(source: &Source) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    // What a function belongs to, and whether that makes it public.
    let (mut owner, mut in_trait) = (None, false);
    let (mut tracks, mut panics) = (false, false);
    for line in source.text.lines() {
        if line.starts_with("impl") || line.starts_with("pub trait ") {
            in_trait = line.starts_with("pub trait ");
            owner = Some(if in_trait { name(&line["pub trait ".len()..]) } else { of_impl(line) });
        } else if line == "}" {
            (owner, in_trait) = (None, false);
        }
        let line = line.trim_start();
        tracks |= line == "#[track_caller]";
        panics |= line == "/// # Panics";
        let public = line.strip_prefix("pub ").or(in_trait.then_some(line));
        let function = public.and_then(|rest| {
            let rest = rest.trim_start_matches("const ").trim_start_matches("async ");
            rest.strip_prefix("fn ")
        });
        if let Some(function) = function.filter(|_| tracks && panics) {
            let owner = owner.iter().map(|owner| format!("{owner}::"));
            found.insert(source.path_of(owner.chain([name(function)]).collect()));
        }
        // What a line of code or an empty one ends belongs to what is before it.
        if !line.starts_with("///") && !line.starts_with("#[") {
            (tracks, panics) = (false, false);
        }
    }
    found
}

/// The name of the type that an `impl` is of.
fn of_impl(line: &str) -> String {
    let mut depth = 0;
    let rest = line.trim_start_matches("impl").replace("->", "");
    let rest = rest.trim_start_matches(|c| {
        depth += i32::from(c == '<') - i32::from(c == '>');
        depth > 0 || c == '>' || c == ' '
    });
    name(rest)
}

impl Source {
    fn path_of(&self, name: String) -> String {
        if self.module.is_empty() { name } else { format!("{}::{name}", self.module) }
    }
}

fn name(rest: &str) -> String {
    rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// A type's public module and its name, without its parameters: two errors of two
/// modules may well have one name.
pub(crate) fn public_path<T: ?Sized>() -> String {
    let full = std::any::type_name::<T>();
    let path = full.split_once('<').map_or(full, |(path, _)| path);
    let (module, name) = path.rsplit_once("::").unwrap_or(("", path));
    let module = public_module(module.split("::").skip(1));
    Source { module, text: String::new() }.path_of(name.to_owned())
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
    let source = Source { module: "a::b".to_owned(), text: text.to_owned() };
    let set = |names: &[&str]| -> BTreeSet<_> {
        names.iter().map(|name| format!("a::b::{name}")).collect()
    };
    assert_eq!(public_types(&source), set(&["Derived", "Generic", "Indented", "Other"]));
    let errors = implementors(&source, "Error", Some("thiserror::Error"));
    assert_eq!(errors, set(&["Derived", "Generic", "Indented"]));
}

/// So does that of the functions.
#[test]
fn the_scan_of_the_sources_finds_functions_that_blame_their_callers() {
    let text = "
/// # Panics
#[track_caller]
pub fn free() {}

impl<F: Fn() -> Vec<u8>> Owner<F> {
    /// # Panics
    ///
    /// If `n` is 0.
    #[must_use]
    #[track_caller]
    pub const fn method(n: u8) {}

    /// # Panics
    pub fn untracked(&self) {}

    #[track_caller]
    pub fn undocumented(&self) {}

    /// # Panics
    #[track_caller]
    pub(crate) fn hidden(&self) {}
}

pub trait Extension: Sized {
    /// # Panics
    #[track_caller]
    fn provided(self) {}
}
";
    let source = Source { module: "a".to_owned(), text: text.to_owned() };
    let found: Vec<_> = panicking_at_callers(&source).into_iter().collect();
    assert_eq!(found, ["a::Extension::provided", "a::Owner::method", "a::free"]);
}

/// A type belongs to the public module that it is in, however deep it is declared.
#[test]
fn a_path_is_public_as_far_as_its_modules_are() {
    let error = public_path::<surefoot::channel::fan_in::SendError<u8>>();
    assert_eq!(error, "channel::fan_in::SendError");
    assert_eq!(public_module(["scope", "error"].into_iter()), "scope");
    assert_eq!(public_module(["sync"].into_iter()), "");
}
