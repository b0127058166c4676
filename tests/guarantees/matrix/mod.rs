//! The matrix itself, a file per pattern: add a row for what you prove.

mod app;
mod backoff;
mod blocking;
mod channel;
mod cleanup;
mod deadline;
mod error;
mod join;
mod lock;
mod pool;
mod race;
mod retry;
mod scope;
mod shutdown;
mod spawn;
mod stream;

/// What a pattern guarantees, and what shows it.
pub(crate) struct Pattern {
    pub(crate) name: &'static str,
    /// Whether it guarantees what every pattern does, `X1` to `X13`. Smaller parts
    /// do not.
    pub(crate) has_x: bool,
    /// The numbers of its own guarantees.
    pub(crate) numbers: &'static [&'static str],
    /// By pattern and number.
    pub(crate) proofs: &'static [(&'static str, &'static [Proof])],
    /// The guarantees that do not apply to it, by pattern and number, and why.
    pub(crate) does_not_apply: &'static [(&'static str, &'static str)],
    /// Mutants that no test kills, as `benches/RESULTS.md` names them but for the
    /// place within the file, and why that is no gap.
    pub(crate) survivors: &'static [(&'static str, &'static str)],
}

/// A test, as `file::function`, and what it rejects.
pub(crate) type Proof = (&'static str, Rejects);

/// A change that a proof rejects.
pub(crate) enum Rejects {
    /// The twin of that name, of a claim of the same guarantee.
    Twin(&'static str),
    /// A broken model: `file::function`, a test that shows it to fail.
    Model(&'static str),
    /// Production code changed in this place, `file::function`: one of
    /// cargo-mutants' mutants, or what was broken by hand to see the test fail.
    Mutant(&'static str),
}

/// Runs every claim of every pattern on its twin. The claims name their
/// guarantees themselves.
pub(crate) const CLAIMS: &str =
    "tests/sim/claims.rs::every_twin_passes_the_fair_schedule_and_breaks_as_stated";

/// Every pattern that has landed.
pub(crate) const PATTERNS: &[Pattern] = &[
    app::PATTERN,
    backoff::PATTERN,
    blocking::PATTERN,
    channel::PATTERN,
    cleanup::PATTERN,
    deadline::PATTERN,
    error::PATTERN,
    join::PATTERN,
    lock::PATTERN,
    pool::PATTERN,
    race::PATTERN,
    retry::PATTERN,
    scope::PATTERN,
    shutdown::PATTERN,
    spawn::PATTERN,
    stream::PATTERN,
];
