use std::future::Future;
use std::time::Duration;

use futures_core::Stream;

use super::map::{
    Map, MapOrdered, MapUnordered, SpawnOrdered, SpawnUnordered, TryMapOrdered, TryMapUnordered,
    TrySpawnOrdered, TrySpawnUnordered,
};
use super::{Batch, DebounceTime, ItemTimeout, ThrottleTime, Until};

/// What surefoot adds to every stream.
pub trait StreamPatterns: Stream {
    /// Calls `f` for each item, runs the futures concurrently, at most `limit` at a time, and
    /// gives their outputs in the order of the items.
    ///
    /// The futures are polled inside the task that polls the stream: they may borrow, and need
    /// not be `Send`; and they stand still while the consumer is at something else. If that
    /// matters, as it does for what has a time limit or holds a permit, take
    /// [`spawn_ordered`](Self::spawn_ordered). An output waits until those before it were given,
    /// and counts to the `limit` until then. An item is taken from the source when there is
    /// room for it; so at most `limit` items are begun and not given.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
    /// use std::time::Duration;
    /// use futures::{StreamExt, stream};
    /// use surefoot::stream::StreamPatterns;
    /// use tokio::time::{Instant, sleep};
    ///
    /// let (start, words) = (Instant::now(), ["one", "three", "to"]);
    /// let lengths = stream::iter(&words).map_ordered(2, |word| async move {
    ///     sleep(Duration::from_millis(10 * word.len() as u64)).await;
    ///     word.len()
    /// });
    /// assert_eq!(lengths.collect::<Vec<_>>().await, [3, 5, 2]);
    /// assert_eq!(start.elapsed(), Duration::from_millis(50));
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If `limit` is 0. A panic of `f`, or of a future, goes on to who polls the stream; that
    /// item is lost, and polled again the stream goes on with the others.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future that polls it loses nothing. Dropping the stream drops what is in
    /// flight, and outputs that were not given.
    #[track_caller]
    fn map_ordered<F, Fut>(self, limit: usize, f: F) -> MapOrdered<Self, F, Fut>
    where
        Self: Sized,
        F: FnMut(Self::Item) -> Fut,
        Fut: Future,
    {
        Map::here(self, limit, f)
    }

    /// As [`map_ordered`](Self::map_ordered), but gives the outputs as they come. An output that
    /// is not given yet counts to the `limit`, too.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
    /// use std::time::Duration;
    /// use futures::{StreamExt, stream};
    /// use surefoot::stream::StreamPatterns;
    /// use tokio::time::sleep;
    ///
    /// let naps = stream::iter([30, 10, 20]).map_unordered(2, |nap| async move {
    ///     sleep(Duration::from_millis(nap)).await;
    ///     nap
    /// });
    /// assert_eq!(naps.collect::<Vec<_>>().await, [10, 30, 20]);
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If `limit` is 0; for the rest as [`map_ordered`](Self::map_ordered).
    ///
    /// # Cancel safety
    ///
    /// As [`map_ordered`](Self::map_ordered).
    #[track_caller]
    fn map_unordered<F, Fut>(self, limit: usize, f: F) -> MapUnordered<Self, F, Fut>
    where
        Self: Sized,
        F: FnMut(Self::Item) -> Fut,
        Fut: Future,
    {
        Map::here(self, limit, f)
    }

    /// As [`map_ordered`](Self::map_ordered), for items and futures that may fail. The first
    /// error in time, of the source or of a future, ends it: the source and what is in flight
    /// are dropped, and nothing of them is polled again. Outputs whose turn it is are given, then
    /// the error, and then nothing more; those that wait for one before them are dropped.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use futures::{StreamExt, stream};
    /// use surefoot::stream::StreamPatterns;
    ///
    /// let lines = stream::iter([Ok("7"), Ok("x"), Ok("9")]);
    /// let numbers = lines.try_map_ordered(2, |line| async move { line.parse::<u8>().map_err(|_| line) });
    /// assert_eq!(numbers.collect::<Vec<_>>().await, [Ok(7), Err("x")]);
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The first is the last item.
    ///
    /// # Panics
    ///
    /// If `limit` is 0; for the rest as [`map_ordered`](Self::map_ordered).
    ///
    /// # Cancel safety
    ///
    /// As [`map_ordered`](Self::map_ordered).
    #[track_caller]
    fn try_map_ordered<F, Fut, I, T, E>(self, limit: usize, f: F) -> TryMapOrdered<Self, F, Fut>
    where
        Self: Stream<Item = Result<I, E>> + Sized,
        F: FnMut(I) -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        Map::here(self, limit, f)
    }

    /// As [`try_map_ordered`](Self::try_map_ordered), but gives the outputs as they come: those
    /// that came before the error are given before it.
    ///
    /// # Errors
    ///
    /// The first is the last item.
    ///
    /// # Panics
    ///
    /// If `limit` is 0; for the rest as [`map_ordered`](Self::map_ordered).
    ///
    /// # Cancel safety
    ///
    /// As [`map_ordered`](Self::map_ordered).
    #[track_caller]
    fn try_map_unordered<F, Fut, I, T, E>(self, limit: usize, f: F) -> TryMapUnordered<Self, F, Fut>
    where
        Self: Stream<Item = Result<I, E>> + Sized,
        F: FnMut(I) -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        Map::here(self, limit, f)
    }

    /// As [`map_ordered`](Self::map_ordered), but the futures run in tasks: in parallel, and on
    /// while the consumer is at something else. At most `limit` items run or wait to be taken.
    ///
    /// `f` is called by who polls the stream, and items are taken from the source then. There
    /// are at most `limit` tasks, each of which works on one item at a time and is kept for the
    /// next, so that an item costs a wake-up and not a new task. An item runs in the
    /// [deadline's scope](crate::deadline::Deadline::scope) that the stream was polled in when it
    /// was begun.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
    /// use std::time::Duration;
    /// use futures::{StreamExt, stream};
    /// use surefoot::stream::StreamPatterns;
    /// use tokio::time::{Instant, sleep};
    ///
    /// let start = Instant::now();
    /// let mut pages = stream::iter(1..=4).spawn_ordered(4, |page| async move {
    ///     sleep(Duration::from_millis(10)).await;
    ///     page
    /// });
    /// let mut stored = Vec::new();
    /// while let Some(page) = pages.next().await {
    ///     sleep(Duration::from_millis(10)).await; // the others are fetched meanwhile
    ///     stored.push(page.unwrap());
    /// }
    /// assert_eq!(stored, [1, 2, 3, 4]);
    /// assert_eq!(start.elapsed(), Duration::from_millis(50));
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// An item whose future panicked, or whose runtime was shut down, is a
    /// [`TaskError`](crate::error::TaskError); the others go on.
    ///
    /// # Panics
    ///
    /// If `limit` is 0. If it is polled outside a runtime, when there is an item to begin. A panic
    /// of `f` goes on to who polls the stream; that item is lost, and polled again the stream
    /// goes on with the others.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future that polls it loses nothing. Dropping the stream aborts what is in
    /// flight, and drops outputs that were not given.
    #[track_caller]
    fn spawn_ordered<F, Fut>(self, limit: usize, f: F) -> SpawnOrdered<Self, F, Fut>
    where
        Self: Sized,
        F: FnMut(Self::Item) -> Fut,
        Fut: Future<Output: Send + 'static> + Send + 'static,
    {
        Map::spawned(self, limit, f)
    }

    /// As [`spawn_ordered`](Self::spawn_ordered), but gives the outputs as they come.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
    /// use std::time::Duration;
    /// use futures::{StreamExt, stream};
    /// use surefoot::stream::StreamPatterns;
    /// use tokio::time::sleep;
    ///
    /// let naps = stream::iter([30, 10, 20]).spawn_unordered(2, |nap| async move {
    ///     sleep(Duration::from_millis(nap)).await;
    ///     nap
    /// });
    /// assert_eq!(naps.map(Result::unwrap).collect::<Vec<_>>().await, [10, 30, 20]);
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`spawn_ordered`](Self::spawn_ordered).
    ///
    /// # Panics
    ///
    /// If `limit` is 0; for the rest as [`spawn_ordered`](Self::spawn_ordered).
    ///
    /// # Cancel safety
    ///
    /// As [`spawn_ordered`](Self::spawn_ordered).
    #[track_caller]
    fn spawn_unordered<F, Fut>(self, limit: usize, f: F) -> SpawnUnordered<Self, F, Fut>
    where
        Self: Sized,
        F: FnMut(Self::Item) -> Fut,
        Fut: Future<Output: Send + 'static> + Send + 'static,
    {
        Map::spawned(self, limit, f)
    }

    /// As [`spawn_ordered`](Self::spawn_ordered), for items and futures that may fail, as
    /// [`try_map_ordered`](Self::try_map_ordered). What is in flight is aborted at the first
    /// error; a task that is inside a poll on another thread ends at its next await.
    ///
    /// # Errors
    ///
    /// The first is the last item: [`FlatError::Inner`](crate::spawn::FlatError::Inner) with the
    /// error of the source or of a future, [`FlatError::Task`](crate::spawn::FlatError::Task)
    /// where one panicked.
    ///
    /// # Panics
    ///
    /// If `limit` is 0; for the rest as [`spawn_ordered`](Self::spawn_ordered).
    ///
    /// # Cancel safety
    ///
    /// As [`spawn_ordered`](Self::spawn_ordered).
    #[track_caller]
    fn try_spawn_ordered<F, Fut, I, T, E>(
        self,
        limit: usize,
        f: F,
    ) -> TrySpawnOrdered<Self, F, Fut, T, E>
    where
        Self: Stream<Item = Result<I, E>> + Sized,
        F: FnMut(I) -> Fut,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: Send + 'static,
    {
        Map::spawned(self, limit, f)
    }

    /// As [`try_spawn_ordered`](Self::try_spawn_ordered), but gives the outputs as they come: those
    /// that came before the error are given before it.
    ///
    /// # Errors
    ///
    /// As [`try_spawn_ordered`](Self::try_spawn_ordered).
    ///
    /// # Panics
    ///
    /// If `limit` is 0; for the rest as [`spawn_ordered`](Self::spawn_ordered).
    ///
    /// # Cancel safety
    ///
    /// As [`spawn_ordered`](Self::spawn_ordered).
    #[track_caller]
    fn try_spawn_unordered<F, Fut, I, T, E>(
        self,
        limit: usize,
        f: F,
    ) -> TrySpawnUnordered<Self, F, Fut, T, E>
    where
        Self: Stream<Item = Result<I, E>> + Sized,
        F: FnMut(I) -> Fut,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: Send + 'static,
    {
        Map::spawned(self, limit, f)
    }

    /// Gathers items into batches of up to `max_items`. A batch is given when it is
    /// full, when `max_wait` has passed since its first item was taken, and when the
    /// stream ends; the last one may be shorter, none is empty. What is ready at that
    /// very moment is still in it. No item is lost, and their order stays.
    ///
    /// With a `max_wait` of zero it never waits: a batch is what is ready at once.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
    /// use std::time::Duration;
    /// use futures::StreamExt;
    /// use surefoot::stream::{Interval, StreamPatterns};
    ///
    /// let ticks = Interval::every(Duration::from_millis(10)).ticks(7).map(|tick| tick.count);
    /// let batches: Vec<_> = ticks.batch(3, Duration::from_millis(15)).collect().await;
    /// // Due at 15 ms, at 35 ms, and so on.
    /// assert_eq!(batches, [vec![0, 1], vec![2, 3], vec![4, 5], vec![6]]);
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If `max_items` is 0, and when it has to wait outside a Tokio runtime with timers.
    ///
    /// # Cancel safety
    ///
    /// Items wait in the stream, and not in the future that polls it: dropping that loses
    /// none. Dropping the stream drops those that wait.
    #[track_caller]
    fn batch(self, max_items: usize, max_wait: Duration) -> Batch<Self>
    where
        Self: Sized,
    {
        Batch::new(self, max_items, max_wait)
    }

    /// Lets an item pass at once, and drops those that come in the `period` after it: at
    /// most one passes in any `period`. One that comes exactly a `period` after the last
    /// that passed does, too.
    ///
    /// It drops, and never delays, as `throttleTime` of Rx does. An item comes when it is
    /// taken from the source: a consumer that was away finds the oldest of those that
    /// wait for it, and not the newest. To slow a source down and lose nothing, take an
    /// item for each tick of an [`Interval`](super::Interval), or use `throttle` of
    /// `tokio-stream`.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
    /// use std::time::Duration;
    /// use futures::StreamExt;
    /// use surefoot::stream::{Interval, StreamPatterns};
    ///
    /// let ticks = Interval::every(Duration::from_millis(10)).ticks(7).map(|tick| tick.count);
    /// let passed: Vec<_> = ticks.throttle_time(Duration::from_millis(25)).collect().await;
    /// assert_eq!(passed, [0, 3, 6]);
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If `period` is zero.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future that polls it loses nothing.
    #[track_caller]
    fn throttle_time(self, period: Duration) -> ThrottleTime<Self>
    where
        Self: Sized,
    {
        ThrottleTime::new(self, period)
    }

    /// Gives the newest item, once none has come for `quiet`, and drops those that a newer
    /// one replaces; it is given `max_wait` after the first that it stands for, at the
    /// latest, so that a source that is never quiet is not silent. When the source ends,
    /// the item that is held is given at once.
    ///
    /// An item comes when it is taken from the source. One that comes at the very moment
    /// when the one before it is due replaces it, and a new `quiet` begins, but for
    /// `max_wait`. `Duration::MAX` is no limit; with zero for either, an item waits for
    /// nothing, and is the newest of those that are ready.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
    /// use std::time::Duration;
    /// use futures::StreamExt;
    /// use surefoot::stream::{Interval, StreamPatterns};
    ///
    /// let ticks = Interval::every(Duration::from_millis(10)).ticks(7).map(|tick| tick.count);
    /// let (quiet, max_wait) = (Duration::from_millis(15), Duration::from_millis(35));
    /// // They never rest, so the first are given at 35 ms, and the rest at the end.
    /// let settled: Vec<_> = ticks.debounce_time(quiet, max_wait).collect().await;
    /// assert_eq!(settled, [3, 6]);
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// When it has to wait outside a Tokio runtime with timers.
    ///
    /// # Cancel safety
    ///
    /// The item that is held waits in the stream, and not in the future that polls it:
    /// dropping that does not lose it.
    fn debounce_time(self, quiet: Duration, max_wait: Duration) -> DebounceTime<Self>
    where
        Self: Sized,
    {
        DebounceTime::new(self, quiet, max_wait)
    }

    /// Limits the wait for each item: one that does not come within `limit` is an error,
    /// and the stream goes on, with a new `limit` for the same item. The limit begins when
    /// the item is first waited for, so what the consumer does in between does not count;
    /// at the limit, an item that is ready still counts. A nearer deadline of the
    /// [scope](crate::deadline::Deadline::scope) counts in its place.
    ///
    /// It is [`timeout`](crate::deadline::timeout) around each item, but for the future
    /// that may be dropped.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
    /// use std::time::Duration;
    /// use futures::StreamExt;
    /// use surefoot::stream::{Interval, StreamPatterns};
    ///
    /// let ticks = Interval::every(Duration::from_millis(25)).ticks(2);
    /// let limited: Vec<_> = ticks.item_timeout(Duration::from_millis(10)).collect().await;
    /// // At 0, 10, 20 and 25 ms.
    /// let came: Vec<_> = limited.iter().map(Result::is_ok).collect();
    /// assert_eq!(came, [true, false, false, true]);
    /// # }
    /// ```
    ///
    /// With a limit of zero, or inside a [scope](crate::deadline::Deadline::scope) whose
    /// deadline has passed, it gives errors without end while no item is there.
    ///
    /// # Panics
    ///
    /// When it has to wait outside a Tokio runtime with timers.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future that polls it loses nothing, and the limit of the item that is
    /// waited for goes on.
    fn item_timeout(self, limit: Duration) -> ItemTimeout<Self>
    where
        Self: Sized,
    {
        ItemTimeout::new(self, limit)
    }

    /// Ends when `end` does, at that very moment: it is polled before the source, so a
    /// source that is always ready does not put it off, and an item that is ready then is
    /// not taken. What is dropped then is first `end`, then the source.
    ///
    /// A panic of `end` ends the stream, too.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
    /// use std::time::Duration;
    /// use surefoot::stream::{Interval, StreamPatterns};
    /// use futures::StreamExt;
    /// use tokio::time::sleep;
    ///
    /// let ticks = Interval::every(Duration::from_millis(10));
    /// let some = ticks.until(sleep(Duration::from_millis(25)));
    /// assert_eq!(some.count().await, 3);
    /// # }
    /// ```
    ///
    /// # Cancel safety
    ///
    /// Dropping the future that polls it loses nothing.
    fn until<F: Future>(self, end: F) -> Until<Self, F>
    where
        Self: Sized,
    {
        Until::new(self, end)
    }
}

impl<S: Stream + ?Sized> StreamPatterns for S {}
