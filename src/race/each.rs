//! Sealed: the futures of an iterator.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::field::{Draw, FEW, Few, Field, Lanes};
use super::set::{Each, Futures};
use crate::inflight::{Inflight, Places};

impl<I: IntoIterator<Item: Future>> Futures<Each> for I {
    type Output = <I::Item as Future>::Output;
    type Field = Iterated<I::Item>;

    fn start(self) -> Self::Field {
        let futures = self.into_iter();
        if futures.size_hint().1.is_some_and(|most| most <= FEW) {
            let (places, len) = Places::filled(futures.map(Some));
            Iterated::Few(Few::new(Lane { places, len }))
        } else {
            let mut many = Inflight::new(usize::MAX);
            for (at, future) in futures.enumerate() {
                many.push(at, future);
            }
            Iterated::Many(Many(many))
        }
    }
}

/// The futures of an iterator.
pub enum Iterated<F> {
    Few(Few<Lane<F>>),
    Many(Many<F>),
}

/// Any number of futures of one type.
pub struct Many<F>(Inflight<F>);

// The futures are pinned in boxes.
impl<F> Unpin for Iterated<F> {}

impl<F: Future> Field for Iterated<F> {
    type Output = F::Output;

    fn run<W>(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        draw: &mut Draw,
        mut judge: impl FnMut(usize, F::Output) -> Option<W>,
    ) -> Poll<Option<W>> {
        let many = match self.get_mut() {
            Self::Few(few) => return Pin::new(few).run(cx, draw, judge),
            Self::Many(many) => &mut many.0,
        };
        loop {
            match many.poll_next_drawn(cx, |waiting| draw.below(waiting)) {
                Poll::Ready(Some((at, output))) => {
                    if let Some(winner) = judge(at, output) {
                        return Poll::Ready(Some(winner));
                    }
                }
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    fn turns(&self) -> usize {
        match self {
            Self::Few(few) => few.turns(),
            Self::Many(many) => many.0.len(),
        }
    }
}

/// A few futures of one type.
pub struct Lane<F> {
    places: Places<Option<F>>,
    len: usize,
}

// The futures are pinned in boxes.
impl<F> Unpin for Lane<F> {}

impl<F: Future> Lanes for Lane<F> {
    type Output = F::Output;

    fn len(&self) -> usize {
        self.len
    }

    fn poll_at(self: Pin<&mut Self>, at: usize, cx: &mut Context<'_>) -> Option<Poll<F::Output>> {
        poll_lane(self.get_mut().places.get(at), cx)
    }
}

/// Polls the future if it is there, and drops it if it is ready.
pub(super) fn poll_lane<F: Future>(
    mut lane: Pin<&mut Option<F>>,
    cx: &mut Context<'_>,
) -> Option<Poll<F::Output>> {
    let polled = lane.as_mut().as_pin_mut()?.poll(cx);
    if polled.is_ready() {
        lane.set(None);
    }
    Some(polled)
}
