use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

use crate::scenarios::lock::subject::{Locks, Subject};
use crate::sync::Mutex;

/// A mutex for each key, made when it is asked for.
#[derive(Clone)]
struct Mutexes(Arc<Mutex<BTreeMap<u32, Arc<AsyncMutex<()>>>>>);

impl Mutexes {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(BTreeMap::new())))
    }

    fn of(&self, key: u32) -> Arc<AsyncMutex<()>> {
        self.0.with(|mutexes| mutexes.entry(key).or_default().clone())
    }

    fn len(&self) -> usize {
        self.0.with(|mutexes| mutexes.len())
    }

    /// Removes the key's mutex if `may`.
    fn remove_if(&self, key: u32, may: impl FnOnce(&Arc<AsyncMutex<()>>) -> bool) {
        let _removed = self.0.with(|mutexes| {
            let mutex = mutexes.get(&key)?;
            if may(mutex) { mutexes.remove(&key) } else { None }
        });
    }
}

/// Removes the key's mutex with the guard. Who waits for it gets it all the same, and
/// who comes makes another.
#[derive(Clone)]
pub(in crate::scenarios::lock) struct RemovedKey(Mutexes);

impl RemovedKey {
    pub(in crate::scenarios::lock) const NAME: &str = "removed-key";
}

impl Subject for RemovedKey {
    fn new() -> Self {
        Self(Mutexes::new())
    }
}

pub(in crate::scenarios::lock) struct Removing {
    mutexes: Mutexes,
    key: u32,
    _guard: OwnedMutexGuard<()>,
}

impl Drop for Removing {
    fn drop(&mut self) {
        self.mutexes.remove_if(self.key, |_| true);
    }
}

impl Locks for RemovedKey {
    type Guard = Removing;

    async fn lock(&self, key: u32) -> Removing {
        let guard = self.0.of(key).lock_owned().await;
        Removing { mutexes: self.0.clone(), key, _guard: guard }
    }

    fn known(&self) -> usize {
        self.0.len()
    }
}

/// Removes the key's mutex with the guard, if nobody else has it. A waiter that is
/// cancelled has it, and removes nothing.
#[derive(Clone)]
pub(in crate::scenarios::lock) struct LeftKey(Mutexes);

impl LeftKey {
    pub(in crate::scenarios::lock) const NAME: &str = "left-key";
}

impl Subject for LeftKey {
    fn new() -> Self {
        Self(Mutexes::new())
    }
}

pub(in crate::scenarios::lock) struct Counting {
    mutexes: Mutexes,
    key: u32,
    guard: Option<OwnedMutexGuard<()>>,
}

impl Drop for Counting {
    fn drop(&mut self) {
        drop(self.guard.take());
        self.mutexes.remove_if(self.key, |mutex| Arc::strong_count(mutex) == 1);
    }
}

impl Locks for LeftKey {
    type Guard = Counting;

    async fn lock(&self, key: u32) -> Counting {
        let guard = self.0.of(key).lock_owned().await;
        Counting { mutexes: self.0.clone(), key, guard: Some(guard) }
    }

    fn known(&self) -> usize {
        self.0.len()
    }
}
