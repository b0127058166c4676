//! What the strategies visit.

use std::collections::BTreeSet;
use std::sync::Mutex;

use surefoot::probe;
use surefoot::sim::{Explorer, Kind, Strategy};
use surefoot::spawn::spawn;
use tokio::task::yield_now;

/// Runs it, and gives back every set of values that `probe::choose` gave.
fn chosen(explorer: &Explorer) -> (BTreeSet<(usize, usize)>, surefoot::sim::Stats) {
    let seen = Mutex::new(BTreeSet::new());
    let seen = std::sync::Arc::new(seen);
    let stats = explorer
        .run(|| {
            let seen = seen.clone();
            async move {
                let values = (probe::choose(3), probe::choose(4));
                seen.lock().unwrap().insert(values);
            }
        })
        .unwrap();
    let seen = seen.lock().unwrap().clone();
    (seen, stats)
}

#[test]
fn exhaustive_visits_every_value_once() {
    for deviations in [None, Some(2), Some(9)] {
        let (seen, stats) = chosen(&Explorer::new().strategy(Strategy::Exhaustive { deviations }));
        assert_eq!((seen.len(), stats.schedules, stats.distinct), (12, 12, 12));
        assert!(stats.exhausted);
    }
}

#[test]
fn a_bound_on_deviations_leaves_out_exactly_what_has_more() {
    for (bound, expected) in [(0, 1), (1, 1 + 2 + 3)] {
        let explorer = Explorer::new().strategy(Strategy::Exhaustive { deviations: Some(bound) });
        let (seen, stats) = chosen(&explorer);
        assert_eq!((seen.len() as u64, stats.schedules), (expected, expected));
        assert!(stats.exhausted, "everything within the bound was visited");
        let allowed =
            |&(a, b): &(usize, usize)| usize::from(a > 0) + usize::from(b > 0) <= bound as usize;
        assert!(seen.iter().all(allowed), "{seen:?}");
    }
}

#[test]
fn a_search_that_is_cut_short_does_not_call_itself_exhausted() {
    for deviations in [None, Some(9)] {
        let explorer = Explorer::new().strategy(Strategy::Exhaustive { deviations });
        let (seen, stats) = chosen(&explorer.clone().schedules(11));
        assert_eq!((seen.len(), stats.exhausted), (11, false));
        assert!(chosen(&explorer.schedules(12)).1.exhausted);
    }
}

#[test]
fn two_threads_visit_what_one_does() {
    for deviations in [None, Some(9)] {
        let explorer = Explorer::new().strategy(Strategy::Exhaustive { deviations });
        let (one, two) = (chosen(&explorer), chosen(&explorer.clone().threads(2)));
        assert_eq!(one.0, two.0);
        assert_eq!(one.1.schedules, two.1.schedules);
        assert!(two.1.exhausted);
    }
    let random = Explorer::new().strategy(Strategy::Random).schedules(200);
    let (one, two) = (chosen(&random), chosen(&random.clone().threads(2)));
    assert_eq!((one.0, one.1.distinct), (two.0, two.1.distinct));
}

#[test]
fn a_wide_pick_is_sampled_and_not_exhausted() {
    let explorer = Explorer::new().strategy(Strategy::Exhaustive { deviations: None });
    let picks = |width: u64| {
        let seen = std::sync::Arc::new(Mutex::new(BTreeSet::new()));
        let stats = explorer
            .run(|| {
                let seen = seen.clone();
                async move {
                    seen.lock().unwrap().insert(probe::pick(100..100 + width));
                }
            })
            .unwrap();
        let seen = seen.lock().unwrap().clone();
        (seen, stats.exhausted)
    };
    let (narrow, exhausted) = picks(64);
    assert_eq!((narrow.len(), exhausted), (64, true));
    let (wide, exhausted) = picks(1_000_000);
    assert!(!exhausted);
    assert!(wide.contains(&100) && wide.contains(&1_000_099), "both ends: {wide:?}");
    assert!(wide.len() >= 16);
}

#[test]
fn fair_runs_once_and_deviates_never() {
    let (seen, stats) = chosen(&Explorer::new().strategy(Strategy::Fair));
    assert_eq!((seen, stats.schedules), (BTreeSet::from([(0, 0)]), 1));
    assert!(Kind::ALL.into_iter().all(|kind| stats.deviations_by_kind[kind] == 0));
}

#[test]
fn random_spreads_the_bounded_kinds_over_the_run() {
    // A fault at each of 20 places, at most one per schedule. A coin at each
    // place would hardly ever come to the last ones.
    let hits = std::sync::Arc::new(Mutex::new(vec![0_u32; 20]));
    let stats = Explorer::new()
        .strategy(Strategy::Random)
        .schedules(4_000)
        .faults(1)
        .run(|| {
            let hits = hits.clone();
            async move {
                for place in 0..20 {
                    if probe::fault("somewhere") {
                        hits.lock().unwrap()[place] += 1;
                    }
                    yield_now().await;
                }
            }
        })
        .unwrap();
    let hits = hits.lock().unwrap();
    // One schedule in 1,024 is run twice, to see whether it is the same.
    let rechecked = u64::from(hits.iter().sum::<u32>()) - stats.deviations_by_kind[Kind::Fault];
    assert!(rechecked <= 4_000 / 1_024);
    // Half of the schedules draw one: about 100 per place.
    assert!(hits.iter().all(|n| (60..140).contains(n)), "{hits:?}");
}

#[test]
fn a_seed_is_a_search_of_its_own() {
    let orders = |seed| {
        let seen = std::sync::Arc::new(Mutex::new(Vec::new()));
        Explorer::new()
            .strategy(Strategy::Random)
            .seed(seed)
            .schedules(20)
            .run(|| {
                let seen = seen.clone();
                async move {
                    for task in [1, 2, 3].map(|i| {
                        let seen = seen.clone();
                        spawn(async move { seen.lock().unwrap().push(i) })
                    }) {
                        task.await.unwrap();
                    }
                }
            })
            .unwrap();
        Vec::clone(&seen.lock().unwrap())
    };
    assert_eq!(orders(1), orders(1));
    assert_ne!(orders(1), orders(2));
}

#[test]
fn tasks_given_to_tokio_itself_are_counted() {
    let stats = Explorer::new()
        .strategy(Strategy::Random)
        .schedules(10)
        .run(|| async {
            let bare = tokio::spawn(yield_now());
            bare.await.unwrap();
        })
        .unwrap();
    assert_eq!(stats.unexplored_tasks, 1);
}

/// Even one that never gets to run, since the root ends in the same step; and it
/// does not run into the next schedule.
#[test]
fn a_task_given_to_tokio_in_the_last_step_is_counted() {
    for schedules in [1, 10] {
        let stats = Explorer::new()
            .strategy(Strategy::Random)
            .schedules(schedules)
            .run(|| async {
                drop(tokio::spawn(std::future::pending::<()>()));
            })
            .unwrap();
        assert_eq!(stats.unexplored_tasks, 1);
    }
}

/// A waker may be called from anywhere.
#[test]
fn a_task_that_another_thread_wakes_is_ready() {
    let scenario = || async {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let waiter = spawn(receiver);
        yield_now().await;
        let thread = std::thread::spawn(move || sender.send(7));
        assert!(thread.join().unwrap().is_ok());
        assert_eq!(waiter.await.unwrap(), Ok(7));
    };
    let all = Explorer::new().strategy(Strategy::Exhaustive { deviations: None });
    assert!(all.run(scenario).unwrap().exhausted);
}
