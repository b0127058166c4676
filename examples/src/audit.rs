//! Books that have to agree.

use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::io::{self, Write};

/// How often each kind of thing happened.
pub type Kinds = BTreeMap<String, u64>;

/// Counts one more of a kind.
pub fn count(kinds: &mut Kinds, kind: impl Into<String>) {
    *kinds.entry(kind.into()).or_default() += 1;
}

/// Prints something of a test that is a part of its result, past the harness's capture.
pub fn print(text: impl Display) {
    // In one piece, since other tests print beside it. Nobody reads it where standard
    // error is closed.
    let _ = io::stderr().write_all(format!("{text}\n").as_bytes());
}

/// Adds the counts of `more`.
pub fn merge(kinds: &mut Kinds, more: Kinds) {
    for (kind, n) in more {
        *kinds.entry(kind).or_default() += n;
    }
}

/// How many there are of all kinds together.
#[must_use]
pub fn total(kinds: &Kinds) -> u64 {
    kinds.values().sum()
}

/// Compares numbers of two books, and remembers what does not agree.
#[derive(Debug, Default)]
pub struct Audit {
    breaches: Vec<String>,
}

impl Audit {
    /// The two numbers are the same.
    pub fn same(&mut self, law: &str, left: u64, right: u64) {
        self.holds(left == right, law, left, "is not", right);
    }

    /// The first number is not above the second.
    pub fn at_most(&mut self, law: &str, left: u64, right: u64) {
        self.holds(left <= right, law, left, "is above", right);
    }

    /// The first number is not below the second.
    pub fn at_least(&mut self, law: &str, left: u64, right: u64) {
        self.holds(left >= right, law, left, "is below", right);
    }

    fn holds(&mut self, holds: bool, law: &str, left: u64, how: &str, right: u64) {
        if !holds {
            self.breaches.push(format!("{law}: {left} {how} {right}"));
        }
    }
}

/// The numbers of a run. Displayed, they are its ledger.
pub trait Books: Display {
    /// Goes through the laws that they obey.
    fn audit(&self, audit: &mut Audit);

    /// Every law that was broken, with the numbers. Empty if everything adds up.
    fn breaches(&self) -> Vec<String> {
        let mut audit = Audit::default();
        self.audit(&mut audit);
        audit.breaches
    }
}

/// A part of a law's name, and how to break that law.
pub type Change<R> = (&'static str, fn(&mut R));

/// Tries an audit itself: each change to the numbers of an honest run has to break the
/// law that it names, which the honest run does not.
///
/// # Panics
///
/// If one does not.
#[track_caller]
pub fn assert_that_each_breaks<R: Books + Clone>(honest: &R, changes: &[Change<R>]) {
    let breaks = |report: &R, law| report.breaches().iter().any(|says| says.contains(law));
    for (law, change) in changes {
        assert!(!breaks(honest, *law), "{law}: {honest}");
        let mut report = honest.clone();
        change(&mut report);
        assert!(breaks(&report, *law), "{law}: {report}{:#?}", report.breaches());
    }
}

/// Writes a line of a ledger.
///
/// # Errors
///
/// Those of the formatter.
pub fn line(f: &mut fmt::Formatter<'_>, what: impl Display, number: impl Display) -> fmt::Result {
    writeln!(f, "  {what:<52} {number:>12}")
}

/// Writes a line for each kind.
///
/// # Errors
///
/// Those of the formatter.
pub fn lines(f: &mut fmt::Formatter<'_>, kinds: &Kinds) -> fmt::Result {
    kinds.iter().try_for_each(|(kind, n)| line(f, format!("  {kind}"), n))
}
