//! Sealed: how futures race.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::rt::{self, draw::SplitMix64};

/// Up to this many futures are polled whenever one of them was woken, as `select!`
/// polls its branches: the first output ends the race, and until then there are
/// few wake-ups as a rule. Beyond, each is polled when it was woken itself.
pub(super) const FEW: usize = 128;

/// Futures that race.
pub trait Field {
    type Output;

    /// Polls them in an order that is drawn, until `judge` names a winner.
    /// Ready with `None` when all have ended.
    fn run<W>(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        draw: &mut Draw,
        judge: impl FnMut(usize, Self::Output) -> Option<W>,
    ) -> Poll<Option<W>>;

    /// In so many polls each that runs is the first to be asked once.
    fn turns(&self) -> usize;
}

/// What breaks ties.
#[derive(Debug)]
pub struct Draw(SplitMix64);

impl Draw {
    pub(super) fn new(seed: Option<u64>) -> Self {
        Self(SplitMix64::new(seed.unwrap_or_else(rt::entropy)))
    }

    /// Uniform in `0..n`.
    pub(super) fn below(&mut self, n: usize) -> usize {
        self.0.below(n as u64) as usize
    }
}

/// A known number of futures, at most [`FEW`].
pub trait Lanes {
    type Output;

    fn len(&self) -> usize;
    /// Polls the future, and drops it if it is ready; `None` if it has ended.
    fn poll_at(self: Pin<&mut Self>, at: usize, cx: &mut Context<'_>)
    -> Option<Poll<Self::Output>>;
}

pin_project! {
    /// Futures that are polled together.
    pub struct Few<L> {
        #[pin]
        lanes: L,
        // Who is polled when. Drawn once for all polls: a race has one winner, and of those
        // that are ready with it each is as likely to be the first in one order.
        order: [u8; FEW],
        // So much of it is drawn: no more than was needed.
        drawn: usize,
        // Where in that order a poll begins. Elsewhere each time, so that none that is
        // always busy takes the others' share of the task's budget.
        first: usize,
    }
}

impl<L> Few<L> {
    pub(super) fn new(lanes: L) -> Self {
        Self { lanes, order: std::array::from_fn(|at| at as u8), drawn: 0, first: 0 }
    }
}

impl<L: Lanes> Field for Few<L> {
    type Output = L::Output;

    fn run<W>(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        draw: &mut Draw,
        mut judge: impl FnMut(usize, L::Output) -> Option<W>,
    ) -> Poll<Option<W>> {
        // One for all: they are few.
        ready!(rt::poll_budget(cx)).made_progress();
        let this = self.project();
        let mut lanes = this.lanes;
        let order = &mut this.order[..lanes.len()];
        let mut pending = false;
        let first = *this.first;
        *this.first = if first + 1 < order.len() { first + 1 } else { 0 };
        for turn in (first..order.len()).chain(0..first) {
            // A poll that begins later comes after one that drew all.
            if turn == *this.drawn {
                order.swap(turn, turn + draw.below(order.len() - turn));
                *this.drawn += 1;
            }
            let at = usize::from(order[turn]);
            match lanes.as_mut().poll_at(at, cx) {
                Some(Poll::Ready(output)) => {
                    if let Some(winner) = judge(at, output) {
                        return Poll::Ready(Some(winner));
                    }
                }
                Some(Poll::Pending) => pending = true,
                None => {}
            }
        }
        if pending { Poll::Pending } else { Poll::Ready(None) }
    }

    fn turns(&self) -> usize {
        // Those that have ended included.
        self.lanes.len()
    }
}
