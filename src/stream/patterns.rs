use std::future::Future;
use std::time::Duration;

use futures_core::Stream;

use super::{Batch, DebounceTime, ItemTimeout, ThrottleTime, Until};

/// What surefoot adds to every stream.
pub trait StreamPatterns: Stream {
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
    /// If `max_items` is 0.
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
