//! Tokio whose tasks [`surefoot::sim`] explores: for code that calls
//! `tokio::spawn`, as it is.
//!
//! # How to take it
//!
//! A dev-dependency, and one line in the service's `lib.rs` or `main.rs`. In its
//! unit tests the name `tokio` then means this crate; every other build knows
//! nothing of it.
//!
//! ```toml
//! [dev-dependencies]
//! surefoot = { version = "0.1", features = ["sim"] }
//! surefoot-tokio = "0.1"
//! ```
//!
//! ```
//! # /*
//! #[cfg(test)]
//! # */
//! extern crate surefoot_tokio as tokio;
//!
//! # fn main() {
//! use surefoot::sim::{Explorer, Strategy};
//! use tokio::task::JoinSet;
//!
//! let stats = Explorer::new()
//!     .strategy(Strategy::Exhaustive { deviations: None })
//!     .run(|| async {
//!         let mut squares: JoinSet<u32> = (1..=2).map(|n| async move { n * n }).collect();
//!         let mut sum = 0;
//!         while let Some(square) = squares.join_next().await {
//!             sum += square.unwrap();
//!         }
//!         assert_eq!(sum, 5);
//!     })
//!     .unwrap();
//! assert!(stats.exhausted && stats.unexplored_tasks == 0);
//! # }
//! ```
//!
//! Tests in `tests/`, and those of other crates, see the service without
//! `cfg(test)`. For them, make the dependency an optional one behind a feature, and
//! the line `#[cfg(any(test, feature = "sim"))]`.
//!
//! # What it replaces
//!
//! [`spawn`], and in [`task`] besides it [`spawn_blocking`](task::spawn_blocking),
//! [`JoinHandle`](task::JoinHandle), [`AbortHandle`](task::AbortHandle),
//! [`JoinSet`](task::JoinSet), [`JoinError`](task::JoinError),
//! [`Id`](task::Id). All else, macros included, is Tokio's own. Outside a simulation,
//! so are these.
//!
//! In a simulation:
//!
//! - A task is named after the line that spawned it.
//! - A blocking closure is one step of a task of its own: it must not wait for
//!   another task.
//! - A panic in a task fails the schedule, unless the explorer says
//!   [`TaskPanics::Deliver`](surefoot::sim::TaskPanics). Then
//!   [`into_panic`](task::JoinError::into_panic) gives a payload of text as it was,
//!   and of any other only a `String` that says so.
//! - [`task::id`] and [`task::try_id`] know of no task.
//!
//! # What escapes
//!
//! What goes past those names goes to Tokio itself: `Handle::spawn`,
//! `Runtime::spawn`, `task::Builder`, and whatever another crate spawns, since it
//! resolves the real Tokio. Such tasks run, but in Tokio's order, and are counted in
//! [`Stats::unexplored_tasks`](surefoot::sim::Stats::unexplored_tasks): assert that
//! it is 0.
//!
//! Not counted are the tasks of a `LocalSet`, which run in its own order within the
//! steps of the task that polls it, and threads: another crate's `spawn_blocking`,
//! `tokio::fs`. `JoinSet` has no `spawn_on`, `spawn_local` or `build_task` here, so
//! that code that calls them does not compile.
//!
//! # Why not a renamed dependency
//!
//! `tokio = { package = "surefoot-tokio", .. }` under a `cfg` of the target needs
//! `RUSTFLAGS`, and with it a second build of everything; and Cargo refuses a
//! dependency that comes from a registry in one table and from a path or a
//! repository in the other.

pub use self::task::spawn;
pub use tokio::*;

pub mod task;
