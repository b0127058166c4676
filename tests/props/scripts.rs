//! Input and schedule as one input of proptest.
//!
//! 1. On a program that breaks for some inputs in some orders, both shrink: to the
//!    smallest input, and to a script that cannot be cut or lowered.
//! 2. What failed is persisted, and fails again from the file alone.
//! 3. The corrected program holds for every input in every order.

#![expect(clippy::disallowed_types, reason = "the program of the test is its user's, not ours")]

use std::path::Path;
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use proptest::test_runner::{FileFailurePersistence, RngAlgorithm, TestError, TestRng, TestRunner};
use surefoot::sim::{Explorer, Failure, Strategy, scripts};
use surefoot::spawn::spawn;
use tokio::task::yield_now;

/// Takes amounts from an account, each in a task of its own. One above a hundred is
/// looked into between the check and the booking, unless `safe`. In the fair order
/// each is booked before the next is checked.
async fn withdraw(amounts: [u32; 3], safe: bool) {
    let balance = Arc::new(Mutex::new(300_u32));
    let tasks: Vec<_> = amounts
        .into_iter()
        .enumerate()
        .map(|(i, amount)| {
            let balance = balance.clone();
            spawn(async move {
                for _ in 0..2 * i {
                    yield_now().await;
                }
                if amount > 100 && safe {
                    yield_now().await;
                }
                if *balance.lock().unwrap() < amount {
                    return;
                }
                if amount > 100 && !safe {
                    yield_now().await;
                }
                let mut balance = balance.lock().unwrap();
                *balance = balance.checked_sub(amount).expect("it was enough");
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

fn run(amounts: [u32; 3], script: &Strategy, safe: bool) -> Result<(), Box<Failure>> {
    let explorer = Explorer::new().strategy(script.clone());
    explorer.run(move || withdraw(amounts, safe)).map(drop)
}

type Input = ([u32; 3], Strategy);

fn inputs() -> impl proptest::strategy::Strategy<Value = Input> {
    scripts::with_script([0..=300_u32, 0..=300, 0..=300], 0..=32)
}

/// What it fails with, at last; failures are written to `file`, and read from it.
fn failing(file: &Path, cases: u32) -> Option<Input> {
    let file: &'static str = file.to_string_lossy().into_owned().leak();
    let config = ProptestConfig {
        cases,
        max_shrink_iters: 20_000,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(file))),
        source_file: Some(file!()),
        ..ProptestConfig::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let ran = TestRunner::new_with_rng(config, rng).run(&inputs(), |(amounts, script)| {
        run(amounts, &script, false).map_err(|failure| TestCaseError::fail(failure.to_string()))
    });
    match ran {
        Ok(()) => None,
        Err(TestError::Fail(_, input)) => Some(input),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn input_and_schedule_shrink_together_and_are_persisted() {
    let folder = std::env::temp_dir().join(format!("surefoot-scripts-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("scripts.txt");
    assert_eq!(failing(&file, 0), None, "nothing is persisted yet, and no case is drawn");

    let (amounts, script) = failing(&file, 2_000).expect("it breaks");
    let Strategy::Script(bytes) = &script else { panic!("{script}") };
    // One takes what another has checked, by the smallest coin.
    let mut sorted = amounts;
    sorted.sort_unstable();
    assert_eq!((sorted[0], sorted[1] + sorted[2]), (0, 301), "{script}, {amounts:?}");
    let failure = run(amounts, &script, false).unwrap_err();
    assert!(failure.to_string().contains("it was enough"), "{failure}");
    assert!((1..=4).contains(&bytes.len()), "{script}");
    for at in 0..bytes.len() {
        let (mut shorter, mut lower) = (bytes.clone(), bytes.clone());
        shorter.remove(at);
        lower[at] = lower[at].saturating_sub(1);
        for less in [shorter, lower] {
            let is_less = less != *bytes;
            let holds = run(amounts, &Strategy::Script(less), false).is_ok();
            assert!(holds || !is_less, "{script} can be less at {at}");
        }
    }
    assert_eq!(failure.schedule.deviations().len(), 1, "{failure}");
    assert!(run(amounts, &script, true).is_ok(), "the corrected program stands it");

    // From the file alone: no case is drawn.
    assert_eq!(failing(&file, 0), Some((amounts, script)));
    std::fs::remove_dir_all(folder).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_000,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(
            "proptest-regressions/scripts.txt",
        ))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_corrected_program_holds((amounts, script) in inputs()) {
        let ran = run(amounts, &script, true);
        prop_assert!(ran.is_ok(), "{}", ran.unwrap_err());
    }
}
