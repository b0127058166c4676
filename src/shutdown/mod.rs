//! The end of a service, in order: nothing new begins, what runs comes to its
//! end, what does not is aborted, and all of it by name and within limits.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
//! use std::time::Duration;
//! use surefoot::shutdown::Shutdown;
//! # async fn next_job() -> u32 { tokio::time::sleep(Duration::from_secs(1)).await; 7 }
//! # async fn write(_: u32) {}
//!
//! let shutdown = Shutdown::new();
//! let spawned = shutdown.spawn("worker", |token| async move {
//!     // Cut at the trigger, except that what is being written is written.
//!     let work = async {
//!         loop {
//!             let job = next_job().await;
//!             token.shield(write(job)).await;
//!         }
//!     };
//!     let _: Option<()> = token.run(work).await;
//!     Ok::<_, std::io::Error>(())
//! });
//! assert!(spawned.is_ok());
//!
//! shutdown.trigger("the last customer left");
//! let report = shutdown.drain().await;
//! assert!(report.is_clean());
//! assert_eq!((report.finished, &*report.reason), (1, "the last customer left"));
//! # }
//! ```
//!
//! # The textbook version
//!
//! A `watch` channel of a `bool`, a `select!` in every worker, and a list of
//! handles that are awaited. It breaks, each time under a schedule with one
//! deviation, which `cargo board --pattern shutdown` shows:
//!
//! | defect | what happens | scenario |
//! |---|---|---|
//! | `select!` drops whatever the other branch was in | work is left half done | `no_unit_is_left_half_done` |
//! | a dropped sender is an error at once, each time | workers spin for ever | `a_lost_controller_ends_the_work` |
//! | the handles are awaited and unwrapped | one panic keeps the others from being waited for | `a_panicking_worker_keeps_nobody_from_draining` |
//! | the list of handles is taken once | a task that begins in between is waited for by nobody | `nothing_runs_after_the_drain` |
//! | nothing has a time limit | one worker that hangs hangs the end | `a_straggler_does_not_hold_up_the_end` |
//! | with `Notify` and a flag, the look and the wait are two steps | the trigger in between is lost | `a_trigger_reaches_who_begins_to_wait` |
//!
//! # How it decides
//!
//! | phase | begins | ends | what ends in it |
//! |---|---|---|---|
//! | [`Running`](Phase::Running) | – | with the trigger: [`trigger`](Shutdown::trigger), [`drain`](Shutdown::drain), [`abort`](Shutdown::abort), the last [`Shutdown`] dropped | a child token that is triggered alone, with those below it |
//! | [`Stopping`](Phase::Stopping) | at the trigger | when the last [`Accepting`] is dropped; at the accept limit | [`accepting`](Token::accepting); from here on, `spawn` and `track` refuse |
//! | [`Draining`](Phase::Draining) | after that; at the trigger, if nobody accepts | when nothing is left; at the drain limit | [`triggered`](Token::triggered); [`run`](Token::run), unless a shield runs inside; tokio-util's tokens |
//! | [`Aborting`](Phase::Aborting) | at the drain limit, or with `abort` | when nothing is left; at the abort limit | every task, and `run` with the shields inside |
//! | [`Done`](Phase::Done) | after that | – | `drain` |
//!
//! - Two steps, since acceptors hand over to workers: were both told at once, what
//!   was accepted last would find no worker. A service without acceptors passes
//!   through the first step at once.
//! - What a drain waits for, a *piece*, is a task of [`spawn`](Shutdown::spawn), a
//!   guard of [`track`](Shutdown::track), or a running [`shield`](Token::shield).
//!   A shield may begin at any time: refused, it would leave its unit undone. A
//!   [`reaper`](Shutdown::reaper) is one, too, whose turn comes last.
//! - The limits are the drain's: each counts from when a drain first waits in its
//!   phase. A trigger that nobody drains aborts nothing.
//! - When the last `Shutdown` is dropped, nobody is left to drain: tokens are
//!   triggered at once, whoever accepts.
//! - `abort` is for a second signal: from whichever phase, what is left is aborted
//!   now.
//!
//! # Guarantees
//!
//! - STOP1 A trigger reaches every token, those created or first polled after it
//!   included; no order of registering, triggering and dropping loses it.
//! - STOP2 `drain` returns when the last piece ends, and not before, and never
//!   later than its limits.
//! - STOP3 Stragglers are aborted at the limit and named; what can't be aborted is
//!   named as `stuck`.
//! - STOP4 `shield` finishes its unit, inside `run` too; `run` cuts at the next await
//!   outside a shield.
//! - STOP5 A worker that panics or fails keeps nobody from draining; the report has
//!   its name and what it said.
//! - STOP6 `spawn` after the trigger is refused and hands the closure back; nothing
//!   slips in between the trigger and the drain.
//! - STOP7 Dropping the last handle triggers; waiting costs no polls while nothing
//!   happens.
//! - STOP8 A parent triggers its children, and not the reverse; dropped children
//!   leave nothing behind.
//!
//! And those of every pattern, X1 to X13, as far as they apply: nobody waits here
//! for what only one can have, so there is no turn to pass on, and no order.
//!
//! # In a server
//!
//! What takes a future as its signal takes
//! [`triggered_owned`](Token::triggered_owned), or `accepting`:
//! `axum::serve(listener, app).with_graceful_shutdown(token.accepting())`. A
//! readiness probe asks [`is_accepting`](Token::is_accepting).
//!
//! # Coming from tokio-util
//!
//! | `CancellationToken`, `TaskTracker` | here |
//! |---|---|
//! | `cancel()` | [`trigger`](Shutdown::trigger), with a reason |
//! | `cancelled()`, `cancelled_owned()` | [`triggered`](Token::triggered), [`triggered_owned`](Token::triggered_owned) |
//! | `child_token()` | [`child`](Token::child) |
//! | `run_until_cancelled(f)` | [`run`](Token::run), which knows of shields |
//! | `drop_guard()` | the last [`Shutdown`] |
//! | `spawn`, after `close` too | [`spawn`](Shutdown::spawn), which is refused then |
//! | `token()` | [`track`](Shutdown::track), by name |
//! | `close()`, `wait()`, and a timeout | [`drain`](Shutdown::drain), with a report |
//!
//! With the feature `tokio-util`, each becomes the other by `From`.
//!
//! # When not to use it
//!
//! - To cancel one piece of work, abort its [`Task`](crate::spawn::Task).
//! - To cancel a tree of work that nobody reports on, tokio-util's
//!   `CancellationToken` is enough.
//! - Work that must end with the function that began it belongs into a scope.

mod builder;
mod core;
mod drain;
mod error;
mod handle;
mod link;
mod piece;
mod report;
mod run;
mod scope;
mod shared;
#[cfg(all(feature = "app", not(loom)))]
mod signal;
mod token;
mod wait;

pub use self::builder::Builder;
pub use self::core::Phase;
pub use self::handle::Shutdown;
pub use self::token::Token;

pub use self::piece::{Handle, Tracked};
pub use self::wait::{Accepting, Triggered, TriggeredOwned};

pub use self::run::{Run, Shield};

pub use self::drain::Drain;
pub use self::report::{DrainReport, Status};

pub use self::error::Refused;

#[cfg(all(feature = "app", not(loom)))]
pub(crate) use self::signal::Signals;
#[cfg(all(feature = "app", not(loom)))]
pub use self::signal::{Signal, signal};
