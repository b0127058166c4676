use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};

use super::snapshot::{News, Shared};
use crate::error::Closed;
use crate::rt;
use crate::sync;
use crate::waiters::{Taken, Ticket};

/// Waits for the values of a [`Snapshot`](super::Snapshot).
///
/// It misses none: a value that is stored at any time is news to
/// [`changed`](Self::changed), unless a newer one came before it was looked at. Of
/// several, it sees the newest.
///
/// To begin with the value of now, [subscribe](super::Snapshot::subscribe) first and
/// take the [`latest`](Self::latest) then:
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use surefoot::lock::Snapshot;
/// use surefoot::spawn::spawn;
///
/// let level = Snapshot::new(1);
/// let mut watcher = level.subscribe();
/// let follower = spawn(async move {
///     let mut levels = vec![*watcher.latest()];
///     while let Ok(level) = watcher.changed().await {
///         levels.push(*level);
///     }
///     levels
/// });
/// tokio::task::yield_now().await;
/// level.store(2);
/// level.store(3);
/// drop(level);
/// assert_eq!(follower.await, Ok(vec![1, 3]));
/// # }
/// ```
pub struct Watcher<T> {
    shared: sync::Arc<Shared<T>>,
    seen: u64,
}

impl<T> Watcher<T> {
    pub(super) fn new(shared: sync::Arc<Shared<T>>, seen: u64) -> Self {
        Self { shared, seen }
    }

    /// The value as it is now; it is no news any more.
    pub fn latest(&mut self) -> Arc<T> {
        let (version, value) = self.shared.latest();
        self.seen = version;
        value
    }

    /// Waits for a value that this watcher has not seen, and gives the newest.
    ///
    /// # Errors
    ///
    /// [`Closed`] when the last handle of the snapshot is gone and its last value was
    /// seen: there will be no news.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: a value counts as seen when it is given back, and not before.
    pub async fn changed(&mut self) -> Result<Arc<T>, Closed> {
        Changed { watcher: self, ticket: None }.await
    }

    fn news(&mut self) -> Poll<Result<Arc<T>, Closed>> {
        match self.shared.since(self.seen) {
            News::Value(version, value) => {
                self.seen = version;
                Poll::Ready(Ok(value))
            }
            News::Nothing => Poll::Pending,
            News::Closed => Poll::Ready(Err(Closed)),
        }
    }
}

impl<T> Clone for Watcher<T> {
    /// A watcher that has seen what this one has.
    fn clone(&self) -> Self {
        Self::new(self.shared.clone(), self.seen)
    }
}

impl<T> fmt::Debug for Watcher<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watcher").field("seen", &self.seen).finish_non_exhaustive()
    }
}

struct Changed<'a, T> {
    watcher: &'a mut Watcher<T>,
    ticket: Option<Ticket>,
}

impl<T> Changed<'_, T> {
    fn park(&mut self, waker: Waker) {
        let ticket = self.ticket.take();
        let (ticket, _replaced) = self.watcher.shared.watchers.with(|watchers| {
            let waker = match ticket {
                None => waker,
                Some(ticket) => match watchers.take(ticket, waker) {
                    Taken::Parked { ticket, replaced } => return (ticket, replaced),
                    // Woken for what it has seen already.
                    Taken::Granted { spare, .. } => spare,
                },
            };
            let arrival = watchers.arrive();
            (watchers.push(arrival, waker), None)
        });
        self.ticket = Some(ticket);
    }
}

impl<T> Future for Changed<'_, T> {
    type Output = Result<Arc<T>, Closed>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let coop = ready!(rt::poll_budget(cx));
        let mut news = self.watcher.news();
        if news.is_pending() {
            self.park(cx.waker().clone());
            // Once more: a store between the look and the parking wakes nobody.
            news = self.watcher.news();
        }
        if news.is_ready() {
            coop.made_progress();
        }
        news
    }
}

impl<T> Drop for Changed<'_, T> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            // A grant needs no passing on: each watcher has its own.
            let _left = self.watcher.shared.watchers.with(|watchers| watchers.withdraw(ticket));
        }
    }
}
