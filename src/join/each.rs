//! Sealed: the futures of an iterator.

use std::future::Future;
use std::iter::Fuse;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::few::{Few, Row, Seat, Turn};
use super::kind::Rule;
use super::set::{Each, Futures, Set};
use crate::error::Elapsed;
use crate::inflight::{Inflight, Places};

/// Up to this many futures are polled whenever one of them was woken. Measured
/// in November 2026: it is where a waker for each begins to pay when they end
/// one by one.
const FEW: usize = 32;

type Output<I> = <<I as Iterator>::Item as Future>::Output;

impl<I, K> Futures<Each, K> for I
where
    I: IntoIterator<Item: Future>,
    K: Rule<Output<I::IntoIter>>,
{
    type Set = Iterated<I::IntoIter, K>;

    fn start(self) -> Self::Set {
        let futures = self.into_iter();
        if futures.size_hint().1.is_some_and(|most| most <= FEW) {
            Iterated::Few(Few::new(Seats::from_iter(futures)))
        } else {
            Iterated::Many(Many::new(futures))
        }
    }
}

/// The futures of an iterator.
pub enum Iterated<I: Iterator<Item: Future>, K: Rule<Output<I>>> {
    Few(Few<Seats<I::Item, K::Kept>>),
    Many(Many<I, K::Kept>),
}

// The futures are pinned in boxes; the iterator and the outputs never are.
impl<I: Iterator<Item: Future>, K: Rule<Output<I>>> Unpin for Iterated<I, K> {}

impl<I: Iterator<Item: Future>, K: Rule<Output<I>>> Set<K> for Iterated<I, K> {
    type Outputs = Vec<K::Kept>;
    type Stop = K::Stop;

    fn poll(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        limit: usize,
    ) -> Poll<Result<Self::Outputs, K::Stop>> {
        match self.get_mut() {
            Self::Few(few) => Set::<K>::poll(Pin::new(few), cx, limit),
            Self::Many(many) => many.poll(cx, limit, K::sort),
        }
    }

    fn turns(&self) -> usize {
        match self {
            Self::Few(few) => Set::<K>::turns(few),
            Self::Many(many) => many.running.as_ref().map_or(0, Inflight::len),
        }
    }

    fn expire(self: Pin<&mut Self>, elapsed: Elapsed) -> Result<Self::Outputs, K::Stop> {
        match self.get_mut() {
            Self::Few(few) => Set::<K>::expire(Pin::new(few), elapsed),
            Self::Many(many) => many.expire(|has_started| K::miss(has_started, elapsed)),
        }
    }
}

/// A few futures of one type.
pub struct Seats<F, V> {
    places: Places<Seat<F, V>>,
    len: usize,
}

// The futures are pinned in boxes.
impl<F, V> Unpin for Seats<F, V> {}

impl<F: Future, V> FromIterator<F> for Seats<F, V> {
    fn from_iter<I: IntoIterator<Item = F>>(futures: I) -> Self {
        let (places, len) = Places::filled(futures.into_iter().map(Seat::new));
        Self { places, len }
    }
}

impl<F: Future, K: Rule<F::Output>> Row<K> for Seats<F, K::Kept> {
    type Outputs = Vec<K::Kept>;
    type Stop = K::Stop;

    fn len(&self) -> usize {
        self.len
    }

    fn poll_at(self: Pin<&mut Self>, at: usize, cx: &mut Context<'_>) -> Result<Turn, K::Stop> {
        self.get_mut().places.get(at).poll(cx, K::sort)
    }

    fn miss_at(
        self: Pin<&mut Self>,
        at: usize,
        has_started: bool,
        elapsed: Elapsed,
    ) -> Result<(), K::Stop> {
        self.get_mut().places.get(at).fill(|| K::miss(has_started, elapsed))
    }

    fn take(self: Pin<&mut Self>) -> Vec<K::Kept> {
        let this = self.get_mut();
        (0..this.len).map(|at| this.places.get(at).take()).collect()
    }
}

/// Any number of futures of one type, each pulled when it may run.
pub struct Many<I: Iterator<Item: Future>, V> {
    futures: Fuse<I>,
    running: Option<Inflight<I::Item>>,
    /// Of those that have started, in input order.
    values: Vec<Option<V>>,
}

impl<I: Iterator<Item: Future>, V> Many<I, V> {
    fn new(futures: I) -> Self {
        let values = Vec::with_capacity(futures.size_hint().0);
        Self { futures: futures.fuse(), running: None, values }
    }

    fn poll<S>(
        &mut self,
        cx: &mut Context<'_>,
        limit: usize,
        sort: fn(Output<I>) -> Result<V, S>,
    ) -> Poll<Result<Vec<V>, S>> {
        let running = self.running.get_or_insert_with(|| Inflight::new(limit));
        loop {
            while limit > 0
                && running.has_room()
                && let Some(future) = self.futures.next()
            {
                running.push(self.values.len(), future);
                self.values.push(None);
            }
            match running.poll_next(cx) {
                Poll::Ready(Some((key, output))) => self.values[key] = Some(sort(output)?),
                Poll::Ready(None) if limit > 0 => break,
                Poll::Ready(None) | Poll::Pending => return Poll::Pending,
            }
        }
        let values = std::mem::take(&mut self.values).into_iter();
        let value = |value: Option<V>| value.expect("a join is not polled on after a panic");
        Poll::Ready(Ok(values.map(value).collect()))
    }

    fn expire<S>(&mut self, miss: impl Fn(bool) -> Result<V, S>) -> Result<Vec<V>, S> {
        let started = std::mem::take(&mut self.values).into_iter();
        let mut values: Vec<V> =
            started.map(|value| value.map_or_else(|| miss(true), Ok)).collect::<Result<_, S>>()?;
        for _unpolled in self.futures.by_ref() {
            values.push(miss(false)?);
        }
        Ok(values)
    }
}
