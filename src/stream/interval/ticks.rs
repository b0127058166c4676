use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::{FusedStream, Stream};

use super::Missed;
use super::core::Core;
use crate::backoff::Rng;
use crate::rt::{self, Instant};
use crate::stream::alarm::Alarm;

/// A stream of ticks, one each period.
///
/// The first is due at once: when the interval is first polled, unless it
/// [starts](Self::start_at) at another moment. Tick number n, from 0, is due n periods
/// after the first, exactly: whether the ticks before it were late makes no difference,
/// unless some were [missed](Missed). By default those are left out, and the timetable
/// stays as it is.
///
/// Times are exact on Tokio's millisecond tick, rounded up. So a period below a
/// millisecond has several ticks due at a time: all but the first were missed.
///
/// ```
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// use std::time::Duration;
/// use surefoot::stream::Interval;
/// use tokio::time::{Instant, sleep};
///
/// let begin = Instant::now();
/// let mut ticks = Interval::every(Duration::from_millis(10)).ticks(4);
/// let mut seen = Vec::new();
/// while let Some(tick) = ticks.next().await {
///     seen.push((begin.elapsed().as_millis(), tick.missed));
///     if tick.count == 1 {
///         sleep(Duration::from_millis(37)).await; // from 10 to 47
///     }
/// }
/// // The tick of 20 was late, and those of 30 and 40 are left out.
/// assert_eq!(seen, [(0, 0), (10, 0), (47, 2), (50, 0)]);
/// # }
/// ```
#[must_use = "streams do nothing unless they are polled"]
pub struct Interval {
    core: Core,
    missed: Missed,
    /// `None` until the first poll.
    start: Option<Instant>,
    jitter: Option<Jitter>,
    /// Boxed, so that an interval may be moved between two ticks.
    alarm: Pin<Box<Alarm>>,
}

struct Jitter {
    range: Duration,
    rng: Rng,
    /// That of the next tick.
    drawn: Duration,
}

impl Jitter {
    fn draw(&mut self) {
        self.drawn = self.rng.duration_up_to(self.range);
    }
}

/// A moment of an [`Interval`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Tick {
    /// How many were given before.
    pub count: u64,
    /// When it was due, by the timetable and without jitter. What has passed since then
    /// is how late it was taken.
    pub at: Instant,
    /// How many more were due already when it was taken.
    /// [`Missed`] says what becomes of them.
    pub missed: u64,
}

impl Interval {
    /// An interval without an end, with ticks of `period`. A period of any other
    /// length than zero works; what is due beyond the range of the clock never comes.
    ///
    /// # Panics
    ///
    /// If `period` is zero.
    #[track_caller]
    pub fn every(period: Duration) -> Self {
        assert!(!period.is_zero(), "an interval's period of 0 has no end of ticks at once");
        let (core, alarm) = (Core::new(period), Box::pin(Alarm::default()));
        Self { core, missed: Missed::default(), start: None, jitter: None, alarm }
    }

    /// The timetable begins at `start`: its first tick is due then. If that has passed,
    /// that tick is late, and others may be missed.
    pub fn start_at(mut self, start: Instant) -> Self {
        self.core.restart();
        self.start = Some(start);
        self.alarm.set(Alarm::default());
        self
    }

    /// Each tick comes later than it is due, by a duration in `[0, range]` that is drawn
    /// for it, so that the instances of a service do not act in step. The timetable stays
    /// as it is. In a simulation the schedule's seed draws.
    ///
    /// # Panics
    ///
    /// If `range` is not shorter than the period: ticks would overtake each other.
    #[track_caller]
    pub fn jitter(mut self, range: Duration) -> Self {
        let period = self.core.period();
        assert!(range < period, "a jitter of {range:?} is not shorter than the period, {period:?}");
        let mut jitter = Jitter { range, rng: Rng::from_entropy(), drawn: Duration::ZERO };
        jitter.draw();
        self.jitter = Some(jitter);
        self.alarm.set(Alarm::default());
        self
    }

    /// What becomes of ticks that were missed. By default they are
    /// [left out](Missed::Skip).
    pub fn missed(mut self, missed: Missed) -> Self {
        self.missed = missed;
        self
    }

    /// Gives `n` more ticks, and ends. Those that are left out do not count.
    pub fn ticks(mut self, n: u64) -> Self {
        self.core.limit(n);
        self
    }

    /// The next tick; `None` when there are no more.
    ///
    /// # Panics
    ///
    /// When it has to wait outside a Tokio runtime with timers.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: no tick is lost. One that becomes due meanwhile is given by the next
    /// call.
    pub async fn next(&mut self) -> Option<Tick> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// When the next tick comes, its jitter included; `None` is never.
    fn comes_at(&self, start: Instant) -> Option<Instant> {
        let drawn = self.jitter.as_ref().map_or(Duration::ZERO, |jitter| jitter.drawn);
        start.checked_add(self.core.next()?.checked_add(drawn)?)
    }
}

impl Stream for Interval {
    type Item = Tick;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Tick>> {
        if self.is_terminated() {
            return Poll::Ready(None);
        }
        let budget = ready!(rt::poll_budget(cx));
        let start = *self.start.get_or_insert_with(rt::now);
        let comes = self.comes_at(start);
        ready!(self.alarm.as_mut().poll_at(comes, cx));
        budget.made_progress();
        let now = rt::now().saturating_duration_since(start);
        // By the timetable, which jitter leaves as it is: it is no lateness.
        let drawn = self.jitter.as_ref().map_or(Duration::ZERO, |jitter| jitter.drawn);
        let missed = self.missed;
        let taken = self.core.take(now.saturating_sub(drawn), missed);
        self.jitter.as_mut().map(Jitter::draw);
        // It came, so its moment is one of the clock's.
        Poll::Ready(taken.map(|tick| Tick {
            count: tick.count,
            at: start + tick.at,
            missed: tick.missed,
        }))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let Some(left) = self.core.left() else {
            return (usize::MAX, None);
        };
        let left = usize::try_from(left).ok();
        (left.unwrap_or(usize::MAX), left)
    }
}

impl FusedStream for Interval {
    fn is_terminated(&self) -> bool {
        self.core.left() == Some(0)
    }
}

impl fmt::Debug for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interval")
            .field("period", &self.core.period())
            .field("missed", &self.missed)
            .field("left", &self.core.left())
            .finish_non_exhaustive()
    }
}
