//! The restart window against a list of all restarts.
//!
//! 1. It gives up at exactly those failures that have as many restarts younger than
//!    the window behind them as it allows.
//! 2. The delays begin anew at exactly those that have none.

use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

use crate::spawn_core::{Verdict, Window};

fn config() -> ProptestConfig {
    let file = FileFailurePersistence::Direct("proptest-regressions/spawn.txt");
    ProptestConfig {
        cases: 250,
        failure_persistence: Some(Box::new(file)),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    /// spawn/SPAWN4, spawn/X6, spawn/X11
    #[test]
    fn every_sequence_of_failures_is_judged_by_the_window(
        most in prop_oneof![4 => 0..5_u32, 1 => Just(u32::MAX)],
        length in prop_oneof![6 => 1..12_u64, 1 => Just(u64::MAX)],
        gaps in prop::collection::vec(prop_oneof![8 => 0..9_u64, 1 => 0..=1_u64 << 40], 0..100),
    ) {
        let at = |at: u64| Duration::from_nanos(at);
        let mut window = Window::new(most, at(length));
        let (mut restarts, mut now) = (Vec::<u64>::new(), 0);
        for gap in gaps {
            now += gap;
            let within = restarts.iter().filter(|&&restart| now - restart < length).count();
            let expected = if within >= most as usize {
                Verdict::GiveUp
            } else {
                restarts.push(now);
                Verdict::Restart { afresh: within == 0 }
            };
            prop_assert_eq!(window.failed(at(now)), expected);
        }
    }
}

/// spawn/X6: the longest times there are.
#[test]
fn times_of_any_size_are_judged() {
    let mut window = Window::new(1, Duration::MAX);
    assert_eq!(window.failed(Duration::ZERO), Verdict::Restart { afresh: true });
    let last = Duration::MAX - Duration::from_nanos(1);
    assert_eq!(window.failed(last), Verdict::GiveUp);
    assert_eq!(window.failed(Duration::MAX), Verdict::Restart { afresh: true });
}
