//! Budgets with one step wrong.

use loom::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::retry::{Clock, Purse, one_that_is_earned, the_last_one, the_turn_of_a_window};
use crate::retry_account::{Account, Terms};
use crate::support::Preemptions::Unbounded;
use crate::support::explore;

/// Looks whether there is enough, and then subtracts.
struct CheckThenSubtract(AtomicU64);

impl Purse for CheckThenSubtract {
    fn with_minimum(retries: u32) -> Self {
        Self(AtomicU64::new(retries.into()))
    }

    fn earn(&self, _clock: &Clock) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    fn spend(&self, _clock: &Clock) -> bool {
        if self.0.load(Ordering::SeqCst) == 0 {
            return false;
        }
        self.0.fetch_sub(1, Ordering::SeqCst);
        true
    }
}

/// Reads, and writes what it made of that, whatever came between.
struct LosesUpdates(AtomicU64);

impl Purse for LosesUpdates {
    fn with_minimum(retries: u32) -> Self {
        Self(AtomicU64::new(retries.into()))
    }

    fn earn(&self, _clock: &Clock) {
        self.0.store(self.0.load(Ordering::SeqCst) + 1, Ordering::SeqCst);
    }

    fn spend(&self, _clock: &Clock) -> bool {
        let left = self.0.load(Ordering::SeqCst).checked_sub(1);
        self.0.store(left.unwrap_or(0), Ordering::SeqCst);
        left.is_some()
    }
}

/// The production account, asked with a time that was read before.
struct ClockFirst(Account);

impl Purse for ClockFirst {
    fn with_minimum(retries: u32) -> Self {
        Self(Account::new(Terms::new(1.0, retries, Duration::from_secs(1))))
    }

    fn earn(&self, clock: &Clock) {
        let now = clock.now();
        self.0.earn(|| now);
    }

    fn spend(&self, clock: &Clock) -> bool {
        let now = clock.now();
        self.0.spend(|| now)
    }
}

/// retry/RETRY6: a check before the subtraction lets two through, and is found.
#[test]
#[should_panic(expected = "retries were granted, and there was one")]
fn a_check_before_the_subtraction_is_found() {
    explore("a_check_before_the_subtraction", Unbounded, the_last_one::<CheckThenSubtract>);
}

/// retry/RETRY6, retry/X11: an update that is lost between a read and a write is found.
#[test]
#[should_panic(expected = "the one that there was is lost")]
fn a_lost_update_is_found() {
    explore("a_lost_update", Unbounded, one_that_is_earned::<LosesUpdates>);
}

/// retry/RETRY6: a clock that is read before the word takes the window back, and is found.
#[test]
#[should_panic(expected = "retries were granted, and there was one")]
fn a_clock_that_is_read_first_is_found() {
    explore("a_clock_that_is_read_first", Unbounded, the_turn_of_a_window::<ClockFirst>);
}
