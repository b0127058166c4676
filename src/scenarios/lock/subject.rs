use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::yield_now;

use super::bodies::Origin;
use crate::lock::{Guarded, KeyGuard, Keyed, SingleFlight, Snapshot};
use crate::rt;

/// Something shared, as the bodies of the claims see it. Clones are the same.
pub(super) trait Subject: Clone + Send + Sync + 'static {
    fn new() -> Self;
}

/// Two accounts with 100 in all.
pub(super) trait Accounts: Subject {
    /// Moves 1 from one to the other, and notes it in the journal, which takes a
    /// moment.
    fn transfer(&self) -> impl Future<Output = ()> + Send;
    /// What is in both.
    fn total(&self) -> impl Future<Output = u32> + Send;
}

/// A number that is read, and computed anew.
pub(super) trait Table: Subject {
    /// Replaces the number by what [`compute`] gives.
    fn recompute(&self) -> impl Future<Output = ()> + Send;
    fn read(&self) -> impl Future<Output = u32> + Send;
}

/// A number to which others are added.
pub(super) trait Counter: Subject {
    /// Adds `by`, after a check that takes a moment.
    fn add(&self, by: u32) -> impl Future<Output = ()> + Send;
    fn count(&self) -> impl Future<Output = u32> + Send;
}

/// A number that is stored, and waited for.
pub(super) trait Feed: Subject {
    fn store(&self, value: u32);
    /// Waits until it is not 0, and says so in a log, which takes a moment.
    fn wait(&self) -> impl Future<Output = u32> + Send;
}

/// Locks by key.
pub(super) trait Locks: Subject {
    type Guard: Send;

    fn lock(&self, key: u32) -> impl Future<Output = Self::Guard> + Send;
    /// How many keys are known.
    fn known(&self) -> usize;
}

/// What `origin` gives, loaded once for all that ask meanwhile.
pub(super) trait Loads: Subject {
    /// `None` if the load panicked.
    fn get(&self, origin: &Origin) -> impl Future<Output = Option<u32>> + Send;
}

/// Takes long.
pub(super) async fn compute() -> u32 {
    rt::sleep_until(rt::now() + Duration::from_secs(10)).await;
    7
}

/// The production version.
#[derive(Clone)]
pub(super) struct Production(Arc<Inner>);

struct Inner {
    accounts: Guarded<[u32; 2]>,
    number: Snapshot<u32>,
    keys: Keyed<u32>,
    flights: SingleFlight<(), u32>,
}

impl Subject for Production {
    fn new() -> Self {
        Self(Arc::new(Inner {
            accounts: Guarded::new([100, 0]),
            number: Snapshot::new(0),
            keys: Keyed::new(),
            flights: SingleFlight::new(),
        }))
    }
}

impl Accounts for Production {
    async fn transfer(&self) {
        yield_now().await; // the journal
        self.0.accounts.with(|[from, to]| {
            *from -= 1;
            *to += 1;
        });
    }

    async fn total(&self) -> u32 {
        self.0.accounts.with(|accounts| accounts.iter().sum())
    }
}

impl Table for Production {
    async fn recompute(&self) {
        self.0.number.store(compute().await);
    }

    async fn read(&self) -> u32 {
        *self.0.number.load()
    }
}

impl Counter for Production {
    async fn add(&self, by: u32) {
        yield_now().await; // the check
        self.0.number.update(|count| count + by);
    }

    async fn count(&self) -> u32 {
        *self.0.number.load()
    }
}

impl Feed for Production {
    fn store(&self, value: u32) {
        self.0.number.store(value);
    }

    async fn wait(&self) -> u32 {
        let mut watcher = self.0.number.subscribe();
        let mut value = watcher.latest();
        while *value == 0 {
            yield_now().await; // the log
            value = watcher.changed().await.expect("the snapshot is there");
        }
        *value
    }
}

impl Locks for Production {
    type Guard = KeyGuard<u32>;

    async fn lock(&self, key: u32) -> KeyGuard<u32> {
        self.0.keys.lock(key).await
    }

    fn known(&self) -> usize {
        self.0.keys.len()
    }
}

impl Loads for Production {
    async fn get(&self, origin: &Origin) -> Option<u32> {
        self.0.flights.get((), || async { Ok(origin.load().await) }).await.ok()
    }
}
