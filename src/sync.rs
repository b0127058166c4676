//! The one face of std's, `parking_lot`'s and loom's synchronisation types.
//!
//! Every lock and reference count of the patterns comes from here: what does
//! not is invisible to loom.
#![cfg_attr(
    not(loom),
    expect(clippy::disallowed_types, reason = "this is the place that the ban points to")
)]

#[cfg(loom)]
use loom::sync as imp;
#[cfg(not(loom))]
mod imp {
    // With the tasks of two workers at one pool, its lock spins for less long and
    // parks less often than std's: half of the time per acquire.
    pub(super) use parking_lot::Mutex;
    pub(crate) use std::sync::{Arc, atomic};
}

pub(crate) use imp::Arc;
pub(crate) use imp::atomic::{AtomicBool, AtomicU64, Ordering};

/// A value of each thread's own. loom's threads share one of the system's, so it has its
/// own macro, which takes no block of `const`.
macro_rules! of_each_thread {
    ($(#[$attribute:meta])* static $name:ident: $type:ty = $value:expr) => {
        #[cfg(not(loom))]
        std::thread_local! { $(#[$attribute])* static $name: $type = const { $value }; }
        #[cfg(loom)]
        loom::thread_local! { $(#[$attribute])* static $name: $type = $value; }
    };
}
pub(crate) use of_each_thread;

/// A mutex that is entered by a closure.
///
/// There is no guard, so none can live across an await. A panic inside leaves
/// the value as it is: the closures run nothing of the caller's (but for
/// `Guarded::with` and the `Eq` of keys, which say so), so a panic in one is a
/// broken invariant of ours, and refusing all service afterwards would only hide
/// which.
pub(crate) struct Mutex<T>(imp::Mutex<T>);

impl<T> Mutex<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(imp::Mutex::new(value))
    }

    /// Runs `f` under the lock. `f` must not run code of the caller's: no
    /// `Drop`, no closure, no waker.
    pub(crate) fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        #[cfg(not(loom))]
        let mut guard = self.0.lock();
        #[cfg(loom)]
        let mut guard = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        f(&mut guard)
    }
}
