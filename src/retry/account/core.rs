//! The pure machine: a balance of calls and retries by the window, in one word.
//!
//! # Invariants
//!
//! Amounts are in units, of which a retry costs `Terms::cost`.
//!
//! 1. The word holds the balances of two windows, the one of its number and the one
//!    before: what calls earned, less what retries cost. Other windows count for
//!    nothing.
//! 2. When a retry is granted, the two balances and the minimum are not less than
//!    nothing together. So of those two windows, retries ≤ ratio · calls + minimum.
//!    Any span of a window's length that ends with that retry lies within them.
//! 3. `0 ≤ minimum ≤ -LEAST` and balances are kept within `LEAST..=MOST`. What a call
//!    earns beyond that is lost, and what a retry would cost below that is refused:
//!    both on the safe side of 2.

use std::time::Duration;

/// What an account earns and allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    /// In nanoseconds.
    window: u128,
    cost: i64,
    per_call: i64,
    minimum: i64,
}

const BALANCE_BITS: u32 = 21;
const MOST: i64 = (1 << (BALANCE_BITS - 1)) - 1;
const LEAST: i64 = -MOST - 1;
/// The number of a window is kept modulo 2²². It only has to tell the window before
/// from all that are longer ago: an account that nobody asked for exactly a
/// multiple of so many windows takes a balance from then for one of now.
const WINDOW_BITS: u32 = 64 - 2 * BALANCE_BITS;
const WINDOW_MASK: u64 = (1 << WINDOW_BITS) - 1;

/// Parts that a retry is divided into at most.
const FINEST: u128 = 1_000;

impl Terms {
    /// `ratio` retries per call, and so many a second that need no calls.
    ///
    /// # Panics
    ///
    /// If `ratio` is no number from 0 up, or the window is empty.
    #[track_caller]
    pub(crate) fn new(ratio: f64, min_per_second: u32, window: Duration) -> Self {
        assert!(ratio >= 0.0 && ratio.is_finite(), "a ratio of {ratio} is not from 0 up");
        assert!(!window.is_zero(), "a window of no length");
        let window = window.as_nanos();
        // Less than 2¹²⁶. With one part per retry, the minimum always fits.
        let minimum = u128::from(min_per_second) * window;
        let in_nanos = |retries: u128| retries * 1_000_000_000;
        let room = in_nanos(LEAST.unsigned_abs().into());
        let finest = room.checked_div(minimum).unwrap_or(FINEST).clamp(1, FINEST) as u32;
        let cost = cost_for(ratio, finest);
        let minimum = minimum.saturating_mul(cost.into()) / in_nanos(1);
        Self {
            window,
            cost: cost.into(),
            per_call: parts(ratio, cost) as i64,
            minimum: minimum.min(LEAST.unsigned_abs().into()) as i64,
        }
    }

    /// The number of the window at a moment.
    pub(crate) fn window_at(&self, moment: Duration) -> u64 {
        (moment.as_nanos() / self.window) as u64 & WINDOW_MASK
    }
}

/// The fewest parts of a retry that `ratio` is a whole number of; or the most that
/// there may be, of which one call must not earn more than is kept.
fn cost_for(ratio: f64, finest: u32) -> u32 {
    let finest = finest.min((MOST as f64 / ratio) as u32).max(1);
    let is_whole = |cost: &u32| {
        let exact = ratio * f64::from(*cost);
        (exact - exact.round()).abs() < 1e-9
    };
    (1..=finest).find(is_whole).unwrap_or(finest)
}

/// Rounded down, but for what a ratio such as 0.3 lacks in binary.
fn parts(ratio: f64, cost: u32) -> f64 {
    (ratio * f64::from(cost) + 1e-9).floor().min(MOST as f64)
}

/// The word. Invariant 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ledger {
    window: u64,
    before: i64,
    current: i64,
}

impl Ledger {
    pub(crate) const EMPTY: u64 = 0;

    pub(crate) fn unpack(word: u64) -> Self {
        let signed = |from: u32| ((word << from) as i64) >> (64 - BALANCE_BITS);
        Self { window: word & WINDOW_MASK, before: signed(BALANCE_BITS), current: signed(0) }
    }

    pub(crate) fn pack(self) -> u64 {
        let bits = |balance: i64| balance as u64 & ((1 << BALANCE_BITS) - 1);
        bits(self.current) << (64 - BALANCE_BITS) | bits(self.before) << WINDOW_BITS | self.window
    }

    /// Goes on to `window`, which is the same or a later one.
    fn at(self, window: u64) -> Self {
        match window.wrapping_sub(self.window) & WINDOW_MASK {
            0 => self,
            1 => Self { window, before: self.current, current: 0 },
            _ => Self { window, before: 0, current: 0 },
        }
    }

    /// A call is made.
    pub(crate) fn earn(self, terms: &Terms, window: u64) -> Self {
        let ledger = self.at(window);
        // Invariant 3.
        Self { current: (ledger.current + terms.per_call).min(MOST), ..ledger }
    }

    /// A retry is made, if there is enough for one.
    pub(crate) fn spend(self, terms: &Terms, window: u64) -> Option<Self> {
        let ledger = self.at(window);
        let current = ledger.current - terms.cost;
        // Invariants 2 and 3.
        let is_covered = ledger.before + current + terms.minimum >= 0 && current >= LEAST;
        is_covered.then_some(Self { current, ..ledger })
    }
}
