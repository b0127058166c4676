use std::fmt;

use crate::sync::Mutex;

/// A value that is reached by a closure, under a lock.
///
/// There is no guard, so none can live across an await: a task that is cancelled
/// leaves no change half made at one of its awaits, and nobody waits for the slow
/// step of another (LOCK1).
///
/// ```
/// use surefoot::lock::Guarded;
///
/// let stock = Guarded::new(3);
/// let sold = stock.with(|stock| {
///     let sold = (*stock).min(2);
///     *stock -= sold;
///     sold
/// });
/// assert_eq!((sold, stock.with(|stock| *stock)), (2, 1));
/// ```
///
/// What needs an await comes before or after the closure. Where the lock itself
/// must be held meanwhile, use [`Keyed`](super::Keyed) or `tokio::sync::Mutex`, and
/// mind what a cancellation leaves behind.
///
/// ```compile_fail
/// # async fn log() {}
/// # async fn sell(stock: &surefoot::lock::Guarded<u32>) {
/// let sold = stock.with(async |stock| {
///     *stock -= 1;
///     log().await; // nor in an async closure: this does not compile
/// });
/// sold.await;
/// # }
/// ```
pub struct Guarded<T>(Mutex<T>);

impl<T> Guarded<T> {
    /// Guards `value`.
    pub fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    /// Runs `f` with the value, alone. Other threads wait meanwhile, and so does
    /// everything that runs on them: `f` should be short.
    ///
    /// # Panics
    ///
    /// If `f` does. The next caller finds the value as `f` left it: there is no
    /// poison. Keep what can panic before the first change.
    ///
    /// # Deadlocks
    ///
    /// `f` runs under the lock. If it comes back to the same `Guarded`, it waits for
    /// itself, for ever.
    pub fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        self.0.with(f)
    }
}

impl<T: Default> Default for Guarded<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> From<T> for Guarded<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T> fmt::Debug for Guarded<T> {
    /// Without the value, which is somebody else's for the moment, perhaps.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guarded").finish_non_exhaustive()
    }
}
