//! State that tasks share: behind a lock that no await can hold, as snapshots, by
//! key, and loaded once for all that ask.
//!
//! | to | use |
//! |---|---|
//! | change a value in one go, without an await in between | [`Guarded`] |
//! | read a value often, and replace it as a whole; wait for the next | [`Snapshot`], [`Watcher`] |
//! | let one task at a time do something, with awaits, for each key | [`Keyed`] |
//! | load a key once for all that ask for it at the same time | [`SingleFlight`] |
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! use std::collections::BTreeMap;
//! use std::convert::Infallible;
//! use surefoot::lock::{FlightError, Guarded, SingleFlight};
//!
//! /// A cache in front of something slow.
//! #[derive(Default)]
//! struct Pages {
//!     loaded: Guarded<BTreeMap<u32, String>>,
//!     loading: SingleFlight<u32, String>,
//! }
//!
//! impl Pages {
//!     async fn get(&self, id: u32) -> Result<String, FlightError<Infallible>> {
//!         if let Some(page) = self.loaded.with(|pages| pages.get(&id).cloned()) {
//!             return Ok(page);
//!         }
//!         let load = || async {
//!             tokio::task::yield_now().await; // from far away
//!             let page = format!("page {id}");
//!             self.loaded.with(|pages| pages.insert(id, page.clone()));
//!             Ok(page)
//!         };
//!         self.loading.get(id, load).await
//!     }
//! }
//!
//! let pages = Pages::default();
//! assert_eq!(pages.get(7).await.unwrap(), "page 7");
//! # }
//! ```
//!
//! # The textbook version
//!
//! `tokio::sync::Mutex` and `RwLock` around everything, a guard that lives as long as
//! its variable, and a map of mutexes for what has keys. Each of these breaks under a
//! schedule with one deviation or two, which `cargo board --pattern lock` shows:
//!
//! | defect | what happens | scenario |
//! |---|---|---|
//! | a guard lives across an await, in a task that is cancelled there | the others find a change half made | `a_cancelled_change_is_not_half_made` |
//! | a guard lives across a slow await | everybody waits for the slow step | `a_reader_does_not_wait_for_a_computation` |
//! | read, await, write | an update in between is lost | `no_update_is_lost` |
//! | look, then wait for a notification | a store in between is missed | `no_store_is_missed` |
//! | the key's mutex is removed when it is unlocked | who waited and who comes hold the same key | `two_never_hold_the_same_key` |
//! | the key is removed after the await of its lock | a waiter that is cancelled leaves its key for ever | `a_key_that_nobody_uses_is_gone` |
//! | look into the cache, then load | a miss by many is a load by each | `one_load_serves_all_that_ask_meanwhile` |
//! | the mark of a load under way is taken down at its end | a load that is cancelled leaves it, and who follows hangs | `a_cancelled_leader_hands_over` |
//! | the same | a load that panics leaves it, too | `a_leader_that_panics_answers_its_followers` |
//!
//! # Guarantees
//!
//! - LOCK1 A [`Guarded`] cannot be held across an await: what does, does not
//!   compile. A panic under it poisons nothing.
//! - LOCK2 Readers of a [`Snapshot`] never wait for a writer's computation; they see
//!   its values in order, never an older one after a newer. No
//!   [`update`](Snapshot::update) is lost. A [`Watcher`] misses nothing: after a
//!   store, it gets that value or a newer one.
//! - LOCK3 [`Keyed`]: one at a time has a key, in order of arrival; unrelated keys
//!   never wait for each other; a key that nobody has or waits for is gone.
//! - LOCK4 [`SingleFlight`]: one load at a time for each key. If its leader is
//!   cancelled, a follower takes over. If the load fails or panics, all get the error,
//!   and the next call loads anew.
//!
//! And those of every pattern, X1 to X13, as far as they apply.
//!
//! # Keep polling
//!
//! A future that waits for a key may be granted it at any time, and one that waits
//! for a load may have to lead. One that is kept but not polled then holds up
//! everybody behind it: in `select!`, don't hold on to a [`lock`](Keyed::lock) or
//! a [`get`](SingleFlight::get) across another branch's awaits.
//! [`sim`](crate::sim) names such a task in its deadlock report.
//!
//! # When not to use it
//!
//! - For a counter or a flag, use an atomic.
//! - For data that one critical section changes, with awaits in it, use
//!   `tokio::sync::Mutex`, and mind what a cancellation leaves behind. A task that
//!   owns the data, with a channel to it, is often simpler.
//! - For readers that must keep writers away while they read, use
//!   `tokio::sync::RwLock`.
//! - For values that each receiver must see one by one, use a channel. `tokio::sync::watch`
//!   is much like [`Snapshot`], with a lock around its value that a reader holds while
//!   it looks.
//! - For reads on many cores at once that need no `Arc` of their own, `arc-swap`'s
//!   `load` is faster.
//! - For a value that is computed once and for all, use `tokio::sync::OnceCell`.
//! - To keep what was loaded, put a cache in front, as above.

mod core;
mod error;
mod guarded;
mod keyed;
mod single_flight;
mod snapshot;
mod turns;
mod watcher;

pub use self::guarded::Guarded;
pub use self::keyed::{KeyGuard, Keyed};
pub use self::single_flight::SingleFlight;
pub use self::snapshot::Snapshot;
pub use self::watcher::Watcher;

pub use self::error::FlightError;
