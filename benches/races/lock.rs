//! Snapshots and keyed locks against what is made by hand of Tokio's locks, and
//! against `arc-swap`.
#![expect(clippy::disallowed_types, reason = "the peers are written as their users write them")]

use std::collections::HashMap;
use std::future::Future;
use std::hint::black_box;
use std::io;
use std::sync::{Arc, Mutex};
use std::thread;

use arc_swap::ArcSwap;
use surefoot::lock::{KeyGuard, Keyed, Snapshot};
use surefoot_benches::arguments::Effort;
use surefoot_benches::report::Report;
use surefoot_benches::rounds::{Side, race};
use surefoot_benches::table::{Goal, Row, Unit};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard, RwLock};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let effort = Effort::parse(std::env::args().skip(1))?;
    if cfg!(feature = "sim") {
        return Err("the locks are raced without the feature `sim`".into());
    }
    let mut rows = readers(effort);
    rows.extend(keys(effort)?);
    let notes = vec![
        "readers: as many threads, each of which reads again and again; one piece of work is one \
         read of each; `arc-swap` by `load_full`, which gives an `Arc` as well; alone, a read is \
         four locked instructions, two of them the clone and the drop of the `Arc`: a third of \
         what the RwLock's guard takes is not to be had for a value that outlives the lock"
            .to_owned(),
        "keys: one task that locks and unlocks one of so many keys, and 64 tasks on two workers; \
         `mutexes` removes a key that nobody uses, as `Keyed` does, and `mutexes, kept` never \
         does: it is here for the record"
            .to_owned(),
    ];
    let command = "cargo bench -p surefoot-benches --bench lock";
    Report { name: "lock", command, rows, notes }.publish(effort)?;
    Ok(())
}

/// Reads per piece of work: a side is a few threads for a few milliseconds.
const READS: u64 = 100;

fn readers(effort: Effort) -> Vec<Row> {
    let mut rows = Vec::new();
    for readers in [1, 2, 8] {
        let (snapshot, swap, lock) =
            (Snapshot::new(7_u64), ArcSwap::from_pointee(7_u64), RwLock::new(7_u64));
        let mut sides = [
            reading("surefoot", readers, |times| {
                (0..times).for_each(|_| drop(black_box(snapshot.load())));
            }),
            reading("tokio RwLock", readers, |times| {
                block_on(async {
                    for _ in 0..times {
                        drop(black_box(lock.read().await));
                    }
                });
            }),
            reading("arc-swap", readers, |times| {
                (0..times).for_each(|_| drop(black_box(swap.load_full())));
            }),
        ];
        let lanes = race(effort.plan(), &mut sides);
        for (peer, goal) in lanes[1..].iter().zip([Goal::Ratio(3.0), Goal::Ratio(0.9)]) {
            let (mine, peer) = (lanes[0].divided_by(READS as f64), peer.divided_by(READS as f64));
            rows.push(Row::new(format!("{readers} readers"), &mine, &peer, Unit::Seconds, goal));
        }
    }
    rows
}

fn reading<'a>(name: &'static str, readers: usize, read: impl Fn(u64) + Sync + 'a) -> Side<'a> {
    if readers == 1 {
        return Side::on_this_thread(name, move |times| read(times * READS));
    }
    Side::new(name, move |times| {
        thread::scope(|scope| {
            for _ in 0..readers {
                scope.spawn(|| read(times * READS));
            }
        });
    })
}

fn block_on(future: impl Future<Output = ()>) {
    Builder::new_current_thread().build().expect("it needs nothing").block_on(future);
}

/// Locks by key.
trait Locks: Clone + Send + Sync + 'static {
    const NAME: &'static str;
    type Guard: Send;

    fn new() -> Self;
    fn lock(&self, key: u64) -> impl Future<Output = Self::Guard> + Send;
}

impl Locks for Keyed<u64> {
    const NAME: &'static str = "surefoot";
    type Guard = KeyGuard<u64>;

    fn new() -> Self {
        Self::new()
    }

    async fn lock(&self, key: u64) -> KeyGuard<u64> {
        Self::lock(self, key).await
    }
}

/// A map of mutexes, by hand; without the keys that nobody uses, or with them.
#[derive(Clone, Default)]
struct Mutexes<const KEEPS: bool>(Arc<Mutex<HashMap<u64, Arc<AsyncMutex<()>>>>>);

struct Guard<const KEEPS: bool> {
    mutexes: Mutexes<KEEPS>,
    key: u64,
    guard: Option<OwnedMutexGuard<()>>,
}

impl<const KEEPS: bool> Locks for Mutexes<KEEPS> {
    const NAME: &'static str = if KEEPS { "mutexes, kept" } else { "mutexes" };
    type Guard = Guard<KEEPS>;

    fn new() -> Self {
        Self::default()
    }

    async fn lock(&self, key: u64) -> Guard<KEEPS> {
        let mutex = self.0.lock().expect("nothing panics").entry(key).or_default().clone();
        let guard = Some(mutex.lock_owned().await);
        Guard { mutexes: self.clone(), key, guard }
    }
}

impl<const KEEPS: bool> Drop for Guard<KEEPS> {
    fn drop(&mut self) {
        if KEEPS {
            return;
        }
        let mut mutexes = self.mutexes.0.lock().expect("nothing panics");
        drop(self.guard.take());
        // Only the map has it.
        if mutexes.get(&self.key).is_some_and(|mutex| Arc::strong_count(mutex) == 1) {
            mutexes.remove(&self.key);
        }
    }
}

/// How often a task locks.
const TURNS: u64 = 10;

fn keys(effort: Effort) -> io::Result<Vec<Row>> {
    let alone = Builder::new_current_thread().build()?;
    let both = Builder::new_multi_thread().worker_threads(2).build()?;
    let goals = [Goal::Ratio(1.5), Goal::None];
    let mut rows = Vec::new();
    for keys in [1, 1_000] {
        let mut sides = [
            one_task::<Keyed<u64>>(&alone, keys),
            one_task::<Mutexes<false>>(&alone, keys),
            one_task::<Mutexes<true>>(&alone, keys),
        ];
        let lanes = race(effort.plan(), &mut sides);
        for (peer, goal) in lanes[1..].iter().zip(goals) {
            rows.push(Row::new(format!("{keys} keys"), &lanes[0], peer, Unit::Seconds, goal));
        }
        let mut sides = [
            many_tasks::<Keyed<u64>>(&both, keys),
            many_tasks::<Mutexes<false>>(&both, keys),
            many_tasks::<Mutexes<true>>(&both, keys),
        ];
        let lanes = race(effort.plan(), &mut sides);
        for (peer, goal) in lanes[1..].iter().zip(goals) {
            let work = format!("{keys} keys × 64 tasks × {TURNS}");
            rows.push(Row::new(&work, &lanes[0], peer, Unit::Seconds, goal));
        }
    }
    Ok(rows)
}

/// The keys that a task locks, one after the other.
async fn visit<L: Locks>(locks: &L, keys: u64, first: u64, times: u64) {
    let mut key = first;
    for _ in 0..times {
        key = key.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        drop(black_box(locks.lock((key >> 33) % keys).await));
    }
}

fn one_task<L: Locks>(runtime: &Runtime, keys: u64) -> Side<'_> {
    let locks = L::new();
    Side::on_this_thread(L::NAME, move |times| runtime.block_on(visit(&locks, keys, 0, times)))
}

fn many_tasks<L: Locks>(runtime: &Runtime, keys: u64) -> Side<'_> {
    let locks = L::new();
    Side::new(L::NAME, move |times| {
        runtime.block_on(async {
            for _ in 0..times {
                let start = |first| {
                    let locks = locks.clone();
                    runtime.spawn(async move { visit(&locks, keys, first, TURNS).await })
                };
                let tasks: Vec<_> = (0..64).map(start).collect();
                for task in tasks {
                    task.await.expect("it does not panic");
                }
            }
        });
    })
}
