use std::fmt;
use std::time::Duration;

use super::account::{Account, Terms};
use crate::rt::{self, Instant};
use crate::sync::Arc;

/// A limit on the retries of many callers together: when a service is down, each
/// caller's few retries multiply its load just when it has no use for them.
///
/// Clones are the same budget. Each [`retry`](super::retry()) that has it counts as
/// one call, however many attempts it makes; each attempt after the first is a
/// retry, and is made only if the budget has room for it.
///
/// It counts by windows: a retry is granted if, in the current window and the one
/// before, retries ≤ `ratio` × calls + `min_per_second` × window, itself included.
/// So a span of a window's length has no more than `ratio` of the calls in it and in
/// the window before, and the minimum. All of it is one atomic word: tasks that ask
/// at a time are granted no more than that together.
///
/// ```
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// use std::time::Duration;
/// use surefoot::retry::{Budget, Stop, retry};
///
/// // One retry for ten calls, and none for free.
/// let budget = Budget::new(0.1, 0, Duration::from_secs(10));
/// for _ in 0..9 {
///     retry(|_| async { Ok::<_, u8>(()) }).budget(&budget).await.unwrap();
/// }
/// let down = |_| async { Err::<(), _>("down") };
/// let error = retry(down).max_attempts(5).budget(&budget).await.unwrap_err();
/// assert_eq!((error.attempts, error.stop), (2, Stop::Budget));
/// # }
/// ```
#[derive(Clone)]
pub struct Budget(Arc<Shared>);

struct Shared {
    account: Account,
    since: Instant,
}

impl Budget {
    /// `ratio` retries per call, and `min_per_second` × `window` whether there are calls
    /// or not, in the current window and the one before together: who uses up the minimum
    /// all the time has half of `min_per_second`.
    ///
    /// A ratio is kept as a fraction, rounded down, whose denominator is at most 1,000, and
    /// at most a million divided by the minimum of a window: beside a minimum of 100,000
    /// retries a ratio counts in tenths, and one below a tenth earns nothing. What the
    /// calls of one window earn is kept up to a million, divided by that denominator:
    /// 100,000 retries for a ratio in tenths. So is the minimum.
    ///
    /// # Panics
    ///
    /// If `ratio` is negative, infinite or no number, or `window` is zero.
    #[must_use]
    #[track_caller]
    pub fn new(ratio: f64, min_per_second: u32, window: Duration) -> Self {
        let account = Account::new(Terms::new(ratio, min_per_second, window));
        Self(Arc::new(Shared { account, since: rt::now() }))
    }

    /// Counts a call, for those who retry without [`retry`](super::retry()).
    pub fn note_call(&self) {
        self.0.account.earn(|| self.0.window());
    }

    /// Whether a retry may be made now. If so, it is counted as made.
    #[must_use = "what is granted is counted as made"]
    pub fn try_retry(&self) -> bool {
        self.0.account.spend(|| self.0.window())
    }
}

impl Shared {
    fn window(&self) -> u64 {
        self.account.terms().window_at(rt::now().saturating_duration_since(self.since))
    }
}

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budget").field("terms", self.0.account.terms()).finish_non_exhaustive()
    }
}
