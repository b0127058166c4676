use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::time::Duration;

use super::bracket::Open;
use super::shared::Shared;
use super::wait::Wait;
use super::{AsyncStack, Outcome};
use crate::deadline::{Bound, Limit};

/// Sees to it that asynchronous cleanups run, and lets you wait for them. Clones
/// are handles of the same reaper.
///
/// See the [module](super) for what it is and what it guarantees.
#[derive(Clone)]
pub struct Reaper {
    shared: Shared,
}

impl Reaper {
    /// A reaper that has nothing to do. Needs no runtime.
    #[must_use]
    pub fn new() -> Self {
        Self { shared: Shared::new() }
    }

    /// Lends `resource` to `body`, and then hands it to `cleanup`, with how the
    /// body ended: exactly once, whether it returned, panicked, or was cancelled,
    /// before its first poll too.
    ///
    /// After a return or a panic the cleanup runs here, before this ends; the
    /// panic then goes on. After a cancellation it runs as a task named `cleanup`,
    /// or, where no runtime is, by whoever [waits](Self::wait).
    ///
    /// The future may be sent to another thread if the body's may; the body may
    /// borrow from around it.
    ///
    /// # Errors
    ///
    /// The body's.
    ///
    /// # Panics
    ///
    /// If the body or the cleanup does; if both do, with the body's panic.
    ///
    /// # Cancel safety
    ///
    /// Dropped while the body runs, the body is cut at that await, and the cleanup
    /// is told [`Cancelled`](Outcome::Cancelled). Dropped while the cleanup runs,
    /// the cleanup goes on from where it was, as a task; the body's output is lost.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use surefoot::cleanup::{Outcome, Reaper};
    ///
    /// let reaper = Reaper::new();
    /// let written = reaper
    ///     .bracket(
    ///         Vec::new(),
    ///         async |file| {
    ///             file.push(7);
    ///             Ok::<_, std::io::Error>(file.len())
    ///         },
    ///         |file, outcome| async move {
    ///             assert_eq!((file, outcome), (vec![7], Outcome::Success));
    ///         },
    ///     )
    ///     .await;
    /// assert_eq!(written.unwrap(), 1);
    /// # }
    /// ```
    #[track_caller]
    pub fn bracket<R, T, E, B, C, Fut>(
        &self,
        resource: R,
        body: B,
        cleanup: C,
    ) -> impl Future<Output = Result<T, E>> + use<R, T, E, B, C, Fut>
    where
        R: Send + 'static,
        B: AsyncFnOnce(&mut R) -> Result<T, E>,
        C: FnOnce(R, Outcome) -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        Open::new(&self.shared, Location::caller(), resource, cleanup).run(body)
    }

    /// A stack of cleanups that this reaper sees to.
    #[track_caller]
    pub fn stack(&self) -> AsyncStack {
        AsyncStack::new(&self.shared, Location::caller())
    }

    /// Waits until every bracket and stack that was begun has ended, its cleanup
    /// included, and runs those cleanups that had no runtime to run on.
    ///
    /// Those that are still at work count: their cleanup is yet to come. So cancel
    /// or drain them first, and don't wait inside a bracket, which would wait for
    /// itself.
    ///
    /// A cleanup that panics here does not disturb this; it is
    /// [counted](Self::panicked).
    ///
    /// # Cancel safety
    ///
    /// Cancel safe. Cleanups that were under way here go on in another call, or in
    /// the next.
    pub async fn wait(&self) {
        Wait::new(&self.shared).await;
    }

    /// As [`wait`](Self::wait), but for `limit` at most. Says how many are left.
    ///
    /// # Panics
    ///
    /// Outside a Tokio runtime, if something is left to wait for.
    ///
    /// # Cancel safety
    ///
    /// As [`wait`](Self::wait).
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
    /// use std::time::Duration;
    /// use surefoot::cleanup::Reaper;
    ///
    /// let reaper = Reaper::new();
    /// let mut stack = reaper.stack();
    /// stack.push(|| std::future::pending());
    /// drop(stack);
    /// assert_eq!(reaper.wait_within(Duration::from_secs(5)).await, 1);
    /// # }
    /// ```
    pub async fn wait_within(&self, limit: Duration) -> usize {
        let _ = Bound::new(Limit::After(limit), self.wait()).await;
        self.pending()
    }

    /// How many brackets and stacks have begun and not ended, their cleanup
    /// included.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.shared.core.with(|core| core.open())
    }

    /// How many cleanups panicked so far.
    #[must_use]
    pub fn panicked(&self) -> u64 {
        self.shared.core.with(|core| core.panicked())
    }
}

impl Default for Reaper {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Reaper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (pending, queued, panicked) =
            self.shared.core.with(|core| (core.open(), core.queued(), core.panicked()));
        f.debug_struct("Reaper")
            .field("pending", &pending)
            .field("queued", &queued)
            .field("panicked", &panicked)
            .finish()
    }
}
