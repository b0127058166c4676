use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::TryRecvError;
use super::core::{Core, Item, Nothing};
use super::sender::Shared;
use crate::error::catch;
use crate::rt;

/// The side of a channel that values come out of. There is one.
///
/// Dropping it closes the channel and drops what is left.
pub struct Receiver<T> {
    shared: Shared<T>,
}

impl<T> Receiver<T> {
    pub(super) fn new(shared: Shared<T>) -> Self {
        Self { shared }
    }

    /// Serves a level that has a value waiting after at most `n` values of more
    /// urgent levels. Without this, a level starves as long as a more urgent one has
    /// values.
    ///
    /// If several levels are due, the least urgent of them goes first.
    ///
    /// # Panics
    ///
    /// If `n` is 0.
    ///
    /// ```
    /// use surefoot::channel::priority;
    ///
    /// let (sender, receiver) = priority::channel(2, 16);
    /// let mut receiver = receiver.fairness(2);
    /// for i in 0..4 {
    ///     sender.try_send(0, i).unwrap();
    ///     sender.try_send(1, i).unwrap();
    /// }
    /// let levels: Vec<_> = (0..6).map(|_| receiver.try_recv().unwrap().0).collect();
    /// assert_eq!(levels, [0, 0, 1, 0, 0, 1]);
    /// ```
    ///
    /// If several levels are due, the least urgent of them goes first: while `k` levels
    /// have values, the most urgent one has (n / (n + 1))^(k − 1) of the turns.
    #[must_use = "the receiver comes back"]
    #[track_caller]
    pub fn fairness(self, n: usize) -> Self {
        assert!(n > 0, "a fairness of 0 would serve the least urgent level first");
        self.shared.with(|core| core.set_fairness(n));
        self
    }

    /// The next value, and its level: the oldest of the most urgent level that has
    /// one, subject to [`fairness`](Self::fairness). `None` when the channel is
    /// closed, or all senders are gone, and everything that was accepted was
    /// received.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: no value is lost.
    pub async fn recv(&mut self) -> Option<(usize, T)> {
        Receiving { shared: &self.shared, waits: false }.await
    }

    /// The next value, and its level, if there is one now.
    ///
    /// # Errors
    ///
    /// [`TryRecvError`].
    pub fn try_recv(&mut self) -> Result<(usize, T), TryRecvError> {
        match self.shared.with(Core::take) {
            Ok(item) => Ok(hand_out(item)),
            Err(Nothing::Empty) => Err(TryRecvError::Empty),
            Err(Nothing::Over) => Err(TryRecvError::Closed),
        }
    }

    /// Accepts nothing any more. What was accepted is still to be received, and
    /// that of [permits](super::Permit) when they are used; who waits for room gets
    /// its value back.
    pub fn close(&mut self) {
        self.shared.with(Core::close).wake();
    }

    /// How many values wait at a level.
    #[must_use]
    pub fn len(&self, level: usize) -> usize {
        self.shared.with(|core| core.len(level))
    }
}

/// Wakes the sender that the slot of an item went to.
fn hand_out<T>((level, value, sender): Item<T>) -> (usize, T) {
    if let Some(sender) = sender {
        // Should it panic, that is the sender's affair, and costs no value.
        let _ = catch(|| sender.wake());
    }
    (level, value)
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let (wakers, items) = self.shared.with(Core::abandon);
        wakers.wake();
        drop(items);
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_closed = self.shared.with(|core| core.is_closed());
        f.debug_struct("Receiver").field("is_closed", &is_closed).finish_non_exhaustive()
    }
}

/// Waits for the next value.
struct Receiving<'a, T> {
    shared: &'a Shared<T>,
    /// Its waker may be with the channel.
    waits: bool,
}

impl<T> Future for Receiving<'_, T> {
    type Output = Option<(usize, T)>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let coop = ready!(rt::poll_budget(cx));
        let mut taken = self.shared.with(Core::take);
        if let Err(Nothing::Empty) = taken {
            // Cloned only if it has to wait, and outside the lock; so a value may
            // have come meanwhile.
            let waker = cx.waker().clone();
            let (again, unneeded) = self.shared.with(|core| core.take_or_wait(waker));
            drop(unneeded);
            taken = again;
        }
        self.waits = matches!(taken, Err(Nothing::Empty));
        let received = match taken {
            Ok(item) => Some(item),
            Err(Nothing::Over) => None,
            Err(Nothing::Empty) => return Poll::Pending,
        };
        coop.made_progress();
        Poll::Ready(received.map(hand_out))
    }
}

impl<T> Drop for Receiving<'_, T> {
    fn drop(&mut self) {
        if self.waits {
            drop(self.shared.with(Core::forget_receiver));
        }
    }
}
