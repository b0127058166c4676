//! Explores the schedules of real Tokio tasks: which ready task is polled next,
//! when a future is dropped, whether a fault strikes.
//!
//! A test under Tokio's own scheduler sees one order of polls, always the same.
//! Here a scenario runs under thousands: real tasks, real `tokio::sync`, Tokio's
//! paused clock, one poll at a time. What comes back is the shortest schedule
//! that breaks it, as a value that replays.
//!
//! ```
//! use std::sync::Arc;
//! use std::sync::atomic::{AtomicU32, Ordering};
//! use surefoot::sim::{Explorer, Verdict};
//! use surefoot::spawn::spawn;
//!
//! let failure = Explorer::new().run(|| async {
//!     let hits = Arc::new(AtomicU32::new(0));
//!     let visit = |hits: Arc<AtomicU32>| async move {
//!         let seen = hits.load(Ordering::Relaxed);
//!         tokio::task::yield_now().await;
//!         hits.store(seen + 1, Ordering::Relaxed);
//!     };
//!     let (one, other) = (spawn(visit(hits.clone())), spawn(visit(hits.clone())));
//!     one.await.unwrap();
//!     other.await.unwrap();
//!     assert_eq!(hits.load(Ordering::Relaxed), 2);
//! });
//! assert!(matches!(failure.unwrap_err().verdict, Verdict::Panic { .. }));
//! ```
//!
//! [`guide`] takes you from here to a bug of your own that is found, seen and
//! corrected. In a test, [`check`] explores and panics with the report:
//!
//! ```text
//! schedule 24 of 1000 failed: broken after a step of `borrower 2#2`: always "at most 1 connection is open"
//! shrunk from 7 deviations to 1 in 12 runs
//!   step       time  task          what happened
//!      6       0 ms  borrower 1#1  spawned `return#4`; woke `root`; woke `borrower 2#2`; returned
//!      7       0 ms  root          ran before `return#4`; pending    <- deviation t4=0
//!      ...
//! replay    SUREFOOT_REPLAY='pool@v1;seed=0;c:1;t4=0' cargo test -p shop --test sim -- --exact pool
//! ```
//!
//! With the feature `tracing`, the rows of a failure's trace have the events that the
//! scenario told in each step.
//!
//! # Limits
//!
//! - Orders of polls under sequential consistency. Weak memory is
//!   [loom](https://docs.rs/loom)'s work.
//! - No I/O and no threads: what a scenario talks to is part of the scenario. A
//!   closure of [`blocking`](crate::blocking) is one step, and must not wait for
//!   another task.
//! - Tasks must be spawned by [`spawn`](crate::spawn::spawn()); those given to
//!   `tokio::spawn` run, but in Tokio's order, and are counted in
//!   [`Stats::unexplored_tasks`]. Code that calls `tokio::spawn` is explored as it
//!   is through the package `surefoot-tokio`.
//! - A scenario must be deterministic but for its choices. `select!` needs
//!   `biased;`, or `--cfg tokio_unstable`, where Tokio lets its own random numbers
//!   be seeded. What is not deterministic is found, and reported as
//!   [`Nondeterminism`](Verdict::Nondeterminism).
//! - Random strategies give a probability. [`Stats::exhausted`] is a proof, for
//!   that scenario and those bounds.
//! - A lost wake-up inside a set of futures that polls only those that were woken
//!   (`FuturesUnordered`) looks like a [deadlock](Verdict::Deadlock).
//!
//! # Words
//!
//! - *scenario*: a closure that makes a future, called once per schedule. That
//!   future is task 0, the root. The schedule ends with it; tasks that are left
//!   are dropped.
//! - *step*: one poll of one task, or the drop of a cancelled one.
//! - *choice*: one decision, of one [`Kind`]. Option 0 is the undisturbed
//!   default: the ready task that was polled least recently, no cancellation, no
//!   fault. Any other is a *deviation*.
//! - *schedule*: a seed and the deviations: a [`Schedule`].
//!
//! Beside tasks, cancellations and faults a schedule can choose that time passes
//! although tasks are ready ([`stalls`](Explorer::stalls)), that a task is polled
//! unwoken ([`spurious_wakes`](Explorer::spurious_wakes)), that Tokio's budget is
//! spent ([`coop_exhaustions`](Explorer::coop_exhaustions)), and in which order what
//! is left is dropped ([`drop_orders`](Explorer::drop_orders)): each as often as it
//! is allowed.
//!
//! A deviation that polls another task *postpones* those that it skips, until
//! nothing else is ready: so one deviation is enough to delay a task for long.
//!
//! # What a scenario can ask
//!
//! [`choose`] and [`pick`] let the schedule choose a value, [`fault`] and
//! [`panic_point`] whether something fails. [`cancellable`] lets it drop a future
//! at any of its awaits; a task spawned
//! [`cancellable`](crate::spawn::Spawner::cancellable) likewise. [`always`] claims
//! something of every moment, [`sometimes`] of one at least in some schedule.
//! [`track`]ed values must be gone at the end, if
//! [`deny_leaks`](Explorer::deny_leaks) says so. Outside a simulation each gives its default, so
//! production code can carry them.
//!
//! # How schedules are chosen
//!
//! By a [`Strategy`]; the default is a [portfolio](Strategy::Portfolio) of all that
//! follows.
//!
//! | for | is |
//! |---|---|
//! | a proof, or the simplest failure | [`Exhaustive`](Strategy::Exhaustive) |
//! | a failure that takes few orderings among many steps | [`Pct`](Strategy::Pct), with a bound on the probability that it is missed |
//! | many independent steps | [`Pos`](Strategy::Pos) |
//! | tasks of unequal lengths | [`Urw`](Strategy::Urw), or [`Surw`](Strategy::Surw) where the steps of interest are known |
//! | comparison | [`Random`](Strategy::Random) |
//! | input and schedule from one source | [`Script`](Strategy::Script), drawn by a fuzzer or, with the feature `proptest`, by `scripts` |
//!
//! # Environment
//!
//! Read by [`Explorer::default`] and [`check`]. A value that does not parse is an
//! error that names the variable.
//!
//! | variable | is |
//! |---|---|
//! | `SUREFOOT_SCHEDULES` | how many schedules are run at most |
//! | `SUREFOOT_SECONDS` | how much real time they may take |
//! | `SUREFOOT_SEED` | what random choices are drawn from |
//! | `SUREFOOT_STRATEGY` | `portfolio`, `fair`, `random`, `pct:DEPTH`, `pos`, `urw`, `surw`, `exhaustive`, `exhaustive:N`, `script:HEX`, `replay:SCHEDULE` |
//! | `SUREFOOT_THREADS` | how many OS threads explore |
//! | `SUREFOOT_SHARD` | `I/N`: part `I` of `N` of every search, counted from 1; see [shards](#shards) |
//! | `SUREFOOT_REPLAY` | `NAME@SCHEDULE`: that schedule, for the explorer of that name |
//! | `SUREFOOT_PROGRESS` | after how many schedules it is said on stderr how far a search is; never if it is not set |
//! | `SUREFOOT_REPORT_DIR` | where [pictures](Failure::timeline) of failures are written; `target/surefoot` if it is not set |
//!
//! # Shards
//!
//! `SUREFOOT_SHARD=2/4`, or [`Explorer::shard`], runs the second of four parts of each
//! search: four processes, wherever they are, run what one would, each schedule once.
//! No part is told of another, so all must be given the same program, bounds, seed and
//! number of schedules.
//!
//! | strategy | a shard runs |
//! |---|---|
//! | [`Random`](Strategy::Random), [`Pct`](Strategy::Pct), [`Pos`](Strategy::Pos), [`Urw`](Strategy::Urw), [`Surw`](Strategy::Surw) | of `SUREFOOT_SCHEDULES` every `N`th, each as it would be without shards |
//! | [`Exhaustive`](Strategy::Exhaustive) | every `N`th schedule of at most two deviations, and what has one of these and more; as many as `SUREFOOT_SCHEDULES`, since the parts are not equal and none is to be left out |
//! | [`Portfolio`](Strategy::Portfolio) | every `N`th turn of each of its strategies; all of its turns, also where its part of the space is exhausted. Beyond two deviations, its exhaustive part may come to others than without shards, as far as its turns go |
//! | [`Fair`](Strategy::Fair), [`Script`](Strategy::Script) | their only schedule, if it is the first shard |
//! | [`Replay`](Strategy::Replay) | its schedule, in every shard |
//!
//! What a search needs beside runs in every shard and counts in one: the trial runs of
//! those that draw, the [regressions](Explorer::regression), and for an exhaustive
//! search all schedules of at most one deviation. Any that fails is reported, whoever
//! counts it. A failure is replayed without the variable.
//!
//! A shard claims nothing for the others. It never says that the space is
//! [exhausted](Stats::exhausted), but that its share is
//! ([`share_exhausted`](Stats::share_exhausted)): if all do, the space is. A test that
//! is to run in shards asserts the latter. That a [`sometimes`] did not hold fails no
//! shard, since it may in another; it is said on stderr, and in [`Stats::never`]. Of
//! `schedules`, `pruned`, `fingerprint` and `deviations_by_kind` the sum over all shards
//! is that of one process, for strategies that draw and for a space that is exhausted; of
//! `distinct` only in the latter case.

mod choice;
mod command;
mod distinct;
mod engine;
mod exploration;
mod explorer;
mod failure;
pub mod guide;
mod inquest;
mod notice;
mod panic_hook;
mod progress;
pub(crate) mod report;
mod schedule;
#[cfg(feature = "proptest")]
pub mod scripts;
mod settings;
mod shard;
mod shrink;
mod stats;
mod stop;
mod strategy;
mod timeline;
mod trace;
mod verdict;
mod watchdog;

pub use self::explorer::{Explorer, TaskPanics, check, replay};
pub use self::strategy::{Strategy, StrategyError};

pub use self::failure::Failure;
pub use self::trace::{Event, Row, Trace};
pub use self::verdict::{Stuck, TaskInfo, Verdict};

pub use self::choice::{Deviation, Kind, PerKind};
pub use self::schedule::{Schedule, ScheduleError};
pub use self::shard::{Shard, ShardError};
pub use self::stop::Stop;

pub use self::engine::CancelPoints;
pub use self::stats::{MinAvgMax, Stats};

#[cfg(feature = "cli")]
pub(crate) use self::progress::Progress;

pub use crate::probe::{
    always, cancellable, choose, elapsed, fault, interesting, is_simulated, panic_point, pick,
    sometimes, track,
};
