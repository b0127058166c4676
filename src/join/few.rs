//! Sealed: how a small set is polled.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::set::Set;
use crate::error::Elapsed;
use crate::rt;

pin_project! {
    /// A future, or what was kept of its output, in the same place.
    #[project = SeatProjection]
    #[project_replace = SeatOwned]
    #[derive(Default)]
    pub enum Seat<F, V> {
        #[default]
        Empty,
        Running {
            #[pin]
            future: F,
        },
        Ended {
            value: V,
        },
    }
}

/// What a future's turn brought.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Nothing: it had ended before.
    Idle,
    Pending,
    Ended,
}

impl<F: Future, V> Seat<F, V> {
    pub(super) fn new(future: F) -> Self {
        Self::Running { future }
    }

    pub(super) fn poll<S>(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        sort: fn(F::Output) -> Result<V, S>,
    ) -> Result<Turn, S> {
        let SeatProjection::Running { future } = self.as_mut().project() else {
            return Ok(Turn::Idle);
        };
        let Poll::Ready(output) = future.poll(cx) else {
            return Ok(Turn::Pending);
        };
        let value = sort(output)?;
        self.set(Self::Ended { value });
        Ok(Turn::Ended)
    }

    /// Gives it a value if it has none.
    pub(super) fn fill<S>(
        mut self: Pin<&mut Self>,
        value: impl FnOnce() -> Result<V, S>,
    ) -> Result<(), S> {
        if let Self::Running { .. } = *self {
            let value = value()?;
            self.set(Self::Ended { value });
        }
        Ok(())
    }

    pub(super) fn take(self: Pin<&mut Self>) -> V {
        match self.project_replace(Self::Empty) {
            SeatOwned::Ended { value } => value,
            _ => unreachable!("all futures of the set have ended"),
        }
    }
}

/// A known number of seats.
pub trait Row<K> {
    type Outputs;
    type Stop;

    fn len(&self) -> usize;
    fn poll_at(self: Pin<&mut Self>, at: usize, cx: &mut Context<'_>) -> Result<Turn, Self::Stop>;
    /// Fills the seat if its future has not ended.
    fn miss_at(
        self: Pin<&mut Self>,
        at: usize,
        has_started: bool,
        elapsed: Elapsed,
    ) -> Result<(), Self::Stop>;
    /// All values; each seat has one.
    fn take(self: Pin<&mut Self>) -> Self::Outputs;
}

pin_project! {
    /// A set that is so small that all its running futures are polled whenever one
    /// was woken: that costs less than a waker for each.
    pub struct Few<R> {
        #[pin]
        row: R,
        started: usize,
        running: usize,
        // Who is polled first. Another one each time, so that none that is always
        // busy takes the others' share of the task's budget.
        first: usize,
    }
}

impl<R> Few<R> {
    pub(super) fn new(row: R) -> Self {
        Self { row, started: 0, running: 0, first: 0 }
    }
}

impl<K, R: Row<K>> Set<K> for Few<R> {
    type Outputs = R::Outputs;
    type Stop = R::Stop;

    fn poll(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        limit: usize,
    ) -> Poll<Result<R::Outputs, R::Stop>> {
        // One for all: they are few.
        ready!(rt::poll_budget(cx)).made_progress();
        let mut this = self.project();
        let old = *this.started;
        for at in (*this.first..old).chain(0..*this.first) {
            if this.row.as_mut().poll_at(at, cx)? == Turn::Ended {
                *this.running -= 1;
            }
        }
        *this.first = if *this.first + 1 < old { *this.first + 1 } else { 0 };
        while *this.running < limit && *this.started < this.row.len() {
            *this.started += 1;
            *this.running += 1;
            if this.row.as_mut().poll_at(*this.started - 1, cx)? == Turn::Ended {
                *this.running -= 1;
            }
        }
        if *this.running > 0 || *this.started < this.row.len() {
            return Poll::Pending;
        }
        Poll::Ready(Ok(this.row.take()))
    }

    fn turns(&self) -> usize {
        // Those that have ended included.
        self.started
    }

    fn expire(self: Pin<&mut Self>, elapsed: Elapsed) -> Result<R::Outputs, R::Stop> {
        let mut this = self.project();
        for at in 0..this.row.len() {
            this.row.as_mut().miss_at(at, at < *this.started, elapsed)?;
        }
        Ok(this.row.take())
    }
}
