use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use super::bell::Bell;
use super::desk::Desk;
use super::places::Places;
use crate::rt;
use crate::sync::Arc;

/// A set of at most `limit` futures, polled in the task that polls the set.
///
/// Dropping it drops the futures.
pub(crate) struct Inflight<F> {
    limit: usize,
    len: usize,
    futures: Places<Option<F>>,
    places: Vec<Place>,
    free: Vec<usize>,
    /// What is to be polled, in this order: who has just come, and who was woken.
    queue: VecDeque<Turn>,
    /// What was collected from the desk; empty between calls, kept for its room.
    rung: VecDeque<usize>,
    desk: Arc<Desk<usize>>,
    /// A bell that nobody else has: a future that is ready at its first poll leaves
    /// it to the next one.
    spare: Option<std::sync::Arc<Bell>>,
    /// The waker that the desk has.
    task: Option<Arc<Waker>>,
    /// The key of who was polled last by the call that is under way, or was the last.
    polled: Option<usize>,
}

struct Place {
    key: usize,
    /// It is not the first future here.
    is_used_again: bool,
    /// There once a future was pending here, or the second one came; from then on
    /// for all that come.
    rope: Option<Rope>,
}

/// A bell, and the waker that rings it.
struct Rope {
    bell: std::sync::Arc<Bell>,
    waker: Waker,
}

impl Rope {
    fn new(bell: std::sync::Arc<Bell>) -> Self {
        let waker = Waker::from(bell.clone());
        Self { bell, waker }
    }
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
            spare: None,
            task: None,
            polled: None,
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
        let place = self.seat(key, future);
        self.queue.push_back(Turn { place, by_bell: false });
    }

    /// Where a panic came out of [`poll_next`](Self::poll_next): the key of the future
    /// that it took along; `None` if it was the waker's.
    pub(crate) fn lost(&self) -> Option<usize> {
        self.polled
    }

    /// Gives a future a place.
    fn seat(&mut self, key: usize, future: F) -> usize {
        assert!(self.has_room(), "the set is full");
        let at = match self.free.pop() {
            Some(at) => {
                let place = &mut self.places[at];
                place.key = key;
                place.is_used_again = true;
                at
            }
            None => {
                self.places.push(Place { key, is_used_again: false, rope: None });
                self.places.len() - 1
            }
        };
        self.futures.make(at).set(Some(future));
        self.len += 1;
        at
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
    /// Takes in a future, and polls it at once. It stays if it is pending; else this is
    /// its output.
    ///
    /// If it panics, it leaves the set, and the panic goes on.
    ///
    /// # Panics
    ///
    /// Without [room](Self::has_room).
    #[inline]
    pub(crate) fn start(
        &mut self,
        key: usize,
        future: F,
        cx: &mut Context<'_>,
    ) -> Option<F::Output> {
        self.register(cx);
        let place = self.seat(key, future);
        match self.take_turn(Turn { place, by_bell: false }) {
            Some((_, Poll::Ready(output))) => Some(output),
            _ => None,
        }
    }

    /// The next output, with its future's key; `None` when the set is empty.
    ///
    /// Polls who has just come and who was woken, first come, first served. A
    /// future that wakes itself has its next turn in the next call.
    ///
    /// If a future panics, it leaves the set, and the panic goes on.
    #[inline]
    pub(crate) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<(usize, F::Output)>> {
        self.poll_next_drawn(cx, |_| 0)
    }

    /// The same; who is polled next is the one that `draw` says of the number of
    /// those that are to be.
    #[inline]
    pub(crate) fn poll_next_drawn(
        &mut self,
        cx: &mut Context<'_>,
        mut draw: impl FnMut(usize) -> usize,
    ) -> Poll<Option<(usize, F::Output)>> {
        if self.is_empty() {
            return Poll::Ready(None);
        }
        self.polled = None;
        self.register(cx);
        if self.desk.has_rung() {
            self.collect();
        }
        while !self.queue.is_empty() {
            // What panics before the next turn takes nobody along.
            self.polled = None;
            ready!(rt::poll_budget(cx)).made_progress();
            let drawn = draw(self.queue.len());
            let turn = self.queue.swap_remove_front(drawn).expect("drawn from the queue");
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
        self.polled = Some(place.key);
        if turn.by_bell
            && let Some(rope) = &place.rope
        {
            // Before the poll, so that what it arranges rings again; and though nobody is
            // there, for whoever comes next.
            rope.bell.answer();
        }
        let Self { len, free, .. } = self;
        let mut visit = Visit::new(len, free, self.futures.get(at), at)?;
        if let Some(rope) = &place.rope {
            return Some((place.key, visit.poll(&rope.waker)));
        }
        let rope = Rope::new(match self.spare.take() {
            Some(mut bell) => {
                let mine = std::sync::Arc::get_mut(&mut bell);
                mine.expect("the spare bell is nobody else's").move_to(at);
                bell
            }
            None => std::sync::Arc::new(Bell::new(at, self.desk.clone())),
        });
        let polled = visit.poll(&rope.waker);
        drop(visit);
        if polled.is_pending() || place.is_used_again {
            place.rope = Some(rope);
        } else {
            let Rope { mut bell, waker } = rope;
            drop(waker);
            if std::sync::Arc::get_mut(&mut bell).is_some() {
                self.spare = Some(bell);
            }
        }
        Some((place.key, polled))
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

impl<'a, F: Future> Visit<'a, F> {
    /// `None` if no future is there.
    fn new(
        len: &'a mut usize,
        free: &'a mut Vec<usize>,
        future: Pin<&'a mut Option<F>>,
        at: usize,
    ) -> Option<Self> {
        future.is_some().then(|| Self { len, free, future, at, over: true })
    }

    fn poll(&mut self, waker: &Waker) -> Poll<F::Output> {
        let future = self.future.as_mut().as_pin_mut().expect("seen when the visit began");
        let polled = future.poll(&mut Context::from_waker(waker));
        self.over = polled.is_ready();
        polled
    }
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
