//! What the operator of a service is told at its end: the only lines that this
//! library prints.

use std::error::Error;
use std::fmt::{Display, Write as _};
use std::io::{self, Write as _};
use std::iter::successors;

use crate::shutdown::DrainReport;

/// Prints an error, and all that it comes from.
pub(super) fn error(error: &(dyn Error + 'static)) {
    print(&chain("error", error));
}

/// Prints what did not end well.
pub(super) fn report(report: &DrainReport) {
    let mut text = String::new();
    for (name, error) in &report.failed {
        text += &chain(&format!("error in `{name}`"), &**error);
    }
    for (name, panicked) in &report.panicked {
        let _ = writeln!(text, "panicked: `{name}`: {panicked}");
    }
    for (what, names) in [("aborted", &report.aborted), ("stuck", &report.stuck)] {
        for name in names {
            let _ = writeln!(text, "{what}: `{name}`");
        }
    }
    print(&text);
}

fn chain(what: &str, error: &(dyn Error + 'static)) -> String {
    let mut text = line(what, error);
    for source in successors(error.source(), |&error| error.source()) {
        text += &line("  caused by", source);
    }
    text
}

fn line(what: &str, error: impl Display) -> String {
    format!("{what}: {error}\n")
}

/// In one piece. Where nobody can be told, there is nobody to tell that either.
fn print(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}
