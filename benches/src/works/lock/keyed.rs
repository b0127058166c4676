//! A lock for each key.
#![expect(clippy::disallowed_types, reason = "the peers are written as their users write them")]

use std::collections::HashMap;
use std::future::Future;
use std::hint::black_box;
use std::sync::{Arc, Mutex};

use surefoot::lock::{KeyGuard, Keyed};
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

use super::super::{Peer, Work, block_on, on_two_threads, spawn};
use crate::table::Goal;

pub(super) const ONE_TASK_1: Work = one_task::<1>("1 key");
pub(super) const ONE_TASK_1_000: Work = one_task::<1_000>("1,000 keys");
pub(super) const MANY_TASKS_1: Work = many_tasks::<1>("1 key, 64 tasks");
pub(super) const MANY_TASKS_1_000: Work = many_tasks::<1_000>("1,000 keys, 64 tasks");

const fn one_task<const KEYS: u64>(name: &'static str) -> Work {
    fn alone<L: Locks, const KEYS: u64>(times: u64) {
        let locks = L::new();
        block_on(visit(&locks, KEYS, 0, times));
    }

    Work {
        name,
        pieces: 1,
        threads: 1,
        ours: alone::<Keyed<u64>, KEYS>,
        peers: &[
            Peer { name: "mutexes", run: alone::<Mutexes<false>, KEYS>, goal: Goal::Ratio(1.5) },
            Peer { name: "mutexes, kept", run: alone::<Mutexes<true>, KEYS>, goal: Goal::None },
        ],
    }
}

const TASKS: u64 = 64;
/// How often each of them locks.
const TURNS: u64 = 10;

const fn many_tasks<const KEYS: u64>(name: &'static str) -> Work {
    fn together<L: Locks, const KEYS: u64>(times: u64) {
        on_two_threads(async move {
            let locks = L::new();
            for _ in 0..times {
                let start = |first| {
                    let locks = locks.clone();
                    spawn(async move { visit(&locks, KEYS, first, TURNS).await })
                };
                let tasks: Vec<_> = (0..TASKS).map(start).collect();
                for task in tasks {
                    task.await.expect("it does not panic");
                }
            }
        });
    }

    Work {
        name,
        pieces: TASKS * TURNS,
        threads: 2,
        ours: together::<Keyed<u64>, KEYS>,
        peers: &[
            Peer { name: "mutexes", run: together::<Mutexes<false>, KEYS>, goal: Goal::Ratio(1.5) },
            Peer { name: "mutexes, kept", run: together::<Mutexes<true>, KEYS>, goal: Goal::None },
        ],
    }
}

/// The keys that a task locks, one after the other.
async fn visit<L: Locks>(locks: &L, keys: u64, first: u64, times: u64) {
    let mut key = first;
    for _ in 0..times {
        key = key.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        drop(black_box(locks.lock((key >> 33) % keys).await));
    }
}

/// Locks by key.
trait Locks: Clone + Send + Sync + 'static {
    type Guard: Send;

    fn new() -> Self;
    fn lock(&self, key: u64) -> impl Future<Output = Self::Guard> + Send;
}

impl Locks for Keyed<u64> {
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
