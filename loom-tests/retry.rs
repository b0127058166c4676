//! Models of the retry budget, `src/retry/account`: one word that many earn to and spend
//! from, while the clock goes on.

use loom::sync::atomic::{AtomicU64, Ordering};
use loom::thread;

use crate::retry_account::{Account, Terms};
use crate::support::Preemptions::Unbounded;
use crate::support::explore;
use crate::sync::Arc;

/// The number of the window that it is now.
pub(crate) struct Clock(AtomicU64);

impl Clock {
    pub(crate) fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    pub(crate) fn now(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }

    fn turn(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// What retries are paid from. `teeth` has some that are wrong.
pub(crate) trait Purse: Send + Sync + 'static {
    /// A purse that gets one for each call, and has so many for a window and the one
    /// before it without any.
    fn with_minimum(retries: u32) -> Self;
    fn earn(&self, clock: &Clock);
    fn spend(&self, clock: &Clock) -> bool;
}

impl Purse for Account {
    fn with_minimum(retries: u32) -> Self {
        Self::new(Terms::new(1.0, retries, std::time::Duration::from_secs(1)))
    }

    fn earn(&self, clock: &Clock) {
        self.earn(|| clock.now());
    }

    fn spend(&self, clock: &Clock) -> bool {
        self.spend(|| clock.now())
    }
}

/// Two spend at a time, while `meanwhile` goes on. Says who was granted a retry, and
/// whether one is left.
fn two_spend<P: Purse>(
    minimum: u32,
    meanwhile: impl FnOnce(&P, &Clock) + Send + 'static,
) -> (bool, bool, bool) {
    let shared = Arc::new((P::with_minimum(minimum), Clock::new()));
    let spender = || {
        let shared = shared.clone();
        thread::spawn(move || shared.0.spend(&shared.1))
    };
    let (one, other) = (spender(), spender());
    meanwhile(&shared.0, &shared.1);
    let (one, other) = (one.join().unwrap(), other.join().unwrap());
    let is_left = shared.0.spend(&shared.1);
    let granted = u32::from(one) + u32::from(other) + u32::from(is_left);
    assert!(granted <= 1, "{granted} retries were granted, and there was one");
    assert_eq!(granted, 1, "the one that there was is lost");
    (one, other, is_left)
}

/// The last one, and nothing else.
pub(crate) fn the_last_one<P: Purse>() -> (bool, bool, bool) {
    two_spend::<P>(1, |_, _| {})
}

/// There is none, and one is earned.
pub(crate) fn one_that_is_earned<P: Purse>() -> (bool, bool, bool) {
    two_spend::<P>(0, P::earn)
}

/// The last one, and the window turns: what was spent in the one before still counts.
pub(crate) fn the_turn_of_a_window<P: Purse>() -> (bool, bool, bool) {
    two_spend::<P>(1, |_, clock| clock.turn())
}

/// retry/RETRY6: of two that ask for the last retry at a time, exactly one is granted it.
#[test]
fn the_last_retry_is_granted_once() {
    let outcomes = explore("the_last_retry", Unbounded, the_last_one::<Account>);
    assert_eq!(outcomes, [(false, true, false), (true, false, false)].into());
}

/// retry/RETRY6, retry/X11: what a call earns while others ask is granted once, whoever
/// comes first, and never lost.
#[test]
fn what_is_earned_meanwhile_is_granted_once() {
    let outcomes = explore("what_is_earned", Unbounded, one_that_is_earned::<Account>);
    let each = [(false, false, true), (false, true, false), (true, false, false)];
    assert_eq!(outcomes, each.into());
}

/// retry/RETRY6: a window that turns while two ask grants no second one.
#[test]
fn the_turn_of_a_window_grants_nothing_twice() {
    let outcomes = explore("the_turn_of_a_window", Unbounded, the_turn_of_a_window::<Account>);
    assert_eq!(outcomes, [(false, true, false), (true, false, false)].into());
}
