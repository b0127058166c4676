//! Which schedules a strategy runs: whatever the number of threads.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use surefoot::probe::{choose, fault, interesting};
use surefoot::scenarios;
use surefoot::sim::{Explorer, Failure, Kind, Stats, Strategy, Verdict};
use surefoot::spawn::spawn;
use tokio::task::yield_now;
use tokio::time::{sleep, timeout};

/// A little of everything that can be chosen; `breaks` in some orders.
async fn busy(breaks: bool) {
    let order = Arc::new(Mutex::new(Vec::new()));
    let tasks: Vec<_> = (0..3)
        .map(|i| {
            let order = order.clone();
            spawn(async move {
                for _ in 0..choose(2) + 1 {
                    let _ = timeout(Duration::from_millis(i), yield_now()).await;
                }
                if fault("late") {
                    sleep(Duration::from_millis(5)).await;
                }
                interesting();
                order.lock().unwrap().push(i);
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert!(!breaks || *order.lock().unwrap() != [2, 0, 1]);
}

fn strategies() -> Vec<(Strategy, u64)> {
    let bounded = Strategy::Exhaustive { deviations: Some(3) };
    vec![
        (bounded.clone(), 100_000),
        // Cut short within a level.
        (bounded, 300),
        (Strategy::Random, 2_000),
        (Strategy::Pct { depth: 3 }, 2_000),
        (Strategy::Pos, 2_000),
        (Strategy::Urw, 2_000),
        (Strategy::Surw, 2_000),
        (Strategy::Portfolio, 2_000),
    ]
}

/// What does not depend on time.
fn set(stats: &Stats) -> (u64, u64, u64, u64, bool) {
    (stats.schedules, stats.distinct, stats.fingerprint, stats.pruned, stats.exhausted)
}

#[test]
fn threads_run_the_schedules_that_one_runs() {
    let mut fingerprints = Vec::new();
    for (strategy, schedules) in strategies() {
        let explorer = Explorer::new().strategy(strategy.clone()).schedules(schedules).faults(1);
        let run = |threads| set(&explorer.clone().threads(threads).run(|| busy(false)).unwrap());
        let one = run(1);
        assert_eq!((one, one), (run(2), run(3)), "{strategy}, {schedules}");
        fingerprints.push(one.2);
    }
    fingerprints.sort_unstable();
    fingerprints.dedup();
    assert_eq!(fingerprints.len(), strategies().len(), "each has a way of its own");
}

#[test]
fn threads_exhaust_the_full_space_alike() {
    let every = Strategy::Exhaustive { deviations: None };
    let explorer = Explorer::new().strategy(every).schedules(100_000);
    let scenario = || async {
        let tasks = [2, 3, 3].map(|polls| {
            spawn(async move {
                for _ in 1..polls {
                    yield_now().await;
                }
            })
        });
        for task in tasks {
            task.await.unwrap();
        }
    };
    let one = set(&explorer.run(scenario).unwrap());
    assert_eq!(one, set(&explorer.threads(2).run(scenario).unwrap()));
    assert!(one.4);
}

#[test]
fn threads_report_the_failure_of_the_lowest_index() {
    for (strategy, schedules) in strategies() {
        let explorer = Explorer::new().strategy(strategy.clone()).schedules(schedules).faults(1);
        let fail = |threads| explorer.clone().threads(threads).run(|| busy(true)).unwrap_err();
        let told = |failure: Box<Failure>| (failure.index, failure.schedule, failure.trace);
        let one = told(fail(1));
        assert_eq!(one, told(fail(2)), "{strategy}, {schedules}");
    }
}

#[test]
fn the_default_is_the_portfolio() {
    assert_eq!(Strategy::default(), Strategy::Portfolio);
    let scenario = || busy(false);
    let portfolio = Explorer::new().strategy(Strategy::Portfolio).run(scenario).unwrap();
    assert_eq!(set(&Explorer::new().run(scenario).unwrap()), set(&portfolio));
    assert_eq!(portfolio.schedules, 1_000);
}

#[test]
fn the_portfolio_exhausts_a_small_space_and_ends_there() {
    let stats = Explorer::new().schedules(4_000).run(|| async {
        let values = (choose(3), choose(4));
        spawn(async move { assert!(values.0 < 3) }).await.unwrap();
    });
    let stats = stats.unwrap();
    assert!(stats.exhausted);
    assert_eq!(stats.distinct, 12);
    assert!(stats.schedules < 60, "the trial runs and a quarter of the rest: {}", stats.schedules);
}

#[test]
fn the_portfolio_goes_on_where_its_share_does_not_exhaust_the_space() {
    for width in [1_000, 40] {
        // 40³ are too many; 1,000 are sampled, so that few are left for the share.
        let stats = Explorer::new().schedules(2_000).run(move || async move {
            let _ = choose(width);
            if width == 40 {
                let _ = (choose(40), choose(40));
            }
        });
        let stats = stats.unwrap();
        assert_eq!((stats.schedules, stats.exhausted), (2_000, false));
        assert!(stats.distinct > 800, "{stats:?}");
    }
}

/// Whichever of its strategies finds it, the failure is the one that is stated. The
/// fewest deviations are found by growing numbers of them.
#[test]
fn the_portfolio_breaks_every_twin_as_stated() {
    for claim in scenarios::all() {
        let failure = claim.twin.body.run(Explorer::new().schedules(4_000)).unwrap_err();
        let breaks = &claim.twin.breaks;
        assert_eq!(failure.verdict.name(), breaks.verdict, "{}: {failure}", claim.twin_id());
        let said = failure.verdict.to_string();
        assert!(said.contains(breaks.says), "{}: {failure}", claim.twin_id());
    }
}

#[test]
fn the_portfolio_lets_time_jump_where_there_are_timers_and_only_there() {
    // A jump is the only way to be late: the sleeper is woken before anything else.
    let late = |sleeps: bool| {
        move || async move {
            let slow = spawn(async move {
                for _ in 0..20 {
                    yield_now().await;
                }
            });
            let limit = Duration::from_secs(if sleeps { 1 } else { 0 });
            if sleeps {
                timeout(limit, slow).await.expect("in time").unwrap();
            } else {
                slow.await.unwrap();
            }
        }
    };
    let failure = Explorer::new().run(late(true)).unwrap_err();
    assert!(matches!(failure.verdict, Verdict::Panic { .. }), "{failure}");
    assert!(failure.schedule.to_string().starts_with("v1;seed=0;s:1;s"), "{}", failure.schedule);
    assert!(Explorer::new().stalls(0).run(late(true)).is_ok());
    // Not only in the trial runs, and not before all orders without a jump were run.
    let stats = Explorer::new().schedules(2_000).run(|| busy(false)).unwrap();
    assert!(stats.deviations_by_kind[Kind::Stall] > 300, "{stats:?}");
    // Without timers, a few trial runs are all that it costs.
    let stats = Explorer::new().schedules(20_000).run(late(false)).unwrap();
    assert!(stats.pruned <= 16, "{stats:?}");
    assert!(stats.exhausted, "{stats:?}");
}

/// What a script makes of some choices.
fn read(bytes: &[u8]) -> (Vec<usize>, Stats) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let stats = Explorer::new()
        .strategy(Strategy::Script(bytes.to_vec()))
        .faults(1)
        .run(|| {
            let seen = seen.clone();
            async move {
                let values =
                    vec![choose(3), choose(1_000), usize::from(fault("here")), choose(256)];
                *seen.lock().unwrap() = values;
            }
        })
        .unwrap();
    let seen = seen.lock().unwrap().clone();
    (seen, stats)
}

#[test]
fn a_script_is_read_modulo_the_options() {
    for (bytes, values) in [
        (&[][..], [0, 0, 0, 0]),
        (&[2], [2, 0, 0, 0]),
        (&[5], [2, 0, 0, 0]),
        // Two bytes where there are more than 256 options, high one first.
        (&[0, 3], [0, 768, 0, 0]),
        (&[0, 3, 231], [0, 999, 0, 0]),
        (&[0, 3, 232], [0, 0, 0, 0]),
        (&[1, 0, 7, 1, 255], [1, 7, 1, 255]),
        (&[1, 0, 7, 1, 255, 9, 9, 9], [1, 7, 1, 255]),
    ] {
        let (seen, stats) = read(bytes);
        assert_eq!(seen, values, "{bytes:?}");
        assert_eq!((stats.schedules, stats.exhausted), (1, false));
        assert_eq!(stats.fingerprint, read(bytes).1.fingerprint);
    }
    let fair = Explorer::new().strategy(Strategy::Fair).run(|| busy(false)).unwrap();
    let empty = Explorer::new().strategy(Strategy::Script(Vec::new()));
    assert_eq!(empty.run(|| busy(false)).unwrap().fingerprint, fair.fingerprint);
}

#[test]
fn a_script_that_fails_is_a_schedule_that_replays() {
    let script = |bytes: &[u8]| Explorer::new().strategy(Strategy::Script(bytes.to_vec()));
    let failing = (0..=u8::MAX)
        .find_map(|byte| script(&[byte, byte / 3, byte / 9, byte / 27]).run(|| busy(true)).err());
    let failure = failing.expect("some script breaks it");
    let replayed = surefoot::sim::replay(&failure.schedule, || busy(true)).unwrap_err();
    assert_eq!(replayed.trace, failure.trace);
}

#[test]
fn what_a_strategy_is_called_is_read_again() {
    let mut all: Vec<_> = strategies().into_iter().map(|(strategy, _)| strategy).collect();
    all.extend([
        Strategy::Fair,
        Strategy::Exhaustive { deviations: None },
        Strategy::Script(Vec::new()),
        Strategy::Script(vec![0, 0x0f, 0xa7]),
        Strategy::Replay("v1;seed=7;c:1;t12=2".parse().unwrap()),
    ]);
    for strategy in all {
        assert_eq!(strategy.to_string().parse(), Ok(strategy));
    }
    assert_eq!(Strategy::Script(vec![0, 0xA7]).to_string(), "script:00a7");
    assert_eq!("script:A7".parse(), Ok(Strategy::Script(vec![0xa7])));
}

#[test]
fn a_text_that_is_no_strategy_says_where_and_what_was_expected() {
    for (text, position, why) in [
        ("", 0, "expected `portfolio`, `fair`, `random`, `pct:DEPTH`"),
        ("lucky", 0, "`script:HEX` or `replay:SCHEDULE`"),
        ("fair:1", 0, "expected `portfolio`"),
        ("pct", 3, "expected `:` and a depth from 1"),
        ("pct:0", 4, "expected a whole number from 1, found `0`"),
        ("pct:+2", 4, "expected a whole number from 1, found `+2`"),
        ("exhaustive:", 11, "expected a whole number from 0, found ``"),
        ("exhaustive:9999999999", 11, "expected a whole number from 0"),
        ("script", 0, "expected `portfolio`"),
        ("script:0g", 8, "expected a hexadecimal digit, found `g`"),
        ("script:00a", 10, "expected one more hexadecimal digit, found the end"),
        ("replay:v1;seed=7;x1=1", 17, "expected a schedule"),
    ] {
        let error = text.parse::<Strategy>().unwrap_err();
        assert_eq!(error.position(), position, "{text}: {error}");
        let start = format!("`{text}` is no strategy: position {position}: ");
        assert!(error.to_string().starts_with(&start), "{error}");
        assert!(error.to_string().contains(why), "{text}: {error}");
    }
}
