//! The races of surefoot against its peers, and what they share.
//!
//! ```text
//! cargo bench -p surefoot-benches --bench channel
//! cargo bench -p surefoot-benches --bench lock
//! cargo bench -p surefoot-benches --bench pool
//! cargo bench -p surefoot-benches --bench stream
//! cargo bench -p surefoot-benches --bench tasks
//! cargo bench -p surefoot-benches --bench combinators
//! cargo bench -p surefoot-benches --bench sim --features sim
//! ```
//!
//! Each prints one table and writes it to `benches/RESULTS.md`, with bars beside
//! it in `benches/results/`. With `-- --quick` it takes a second or two, and
//! writes nothing: that shows that it still runs, not how fast anything is.
//!
//! # How a race is run
//!
//! Absolute times differ from run to run by more than the sides do from each
//! other. So all sides run in one process, in turn, for several
//! [rounds](rounds::race), and what counts is the ratio peer / surefoot within a
//! round: its median, least and most. Work on one thread is timed by that
//! thread's time on a core, so that other programs disturb it less. criterion and
//! divan can't alternate the rounds of two sides in one process, hence this small
//! harness; results are kept from the optimiser with [`std::hint::black_box`].
//!
//! [Instruction counts](callgrind), of small drivers under callgrind, are the
//! second figure. They hardly move when something else runs on the machine.
//!
//! # Mutants
//!
//! `cargo run --release -p surefoot-benches --bin mutants -- pool` puts the mutants
//! of that [part](mutants::PARTS) to its tests and, what survives them, to the loom
//! models (not with `--without-loom`), and writes what is left beside the races'
//! tables. It needs cargo-mutants and an hour or two; interrupted, it goes on where
//! it was.
//!
//! # A peer more
//!
//! is one more [`Peer`](works::Peer) of a [`Work`](works::Work), for a pool, one more
//! [`Contender`](pools::Contender); for the simulator, one more function in
//! `simulators`.

pub mod arguments;
pub mod callgrind;
mod clock;
pub mod mutants;
pub mod pools;
pub mod report;
pub mod rounds;
#[cfg(feature = "sim")]
pub mod schedules;
#[cfg(feature = "sim")]
pub mod simulators;
mod svg;
pub mod table;
pub mod works;

pub use self::clock::Stopwatch;
