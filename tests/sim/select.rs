//! `select!` without `biased;` begins at a random branch. Where Tokio lets that
//! number be set, it replays; where it does not, that is found and named.

use std::future::ready;

use surefoot::probe;
use surefoot::sim::{Explorer, Failure, Strategy, Verdict, replay};
use surefoot::spawn::spawn;
use tokio::task::yield_now;

/// Sixty-four unbiased choices, and what comes of them.
async fn coin_tosses() {
    let other = spawn(async {
        for _ in 0..64 {
            yield_now().await;
        }
    });
    let mut heads = String::new();
    for round in 0..64 {
        tokio::select! {
            () = ready(()) => heads.push('1'),
            () = ready(()) => {
                heads.push('0');
                // What is asked depends on what was tossed.
                let _ = probe::choose(round + 2);
                yield_now().await;
            }
        }
    }
    other.await.unwrap();
    panic!("tossed {heads}");
}

fn failing() -> Box<Failure> {
    Explorer::new().strategy(Strategy::Random).run(coin_tosses).unwrap_err()
}

#[cfg(tokio_unstable)]
#[test]
fn an_unbiased_select_replays_a_hundred_times_of_a_hundred() {
    let failure = failing();
    let Verdict::Panic { panicked, .. } = &failure.verdict else { panic!("{failure}") };
    assert!(panicked.message().contains('0') && panicked.message().contains('1'), "{failure}");
    for _ in 0..100 {
        let again = replay(&failure.schedule, coin_tosses).unwrap_err();
        assert!(again.trace == failure.trace, "{again}");
    }
}

/// The tosses are not all the same in all schedules: the seed is part of them.
#[cfg(tokio_unstable)]
#[test]
fn another_seed_begins_at_other_branches() {
    let random = |seed| Explorer::new().strategy(Strategy::Fair).seed(seed);
    let one = random(1).run(coin_tosses).unwrap_err();
    let other = random(2).run(coin_tosses).unwrap_err();
    assert_ne!(one.verdict.to_string(), other.verdict.to_string());
}

#[cfg(not(tokio_unstable))]
#[test]
fn an_unbiased_select_is_not_deterministic_and_is_named() {
    let failure = failing();
    assert!(matches!(failure.verdict, Verdict::Nondeterminism { .. }), "{failure}");
    assert!(failure.to_string().contains("likely causes: `select!` without `biased;`"));
    let again = replay(&failure.schedule, coin_tosses);
    assert!(again.is_err());
}

/// A wake-up that Tokio defers to the end of a step is part of it, wherever the step
/// runs.
#[test]
fn yielding_tasks_have_as_many_orders_wherever_they_run() {
    let two_tasks = || async {
        let tasks = [(); 2].map(|()| spawn(yield_now()));
        for task in tasks {
            task.await.unwrap();
        }
    };
    let all = Explorer::new().strategy(Strategy::Exhaustive { deviations: None });
    let stats = all.run(two_tasks).unwrap();
    assert!(stats.exhausted);
    println!("{} schedules", stats.distinct);
}
