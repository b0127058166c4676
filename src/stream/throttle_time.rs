use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use super::source::Source;
use crate::rt::{self, Instant};

pin_project! {
    /// The stream of [`StreamPatterns::throttle_time`](super::StreamPatterns::throttle_time).
    #[must_use = "streams do nothing unless they are polled"]
    pub struct ThrottleTime<S> {
        #[pin]
        source: Source<S>,
        period: Duration,
        gate: Gate,
    }
}

/// Whether an item may pass.
#[derive(Clone, Copy, Debug)]
enum Gate {
    /// The first may.
    Open,
    /// One passed. The next may from that moment on; `None` is never.
    OpensAt(Option<Instant>),
}

impl<S: Stream> ThrottleTime<S> {
    #[track_caller]
    pub(super) fn new(source: S, period: Duration) -> Self {
        assert!(!period.is_zero(), "a period of 0 throttles nothing");
        Self { source: Source::new(source), period, gate: Gate::Open }
    }
}

impl<S: Stream> Stream for ThrottleTime<S> {
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut this = self.project();
        loop {
            let Some(item) = ready!(this.source.as_mut().poll_next(cx)) else {
                return Poll::Ready(None);
            };
            let now = rt::now();
            let may_pass = match *this.gate {
                Gate::Open => true,
                Gate::OpensAt(at) => at.is_some_and(|at| at <= now),
            };
            if may_pass {
                *this.gate = Gate::OpensAt(now.checked_add(*this.period));
                return Poll::Ready(Some(item));
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let (least, most) = self.source.size_hint();
        let least = match self.gate {
            Gate::Open => least.min(1),
            Gate::OpensAt(_) => 0,
        };
        (least, most)
    }
}

impl<S: Stream> FusedStream for ThrottleTime<S> {
    fn is_terminated(&self) -> bool {
        self.source.has_ended()
    }
}

impl<S> fmt::Debug for ThrottleTime<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThrottleTime").field("period", &self.period).finish_non_exhaustive()
    }
}
