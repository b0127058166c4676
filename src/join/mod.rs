//! Waits for many futures inside one task.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
//! use std::time::Duration;
//! use surefoot::join;
//! use tokio::time::{Instant, sleep};
//!
//! let fetch = |id: u64| async move {
//!     sleep(Duration::from_millis(id)).await;
//!     if id > 0 { Ok(id) } else { Err("no such user") }
//! };
//! let start = Instant::now();
//! let users = join::try_all([100, 150, 200].map(fetch)).await;
//! assert_eq!(users, Ok(vec![100, 150, 200]));
//! assert_eq!(start.elapsed(), Duration::from_millis(200));
//!
//! // Two at a time, for a second at most, and every outcome.
//! let settled = join::settle((0..100).map(fetch)).limit(2).deadline(Duration::from_secs(1)).await;
//! assert_eq!(settled.iter().filter(|outcome| outcome.is_ok()).count(), 62);
//! # }
//! ```
//!
//! | | gives | at the first error |
//! |---|---|---|
//! | [`all`] | all outputs | (knows of none) |
//! | [`try_all`] | all successes, or the first error | drops the rest |
//! | [`settle`] | every success and every error | goes on |
//!
//! # The textbook version
//!
//! Tasks whose handles are awaited one after the other. `cargo board --pattern
//! join` shows where that breaks, each time with one deviation:
//!
//! | defect | what happens | scenario |
//! |---|---|---|
//! | all are waited for, and then one looks for an error | what waits for the one that failed hangs, and the caller with it | `an_error_does_not_wait_for_the_rest` |
//! | the first error is returned, and the tasks run on | work is done for a caller that has gone | `nothing_runs_after_the_error` |
//! | outputs are gathered as they come | they are somebody else's | `outputs_are_in_the_order_of_the_futures` |
//! | the limit is kept by batches | places stay empty until a batch has ended | `a_place_that_is_free_is_taken` |
//!
//! # Guarantees
//!
//! - JOIN1 Concurrent: it takes as long as the slowest future; with a limit, as
//!   long as a timetable says in which each begins when its place comes free.
//! - JOIN2 Outputs are in the order of the futures, whichever ends first.
//! - JOIN3 At most [`limit`](Join::limit) futures run at any instant, and never
//!   fewer while one is waiting.
//! - JOIN4 [`try_all`] drops the rest before it gives the first error; [`settle`]
//!   runs all to their ends.
//!
//! And those of every pattern that apply, of X1 to X13.
//!
//! # How they are polled
//!
//! Up to 32 futures, and those of a tuple, are polled whenever one of them was
//! woken, as `join!` does; of more, each when it was woken itself. All in one task:
//! where a poll takes long, the others wait. A budget that is spent delays: at
//! the [deadline](Join::deadline) every future that runs has had a turn with some left.
//!
//! # When not to use it
//!
//! - For two or three futures without limit or deadline, `tokio::join!` and
//!   `tokio::try_join!` do the same, and are macros.
//! - For work that takes the processor, or that is to go on in parallel, spawn
//!   tasks.
//! - For outputs as they come, use a stream of futures.

#[expect(missing_debug_implementations, reason = "sealed: nobody can name them")]
mod each;
mod error;
#[expect(missing_debug_implementations, reason = "sealed: nobody can name them")]
mod few;
mod future;
mod kind;
mod set;
mod tuple;

pub use self::error::{TryError, Unsettled};
pub use self::future::{Join, all, settle, try_all};
pub use self::kind::{All, Settle, TryAll, Within};
pub use self::set::{Each, Futures, Tuple};
