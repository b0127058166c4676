//! The ledger in one word, against a list of everything that happened.

use std::time::Duration;

use proptest::prelude::*;
use surefoot::retry::Budget;

use super::{config, run};
use crate::retry_ledger::{Ledger, Terms};

#[derive(Clone, Copy, Debug)]
enum Action {
    Call,
    /// So many calls at once.
    Calls(u32),
    Retry,
    /// So many hundredths of a window.
    Pass(u32),
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        4 => Just(Action::Call),
        1 => (1..40_u32).prop_map(Action::Calls),
        8 => Just(Action::Retry),
        3 => (1..60_u32).prop_map(Action::Pass),
        1 => (60..400_u32).prop_map(Action::Pass),
    ]
}

/// A ratio, and the same as numbers that divide exactly.
fn ratio() -> impl Strategy<Value = (u64, u64)> {
    prop_oneof![
        (0..30_u64, 1..30_u64),
        prop::sample::select(&[(1, 10), (1, 5), (1, 3), (2, 3), (1, 1), (3, 2), (1, 1000), (0, 1)]),
    ]
}

/// All that happened: when, and whether it was a retry.
#[derive(Default)]
struct List(Vec<(Duration, bool)>);

impl List {
    fn count(&self, retries: bool, from: Duration, to: Duration) -> u64 {
        let is_one =
            |(at, is_retry): &&(Duration, bool)| *is_retry == retries && from <= *at && *at < to;
        self.0.iter().filter(is_one).count() as u64
    }

    /// Whether one more retry at `now` is covered by the window that it is and the one
    /// before.
    fn covers(&self, now: Duration, window: Duration, (num, den): (u64, u64), rate: u32) -> bool {
        let number = (now.as_nanos() / window.as_nanos()) as u32;
        let (from, to) = (window * number.saturating_sub(1), window * (number + 1));
        let (calls, retries) = (self.count(false, from, to), self.count(true, from, to));
        // In billionths, so that the minimum is exact.
        let minimum = u128::from(rate) * window.as_nanos();
        let earned = u128::from(calls * num) * 1_000_000_000 + minimum * u128::from(den);
        u128::from((retries + 1) * den) * 1_000_000_000 <= earned
    }
}

proptest! {
    #![proptest_config(config(1_500))]

    /// retry/RETRY6
    #[test]
    fn a_retry_is_granted_exactly_if_it_is_covered(
        actions in prop::collection::vec(action(), 0..100),
        ratio in ratio(), rate in 0..9_u32, window in prop::sample::select(&[1_u32, 3, 10]),
    ) {
        let window = Duration::from_secs(window.into());
        let budget_ratio = ratio.0 as f64 / ratio.1 as f64;
        run(async {
            let budget = Budget::new(budget_ratio, rate, window);
            let (mut list, mut now) = (List::default(), Duration::ZERO);
            for action in actions {
                match action {
                    Action::Call => {
                        budget.note_call();
                        list.0.push((now, false));
                    }
                    Action::Calls(n) => for _ in 0..n {
                        budget.note_call();
                        list.0.push((now, false));
                    },
                    Action::Retry => {
                        let granted = budget.try_retry();
                        prop_assert_eq!(granted, list.covers(now, window, ratio, rate));
                        if granted {
                            list.0.push((now, true));
                        }
                    }
                    Action::Pass(hundredths) => {
                        let pause = window * hundredths / 100;
                        tokio::time::advance(pause).await;
                        now += pause;
                    }
                }
            }
            // The promise itself: any span of a window's length, ending with a retry.
            for (end, _) in list.0.iter().filter(|(_, is_retry)| *is_retry) {
                let after = *end + Duration::from_nanos(1);
                let retries = list.count(true, end.saturating_sub(window), after);
                let calls = list.count(false, end.saturating_sub(2 * window), after);
                let most = budget_ratio * calls as f64 + f64::from(rate) * window.as_secs_f64();
                prop_assert!(retries as f64 <= most + 1e-6, "{retries} of {calls} calls");
            }
            Ok(())
        })?;
    }

    /// retry/RETRY6, retry/X6, retry/X11
    #[test]
    fn the_word_holds_its_ledger_and_never_overflows(
        steps in prop::collection::vec((any::<bool>(), 0..3_u64, 1..300_u32), 0..120),
        ratio in prop_oneof![0.0..2.0, 0.0..1e7, Just(f64::MAX), Just(f64::MIN_POSITIVE)],
        rate: u32, nanos in prop_oneof![1..u64::MAX, 1..2_000_000_000_u64],
    ) {
        let terms = Terms::new(ratio, rate, Duration::from_nanos(nanos));
        let moment = Duration::from_nanos(u64::MAX);
        prop_assert_eq!(terms.window_at(moment), u64::MAX / nanos % (1 << 22));
        let (mut word, mut window) = (Ledger::EMPTY, (1 << 22) - 2);
        for (earns, pass, times) in steps {
            window = (window + pass) & ((1 << 22) - 1);
            for _ in 0..times {
                let ledger = Ledger::unpack(word);
                prop_assert_eq!(ledger.pack(), word, "one word is one ledger");
                let next = if earns {
                    Some(ledger.earn(&terms, window))
                } else {
                    ledger.spend(&terms, window)
                };
                let Some(next) = next else { break };
                prop_assert_eq!(Ledger::unpack(next.pack()), next, "one ledger is one word");
                word = next.pack();
            }
        }
    }

    /// retry/RETRY6
    #[test]
    fn a_ratio_is_never_rounded_up(ratio in 0.0..20.0_f64, calls in 1..400_u32) {
        let terms = Terms::new(ratio, 0, Duration::MAX);
        let earned = (0..calls).fold(Ledger::unpack(0), |ledger, _| ledger.earn(&terms, 0));
        let granted = std::iter::successors(earned.spend(&terms, 0), |ledger| ledger.spend(&terms, 0));
        let granted = granted.count() as f64;
        prop_assert!(granted <= ratio * f64::from(calls) + 1e-6, "{granted}");
        let least = (ratio - 0.001) * f64::from(calls) - 1.0;
        prop_assert!(granted >= least.min(1_000.0), "{granted}, not {least}");
    }
}
