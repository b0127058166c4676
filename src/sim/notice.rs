use std::io::{self, Write as _};

/// Says something on stderr that nothing else can tell: a test that passes has no
/// report, and a process that is about to be aborted returns none.
///
/// Written there in one piece, and not by `eprintln!`: a test's harness keeps that for
/// the report of a failure, and drops it if there is none.
pub(super) fn notice(text: &str) {
    // Where nobody can be told, there is nobody to tell that either.
    let _ = io::stderr().write_all(format!("surefoot: {text}\n").as_bytes());
}
