use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use pin_project_lite::pin_project;

use crate::rt;

pin_project! {
    /// The stream below an operator, dropped as soon as it has ended: it is not
    /// polled again, and what it held is free.
    pub(super) struct Source<S> {
        #[pin]
        stream: Option<S>,
    }
}

impl<S: Stream> Source<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream: Some(stream) }
    }

    pub(super) fn has_ended(&self) -> bool {
        self.stream.is_none()
    }

    /// Nothing more is taken from it.
    pub(super) fn end(self: Pin<&mut Self>) {
        self.project().stream.set(None);
    }

    /// The next item, for a unit of the task's budget: an operator that takes many
    /// for one that it gives lets its neighbours run, too.
    pub(super) fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let mut this = self.project();
        let Some(stream) = this.stream.as_mut().as_pin_mut() else {
            return Poll::Ready(None);
        };
        let budget = ready!(rt::poll_budget(cx));
        let next = ready!(stream.poll_next(cx));
        budget.made_progress();
        if next.is_none() {
            this.stream.set(None);
        }
        Poll::Ready(next)
    }

    pub(super) fn size_hint(&self) -> (usize, Option<usize>) {
        self.stream.as_ref().map_or((0, Some(0)), Stream::size_hint)
    }
}
