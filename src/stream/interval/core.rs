//! The pure machine: when the next tick is due, and what a late one leaves out.
//!
//! All times count from the start of the timetable.
//!
//! # Invariants
//!
//! 1. `period` is not zero.
//! 2. `next` only ever grows, by at least a period.
//! 3. Under [`Burst`](Missed::Burst) and [`Skip`](Missed::Skip), `next` is a multiple of
//!    the period: no lateness adds up. Under [`Delay`](Missed::Delay) it is a multiple of
//!    the period since the last tick that was taken after another was missed.
//! 4. Under `Skip` and `Delay`, `next` lies after the moment when the last tick was
//!    taken: there is no second tick at one moment.

use std::time::Duration;

/// What becomes of the ticks that were missed.
///
/// A tick is missed if it is due already when the one before it is taken. One that is
/// taken late, but before the next is due, is not. With a period of 10 ms, a consumer
/// that takes the tick of 20 at 47 has missed two, those of 30 and 40:
///
/// | | it is given, at once | after that, those of |
/// |---|---|---|
/// | `Burst` | that of 20 | 30 and 40 at once, 50, 60 |
/// | `Delay` | that of 20 | 57, 67, 77 |
/// | `Skip` | that of 20 | 50, 60, 70 |
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Missed {
    /// They are made up for, at once: for work that is counted. A consumer that was
    /// away for an hour gets an hour's ticks in one go.
    Burst,
    /// They are left out, and the timetable begins anew: the next tick is due a period
    /// after the late one was taken.
    Delay,
    /// They are left out, and the timetable stays as it is.
    #[default]
    Skip,
}

#[derive(Clone, Debug)]
pub(super) struct Core {
    period: Duration,
    /// When the next tick is due; `None` if that is more than a `Duration` away.
    next: Option<Duration>,
    given: u64,
    /// How many may still be given; `None` is without an end.
    left: Option<u64>,
}

/// A tick that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Taken {
    pub(super) count: u64,
    pub(super) at: Duration,
    pub(super) missed: u64,
}

impl Core {
    pub(super) fn new(period: Duration) -> Self {
        Self { period, next: Some(Duration::ZERO), given: 0, left: None }
    }

    pub(super) fn limit(&mut self, ticks: u64) {
        self.left = Some(ticks);
    }

    /// Begins the timetable again.
    pub(super) fn restart(&mut self) {
        self.next = Some(Duration::ZERO);
    }

    pub(super) fn period(&self) -> Duration {
        self.period
    }

    pub(super) fn next(&self) -> Option<Duration> {
        self.next
    }

    pub(super) fn left(&self) -> Option<u64> {
        self.left
    }

    /// Takes the next tick, at the moment `now`, which is not before it is due; `None`
    /// if there is none.
    pub(super) fn take(&mut self, now: Duration, missed: Missed) -> Option<Taken> {
        let at = self.next?;
        let left = match self.left {
            Some(left) => Some(left.checked_sub(1)?),
            None => None,
        };
        let late = now.saturating_sub(at).as_nanos();
        let (others, rest) = (late / self.period.as_nanos(), late % self.period.as_nanos());
        // Invariant 4: the tick after the last one that is due, or a period after `now`.
        let from = match missed {
            Missed::Delay if others > 0 => now,
            Missed::Skip if others > 0 => now - Duration::from_nanos_u128(rest),
            _ => at,
        };
        self.next = from.checked_add(self.period);
        self.left = left;
        let count = self.given;
        self.given += 1;
        Some(Taken { count, at, missed: u64::try_from(others).unwrap_or(u64::MAX) })
    }
}
