use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use super::alarm::Alarm;
use super::source::Source;
use crate::rt::{self, Instant};

pin_project! {
    /// The stream of [`StreamPatterns::debounce_time`](super::StreamPatterns::debounce_time).
    #[must_use = "streams do nothing unless they are polled"]
    pub struct DebounceTime<S: Stream> {
        #[pin]
        source: Source<S>,
        held: Option<Held<S::Item>>,
        quiet: Duration,
        max_wait: Duration,
        #[pin]
        alarm: Alarm,
    }
}

/// The newest item, which was not given yet.
struct Held<T> {
    item: T,
    since: Instant,
    /// When the first was taken of those that it stands for.
    first: Instant,
}

impl<S: Stream> DebounceTime<S> {
    pub(super) fn new(source: S, quiet: Duration, max_wait: Duration) -> Self {
        let (source, alarm) = (Source::new(source), Alarm::default());
        Self { source, held: None, quiet, max_wait, alarm }
    }
}

impl<S: Stream> Stream for DebounceTime<S> {
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut this = self.project();
        loop {
            match this.source.as_mut().poll_next(cx) {
                Poll::Ready(Some(item)) => {
                    let since = rt::now();
                    let first = this.held.as_ref().map_or(since, |held| held.first);
                    // The one that it replaces is dropped when all is in order.
                    let _replaced = this.held.replace(Held { item, since, first });
                }
                Poll::Ready(None) => break,
                // Also when the budget is spent: a source that is always ready does not
                // put off what is due.
                Poll::Pending => {
                    let Some(held) = this.held else {
                        return Poll::Pending;
                    };
                    let quiet = held.since.checked_add(*this.quiet);
                    let at_the_latest = held.first.checked_add(*this.max_wait);
                    let due = quiet.into_iter().chain(at_the_latest).min();
                    ready!(this.alarm.as_mut().poll_at(due, cx));
                    break;
                }
            }
        }
        Poll::Ready(this.held.take().map(|held| held.item))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let (least, most) = self.source.size_hint();
        let held = usize::from(self.held.is_some());
        // The last of all is always given.
        (least.max(held).min(1), most.and_then(|most| most.checked_add(held)))
    }
}

impl<S: Stream> FusedStream for DebounceTime<S> {
    fn is_terminated(&self) -> bool {
        self.source.has_ended() && self.held.is_none()
    }
}

impl<S: Stream> fmt::Debug for DebounceTime<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DebounceTime")
            .field("holds", &self.held.is_some())
            .field("quiet", &self.quiet)
            .field("max_wait", &self.max_wait)
            .finish_non_exhaustive()
    }
}
