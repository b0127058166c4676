//! The entry point of a service: signals, an orderly stop, an exit code.
//!
//! ```
//! use std::io;
//! use std::process::ExitCode;
//! use surefoot::app;
//!
//! fn main() -> ExitCode {
//!     app::run(|shutdown| async move {
//!         // What a service starts, it starts through `shutdown`, by name.
//!         let spawned = shutdown.spawn("greeter", |stop| async move {
//!             stop.triggered().await;
//!             Ok::<_, io::Error>(())
//!         });
//!         assert!(spawned.is_ok());
//!         // Then it serves until it is told to stop. This one has nothing to do.
//!         Ok::<_, io::Error>(())
//!     })
//! }
//! ```
//!
//! [`App`] is the same with options.
//!
//! # What happens
//!
//! 1. SIGINT and SIGTERM are caught (Ctrl-C, where that is all there is), *before*
//!    `main` is called: none that arrives while it starts up is lost.
//! 2. `main` runs as a task, on a runtime with several threads.
//! 3. The first signal triggers the [`Shutdown`](crate::shutdown::Shutdown), after
//!    [`pre_stop_delay`](App::pre_stop_delay); so does `main` when it returns, at
//!    once. Then everything that runs under it, `main` included, is drained, within
//!    its limits: see [`shutdown`](crate::shutdown).
//! 4. A second signal ends the process at once, whatever is under way.
//!
//! Signals and limits are watched from a thread that runs nothing else: a service
//! that blocks all of its own threads is stopped like any other. What still runs
//! then, tasks that nobody tracks and blocking work, gets 100 ms to let go, and
//! holds up the exit no longer.
//!
//! # Exit codes
//!
//! The highest line that applies, of `main` and of all that ran under the
//! `Shutdown`:
//!
//! | what happened | code | on stderr |
//! |---|---|---|
//! | a second signal | 130 for SIGINT, 143 for SIGTERM | |
//! | a panic | 101 | whose, what and where |
//! | something had to be aborted, or could not be | 124 | its name |
//! | an error; a start that failed; an option that can't work | 1 | the error and all its sources, or the option |
//! | none of these | 0 | |
//!
//! They look back on the whole life of the service: a worker that panicked a week
//! ago, and one that the service itself has aborted by its
//! [`Handle`](crate::shutdown::Handle), count like any other. Of more than a thousand
//! failures, the last thousand do.
//!
//! This is the one place in the crate that prints: what a process says last.
//!
//! # The textbook version
//!
//! `#[tokio::main]`, and in it `ctrl_c().await.unwrap()`:
//!
//! | defect | what happens |
//! |---|---|
//! | SIGTERM is not listened for | the usual stop of a container cuts everything off |
//! | Ctrl-C is caught from the moment on that `main` awaits it | one before, while it starts up, kills it half-way |
//! | the wait for the workers has no limit, and a second Ctrl-C is swallowed | one worker that hangs is killed from outside, and nobody learns its name |
//! | a blocking thread holds up the runtime's drop | the process is "stopped", and does not end |
//! | the error is printed, its sources are not, and the exit code is 0 | a failed start looks like success |
//!
//! The tests run child processes through each, with real signals.
//!
//! # Guarantees
//!
//! - APP1 The exit codes above, and their precedence.
//! - APP2 A signal during start-up is not lost.
//!
//! And of [`shutdown`](crate::shutdown), those that a process is needed for:
//!
//! - STOP3 Blocking work that can't be aborted is named `stuck`, and does not hold
//!   up the exit.
//! - STOP9 A second signal aborts at once.
//! - STOP10 Over real HTTP, under load: SIGTERM loses no request that was accepted,
//!   and accepts none after. The program `http_shutdown`, in `examples/`.
//!
//! # When not to use it
//!
//! - A command-line tool that has nothing to stop: `#[tokio::main]`.
//! - An entry point of your own, such as on a single thread:
//!   [`Shutdown`](crate::shutdown::Shutdown) and
//!   [`signal`](crate::shutdown::signal) are what this one is made of.

mod builder;
mod core;
mod run;
mod stderr;

pub use self::builder::App;
pub use self::run::run;
