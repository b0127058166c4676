//! Sealed: where the futures run.

use std::future::Future;
use std::task::{Context, Poll};

use crate::inflight::Inflight;

/// Who runs the futures.
pub trait Hands {
    type Future: Future;
    type Output;

    /// How many run.
    fn len(&self) -> usize;

    /// Takes in a future, which runs from now on. If it ends at once, this is its output.
    fn begin(
        &mut self,
        key: usize,
        future: Self::Future,
        cx: &mut Context<'_>,
    ) -> Option<Self::Output>;

    /// The next output, and its key. `None` if none runs.
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<(usize, Self::Output)>>;

    /// Where a panic came out of `poll_next`: the key of the future that it took along, if
    /// it did.
    fn lost(&self) -> Option<usize>;

    /// Drops all that runs.
    fn clear(&mut self);
}

/// The task that polls the stream.
pub struct Here<Fut>(Inflight<Fut>);

impl<Fut> Here<Fut> {
    pub(super) fn new(limit: usize) -> Self {
        Self(Inflight::new(limit))
    }
}

impl<Fut: Future> Hands for Here<Fut> {
    type Future = Fut;
    type Output = Fut::Output;

    #[inline]
    fn len(&self) -> usize {
        self.0.len()
    }

    #[inline]
    fn begin(&mut self, key: usize, future: Fut, cx: &mut Context<'_>) -> Option<Fut::Output> {
        self.0.start(key, future, cx)
    }

    #[inline]
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<(usize, Fut::Output)>> {
        self.0.poll_next(cx)
    }

    fn lost(&self) -> Option<usize> {
        self.0.lost()
    }

    fn clear(&mut self) {
        self.0.clear();
    }
}
