//! Tasks that end with the block that started them.
//!
//! A task that outlives its caller works for nobody, fails unheard, and holds what
//! it holds. In a [`scope()`] every task is a child of the block that started it: the
//! block ends when they all have, and what goes wrong in one ends all.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! use surefoot::scope::{ScopeError, map, scope};
//!
//! # async fn fetch(page: u32) -> Result<u32, &'static str> { Ok(page * 10) }
//! // Two tasks, and their values.
//! let sum = scope(|s| async move {
//!     let left = s.spawn(fetch(1)).map_err(|_| "too late")?;
//!     let right = s.spawn(fetch(2)).map_err(|_| "too late")?;
//!     Ok(left.await.map_err(|_| "no left")? + right.await.map_err(|_| "no right")?)
//! });
//! assert_eq!(sum.await, Ok(30));
//!
//! // A set of tasks, at most four at a time.
//! assert_eq!(map(1..=3, 4, fetch).await, Ok(vec![10, 20, 30]));
//! let none: Result<Vec<()>, _> = map(1..=3, 4, |_| async { Err("refused") }).await;
//! assert_eq!(none, Err(ScopeError::Failed("refused")));
//! # }
//! ```
//!
//! | to | use |
//! |---|---|
//! | have some tasks, of different kinds, that may start others | [`scope()`] |
//! | run a set, stopping at the first error | [`map`] |
//! | run a set to the end, whatever fails | [`collect`] |
//! | take the first that succeeds | [`first_ok`] |
//!
//! # The textbook version
//!
//! Tasks in a set, and a loop that joins them with `?`. It breaks, as
//! `cargo board --pattern scope` shows:
//!
//! | defect | what happens | scenario |
//! |---|---|---|
//! | the first error returns, and the set is dropped | its tasks are told to end, and run on beside whatever the caller does next | `nothing_runs_after_the_end` |
//! | the values come as the tasks end | the third answer is taken for the second | `values_come_in_order` |
//! | handles are joined one by one | an error waits behind a task that waits for what failed | `an_error_ends_those_that_wait_for_it`, `the_first_error_is_the_one_told` |
//! | results come by a channel, and the tasks belong to nobody | a panic is missed by nobody; who gives up leaves them running | `a_panic_is_told`, `what_is_dropped_ends` |
//! | the tasks that are there at the end are waited for | one that a task starts then is lost | `children_may_spawn_until_the_end` |
//! | the permit is not moved into the task | the limit limits nothing | `never_more_than_the_limit_run` |
//!
//! # How it decides
//!
//! - The first error, panic or passed [deadline](Scope::deadline) *fails* the scope,
//!   in the task where it happens: at once all children are aborted, and no other is
//!   admitted. The scope then drops its body, waits for the end of all, and tells
//!   that first reason.
//! - A child has ended when nothing of its future is left, and neither is its value,
//!   unless somebody holds the [`ScopedTask`] for it.
//! - Who waits for a child that has no value is told so after the scope has noted
//!   why, so that what follows from an error is not told in its place.
//! - A [limit](Scope::limit) is that of a handle. The children that wait for their
//!   turn are tasks already; [`map`], [`collect`] and [`first_ok`] take an item when
//!   its turn has come.
//!
//! # Guarantees
//!
//! - SCOPE1 A scope never returns while a child runs.
//! - SCOPE2 The first error or panic cancels the siblings and the body, waits for
//!   them, and is the one that is told. A deadline does the same, exactly on Tokio's
//!   millisecond tick.
//! - SCOPE3 [`map`] returns values in the order of its items, [`collect`] and the
//!   errors of [`first_ok`] in the order of theirs.
//! - SCOPE4 Dropping the future of a scope aborts all children. It cannot wait for
//!   them.
//! - SCOPE5 Children may spawn children until the scope has ended.
//! - SCOPE6 Never more children run than a limit says, and never fewer while one
//!   waits; they begin in order.
//!
//! And those of every pattern, X1 to X13.
//!
//! # What it cannot do
//!
//! An abort takes effect at the child's next await: a child that blocks its thread
//! holds up the scope's end. And an abort cannot wait: of a scope *within* a child
//! that is aborted the children are aborted, too, but not waited for. Where they must
//! be, hand the outer [`Scope`] down instead of nesting another.
//!
//! # When not to use it
//!
//! Futures that need no parallelism need no tasks: join them, and they end with
//! whoever drops them, at once. For one task, [`spawn`](mod@crate::spawn) is enough.
//! For tasks that come and go for as long as a service runs, and are to be drained when
//! it stops, a scope is too strict: one error ends all. `tokio::task::JoinSet` is a
//! set to put tasks in and take outputs from, in any order, where nothing has to be
//! waited for.

mod child;
mod core;
mod error;
mod gather;
mod handle;
mod run;
mod shared;
mod task;
mod turn;

pub use self::gather::{collect, first_ok, map};
pub use self::handle::Scope;
pub use self::run::scope;
pub use self::task::ScopedTask;

pub use self::error::{Refused, ScopeError};
