use std::convert::Infallible;
use std::fmt;
use std::hash::Hash;

use super::turns::{Got, Held, Shared};

/// A lock for each key, for critical sections that await.
///
/// A lock without data: it orders what tasks do to something that lies elsewhere,
/// such as the rows of one customer. Clones are the same. The memory for as many keys as
/// there were at once is kept for the next; the keys are not, nor that of a crowd at one.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use surefoot::lock::Keyed;
///
/// let customers = Keyed::new();
/// let turn = customers.lock("ada").await;
/// assert!(customers.try_lock("ada").is_none());
/// assert!(customers.try_lock("bob").is_some());
/// drop(turn); // to the one that waits longest, or the key is gone
/// assert!(customers.is_empty());
/// # }
/// ```
pub struct Keyed<K>(Shared<K, Infallible>);

impl<K> Keyed<K> {
    /// Without any key.
    #[must_use]
    pub fn new() -> Self {
        Self(Shared::new())
    }

    /// How many keys are locked.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether no key is locked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<K: Hash + Eq> Keyed<K> {
    /// Waits for `key` to be free, and locks it. First come, first served.
    ///
    /// # Panics
    ///
    /// If `key`'s `Hash` or `Eq` does; every key is then as it was.
    ///
    /// # Deadlocks
    ///
    /// A task that locks a key that it has locked waits for itself, and two that
    /// lock the same two keys in different order wait for each other. `Eq` runs
    /// under a lock of the `Keyed`'s own and must not use it.
    ///
    /// # Cancel safety
    ///
    /// Dropped, the future loses its place in the queue. What it was granted goes to
    /// the next. Don't keep it without polling it: see the
    /// [module](super#keep-polling).
    pub async fn lock(&self, key: K) -> KeyGuard<K> {
        match self.0.wait(key).await {
            Got::Turn(held) => KeyGuard { _held: held },
            Got::Outcome(none) => match none {},
        }
    }

    /// Locks `key` if it is free, and so nobody waits for it.
    ///
    /// # Panics
    ///
    /// As [`lock`](Self::lock).
    #[must_use]
    pub fn try_lock(&self, key: K) -> Option<KeyGuard<K>> {
        self.0.try_take(key).map(|held| KeyGuard { _held: held })
    }
}

impl<K> Clone for Keyed<K> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K> Default for Keyed<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K> fmt::Debug for Keyed<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyed").field("len", &self.len()).finish()
    }
}

/// A key of a [`Keyed`], locked. Dropped, inside a runtime or not, it unlocks the
/// key.
#[must_use = "a guard that is dropped at once locks nothing"]
pub struct KeyGuard<K> {
    _held: Held<K, Infallible>,
}

impl<K> fmt::Debug for KeyGuard<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyGuard").finish_non_exhaustive()
    }
}
