use std::fmt;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use crate::error::Cancelled;
use crate::rt;
use crate::sync::{Arc, Mutex};

/// The value of a child of a scope, on its way. Dropping it does not abort the
/// child.
///
/// As a future, it gives the child's value, or [`Cancelled`] if there is none: the
/// child failed, which the scope tells, or was aborted because the scope ends.
///
/// A value that nobody takes is dropped with this, or by the child if this was
/// dropped before.
///
/// # Cancel safety
///
/// Polling it by reference is cancel safe. Dropping it drops the value.
pub struct ScopedTask<T>(Option<Arc<Mutex<State<T>>>>);

enum State<T> {
    /// The child has not ended.
    Waits(Option<Waker>),
    Ended(Result<T, Cancelled>),
    /// Nobody takes it, or it was taken.
    Over,
}

impl<T> ScopedTask<T> {
    /// A task, and the end of it that its child has.
    pub(super) fn new() -> (Outlet<T>, Self) {
        let state = Arc::new(Mutex::new(State::Waits(None)));
        (Outlet { state: state.clone(), is_open: true }, Self(Some(state)))
    }

    /// Whether the child has ended, with a value or without.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.0.as_ref().is_none_or(|state| state.with(|state| !matches!(state, State::Waits(_))))
    }
}

impl<T> Future for ScopedTask<T> {
    type Output = Result<T, Cancelled>;

    /// # Panics
    ///
    /// If it is polled after its end.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let coop = ready!(rt::poll_budget(cx));
        let state = self.0.as_ref().expect("a task is not polled after its end");
        // Most have ended when they are awaited; only for the others a waker is cloned.
        let ended = state.with(State::take).or_else(|| {
            let waker = cx.waker().clone();
            let (ended, _spare) = state.with(|state| match state.take() {
                Some(ended) => (Some(ended), Some(waker)),
                None => (None, state.park(waker)),
            });
            ended
        });
        let Some(ended) = ended else {
            return Poll::Pending;
        };
        self.0 = None;
        coop.made_progress();
        Poll::Ready(ended)
    }
}

impl<T> State<T> {
    /// How the child ended, if it has.
    fn take(&mut self) -> Option<Result<T, Cancelled>> {
        match mem::replace(self, Self::Over) {
            Self::Ended(ended) => Some(ended),
            other => {
                *self = other;
                None
            }
        }
    }

    /// Gives back a waker to be dropped.
    fn park(&mut self, waker: Waker) -> Option<Waker> {
        match self {
            Self::Waits(parked) => parked.replace(waker),
            Self::Ended(_) | Self::Over => Some(waker),
        }
    }
}

// It owns no `T` in place, only a way to one.
impl<T> Unpin for ScopedTask<T> {}

impl<T> Drop for ScopedTask<T> {
    fn drop(&mut self) {
        if let Some(state) = &self.0 {
            drop(state.with(|state| mem::replace(state, State::Over)));
        }
    }
}

impl<T> fmt::Debug for ScopedTask<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopedTask").field("is_finished", &self.is_finished()).finish()
    }
}

/// Where a child's value goes. Dropped before it was sent, it says so.
pub(super) struct Outlet<T> {
    state: Arc<Mutex<State<T>>>,
    is_open: bool,
}

impl<T> Outlet<T> {
    /// Gives the value back if nobody takes it.
    pub(super) fn send(&mut self, value: T) -> Option<T> {
        self.is_open = false;
        self.put(Ok(value)).and_then(Result::ok)
    }

    fn put(&self, ended: Result<T, Cancelled>) -> Option<Result<T, Cancelled>> {
        let (refused, waker) = self.state.with(|state| match state {
            State::Waits(waker) => {
                let waker = waker.take();
                *state = State::Ended(ended);
                (None, waker)
            }
            State::Ended(_) | State::Over => (Some(ended), None),
        });
        if let Some(waker) = waker {
            waker.wake();
        }
        refused
    }
}

impl<T> Drop for Outlet<T> {
    fn drop(&mut self) {
        if self.is_open {
            drop(self.put(Err(Cancelled)));
        }
    }
}
