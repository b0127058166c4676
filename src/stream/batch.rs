use std::fmt;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use super::alarm::Alarm;
use super::source::Source;
use crate::rt::{self, Instant};

pin_project! {
    /// The stream of [`StreamPatterns::batch`](super::StreamPatterns::batch).
    #[must_use = "streams do nothing unless they are polled"]
    pub struct Batch<S: Stream> {
        #[pin]
        source: Source<S>,
        items: Vec<S::Item>,
        max_items: usize,
        max_wait: Duration,
        due: Due,
        #[pin]
        alarm: Alarm,
    }
}

/// When the items that there are must be given.
#[derive(Clone, Copy, Debug)]
enum Due {
    /// Not asked yet: a batch that is full at once needs no clock.
    Unasked,
    /// At that moment; `None` is never.
    At(Option<Instant>),
}

impl<S: Stream> Batch<S> {
    #[track_caller]
    pub(super) fn new(source: S, max_items: usize, max_wait: Duration) -> Self {
        assert!(max_items > 0, "a batch of 0 items holds nothing");
        let (source, alarm) = (Source::new(source), Alarm::default());
        Self { source, items: Vec::new(), max_items, max_wait, due: Due::Unasked, alarm }
    }
}

impl<S: Stream> Stream for Batch<S> {
    type Item = Vec<S::Item>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut this = self.project();
        loop {
            match this.source.as_mut().poll_next(cx) {
                Poll::Ready(Some(item)) => this.items.push(item),
                Poll::Ready(None) if this.items.is_empty() => return Poll::Ready(None),
                Poll::Ready(None) => break,
                Poll::Pending if this.items.is_empty() => return Poll::Pending,
                // Also when the budget is spent: a source that is always ready does not
                // put off what is due.
                Poll::Pending => {
                    // The first item was taken in this poll, so its time begins now.
                    let due = match *this.due {
                        Due::Unasked => rt::now().checked_add(*this.max_wait),
                        Due::At(due) => due,
                    };
                    *this.due = Due::At(due);
                    ready!(this.alarm.as_mut().poll_at(due, cx));
                    break;
                }
            }
            if this.items.len() == *this.max_items {
                break;
            }
        }
        *this.due = Due::Unasked;
        Poll::Ready(Some(mem::take(this.items)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let (least, most) = self.source.size_hint();
        let held = self.items.len();
        let most = most.and_then(|most| most.checked_add(usize::from(held > 0)));
        (least.saturating_add(held).div_ceil(self.max_items), most)
    }
}

impl<S: Stream> FusedStream for Batch<S> {
    fn is_terminated(&self) -> bool {
        self.source.has_ended() && self.items.is_empty()
    }
}

impl<S: Stream> fmt::Debug for Batch<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch")
            .field("held", &self.items.len())
            .field("max_items", &self.max_items)
            .field("max_wait", &self.max_wait)
            .finish_non_exhaustive()
    }
}
