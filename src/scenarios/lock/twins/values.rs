use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::sync::{Mutex, Notify, RwLock};
use tokio::task::yield_now;

use crate::scenarios::lock::subject::{Accounts, Counter, Feed, Subject, Table, compute};

/// Two accounts behind an async mutex, whose guard lives as long as the function.
#[derive(Clone)]
pub(in crate::scenarios::lock) struct HeldGuard(Arc<Mutex<[u32; 2]>>);

impl HeldGuard {
    pub(in crate::scenarios::lock) const NAME: &str = "held-guard";
}

impl Subject for HeldGuard {
    fn new() -> Self {
        Self(Arc::new(Mutex::new([100, 0])))
    }
}

impl Accounts for HeldGuard {
    async fn transfer(&self) {
        let mut accounts = self.0.lock().await;
        accounts[0] -= 1;
        yield_now().await; // the journal
        accounts[1] += 1;
    }

    async fn total(&self) -> u32 {
        self.0.lock().await.iter().sum()
    }
}

/// A number behind an async lock, taken for writing before it is computed.
#[derive(Clone)]
pub(in crate::scenarios::lock) struct HeldWrite(Arc<RwLock<u32>>);

impl HeldWrite {
    pub(in crate::scenarios::lock) const NAME: &str = "held-write";
}

impl Subject for HeldWrite {
    fn new() -> Self {
        Self(Arc::default())
    }
}

impl Table for HeldWrite {
    async fn recompute(&self) {
        let mut number = self.0.write().await;
        *number = compute().await;
    }

    async fn read(&self) -> u32 {
        *self.0.read().await
    }
}

/// A number behind an async lock that is released between read and write, so that
/// nobody waits for the check in between.
#[derive(Clone)]
pub(in crate::scenarios::lock) struct ReadThenWrite(Arc<RwLock<u32>>);

impl ReadThenWrite {
    pub(in crate::scenarios::lock) const NAME: &str = "read-then-write";
}

impl Subject for ReadThenWrite {
    fn new() -> Self {
        Self(Arc::default())
    }
}

impl Counter for ReadThenWrite {
    async fn add(&self, by: u32) {
        let count = *self.0.read().await;
        yield_now().await; // the check
        *self.0.write().await = count + by;
    }

    async fn count(&self) -> u32 {
        *self.0.read().await
    }
}

/// A number, and a notification of who waits for it.
#[derive(Clone)]
pub(in crate::scenarios::lock) struct LookThenWait(Arc<(AtomicU32, Notify)>);

impl LookThenWait {
    pub(in crate::scenarios::lock) const NAME: &str = "look-then-wait";
}

impl Subject for LookThenWait {
    fn new() -> Self {
        Self(Arc::new((AtomicU32::new(0), Notify::new())))
    }
}

impl Feed for LookThenWait {
    fn store(&self, value: u32) {
        // Relaxed: a simulation runs on one thread.
        self.0.0.store(value, Ordering::Relaxed);
        self.0.1.notify_waiters();
    }

    async fn wait(&self) -> u32 {
        loop {
            let value = self.0.0.load(Ordering::Relaxed);
            if value != 0 {
                return value;
            }
            yield_now().await; // the log
            self.0.1.notified().await;
        }
    }
}
