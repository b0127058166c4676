use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use super::source::Source;
use crate::deadline::{Limit, Timer};
use crate::error::Elapsed;
use crate::rt;

pin_project! {
    /// The stream of [`StreamPatterns::item_timeout`](super::StreamPatterns::item_timeout).
    #[must_use = "streams do nothing unless they are polled"]
    pub struct ItemTimeout<S> {
        #[pin]
        source: Source<S>,
        limit: Duration,
        // That of the next item.
        next: Limit,
        #[pin]
        timer: Timer,
    }
}

impl<S: Stream> ItemTimeout<S> {
    pub(super) fn new(source: S, limit: Duration) -> Self {
        let (source, timer) = (Source::new(source), Timer::default());
        Self { source, limit, next: Limit::After(limit), timer }
    }
}

impl<S: Stream> Stream for ItemTimeout<S> {
    type Item = Result<S::Item, Elapsed>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut this = self.project();
        // A source that can't be asked is not late.
        ready!(rt::poll_has_budget(cx));
        let next = match this.source.poll_next(cx) {
            Poll::Ready(next) => next.map(Ok),
            Poll::Pending => {
                let elapsed = ready!(this.timer.as_mut().poll_elapsed(this.next, cx));
                // An error takes a unit, too: a limit of zero gives one after the other.
                // If the source left none it comes all the same: one that is always busy
                // must not outlive its limit.
                if let Poll::Ready(budget) = rt::poll_budget(cx) {
                    budget.made_progress();
                }
                Some(Err(elapsed))
            }
        };
        if let Limit::Begun(_) = this.next {
            *this.next = Limit::After(*this.limit);
            this.timer.set(Timer::default());
        }
        Poll::Ready(next)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let (least, most) = self.source.size_hint();
        // Nobody knows how often the limit passes.
        (least, if self.source.has_ended() { most } else { None })
    }
}

impl<S: Stream> FusedStream for ItemTimeout<S> {
    fn is_terminated(&self) -> bool {
        self.source.has_ended()
    }
}

impl<S> fmt::Debug for ItemTimeout<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ItemTimeout").field("limit", &self.limit).finish_non_exhaustive()
    }
}
