use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;

use super::{Limit, TimeoutError, Timer};
use crate::error::Elapsed;
use crate::rt;

/// Runs `future` for at most `limit`, and no longer than the
/// [scope](super::Deadline::scope) allows.
///
/// `future` is polled first: at the limit, a ready output still counts. When
/// the limit passes, `future` is dropped at once.
///
/// # Errors
///
/// [`Elapsed`](crate::error::Elapsed) if a limit passed first; its `after` says
/// which: `limit`, or that of a scope whose deadline was nearer.
///
/// # Panics
///
/// When it is polled outside a Tokio runtime and has to keep a time limit.
///
/// # Cancel safety
///
/// As cancel safe as `future`.
pub fn timeout<F: Future>(limit: Duration, future: F) -> Bound<F> {
    Bound::new(Limit::After(limit), future)
}

/// Runs a fallible `future` for at most `limit`, with one error type for both
/// ways to fail, so that one `?` is enough.
///
/// # Errors
///
/// [`TimeoutError::Elapsed`] if a limit passed first, as in [`timeout`];
/// [`TimeoutError::Inner`] with `future`'s own error.
///
/// # Panics
///
/// When it is polled outside a Tokio runtime and has to keep a time limit.
///
/// # Cancel safety
///
/// As cancel safe as `future`.
///
/// ```
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// use std::time::Duration;
/// use surefoot::deadline::{TimeoutError, try_timeout};
///
/// let parsed = try_timeout(Duration::from_secs(1), async { "x".parse::<u8>() }).await;
/// assert!(matches!(parsed, Err(TimeoutError::Inner(_))));
/// # }
/// ```
pub fn try_timeout<F, T, E>(limit: Duration, future: F) -> TryBound<F>
where
    F: Future<Output = Result<T, E>>,
{
    TryBound::new(timeout(limit, future))
}

pin_project! {
    /// The future of [`timeout`] and
    /// [`Deadline::bound`](super::Deadline::bound).
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct Bound<F> {
        #[pin]
        future: Option<F>,
        limit: Limit,
        #[pin]
        timer: Timer,
    }
}

impl<F> Bound<F> {
    pub(crate) fn new(limit: Limit, future: F) -> Self {
        Self { future: Some(future), limit, timer: Timer::default() }
    }
}

impl<F: Future> Future for Bound<F> {
    type Output = Result<F::Output, Elapsed>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let future = this.future.as_mut().as_pin_mut();
        let future = future.expect("a future is not polled after its end");
        // Without one it could not say that it is ready, and would be too late.
        ready!(rt::poll_has_budget(cx));
        if let Poll::Ready(output) = future.poll(cx) {
            this.future.set(None);
            return Poll::Ready(Ok(output));
        }
        let elapsed = ready!(this.timer.poll_elapsed(this.limit, cx));
        // Dropped before the caller learns of it, so that what it held is free.
        this.future.set(None);
        Poll::Ready(Err(elapsed))
    }
}

impl<F> fmt::Debug for Bound<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bound").field("limit", &self.limit).finish_non_exhaustive()
    }
}

pin_project! {
    /// The future of [`try_timeout`].
    #[must_use = "futures do nothing unless they are awaited"]
    #[derive(Debug)]
    pub struct TryBound<F> {
        #[pin]
        bound: Bound<F>,
    }
}

impl<F> TryBound<F> {
    pub(super) fn new(bound: Bound<F>) -> Self {
        Self { bound }
    }
}

impl<F: Future<Output = Result<T, E>>, T, E> Future for TryBound<F> {
    type Output = Result<T, TimeoutError<E>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(match ready!(self.project().bound.poll(cx)) {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(TimeoutError::Inner(error)),
            Err(elapsed) => Err(TimeoutError::Elapsed(elapsed)),
        })
    }
}
