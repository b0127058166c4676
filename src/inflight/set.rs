use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use super::bell::{Bell, Desk};
use super::places::Places;
use crate::rt;
use crate::sync::Arc;

/// A set of at most `limit` futures, polled in the task that polls the set.
///
/// Dropping it drops the futures.
pub(crate) struct Inflight<F> {
    limit: usize,
    len: usize,
    futures: Places<F>,
    places: Vec<Place>,
    free: Vec<usize>,
    /// What is to be polled, in this order: who has just come, and who was woken.
    queue: VecDeque<Turn>,
    /// What was collected from the desk; empty between calls, kept for its room.
    rung: VecDeque<usize>,
    desk: Arc<Desk>,
    /// The waker that the desk has.
    task: Option<Arc<Waker>>,
}

struct Place {
    key: usize,
    /// Made when a future is first polled here.
    bell: Option<(std::sync::Arc<Bell>, Waker)>,
}

#[derive(Clone, Copy, Debug)]
struct Turn {
    place: usize,
    /// It was called by its bell.
    by_bell: bool,
}

impl<F> Inflight<F> {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            len: 0,
            futures: Places::new(),
            places: Vec::new(),
            free: Vec::new(),
            queue: VecDeque::new(),
            rung: VecDeque::new(),
            desk: Arc::new(Desk::new()),
            task: None,
        }
    }

    /// How many futures have not ended.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether another future may come.
    pub(crate) fn has_room(&self) -> bool {
        self.len < self.limit
    }

    /// Takes in a future, to be polled by the next [`poll_next`](Self::poll_next)
    /// calls. Its output comes with `key`.
    ///
    /// # Panics
    ///
    /// Without [room](Self::has_room).
    pub(crate) fn push(&mut self, key: usize, future: F) {
        assert!(self.has_room(), "the set is full");
        let at = match self.free.pop() {
            Some(at) => {
                self.places[at].key = key;
                at
            }
            None => {
                self.places.push(Place { key, bell: None });
                self.places.len() - 1
            }
        };
        self.futures.make(at).set(Some(future));
        self.len += 1;
        self.queue.push_back(Turn { place: at, by_bell: false });
    }

    /// Drops all futures, in the order of their places.
    pub(crate) fn clear(&mut self) {
        self.len = 0;
        self.queue.clear();
        self.free.clear();
        self.places.clear();
        // Bells that ring on find no place, or the next future there.
        self.futures.clear();
    }

    /// Makes sure that bells wake this task.
    fn register(&mut self, cx: &Context<'_>) {
        if self.task.as_ref().is_some_and(|task| task.will_wake(cx.waker())) {
            return;
        }
        let task = Arc::new(cx.waker().clone());
        self.task = Some(task.clone());
        let _replaced = self.desk.register(Some(task));
        // Who rang before woke another waker.
        self.collect();
    }

    fn collect(&mut self) {
        self.desk.collect(&mut self.rung);
        let turns = self.rung.drain(..).map(|place| Turn { place, by_bell: true });
        self.queue.extend(turns);
    }
}

impl<F: Future> Inflight<F> {
    /// The next output, with its future's key; `None` when the set is empty.
    ///
    /// Polls who has just come and who was woken, first come, first served. A
    /// future that wakes itself has its next turn in the next call.
    ///
    /// If a future panics, it leaves the set, and the panic goes on.
    #[inline]
    pub(crate) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<(usize, F::Output)>> {
        if self.is_empty() {
            return Poll::Ready(None);
        }
        self.register(cx);
        if self.desk.has_rung() {
            self.collect();
        }
        while let Some(&turn) = self.queue.front() {
            let budget = ready!(rt::poll_budget(cx));
            budget.made_progress();
            self.queue.pop_front();
            if let Some((key, Poll::Ready(output))) = self.take_turn(turn) {
                return Poll::Ready(Some((key, output)));
            }
        }
        Poll::Pending
    }

    /// Polls the future at the place, if one is there.
    #[inline]
    fn take_turn(&mut self, turn: Turn) -> Option<(usize, Poll<F::Output>)> {
        let at = turn.place;
        let place = self.places.get_mut(at)?;
        let desk = &self.desk;
        let (bell, waker) = place.bell.get_or_insert_with(|| {
            let bell = std::sync::Arc::new(Bell::new(at, desk.clone()));
            let waker = Waker::from(bell.clone());
            (bell, waker)
        });
        if turn.by_bell {
            // Before the poll, so that what it arranges rings again.
            bell.answer();
        }
        let key = place.key;
        let future = self.futures.get(at);
        future.as_ref().as_pin_ref()?;
        let Self { len, free, .. } = self;
        let mut visit = Visit { len, free, future, at, over: true };
        let future = visit.future.as_mut().as_pin_mut().expect("seen above");
        let polled = future.poll(&mut Context::from_waker(waker));
        visit.over = polled.is_ready();
        drop(visit);
        Some((key, polled))
    }
}

/// A future's turn; when it is over, or cut by a panic, the future leaves.
struct Visit<'a, F> {
    len: &'a mut usize,
    free: &'a mut Vec<usize>,
    future: Pin<&'a mut Option<F>>,
    at: usize,
    over: bool,
}

impl<F> Drop for Visit<'_, F> {
    fn drop(&mut self) {
        if self.over {
            // First, so that all is in order if the future's drop panics.
            *self.len -= 1;
            self.free.push(self.at);
            self.future.set(None);
        }
    }
}

impl<F> Drop for Inflight<F> {
    fn drop(&mut self) {
        // A waker that somebody keeps must not keep the task.
        let _task = self.desk.register(None);
    }
}

impl<F> fmt::Debug for Inflight<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inflight")
            .field("len", &self.len)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}
