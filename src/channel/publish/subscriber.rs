use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::Lagged;
use super::core::{Aside, Found, Share};
use super::publisher::Shared;
use crate::error::catch;
use crate::rt;
use crate::sync::Arc;

/// The side of a channel that values come out of. Each subscriber gets every value
/// that is published after it subscribed, in order, as far as its [`Policy`](super::Policy) allows.
///
/// As a stream, it ends when all publishers are gone and it has got what it had left.
pub struct Subscriber<T> {
    shared: Shared<T>,
    number: usize,
}

impl<T> Subscriber<T> {
    pub(super) fn new(shared: Shared<T>, number: usize) -> Self {
        Self { shared, number }
    }

    /// Whether it was too slow for [`Policy::Disconnect`](super::Policy::Disconnect). What it had by then is
    /// still to be taken.
    #[must_use]
    pub fn is_disconnected(&self) -> bool {
        self.shared.with(|core| core.is_disconnected(self.number))
    }
}

impl<T: Clone> Subscriber<T> {
    /// The next value; `None` after the last one.
    ///
    /// # Errors
    ///
    /// [`Lagged`] where values were lost, with their number. The next call gives what
    /// came after them.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: no value is lost.
    pub async fn next(&mut self) -> Option<Result<T, Lagged>> {
        Taking { subscriber: self, waits: false }.await
    }

    fn poll_take(&self, cx: &mut Context<'_>) -> Poll<Option<Result<T, Lagged>>> {
        let coop = ready!(rt::poll_budget(cx));
        // What most calls come to, without what the others may leave aside.
        if let Some(share) = self.shared.with(|core| core.take_plain(self.number)) {
            coop.made_progress();
            return Poll::Ready(Some(Ok(share.into_value())));
        }
        // Cloned outside the lock; so a value may have come meanwhile.
        let waker = cx.waker().clone();
        let (found, aside, unneeded) =
            self.shared.with(|core| core.take_or_wait(self.number, waker));
        drop(unneeded);
        // Should one of those panic, that is their affair, and costs no value.
        let _ = catch(|| aside.into_iter().for_each(Aside::settle));
        let next = match found {
            Found::Empty => return Poll::Pending,
            Found::Value(share) => Some(Ok(share.into_value())),
            Found::Lost(lost) => Some(Err(Lagged { lost })),
            Found::Over => None,
        };
        coop.made_progress();
        Poll::Ready(next)
    }
}

impl<T: Clone> Share<T> {
    /// The value itself, where nobody else has a part in it any more.
    fn into_value(self) -> T {
        match self {
            Self::Whole(value) => value,
            // Looked at first: to try costs more.
            Self::Part(part) if Arc::strong_count(&part) > 1 => (*part).clone(),
            Self::Part(part) => Arc::try_unwrap(part).unwrap_or_else(|part| (*part).clone()),
        }
    }
}

impl<T: Clone> Stream for Subscriber<T> {
    type Item = Result<T, Lagged>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_take(cx)
    }
}

impl<T> Drop for Subscriber<T> {
    fn drop(&mut self) {
        let (aside, left) = self.shared.with(|core| core.unsubscribe(self.number));
        aside.into_iter().for_each(Aside::settle);
        drop(left);
    }
}

impl<T> fmt::Debug for Subscriber<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscriber")
            .field("is_disconnected", &self.is_disconnected())
            .finish_non_exhaustive()
    }
}

/// Waits for the next value.
struct Taking<'a, T> {
    subscriber: &'a Subscriber<T>,
    /// Its waker may be with the channel.
    waits: bool,
}

impl<T: Clone> Future for Taking<'_, T> {
    type Output = Option<Result<T, Lagged>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let polled = self.subscriber.poll_take(cx);
        self.waits = polled.is_pending();
        polled
    }
}

impl<T> Drop for Taking<'_, T> {
    fn drop(&mut self) {
        if self.waits {
            let Subscriber { shared, number } = self.subscriber;
            drop(shared.with(|core| core.forget(*number)));
        }
    }
}
