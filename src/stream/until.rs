use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use super::source::Source;
use crate::error::{CatchPanic, Held, hold_future};

pin_project! {
    /// The stream of [`StreamPatterns::until`](super::StreamPatterns::until).
    #[must_use = "streams do nothing unless they are polled"]
    pub struct Until<S, F> {
        #[pin]
        source: Source<S>,
        // `None` when the stream has ended.
        #[pin]
        end: Option<CatchPanic<F, Held>>,
    }
}

impl<S: Stream, F: Future> Until<S, F> {
    pub(super) fn new(source: S, end: F) -> Self {
        Self { source: Source::new(source), end: Some(hold_future(end)) }
    }
}

impl<S: Stream, F: Future> Stream for Until<S, F> {
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut this = self.project();
        let ended = match this.end.as_mut().as_pin_mut() {
            Some(end) => end.poll(cx),
            None => return Poll::Ready(None),
        };
        if let Poll::Ready(ended) = ended {
            this.end.set(None);
            this.source.end();
            return ended.map_or_else(|panic| panic.resume(), |_| Poll::Ready(None));
        }
        let next = ready!(this.source.poll_next(cx));
        if next.is_none() {
            this.end.set(None);
        }
        Poll::Ready(next)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let most = if self.end.is_some() { self.source.size_hint().1 } else { Some(0) };
        (0, most)
    }
}

impl<S: Stream, F: Future> FusedStream for Until<S, F> {
    fn is_terminated(&self) -> bool {
        self.end.is_none()
    }
}

impl<S, F> fmt::Debug for Until<S, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Until").field("has_ended", &self.end.is_none()).finish_non_exhaustive()
    }
}
