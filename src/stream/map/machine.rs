use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::ops::ControlFlow::{Break, Continue};
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use super::core::{Ordered, Unordered, Window};
use super::hands::{Hands, Here};
use super::kind::{Kind, Plain, Try, TryTasks};
use super::tasks::Tasks;
use crate::error::TaskError;
use crate::rt;
use crate::spawn::FlatError;
use crate::stream::source::Source;

/// The stream of [`map_ordered`](crate::stream::StreamPatterns::map_ordered).
pub type MapOrdered<S, F, Fut> = Map<S, F, Here<Fut>, Ordered<<Fut as Future>::Output>, Plain>;

/// The stream of [`map_unordered`](crate::stream::StreamPatterns::map_unordered).
pub type MapUnordered<S, F, Fut> = Map<S, F, Here<Fut>, Unordered<<Fut as Future>::Output>, Plain>;

/// The stream of [`try_map_ordered`](crate::stream::StreamPatterns::try_map_ordered).
pub type TryMapOrdered<S, F, Fut> = Map<S, F, Here<Fut>, Ordered<<Fut as Future>::Output>, Try>;

/// The stream of [`try_map_unordered`](crate::stream::StreamPatterns::try_map_unordered).
pub type TryMapUnordered<S, F, Fut> = Map<S, F, Here<Fut>, Unordered<<Fut as Future>::Output>, Try>;

/// The stream of [`spawn_ordered`](crate::stream::StreamPatterns::spawn_ordered).
pub type SpawnOrdered<S, F, Fut> =
    Map<S, F, Tasks<Fut>, Ordered<Result<<Fut as Future>::Output, TaskError>>, Plain>;

/// The stream of [`spawn_unordered`](crate::stream::StreamPatterns::spawn_unordered).
pub type SpawnUnordered<S, F, Fut> =
    Map<S, F, Tasks<Fut>, Unordered<Result<<Fut as Future>::Output, TaskError>>, Plain>;

/// The stream of [`try_spawn_ordered`](crate::stream::StreamPatterns::try_spawn_ordered).
pub type TrySpawnOrdered<S, F, Fut, T, E> =
    Map<S, F, Tasks<Fut>, Ordered<Result<T, FlatError<E>>>, TryTasks>;

/// The stream of [`try_spawn_unordered`](crate::stream::StreamPatterns::try_spawn_unordered).
pub type TrySpawnUnordered<S, F, Fut, T, E> =
    Map<S, F, Tasks<Fut>, Unordered<Result<T, FlatError<E>>>, TryTasks>;

pin_project! {
    /// The stream of all maps, such as [`MapOrdered`].
    #[must_use = "streams do nothing unless they are polled"]
    pub struct Map<S, F, H, W, K> {
        #[pin]
        source: Source<S>,
        f: F,
        limit: usize,
        hands: H,
        window: W,
        // There was an error: what is in the window is all that comes.
        failed: bool,
        kind: PhantomData<K>,
    }
}

impl<S, F, Fut, W, K> Map<S, F, Here<Fut>, W, K>
where
    S: Stream,
    Fut: Future,
    W: Default,
{
    #[track_caller]
    pub(in crate::stream) fn here(source: S, limit: usize, f: F) -> Self {
        check(limit);
        Self::new(source, limit, f, Here::new(limit))
    }
}

impl<S, F, Fut, W, K> Map<S, F, Tasks<Fut>, W, K>
where
    S: Stream,
    Fut: Future<Output: Send + 'static> + Send + 'static,
    W: Default,
{
    #[track_caller]
    pub(in crate::stream) fn spawned(source: S, limit: usize, f: F) -> Self {
        check(limit);
        Self::new(source, limit, f, Tasks::new(Location::caller()))
    }
}

#[track_caller]
fn check(limit: usize) {
    assert!(limit > 0, "with a limit of 0, no item would ever be begun");
}

impl<S: Stream, F, H, W: Default, K> Map<S, F, H, W, K> {
    fn new(source: S, limit: usize, f: F, hands: H) -> Self {
        let (source, window) = (Source::new(source), W::default());
        Self { source, f, limit, hands, window, failed: false, kind: PhantomData }
    }
}

impl<S, F, H, W, K> Stream for Map<S, F, H, W, K>
where
    S: Stream,
    H: Hands,
    F: FnMut(K::Input) -> H::Future,
    K: Kind<S::Item, H::Output>,
    W: Window<K::Item>,
{
    type Item = K::Item;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<K::Item>> {
        // Source and hands spend a unit for each item; without one, neither can say more
        // than that it is pending.
        ready!(rt::poll_has_budget(cx));
        if !self.failed
            && let Err(error) = self.as_mut().advance(cx)
        {
            self.as_mut().fail(error);
        }
        let this = self.project();
        match this.window.take() {
            Some(item) => Poll::Ready(Some(item)),
            None if *this.failed => Poll::Ready(None),
            None if this.source.has_ended() && this.hands.len() == 0 => {
                // Tasks that have nothing to do.
                this.hands.clear();
                Poll::Ready(None)
            }
            None => Poll::Pending,
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let waiting = self.window.len();
        if self.failed {
            return (waiting, Some(waiting));
        }
        let held = waiting.saturating_add(self.hands.len());
        let (least, most) = self.source.size_hint();
        let (least, most) = (least.saturating_add(held), most.and_then(|n| n.checked_add(held)));
        // An error may come in place of all that can't be taken yet.
        let ready = if K::GIVES_ALL { usize::MAX } else { self.window.ready() };
        (least.min(ready.saturating_add(1)), most)
    }
}

impl<S, F, H, W, K> Map<S, F, H, W, K>
where
    S: Stream,
    H: Hands,
    F: FnMut(K::Input) -> H::Future,
    K: Kind<S::Item, H::Output>,
    W: Window<K::Item>,
{
    /// Brings what has ended into the window, and begins what may (invariant 4).
    #[inline]
    fn advance(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Result<(), K::Item> {
        let mut this = self.project();
        loop {
            let turn = Turn { window: this.window, hands: this.hands, item: PhantomData };
            let Poll::Ready(Some((key, output))) = turn.hands.poll_next(cx) else {
                turn.ends();
                break;
            };
            turn.ends();
            match K::leave(output) {
                Continue(item) => this.window.end(key, item),
                Break(error) => return Err(error),
            }
        }
        while this.hands.len() + this.window.len() < *this.limit {
            let Poll::Ready(Some(item)) = this.source.as_mut().poll_next(cx) else { break };
            let input = match K::enter(item) {
                Continue(input) => input,
                Break(error) => return Err(error),
            };
            let future = (this.f)(input);
            // A panic comes to nothing here: the window has not heard of it.
            let output = this.hands.begin(this.window.next_key(), future, cx);
            match output.map(K::leave) {
                None => this.window.begin(None),
                Some(Continue(item)) => this.window.begin(Some(item)),
                Some(Break(error)) => return Err(error),
            }
            if this.window.is_ready() {
                break;
            }
        }
        Ok(())
    }

    /// Keeps invariant 3, before anybody's drop runs.
    fn fail(self: Pin<&mut Self>, error: K::Item) {
        let this = self.project();
        *this.failed = true;
        this.window.fail(error);
        // In this order: should one of them panic, nothing runs on.
        this.hands.clear();
        this.source.end();
    }
}

/// The turns of those that run: one that is cut by a panic of its own is lost.
struct Turn<'a, T, W: Window<T>, H: Hands> {
    window: &'a mut W,
    hands: &'a mut H,
    item: PhantomData<fn() -> T>,
}

impl<T, W: Window<T>, H: Hands> Turn<'_, T, W, H> {
    fn ends(self) {
        std::mem::forget(self);
    }
}

impl<T, W: Window<T>, H: Hands> Drop for Turn<'_, T, W, H> {
    fn drop(&mut self) {
        if let Some(key) = self.hands.lost() {
            self.window.lose(key);
        }
    }
}

impl<S, F, H, W, K> FusedStream for Map<S, F, H, W, K>
where
    Self: Stream,
    S: Stream,
    H: Hands,
    K: Kind<S::Item, H::Output>,
    W: Window<K::Item>,
{
    fn is_terminated(&self) -> bool {
        let nothing_comes = self.source.has_ended() && self.hands.len() == 0;
        (self.failed || nothing_comes) && self.window.len() == 0
    }
}

impl<S, F, H: Hands, W, K> fmt::Debug for Map<S, F, H, W, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Map")
            .field("limit", &self.limit)
            .field("running", &self.hands.len())
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}
