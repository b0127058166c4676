#![cfg(not(all(surefoot_loom, doctest)))]
#![warn(clippy::print_stderr, clippy::print_stdout, clippy::unwrap_used)]
//! Async patterns for services on Tokio, each implemented for production, and
//! each *proven*.
//!
//! The snippets that everybody copies from guides work on the schedule that
//! their author saw. Under another the pool opens too many connections, the
//! shutdown cuts work in half, the consumer hangs. surefoot has the same
//! patterns without that, and shows it: beside each stands its textbook version
//! with the schedule that breaks it.
//!
//! | to | use |
//! |---|---|
//! | share a bounded set of connections | [`pool`] |
//! | start and stop a service | [`app`] |
//! | share state | [`lock`] |
//! | end a service in order | [`shutdown`] |
//! | let tasks talk: many to one, to many, by urgency, and back | [`channel`] |
//! | work through streams: concurrently, in batches, at a pace | [`stream`] |
//! | start a task and keep track of it | [`spawn`](mod@spawn) |
//! | have tasks that end with the block that started them | [`scope`](mod@scope) |
//! | run code that blocks, within limits | [`blocking`] |
//! | clean up, whatever happens | [`cleanup`] |
//! | limit the time that something takes | [`deadline`] |
//! | wait for many futures | [`join`] |
//! | take the first of several | [`race`] |
//! | try again what may succeed the next time | [`retry`](mod@retry), spaced by [`backoff`] |
//! | prove your own code | [`sim`], [`probe`]; [`sim::guide`] shows how, in five minutes |
//!
//! # How it is proven
//!
//! | part | by | asks |
//! |---|---|---|
//! | a pattern's pure core | proptest | is it right for every sequence of calls? |
//! | core, lock and wakers | loom | for every interleaving and memory order? |
//! | the shell on Tokio | the paused clock | does it take the time that it says? |
//! | many tasks on Tokio | [`sim`] | for every order of polls, wherever it is cancelled? |
//!
//! Every guarantee has a number (`POOL3`), a test that proves it, and a broken
//! version that the test rejects; `tests/guarantees/` is the list.
//!
//! # Floors
//!
//! A module imports from floors below its own; `tests/arch.rs` sees to it.
//!
//! | floor | modules |
//! |---|---|
//! | 6 | [`app`] |
//! | 5 | [`pool`] |
//! | 4 | [`shutdown`] |
//! | 3 | [`scope`](mod@scope); [`join`]; [`race`]; [`channel`]; [`lock`]; [`stream`]; [`retry`](mod@retry) |
//! | 2 | [`spawn`](mod@spawn); [`blocking`]; [`cleanup`] |
//! | 1 | `waiters`, the queue under every pattern that parks; `inflight`, futures in one task; `urgency`, whose turn it is; [`deadline`]; [`backoff`] |
//! | 0 | `sync` and `rt`, the seams to loom and the runtime; [`error`]; [`probe`] |
//! | beside | [`sim`], which sees floor 0 only |
//!
//! # Features
//!
//! | feature | turns on |
//! |---|---|
//! | (default) | the patterns |
//! | `app` | [`app`], `shutdown::signal`; Tokio's `signal`, `rt-multi-thread` |
//! | `tracing` | events, such as of a connection that is held for too long; in a simulation, those of the scenario in the trace of a failure |
//! | `tokio-util` | conversions from and to its `CancellationToken` |
//! | `sim` | the simulator; Tokio's `test-util` |
//! | `proptest` | scripts: input and schedule, drawn and shrunk together; implies `sim` |
//! | `cli` | the scenarios and the board that runs them; implies `sim` |

#[cfg(all(feature = "app", not(loom)))]
pub mod app;
pub mod backoff;
pub mod blocking;
#[cfg(feature = "cli")]
pub mod board;
pub mod channel;
pub mod cleanup;
pub mod deadline;
pub mod error;
mod inflight;
pub mod join;
pub mod lock;
pub mod pool;
pub mod probe;
pub mod race;
pub mod retry;
mod rt;
#[cfg(feature = "cli")]
pub mod scenarios;
pub mod scope;
pub mod shutdown;
#[cfg(feature = "sim")]
pub mod sim;
pub mod spawn;
pub mod stream;
mod sync;
mod urgency;
mod waiters;

/// The README's examples run, too.
#[cfg(all(doctest, feature = "app", feature = "sim"))]
#[doc = include_str!("../README.md")]
struct Readme;
