//! Prove your own code: from `cargo add` to a bug that is found, replayed, seen and
//! corrected, and to a CI that keeps it away.
//!
//! It takes about five minutes. The example is in the repository, as `tests/names`, and
//! is tested there: what you read here is what it prints.
//!
//! # A service
//!
//! It gives the names of users. They are in a database; those that were asked for are
//! kept in memory as well, and forgotten when they change. In `src/names.rs`:
//!
//! ```
//! use std::collections::BTreeMap;
//! use std::sync::Mutex;
//!
//! /// What the service talks to.
//! pub(crate) trait Database {
//!     async fn read(&self, user: u64) -> String;
//!     async fn write(&self, user: u64, name: &str);
//! }
//!
//! /// The names of users. Those that were asked for are kept in memory.
//! pub(crate) struct Names<D> {
//!     database: D,
//!     cached: Mutex<BTreeMap<u64, String>>,
//! }
//!
//! impl<D: Database> Names<D> {
//!     pub(crate) fn new(database: D) -> Self {
//!         Self { database, cached: Mutex::default() }
//!     }
//!
//!     pub(crate) async fn get(&self, user: u64) -> String {
//!         if let Some(name) = self.cached.lock().unwrap().get(&user) {
//!             return name.clone();
//!         }
//!         let name = self.database.read(user).await;
//!         self.cached.lock().unwrap().insert(user, name.clone());
//!         name
//!     }
//!
//!     pub(crate) async fn set(&self, user: u64, name: &str) {
//!         self.database.write(user, name).await;
//!         self.cached.lock().unwrap().remove(&user);
//!     }
//! }
//! ```
//!
//! # A test
//!
//! ```sh
//! cargo add --dev surefoot --features sim
//! cargo add --dev tokio --features macros,rt
//! ```
//!
//! A *scenario* is an async function that starts tasks, waits for them, and says what
//! must hold. What the service talks to is part of it, with an await wherever the real
//! one takes time: there the simulator can let others go first.
//!
//! ```
//! #[cfg(test)]
//! mod tests {
//!     use std::sync::{Arc, Mutex};
//!
//!     use surefoot::sim::check;
//!     use surefoot::spawn::Spawner;
//!     use tokio::task::yield_now;
//!
//!     use super::{Database, Names};
//!
//!     /// A database of one row. Question and answer are under way for a while each.
//!     struct Row(Mutex<String>);
//!
//!     impl Database for Row {
//!         async fn read(&self, _user: u64) -> String {
//!             yield_now().await;
//!             let name = self.0.lock().unwrap().clone();
//!             yield_now().await;
//!             name
//!         }
//!
//!         async fn write(&self, _user: u64, name: &str) {
//!             yield_now().await;
//!             *self.0.lock().unwrap() = name.to_owned();
//!             yield_now().await;
//!         }
//!     }
//!
//!     fn names_of_ann() -> Names<Row> {
//!         Names::new(Row(Mutex::new("Ann".to_owned())))
//!     }
//!
//!     async fn a_name_is_changed_while_it_is_read() {
//!         let names = Arc::new(names_of_ann());
//!         let (reader, writer) = (names.clone(), names.clone());
//!         let reads = Spawner::new().name("reader").spawn(async move { reader.get(7).await });
//!         let writes = Spawner::new().name("writer").spawn(async move { writer.set(7, "Anna").await });
//!         reads.await.unwrap();
//!         writes.await.unwrap();
//!         assert_eq!(names.get(7).await, "Anna", "an old name is kept");
//!     }
//!
//!     #[tokio::test]
//!     async fn no_old_name_is_kept_in_one_order() {
//!         a_name_is_changed_while_it_is_read().await;
//!     }
//!
//!     #[test]
//!     fn no_old_name_is_kept() {
//!         check(a_name_is_changed_while_it_is_read);
//!     }
//! }
//! ```
//!
//! [`Spawner`](crate::spawn::Spawner) gives a task a name for the report;
//! [`spawn`](crate::spawn::spawn()) does without. Outside a simulation both are
//! `tokio::spawn`, which is why the first test can run the same scenario on Tokio. It
//! passes, today and tomorrow: Tokio polls in one order.
//!
//! # Found, and shrunk
//!
//! [`check`](super::check) runs a thousand orders. `cargo test` prints:
//!
//! ```text
//! schedule 1 of 1000 failed: task `root` (spawned at tests/names/tests.rs:48:5) panicked at tests/names/tests.rs:38:5: assertion `left == right` failed: an old name is kept
//!   left: "Ann"
//!  right: "Anna"
//! shrunk from 3 deviations to 1 in 2 runs
//!   step       time  task      what happened
//!      1       0 ms  root      spawned `reader#1`; spawned `writer#2`; pending
//!      2       0 ms  reader#1  woke itself; pending
//!      3       0 ms  writer#2  woke itself; pending
//!      4       0 ms  reader#1  woke itself; pending
//!      5       0 ms  writer#2  woke itself; pending
//!      6       0 ms  writer#2  ran before `reader#1`; returned    <- deviation t5=2
//!      7       0 ms  reader#1  woke `root`; returned
//!      8       0 ms  root      panicked: assertion `left == right` failed: an old name is kept
//! replay    SUREFOOT_REPLAY='first::tests::no_old_name_is_kept@v1;seed=0;t5=2' cargo test -p surefoot --test names -- --exact first::tests::no_old_name_is_kept
//! timeline  target/surefoot/first__tests__no_old_name_is_kept.html
//! ```
//!
//! Read it from the arrow. A *deviation* is where this order differs from the fair
//! one, in which whoever has waited longest goes next. The first order that failed had
//! three; two of them had nothing to do with it, and were left out. The one that is left
//! is the bug: the reader has the old name from the database (step 4), and before it
//! can put it down, the writer writes (5) and forgets what is not in memory yet (6). The
//! reader then keeps the old name, for good (7).
//!
//! # Replayed, and seen
//!
//! The line `replay` is a command for your shell. It runs that one order, the same on
//! every machine, with your `println!`s (`--nocapture`) or under a debugger. If the test
//! needs flags, such as `--features`, add them.
//!
//! `timeline` is a page for your browser: a lane per task, each poll a block, each
//! wake-up an arrow, deviations, faults and cancellations marked.
//!
//! # Corrected
//!
//! What was read before a change must not be kept after it. So changes are counted:
//!
//! ```
//! # use std::collections::BTreeMap;
//! # use std::sync::Mutex;
//! # pub(crate) trait Database {
//! #     async fn read(&self, user: u64) -> String;
//! #     async fn write(&self, user: u64, name: &str);
//! # }
//! pub(crate) struct Names<D> {
//!     database: D,
//!     cached: Mutex<Cached>,
//! }
//!
//! #[derive(Default)]
//! struct Cached {
//!     names: BTreeMap<u64, String>,
//!     changes: u64,
//! }
//!
//! impl<D: Database> Names<D> {
//!     pub(crate) fn new(database: D) -> Self {
//!         Self { database, cached: Mutex::default() }
//!     }
//!
//!     pub(crate) async fn get(&self, user: u64) -> String {
//!         let changes = {
//!             let cached = self.cached.lock().unwrap();
//!             if let Some(name) = cached.names.get(&user) {
//!                 return name.clone();
//!             }
//!             cached.changes
//!         };
//!         let name = self.database.read(user).await;
//!         let mut cached = self.cached.lock().unwrap();
//!         if cached.changes == changes {
//!             cached.names.insert(user, name.clone());
//!         }
//!         name
//!     }
//!
//!     pub(crate) async fn set(&self, user: u64, name: &str) {
//!         self.database.write(user, name).await;
//!         self.forget(user);
//!     }
//!
//!     fn forget(&self, user: u64) {
//!         let mut cached = self.cached.lock().unwrap();
//!         cached.names.remove(&user);
//!         cached.changes += 1;
//!     }
//! }
//! ```
//!
//! The same replay passes now. If a correction takes away a choice that the schedule
//! made, the replay says [`Nondeterminism`](super::Verdict::Nondeterminism), and where
//! the two part: then the schedule is one of the code as it was.
//!
//! # Proven
//!
//! Two tasks of three polls each have few orders. Run them all:
//!
//! ```
//! #[cfg(test)]
//! mod tests {
//!     #[test]
//!     fn no_order_keeps_an_old_name() {
//!         use surefoot::sim::{Explorer, Strategy};
//!
//!         let every_order = Strategy::Exhaustive { deviations: None };
//!         let explorer = Explorer::new().strategy(every_order).schedules(100_000);
//!         let stats = explorer
//!             .run(a_name_is_changed_while_it_is_read)
//!             .unwrap_or_else(|failure| panic!("{failure}"));
//!         assert!(stats.exhausted);
//!         assert_eq!(stats.schedules, 35);
//!     }
//! }
//! ```
//!
//! [`exhausted`](super::Stats::exhausted) says that there is no other order: for this
//! scenario, that is a proof. Keep scenarios small, two or three tasks and one or two
//! operations each, and have several. Where they can't be small, `deviations: Some(2)`
//! runs all orders of up to two deviations, and most bugs need no more.
//!
//! # Dropped half-way
//!
//! A client hangs up, a `timeout` is over, another arm of `select!` wins: the future of
//! `set` is dropped at one of its awaits. [`cancellable`](super::cancellable) lets the
//! schedule drop what is inside it, at any of its polls and before the first, and
//! [`cancellations`](super::Explorer::cancellations) says how often:
//!
//! ```
//! #[cfg(test)]
//! mod tests {
//!     #[test]
//!     fn no_old_name_is_kept_if_the_caller_leaves() {
//!         use surefoot::sim::{Explorer, cancellable};
//!
//!         Explorer::default().cancellations(1).check(|| async {
//!             let names = names_of_ann();
//!             assert_eq!(names.get(7).await, "Ann"); // and keeps it
//!             cancellable(names.set(7, "Anna")).await;
//!             let stored = names.database.0.lock().unwrap().clone();
//!             assert_eq!(names.get(7).await, stored, "an old name is kept");
//!         });
//!     }
//! }
//! ```
//!
//! It fails:
//!
//! ```text
//! schedule 22 of 1000 failed: task `root` (spawned at tests/names/tests.rs:55:42) panicked at tests/names/tests.rs:60:9: assertion `left == right` failed: an old name is kept
//!   left: "Ann"
//!  right: "Anna"
//! shrunk from 1 deviation to 1 in 1 run
//!   step       time  task  what happened
//!      1       0 ms  root  woke itself; pending
//!      2       0 ms  root  woke itself; pending
//!      3       0 ms  root  woke itself; pending
//!      4       0 ms  root  woke itself; pending
//!      5       0 ms  root  cancelled the future of tests/names/tests.rs:58:9; panicked: assertion `left == right` failed: an old name is kept    <- deviation c3=1
//! replay    SUREFOOT_REPLAY='second::tests::no_old_name_is_kept_if_the_caller_leaves@v1;seed=0;c:1;c3=1' cargo test -p surefoot --test names -- --exact second::tests::no_old_name_is_kept_if_the_caller_leaves
//! timeline  target/surefoot/second__tests__no_old_name_is_kept_if_the_caller_leaves.html
//! ```
//!
//! The row was written, and the caller left before the old name was forgotten. What must
//! happen however a future ends is for a destructor:
//!
//! ```
//! # struct Database;
//! # impl Database { async fn write(&self, _: u64, _: &str) {} }
//! # struct Names { database: Database }
//! # impl Names {
//! #     fn forget(&self, _: u64) {}
//! pub(crate) async fn set(&self, user: u64, name: &str) {
//!     // At the end, and where the caller leaves before it.
//!     let _forgets = surefoot::cleanup::defer(|| self.forget(user));
//!     self.database.write(user, name).await;
//! }
//! # }
//! ```
//!
//! Where that takes an await, such as a roll-back, no destructor can do it:
//! [`cleanup`](crate::cleanup) is there for that.
//!
//! A task can be cancelled, too: start it with
//! [`Spawner::cancellable`](crate::spawn::Spawner::cancellable). And
//! [`Stats::cancel_points`](super::Stats::cancel_points) says at which polls a
//! cancellation struck.
//!
//! # What fails
//!
//! Give the scenario's database the failures of the real one: [`fault`](super::fault)
//! lets the schedule say whether one strikes, [`faults`](super::Explorer::faults) how
//! many, [`choose`](super::choose) and [`pick`](super::pick) draw what it answers and
//! how late.
//!
//! ```
//! use surefoot::sim::{Explorer, fault};
//!
//! async fn read() -> Result<String, String> {
//!     tokio::task::yield_now().await;
//!     if fault("the connection is lost") { Err("lost".to_owned()) } else { Ok("Ann".to_owned()) }
//! }
//!
//! Explorer::new().faults(1).check(|| async {
//!     let name = match read().await {
//!         Err(_) => read().await,
//!         answer => answer,
//!     };
//!     assert_eq!(name.as_deref(), Ok("Ann"));
//! });
//! ```
//!
//! Both stand in production code as well, where they do nothing, as all of
//! [`probe`](crate::probe) does.
//!
//! # A machine that is busy
//!
//! Time is Tokio's paused clock: an hour passes at once, when nothing is ready. But a
//! real machine can be so busy that a timer fires although there is work to do. That is a
//! *stall*; the default strategy tries them where a scenario has timers, and
//! [`stalls`](super::Explorer::stalls) sets how many. This watch takes two missed
//! beats for a death:
//!
//! ```
//! use std::time::Duration;
//! use surefoot::sim::{Explorer, Verdict};
//! use surefoot::spawn::spawn;
//! use tokio::sync::mpsc;
//! use tokio::time::{sleep, timeout};
//!
//! const BEAT: Duration = Duration::from_secs(10);
//!
//! async fn a_worker_is_watched() {
//!     let (beat, mut beats) = mpsc::channel(1);
//!     let worker = spawn(async move {
//!         for _ in 0..3 {
//!             sleep(BEAT).await;
//!             beat.send(()).await.expect("the watch has left");
//!         }
//!     });
//!     while timeout(2 * BEAT, beats.recv()).await.expect("it is dead").is_some() {}
//!     worker.await.unwrap();
//! }
//!
//! assert!(Explorer::new().stalls(0).run(a_worker_is_watched).is_ok());
//! let failure = Explorer::new().stalls(1).run(a_worker_is_watched).unwrap_err();
//! assert!(matches!(failure.verdict, Verdict::Panic { .. }));
//! ```
//!
//! No number of beats is enough. What the test asks is what becomes of the worker that
//! lives, once another has been started in its place.
//!
//! # That it gets on
//!
//! You need no time limit in a scenario. The root waits for what must happen; if it never
//! does, that is a failure with a name:
//!
//! | verdict | nothing gets on, since |
//! |---|---|
//! | [`Deadlock`](super::Verdict::Deadlock) | all wait for each other; a hint says if a future holds what was given to it and is not polled (a futurelock) |
//! | [`LostWakeup`](super::Verdict::LostWakeup) | a task could go on, and nobody woke it: the report says in which step that is missing |
//! | [`Livelock`](super::Verdict::Livelock) | tasks wake each other for ever |
//! | [`Horizon`](super::Verdict::Horizon) | only timers fire, for an hour of virtual time |
//!
//! ```
//! use surefoot::sim::{Explorer, Verdict};
//! use surefoot::spawn::Spawner;
//! use tokio::sync::mpsc;
//!
//! let failure = Explorer::new().run(|| async {
//!     let (sender, mut pages) = mpsc::channel(1);
//!     let producer = Spawner::new().name("producer").spawn(async move {
//!         for page in 0..3 {
//!             sender.send(page).await.unwrap();
//!         }
//!     });
//!     producer.await.unwrap(); // which waits for room
//!     while pages.recv().await.is_some() {}
//! });
//! let Verdict::Deadlock { stuck } = failure.unwrap_err().verdict else { panic!() };
//! let stuck: Vec<_> = stuck.iter().map(|stuck| stuck.task.to_string()).collect();
//! assert_eq!(stuck, ["root", "producer#1"]);
//! ```
//!
//! What must hold at every moment, and not at the end alone, says
//! [`always`](super::always). [`deny_leaks`](super::Explorer::deny_leaks) fails what
//! leaves tasks behind. And so that a test does not pass because it sees nothing,
//! [`sometimes`](super::sometimes) says what has to happen in one schedule at least:
//!
//! ```
//! use surefoot::sim::{Explorer, Verdict, sometimes};
//! use tokio::sync::Semaphore;
//!
//! let failure = Explorer::new().run(|| async {
//!     let permits = Semaphore::new(2);
//!     let _first = permits.acquire().await.unwrap();
//!     sometimes("all permits are out", permits.available_permits() == 0);
//! });
//! // Nobody takes the second one: this test is about nothing.
//! assert!(matches!(failure.unwrap_err().verdict, Verdict::Never { .. }));
//! ```
//!
//! # Tasks that your service starts
//!
//! The simulator orders the tasks that it is given. `tokio::sync`, `tokio::time`,
//! channels, streams and `select!` are Tokio's own, as they are; only starting a task is
//! different. There are three ways:
//!
//! - Your code starts its tasks by [`spawn`](crate::spawn::spawn()). surefoot is a normal
//!   dependency then, without features, and `sim` is added for tests:
//!
//!   ```sh
//!   cargo add surefoot
//!   cargo add --dev surefoot --features sim
//!   ```
//!
//! - Your code calls `tokio::spawn` and `JoinSet`, and stays as it is: the package
//!   `surefoot-tokio` stands in for Tokio in its unit tests.
//! - What calls `tokio::spawn` elsewhere, a library say, runs in Tokio's one order.
//!   It is counted, and a report says so. See to it that there is none:
//!
//! ```
//! use surefoot::sim::Explorer;
//!
//! let stats = Explorer::new().schedules(10).run(|| async {
//!     tokio::spawn(async {}).await.unwrap();
//! });
//! assert_eq!(stats.unwrap().unexplored_tasks, 1);
//! ```
//!
//! # What it does not see
//!
//! - What comes between two lines without an await. Here a step runs alone from one await
//!   to the next; on several threads another runs at the same time. To what a step does
//!   under one lock that makes no difference. To an atomic that is read and then written,
//!   or a flag that is looked at before `notified()`, it does: that is
//!   [loom](https://docs.rs/loom)'s work.
//! - I/O and threads. A socket is part of the scenario: a channel, or
//!   `tokio::io::duplex`. [`blocking`](crate::blocking)'s closures run as one step.
//! - Orders that were not run. Unless a search is [exhausted](super::Stats::exhausted), it
//!   gives a probability.
//! - What the scenario does not do. A fake database that never fails, or that answers
//!   without an await, hides what the real one brings out.
//!
//! # Common mistakes
//!
//! - *The fake has no awaits.* No task can run in between, and every order is the same.
//!   `yield_now`, or a `sleep` of [`pick`](super::pick)ed length, before and after.
//! - *State outside of the scenario.* A `static`, or an `Arc` made outside of the closure,
//!   lives on from one schedule to the next. Make it inside.
//! - *`select!` without `biased;`* starts at a random arm, and the report is
//!   [`Nondeterminism`](super::Verdict::Nondeterminism). So are the order of a `HashMap`,
//!   `Instant::now` of the standard library, and `rand`: use `BTreeMap`,
//!   `tokio::time::Instant`, [`choose`](super::choose).
//! - *`Explorer::new` in a test that is to be replayed.* It ignores the environment, so
//!   that the printed command explores once more, and finds the same again.
//!   [`Explorer::default`](super::Explorer::default) and [`check`](super::check) replay.
//! - *Two explorers of one name.* The name is the test's, unless
//!   [`name`](super::Explorer::name) says otherwise; a replay is for all of that name.
//! - *One large scenario.* Ten tasks have more orders than a night has seconds. Five
//!   small ones find more.
//! - *The root does not wait.* The schedule ends with it, and what is left is dropped.
//!
//! # Guard it in CI
//!
//! **Keep what was found.** A schedule is text. Put it into the test, and it runs first,
//! always. If the code has changed so that it does not fit any more, it runs as far as it
//! does.
//!
//! ```
//! use surefoot::sim::Explorer;
//!
//! # async fn a_name_is_changed_while_it_is_read() {}
//! Explorer::default()
//!     .regression("v1;seed=0;t5=2") // the old name was kept
//!     .check(a_name_is_changed_while_it_is_read);
//! ```
//!
//! **Look for more than `cargo test` does.** The [environment](super#environment)
//! outranks what the test says, so that the same tests run a thousand schedules on every
//! push and a million at night:
//!
//! ```sh
//! SUREFOOT_SCHEDULES=1000000 SUREFOOT_SECONDS=600 SUREFOOT_SEED=$RANDOM cargo test --release
//! ```
//!
//! With a new seed each night you look where nobody has; without one, a red night is red
//! again in the morning. Either way the report has the schedule, which needs no seed of
//! yours. `SUREFOOT_PROGRESS=100000` says after every so many schedules how far it is.
//!
//! **Split it.** Each machine of `n` takes its part of every search with
//! `SUREFOOT_SHARD=i/n`, `i` from 1.
//!
//! **Look at it.** `SUREFOOT_REPORT_DIR` says where the pages are written: hand them out.
//! For GitHub's actions, all of it:
//!
//! ```yaml
//! on:
//!   push:
//!   schedule:
//!     - cron: "17 3 * * *"
//! permissions:
//!   contents: read
//! jobs:
//!   test:
//!     runs-on: ubuntu-latest
//!     strategy:
//!       fail-fast: false
//!       matrix:
//!         shard: [1, 2, 3, 4]
//!     env:
//!       SUREFOOT_SHARD: ${{ matrix.shard }}/4
//!       SUREFOOT_SCHEDULES: ${{ github.event_name == 'schedule' && 1000000 || 1000 }}
//!       SUREFOOT_REPORT_DIR: ${{ github.workspace }}/reports
//!     steps:
//!       - uses: actions/checkout@v6
//!       - run: cargo test --release
//!       - if: failure()
//!         uses: actions/upload-artifact@v6
//!         with:
//!           name: reports-${{ matrix.shard }}
//!           path: reports
//! ```
#![expect(
    clippy::test_attr_in_doctest,
    reason = "they are shown, and are run in the example by `tests/guide`"
)]
