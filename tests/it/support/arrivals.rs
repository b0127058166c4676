//! Streams and futures on a timetable.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use tokio::time::{Instant, Sleep, sleep_until};

/// A moment, in milliseconds since it was made. Looked up on the clock, so that it does
/// not matter which of several timers goes off first.
pub(crate) struct Moment {
    start: Instant,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Moment {
    fn new() -> Self {
        Self { start: Instant::now(), sleep: None }
    }

    fn poll(&mut self, at: u64, cx: &mut Context<'_>) -> Poll<()> {
        let at = self.start + Duration::from_millis(at);
        if at <= Instant::now() {
            self.sleep = None;
            return Poll::Ready(());
        }
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep_until(at)));
        if sleep.deadline() != at {
            sleep.as_mut().reset(at);
        }
        sleep.as_mut().poll(cx)
    }
}

/// Items that are there from their moments on, until somebody takes them. It has no
/// patience with whoever polls it after its end.
pub(crate) struct Arrivals<T> {
    moment: Moment,
    items: VecDeque<(u64, T)>,
    ends_at: u64,
    has_ended: bool,
}

impl<T> Arrivals<T> {
    /// The moments are in order.
    pub(crate) fn new(items: impl IntoIterator<Item = (u64, T)>, ends_at: u64) -> Self {
        let items = items.into_iter().collect();
        Self { moment: Moment::new(), items, ends_at, has_ended: false }
    }
}

/// Items that are their own moments.
pub(crate) fn arrivals(moments: &[u64], ends_at: u64) -> Arrivals<u64> {
    Arrivals::new(moments.iter().map(|at| (*at, *at)), ends_at)
}

impl<T: Unpin> Stream for Arrivals<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        assert!(!self.has_ended, "polled after its end");
        let at = self.items.front().map_or(self.ends_at, |(at, _)| *at);
        if self.moment.poll(at, cx).is_pending() {
            return Poll::Pending;
        }
        let next = self.items.pop_front();
        self.has_ended = next.is_none();
        Poll::Ready(next.map(|(_, item)| item))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.items.len(), Some(self.items.len()))
    }
}

/// Ready from that moment on, in milliseconds since the call.
pub(crate) fn at(millis: u64) -> impl Future<Output = ()> {
    let mut moment = Moment::new();
    std::future::poll_fn(move |cx| moment.poll(millis, cx))
}
