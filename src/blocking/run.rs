use std::borrow::Cow;
use std::future::Future;
use std::panic::Location;

use super::BlockingError;
use super::work::Work;

/// Runs `f`, which may block or compute for long, on one of the runtime's threads
/// for that, so that the tasks of the runtime go on meanwhile.
///
/// There is no limit but the runtime's own number of threads (512 by default) and
/// no word to the closure when its caller leaves: for both see
/// [`Blocking`](super::Blocking). Nothing happens before the first poll.
///
/// # Errors
///
/// [`BlockingError::Panicked`], or [`BlockingError::Shutdown`] if the runtime shut
/// down before `f` began.
///
/// # Panics
///
/// Outside a runtime, at the first poll; or if the system has no
/// thread to give.
///
/// # Cancel safety
///
/// Dropped before a thread took it, `f` never runs. One that has begun runs to its
/// end, and its output is dropped.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use surefoot::blocking;
///
/// let sum = blocking::run(|| (1..=1_000_u64).sum::<u64>()).await;
/// assert_eq!(sum, Ok(500_500));
/// # }
/// ```
#[track_caller]
pub fn run<F, T>(f: F) -> impl Future<Output = Result<T, BlockingError>> + Send
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    let at = Location::caller();
    async move { Work::begin(Cow::Borrowed("blocking"), at, f).await }
}
