use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::strike::Strike;

/// Lets a schedule drop `future` at any of its awaits, and before its first
/// poll.
///
/// Outside a simulation it always runs to its end.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use surefoot::probe::cancellable;
///
/// assert_eq!(cancellable(async { 7 }).await, Some(7));
/// # }
/// ```
#[track_caller]
pub fn cancellable<F: Future>(future: F) -> Cancellable<F> {
    Cancellable { future: Some(future), at: Location::caller(), strike: Strike::default() }
}

pin_project! {
    /// The future of [`cancellable`]: `None` if it was cancelled.
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct Cancellable<F> {
        #[pin]
        future: Option<F>,
        at: &'static Location<'static>,
        strike: Strike,
    }
}

impl<F: Future> Future for Cancellable<F> {
    type Output = Option<F::Output>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        if this.strike.strikes(this.at) {
            *this.strike = Strike::default();
            this.future.set(None);
            return Poll::Ready(None);
        }
        let future = this.future.as_mut().as_pin_mut();
        let Poll::Ready(output) = future.expect("a future is not polled after its end").poll(cx)
        else {
            this.strike.pending(cx.waker());
            return Poll::Pending;
        };
        *this.strike = Strike::default();
        this.future.set(None);
        Poll::Ready(Some(output))
    }
}

impl<F> fmt::Debug for Cancellable<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cancellable").field("at", &self.at).finish_non_exhaustive()
    }
}
