//! Data in motion: what surefoot adds to every stream.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
//! use std::{pin::pin, time::Duration};
//! use futures::{StreamExt, stream};
//! use surefoot::stream::StreamPatterns;
//!
//! let fetch = |page: u32| async move {
//!     tokio::time::sleep(Duration::from_millis(10)).await;
//!     page * page
//! };
//! // Four at a time, and on while a batch is stored.
//! let pages = stream::iter(1..=10).spawn_ordered(4, fetch).map(Result::unwrap);
//! let mut batches = pin!(pages.batch(5, Duration::from_secs(1)));
//! let mut stored = 0;
//! while let Some(batch) = batches.next().await {
//!     stored += batch.len();
//! }
//! assert_eq!(stored, 10);
//! # }
//! ```
//!
//! | | gives |
//! |---|---|
//! | [`map_ordered`](StreamPatterns::map_ordered), [`map_unordered`](StreamPatterns::map_unordered) | outputs of futures that run concurrently in this task; `try_` to the first error |
//! | [`spawn_ordered`](StreamPatterns::spawn_ordered), [`spawn_unordered`](StreamPatterns::spawn_unordered) | the same, in tasks, which go on while the consumer is busy |
//! | [`batch`](StreamPatterns::batch) | items together, by number and time |
//! | [`throttle_time`](StreamPatterns::throttle_time), [`debounce_time`](StreamPatterns::debounce_time) | some items, dropping others |
//! | [`item_timeout`](StreamPatterns::item_timeout), [`until`](StreamPatterns::until) | items within limits |
//! | [`prioritized`] | items of several streams, the urgent first |
//! | [`Interval`] | ticks |
//!
//! # The textbook version
//!
//! `buffer_unordered` with a loop body that awaits, a `biased` `select!`, and Tokio's
//! interval as it is. Each of these breaks, which `cargo board --pattern stream` shows:
//!
//! | defect | what happens | scenario |
//! |---|---|---|
//! | the futures are polled by the consumer alone | while the loop body runs, they stand still, and their time limits pass | `an_item_goes_on_while_the_loop_s_body_runs` |
//! | the same | a permit that one of them was granted stays with it, and the loop body waits for ever | `the_loop_s_body_gets_what_the_items_pass_on` |
//! | a task for each item, its handle dropped | the tasks outlive the stream | `endless_items_end_with_their_stream` |
//! | a permit for each task that runs | what ended and was not taken piles up | `what_is_not_taken_counts_as_in_flight` |
//! | results are collected, and then looked through | work goes on after an error | `nothing_goes_on_after_the_first_error` |
//! | a batch is a variable of the future that waits | a wait that is dropped loses items | `a_cancelled_wait_for_a_batch_loses_no_item` |
//! | ticks come when they were due first | all that were missed come at once | `ticks_do_not_burst` |
//! | a time limit around `next()`, in a `select!` | another branch begins it anew | `another_branch_does_not_put_off_an_item_s_limit` |
//! | the stop is looked for when an item comes | none comes, and nothing stops | `a_stream_ends_while_it_waits` |
//! | `biased`, without a bound | the other streams starve | `a_lower_level_is_served_within_its_fairness` |
//!
//! # Guarantees
//!
//! - STREAM1 [`map_ordered`](StreamPatterns::map_ordered) gives the outputs in the order of
//!   the items, [`map_unordered`](StreamPatterns::map_unordered) the same outputs as they
//!   come. At most `limit` are begun and not given, the source is asked for no item before
//!   there is room for it, and `size_hint` is right.
//! - STREAM2 [`spawn_ordered`](StreamPatterns::spawn_ordered) and
//!   [`spawn_unordered`](StreamPatterns::spawn_unordered) go on while the consumer is busy,
//!   with at most `limit` items that run or wait to be taken. Dropped, they abort what is
//!   in flight.
//! - STREAM3 Of a `try_` map, nothing is polled after the first error, which is the last
//!   item.
//! - STREAM4 [`batch`](StreamPatterns::batch) gives at most `max_items`, at exactly `max_wait`
//!   after the first of them, and the rest at the end. Nothing is lost.
//! - STREAM5 Tick `n` of an [`Interval`] is due at its start plus `n` periods, without drift;
//!   what becomes of [missed](Missed) ones is exact; periods of any size work.
//! - STREAM6 The other operators over time are exact on Tokio's millisecond tick.
//! - STREAM7 A limit, a size or a period of 0 panics at the call.
//! - RACE5 [`prioritized`] with [`fairness`](Prioritized::fairness) `n` serves a stream that
//!   has an item after at most `n` items of more urgent ones. Without it, a stream starves
//!   as long as a more urgent one has items.
//!
//! And those of every pattern that apply, of X1 to X13.
//!
//! # Keep polling
//!
//! Futures of the `map_` kind run only while the stream is polled. What they hold, such as
//! a permit, a connection or a place in a queue, is held while the consumer is away.
//!
//! # When not to use it
//!
//! - For all outputs at once, of a known number of futures, [`join`](crate::join) them.
//! - To filter, to fold and to zip, `futures` and `tokio-stream`: no name here collides with
//!   their `StreamExt`.
//! - For tasks that must have ended when the block ends, a [`scope`](mod@crate::scope).
//! - For CPU-bound items, [`blocking`](crate::blocking).

mod alarm;
mod batch;
mod debounce_time;
mod interval;
mod item_timeout;
mod map;
mod patterns;
mod prioritized;
mod source;
mod throttle_time;
mod until;

pub use self::batch::Batch;
pub use self::debounce_time::DebounceTime;
pub use self::interval::{Interval, Missed, Tick};
pub use self::item_timeout::ItemTimeout;
pub use self::map::{
    Map, MapOrdered, MapUnordered, SpawnOrdered, SpawnUnordered, TryMapOrdered, TryMapUnordered,
    TrySpawnOrdered, TrySpawnUnordered,
};
pub use self::patterns::StreamPatterns;
pub use self::prioritized::{Prioritized, prioritized};
pub use self::throttle_time::ThrottleTime;
pub use self::until::Until;
