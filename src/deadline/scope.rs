use std::cell::Cell;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::Deadline;
use crate::sync::of_each_thread;

of_each_thread! {
    /// That of the scope whose poll is under way on this thread.
    static CURRENT: Cell<Deadline> = Cell::new(Deadline::never())
}

impl Deadline {
    /// The deadline of the [scope](Self::scope) that runs this code; outside of
    /// any, [never](Self::never).
    #[must_use]
    pub fn current() -> Self {
        CURRENT.with(Cell::get)
    }

    /// Runs `future` as a part of the work that must have ended by this deadline.
    ///
    /// It does not cut `future`; it is the limit that nobody inside can exceed by
    /// asking for more time. Every [`timeout`](super::timeout) and
    /// [`bound`](Self::bound) that waits inside, those of surefoot's other
    /// patterns included, ends at its own limit or at the scope's, whichever is
    /// nearer, and the error says which by its `after`. Of nested scopes the
    /// nearest deadline counts. Tasks that are started inside by
    /// [`spawn`](mod@crate::spawn) are in the scope, too; those of `tokio::spawn`
    /// are not.
    ///
    /// To cut `future` as well, [`bound`](Self::bound) the scope.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
    /// use std::{future::pending, time::Duration};
    /// use surefoot::deadline::{Deadline, timeout};
    /// use surefoot::spawn::spawn;
    ///
    /// async fn query() -> Result<(), surefoot::error::Elapsed> {
    ///     timeout(Duration::from_secs(10), pending()).await
    /// }
    ///
    /// let request = Deadline::after(Duration::from_secs(1));
    /// let late = request.scope(async { spawn(query()).await.unwrap() }).await;
    /// assert_eq!(late.unwrap_err().after, Duration::from_secs(1));
    /// # }
    /// ```
    ///
    /// # Cancel safety
    ///
    /// As cancel safe as `future`.
    pub fn scope<F: Future>(self, future: F) -> Scoped<F> {
        Scoped { deadline: self, future }
    }
}

pin_project! {
    /// The future of [`Deadline::scope`].
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct Scoped<F> {
        deadline: Deadline,
        #[pin]
        future: F,
    }
}

impl<F> Scoped<F> {
    /// The future again, outside of the scope.
    pub(crate) fn into_inner(self) -> F {
        self.future
    }
}

impl<F: Future> Future for Scoped<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        // Never comes after every other: the outer one stays as it is.
        let _entered = this.deadline.instant().map(|_| Entered::new(*this.deadline));
        this.future.poll(cx)
    }
}

impl<F> fmt::Debug for Scoped<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scoped").field("deadline", &self.deadline).finish_non_exhaustive()
    }
}

/// A poll inside a scope. Its end, by a panic too, leaves the scope.
struct Entered {
    outer: Deadline,
}

impl Entered {
    fn new(deadline: Deadline) -> Self {
        let outer = Deadline::current();
        CURRENT.with(|current| current.set(deadline.min(outer)));
        Self { outer }
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        CURRENT.with(|current| current.set(self.outer));
    }
}
