use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::hash::Hash;
use std::panic::Location;
use std::sync::Arc;

use super::FlightError;
use super::turns::{Got, Shared};
use crate::error::{Panicked, catch_future};

/// What all callers of a flight get.
type Outcome<V, E> = Arc<Result<V, FlightError<E>>>;

/// Loads each key once for all that ask for it meanwhile.
///
/// The first caller of a key leads: its load runs, as a part of its future. Who asks
/// for the same key before the load has ended follows, and gets a clone of the
/// outcome. Clones of the `SingleFlight` are the same.
///
/// It is no cache: when a load has ended, the next call loads anew. And it shows
/// what the load saw: a caller may get a value that was read before the caller came.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use std::io;
/// use std::sync::atomic::{AtomicU32, Ordering};
/// use surefoot::lock::SingleFlight;
///
/// let loads = AtomicU32::new(0);
/// let pages: SingleFlight<&str, String, io::Error> = SingleFlight::new();
/// let load = || async {
///     loads.fetch_add(1, Ordering::Relaxed);
///     tokio::task::yield_now().await;
///     Ok("hello".to_owned())
/// };
/// let (one, two) = tokio::join!(pages.get("/", load), pages.get("/", load));
/// assert_eq!((one.unwrap(), two.unwrap()), ("hello".to_owned(), "hello".to_owned()));
/// assert_eq!(loads.into_inner(), 1);
/// # }
/// ```
pub struct SingleFlight<K, V, E = Infallible>(Shared<K, Outcome<V, E>>);

impl<K, V, E> SingleFlight<K, V, E> {
    /// Without any load.
    #[must_use]
    pub fn new() -> Self {
        Self(Shared::new())
    }

    /// How many loads are under way.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether no load is under way.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<K: Hash + Eq, V: Clone, E> SingleFlight<K, V, E> {
    /// The outcome of the load of `key` that is under way, or else of `load`.
    ///
    /// All have one outcome, behind an `Arc`: the future is `Send` where `V` and `E` are
    /// `Sync`, too.
    ///
    /// # Errors
    ///
    /// If the load failed or panicked: every caller gets the same error, the one
    /// whose load it was too.
    ///
    /// # Panics
    ///
    /// If `key`'s `Hash` or `Eq` does, or `V`'s `Clone`; no other caller is concerned.
    ///
    /// # Deadlocks
    ///
    /// A load that asks for its own key waits for itself. `Eq` runs under a lock of
    /// the `SingleFlight`'s own and must not use it.
    ///
    /// # Cancel safety
    ///
    /// The load of a leader that is dropped is dropped with it, and the follower that
    /// waits longest leads: its own `load` runs. To let a load outlive its caller,
    /// spawn it. A leader that is kept and not polled holds up all that follow: see
    /// the [module](super#keep-polling).
    #[track_caller]
    pub fn get<F, Fut>(&self, key: K, load: F) -> impl Future<Output = Result<V, FlightError<E>>>
    where
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<V, E>>,
    {
        let handed_in = Location::caller();
        async move {
            let turn = match self.0.wait(key).await {
                Got::Turn(turn) => turn,
                Got::Outcome(outcome) => return Arc::unwrap_or_clone(outcome),
            };
            // The load is gone before the turn ends, however it ends: dropped here,
            // it never runs beside the next one's.
            let outcome = match catch_future(async move { load().await }).await {
                Ok(Ok(value)) => Ok(value),
                Ok(Err(error)) => Err(FlightError::Failed(Arc::new(error))),
                Err(caught) => Err(FlightError::Panicked(Panicked::new(caught, handed_in))),
            };
            let outcome = Arc::new(outcome);
            turn.land(&outcome);
            Arc::unwrap_or_clone(outcome)
        }
    }
}

impl<K, V, E> Clone for SingleFlight<K, V, E> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K, V, E> Default for SingleFlight<K, V, E> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K, V, E> fmt::Debug for SingleFlight<K, V, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SingleFlight").field("len", &self.len()).finish()
    }
}
