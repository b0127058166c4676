use std::fmt;
use std::sync::Arc;

use super::Watcher;
use crate::sync::{self, Mutex};
use crate::waiters::{Queue, Wakers};

/// A value that is read often and replaced as a whole.
///
/// A reader has an [`Arc`] of the value as it was when it read: it holds no lock
/// while it uses it. A writer computes first and then replaces, so readers wait for
/// no computation (LOCK2). Clones are the same.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), surefoot::error::Closed> {
/// use surefoot::lock::Snapshot;
///
/// let limits = Snapshot::new(vec![10, 20]);
/// let mut watcher = limits.subscribe();
/// let before = limits.load();
/// limits.update(|limits| limits.iter().map(|limit| limit * 2).collect());
/// assert_eq!(*watcher.changed().await?, [20, 40]);
/// assert_eq!(*before, [10, 20]);
/// # Ok(()) }
/// ```
///
/// # How it reads
///
/// Under a lock that is held for the clone of an `Arc`, and in a write for the
/// exchange of one. Measured in November 2026 on 2 cores, with up to 8 readers,
/// `arc-swap`'s `load_full` takes as long, since both wait for the reference count; and
/// loom sees a lock.
pub struct Snapshot<T>(sync::Arc<Shared<T>>);

/// What handles and watchers share.
pub(super) struct Shared<T> {
    current: Mutex<Current<T>>,
    /// A lock of its own: readers wait for nobody who wakes a thousand watchers.
    pub(super) watchers: Mutex<Queue<()>>,
}

struct Current<T> {
    value: Arc<T>,
    /// How many values there were before.
    version: u64,
    handles: usize,
}

impl<T> Current<T> {
    /// Gives back what is to be dropped after unlocking.
    fn replace(&mut self, value: Arc<T>) -> Arc<T> {
        self.version += 1;
        std::mem::replace(&mut self.value, value)
    }
}

/// What a watcher that has seen a version does not know yet.
pub(super) enum News<T> {
    Value(u64, Arc<T>),
    Nothing,
    /// Nothing, and there will be nothing.
    Closed,
}

impl<T> Shared<T> {
    pub(super) fn latest(&self) -> (u64, Arc<T>) {
        self.current.with(|current| (current.version, current.value.clone()))
    }

    pub(super) fn since(&self, seen: u64) -> News<T> {
        self.current.with(|current| match current {
            Current { value, version, .. } if *version != seen => {
                News::Value(*version, value.clone())
            }
            Current { handles: 0, .. } => News::Closed,
            _ => News::Nothing,
        })
    }

    /// Wakes every watcher that waits. After the news is there to be seen: a
    /// watcher parks first and looks then, so one that this does not find sees it.
    fn wake_watchers(&self) {
        let mut wakers = Wakers::new();
        self.watchers.with(|watchers| {
            while let Ok(waker) = watchers.grant(()) {
                wakers.push(waker);
            }
        });
        wakers.wake();
    }
}

impl<T> Snapshot<T> {
    /// Begins with `value`.
    pub fn new(value: T) -> Self {
        let current = Current { value: Arc::new(value), version: 0, handles: 1 };
        let (current, watchers) = (Mutex::new(current), Mutex::new(Queue::new()));
        Self(sync::Arc::new(Shared { current, watchers }))
    }

    /// The value as it is now. Never an older one than another reader had before.
    #[must_use]
    pub fn load(&self) -> Arc<T> {
        self.0.current.with(|current| current.value.clone())
    }

    /// Replaces the value, whatever it was. To make a value from the one before, use
    /// [`update`](Self::update): between a `load` and a `store`, others store.
    pub fn store(&self, value: T) {
        let value = Arc::new(value);
        let _replaced = self.0.current.with(|current| current.replace(value));
        self.0.wake_watchers();
    }

    /// Replaces the value by what `f` makes of it, and gives back the new one. No
    /// update is lost: if another value was stored while `f` ran, `f` runs again, on
    /// that one.
    ///
    /// So `f` should have no side effects, and be short where others write as often:
    /// readers never wait for it, but it may have to run once for each of their
    /// writes.
    ///
    /// # Panics
    ///
    /// If `f` does; the value is then as it was.
    pub fn update(&self, mut f: impl FnMut(&T) -> T) -> Arc<T> {
        let (mut version, mut value) = self.0.latest();
        loop {
            let new = Arc::new(f(&value));
            let replaced = self.0.current.with(|current| {
                if current.version != version {
                    return Err((current.version, current.value.clone()));
                }
                Ok(current.replace(new.clone()))
            });
            match replaced {
                Ok(_replaced) => {
                    self.0.wake_watchers();
                    return new;
                }
                Err(newer) => (version, value) = newer,
            }
        }
    }

    /// A watcher, to which the value of now is no news.
    #[must_use]
    pub fn subscribe(&self) -> Watcher<T> {
        let seen = self.0.current.with(|current| current.version);
        Watcher::new(self.0.clone(), seen)
    }
}

impl<T> Clone for Snapshot<T> {
    fn clone(&self) -> Self {
        self.0.current.with(|current| current.handles += 1);
        Self(self.0.clone())
    }
}

impl<T> Drop for Snapshot<T> {
    /// The last one tells the watchers.
    fn drop(&mut self) {
        let is_last = self.0.current.with(|current| {
            current.handles -= 1;
            current.handles == 0
        });
        if is_last {
            self.0.wake_watchers();
        }
    }
}

impl<T: Default> Default for Snapshot<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T: fmt::Debug> fmt::Debug for Snapshot<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Snapshot").field(&self.load()).finish()
    }
}
