//! Parts of a search: together they are the whole, and no two have a schedule in common.

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use surefoot::probe::{choose, fault, interesting, sometimes};
use surefoot::sim::{Explorer, Failure, Kind, PerKind, Shard, Stats, Stop, Strategy, Verdict};
use surefoot::spawn::spawn;
use tokio::task::yield_now;
use tokio::time::timeout;

/// Also more than there are schedules.
const COUNTS: [u64; 5] = [1, 2, 3, 8, 5_000];

fn exhaustive(deviations: Option<u32>) -> Strategy {
    Strategy::Exhaustive { deviations }
}

/// What adds up over shards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum {
    schedules: u64,
    pruned: u64,
    fingerprint: u64,
    by_kind: PerKind<u64>,
}

impl Sum {
    fn add(&mut self, stats: &Stats) {
        self.schedules += stats.schedules;
        self.pruned += stats.pruned;
        self.fingerprint = self.fingerprint.wrapping_add(stats.fingerprint);
        for kind in Kind::ALL {
            self.by_kind[kind] += stats.deviations_by_kind[kind];
        }
    }

    fn of<'a>(all: impl IntoIterator<Item = &'a Stats>) -> Self {
        let mut sum = Self::default();
        all.into_iter().for_each(|stats| sum.add(stats));
        sum
    }
}

fn shards(of: u64) -> impl Iterator<Item = Shard> {
    (1..=of).map(move |number| Shard::new(number, of))
}

/// A program, and what runs it.
type Program = (&'static str, fn(Explorer) -> Result<Stats, Box<Failure>>);

fn programs() -> [Program; 6] {
    [
        ("nothing", |explorer| explorer.run(|| async {})),
        ("one value", |explorer| explorer.run(|| async { assert!(choose(5) < 5) })),
        ("three values", |explorer| {
            explorer.run(|| async { assert!(choose(3) + choose(4) + choose(3) < 8) })
        }),
        ("yields", |explorer| explorer.run(yields)),
        ("faults", |explorer| explorer.faults(2).run(|| busy(0))),
        ("jumps", |explorer| explorer.stalls(1).run(|| busy(3))),
    ]
}

async fn yields() {
    let tasks = [2, 3, 2].map(|polls| {
        spawn(async move {
            for _ in 1..polls {
                yield_now().await;
            }
        })
    });
    for task in tasks {
        task.await.unwrap();
    }
}

/// A little of everything that can be chosen.
async fn busy(millis: u64) {
    let tasks = [0, 1].map(|i| {
        spawn(async move {
            for _ in 0..choose(2) + 1 {
                if millis > 0 {
                    let _ = timeout(Duration::from_millis(millis + i), yield_now()).await;
                } else {
                    yield_now().await;
                }
            }
            let _ = fault("here");
            interesting();
        })
    });
    for task in tasks {
        task.await.unwrap();
    }
}

#[test]
fn shards_divide_every_exhaustive_search() {
    for (name, run) in programs() {
        for deviations in [None, Some(u32::MAX), Some(3), Some(2), Some(1), Some(0)] {
            let explorer = || Explorer::new().strategy(exhaustive(deviations)).schedules(1_000_000);
            let whole = run(explorer()).unwrap();
            assert!(whole.exhausted && whole.share_exhausted, "{name}: {whole:?}");
            for of in COUNTS {
                // Each runs schedules beside its own: more shards than schedules are
                // for small spaces.
                let of = of.min(if whole.schedules < 50 { 2 * whole.schedules + 1 } else { 8 });
                let all: Vec<_> =
                    shards(of).map(|shard| run(explorer().shard(shard)).unwrap()).collect();
                let what = format!("{name}, {deviations:?}, {of} shards");
                assert_eq!(Sum::of(&all), Sum::of([&whole]), "{what}");
                let distinct: u64 = all.iter().map(|stats| stats.distinct).sum();
                assert_eq!(distinct, whole.distinct, "{what}");
                assert!(all.iter().all(|stats| stats.share_exhausted), "{what}");
                assert!(all.iter().all(|stats| stats.exhausted == (of == 1)), "{what}");
            }
        }
    }
}

/// Most of a larger space is deeper than what is dealt out one by one.
#[test]
fn shards_of_a_larger_space_have_about_the_same_size() {
    let run = |explorer: Explorer| {
        let values = || async { assert!((0..4).map(|_| choose(5)).sum::<usize>() < 17) };
        explorer.strategy(exhaustive(None)).schedules(10_000).run(values).unwrap()
    };
    let sizes: Vec<_> =
        shards(4).map(|shard| run(Explorer::new().shard(shard)).schedules).collect();
    assert_eq!(sizes.iter().sum::<u64>(), 625);
    assert!(sizes.iter().all(|size| (125..190).contains(size)), "{sizes:?}");
}

/// Whatever the budget cuts off: shares differ in size.
#[test]
fn shards_leave_out_nothing_that_the_whole_would_run() {
    for budget in [1, 5, 36, 100, 625] {
        let seen = |explorer: Explorer| {
            let seen = Arc::new(Mutex::new(BTreeSet::new()));
            let explorer = explorer.strategy(exhaustive(Some(9))).schedules(budget);
            let stats = explorer
                .run(|| {
                    let seen = seen.clone();
                    async move {
                        let values = [choose(5), choose(5), choose(5), choose(5)];
                        seen.lock().unwrap().insert(values);
                    }
                })
                .unwrap();
            let seen = seen.lock().unwrap().clone();
            (seen, stats)
        };
        let (whole, stats) = seen(Explorer::new());
        assert_eq!((whole.len() as u64, stats.schedules), (budget, budget));
        for of in [2, 3, 7] {
            let all: Vec<_> = shards(of).map(|shard| seen(Explorer::new().shard(shard))).collect();
            let union: BTreeSet<_> = all.iter().flat_map(|(seen, _)| seen).copied().collect();
            assert!(union.is_superset(&whole), "{budget} schedules, {of} shards");
            let counted: u64 = all.iter().map(|(_, stats)| stats.schedules).sum();
            assert!((budget..=union.len() as u64).contains(&counted), "{counted} of {union:?}");
            let are_done = all.iter().all(|(_, stats)| stats.share_exhausted);
            assert_eq!(are_done, stats.exhausted, "{budget} schedules, {of} shards");
        }
    }
}

fn drawing() -> [Strategy; 5] {
    [Strategy::Random, Strategy::Pct { depth: 3 }, Strategy::Pos, Strategy::Urw, Strategy::Surw]
}

#[test]
fn shards_draw_what_the_whole_draws() {
    for strategy in drawing() {
        let run = |explorer: Explorer| {
            let explorer = explorer.strategy(strategy.clone()).seed(7).schedules(500);
            explorer.faults(1).stalls(1).regression("v1;seed=3").run(|| busy(3)).unwrap()
        };
        let whole = run(Explorer::new());
        assert_eq!(whole.schedules, 500);
        for of in COUNTS {
            let of = of.min(700);
            let all: Vec<_> = shards(of).map(|shard| run(Explorer::new().shard(shard))).collect();
            assert_eq!(Sum::of(&all), Sum::of([&whole]), "{strategy}, {of} shards");
            let sizes = all.iter().map(|stats| stats.schedules);
            let (least, most) = (500 / of, 500_u64.div_ceil(of) + 1);
            for size in sizes {
                assert!((least.saturating_sub(1)..=most).contains(&size), "{strategy}: {size}");
            }
        }
    }
}

/// Also its exhaustive part, as far as schedules of two deviations fill it.
#[test]
fn shards_take_turns_as_the_whole_portfolio_does() {
    let wide = |explorer: Explorer| {
        explorer.run(|| async { assert!(choose(40) + choose(40) + choose(40) < 118) })
    };
    let timed = |explorer: Explorer| explorer.faults(1).run(|| busy(3));
    let run = |is_wide: bool, explorer: Explorer| {
        let explorer = explorer.schedules(if is_wide { 2_000 } else { 120 });
        if is_wide { wide(explorer) } else { timed(explorer) }.unwrap()
    };
    for is_wide in [true, false] {
        let whole = run(is_wide, Explorer::new());
        assert!(!whole.exhausted, "{whole:?}");
        for of in [2, 3, 4, 5, 16] {
            let all: Vec<_> =
                shards(of).map(|shard| run(is_wide, Explorer::new().shard(shard))).collect();
            assert_eq!(Sum::of(&all), Sum::of([&whole]), "{is_wide}, {of} shards");
        }
    }
}

/// A shard can't know that the others' parts are exhausted, too.
#[test]
fn a_shard_of_a_portfolio_draws_on_when_its_part_is_exhausted() {
    let values = || async { assert!(choose(3) + choose(4) < 6) };
    let run = |explorer: Explorer| explorer.schedules(400).run(values).unwrap();
    let (mut schedules, mut seen) = (0, 0);
    for shard in shards(3) {
        let stats = run(Explorer::new().shard(shard));
        assert!(stats.share_exhausted && !stats.exhausted, "{stats:?}");
        schedules += stats.schedules;
        seen += stats.distinct;
    }
    assert_eq!(schedules, 400);
    let whole = run(Explorer::new());
    assert!(whole.exhausted && whole.schedules < 400 && whole.distinct <= seen, "{whole:?}");
}

#[test]
fn threads_of_a_shard_run_what_one_does() {
    let mut strategies = drawing().to_vec();
    strategies.extend([exhaustive(None), exhaustive(Some(9)), Strategy::Portfolio]);
    for strategy in strategies {
        for shard in shards(3) {
            let run = |threads| {
                let explorer = Explorer::new().strategy(strategy.clone()).schedules(900);
                let stats = explorer.shard(shard).threads(threads).run(yields).unwrap();
                (Sum::of([&stats]), stats.distinct, stats.share_exhausted)
            };
            assert_eq!(run(1), run(3), "{strategy}, {shard}");
        }
    }
}

#[test]
fn the_only_schedule_is_of_the_first_shard() {
    for strategy in [Strategy::Fair, Strategy::Script(vec![1, 2, 3])] {
        for shard in shards(3) {
            let explorer = Explorer::new().strategy(strategy.clone()).shard(shard);
            let stats = explorer.run(yields).unwrap();
            assert_eq!(stats.schedules, u64::from(shard.number() == 1), "{strategy}, {shard}");
            assert_eq!(stats.shard, shard);
        }
    }
    // A replay is in no part of a search.
    let replay = Strategy::Replay("v1;seed=0;t1=2".parse().unwrap());
    let stats = Explorer::new().strategy(replay).shard(Shard::new(2, 3)).run(yields).unwrap();
    assert_eq!((stats.schedules, stats.shard), (1, Shard::WHOLE));
}

#[test]
fn the_fair_schedule_comes_after_regressions() {
    for shard in shards(2) {
        let explorer = Explorer::new().strategy(Strategy::Fair).shard(shard);
        let stats = explorer.regression("v1;seed=0;t1=2").run(yields).unwrap();
        assert_eq!(stats.distinct, if shard.number() == 1 { 2 } else { 0 });
    }
}

/// It breaks in one of many orders.
async fn breaks() {
    let order = Arc::new(Mutex::new(Vec::new()));
    let tasks = [0, 1, 2, 3].map(|i| {
        let order = order.clone();
        spawn(async move {
            yield_now().await;
            order.lock().unwrap().push(i);
        })
    });
    for task in tasks {
        task.await.unwrap();
    }
    assert_ne!(*order.lock().unwrap(), [3, 1, 0, 2]);
}

#[test]
fn the_shard_that_finds_a_failure_finds_what_the_whole_does() {
    for strategy in drawing() {
        let run = |explorer: Explorer| {
            explorer.strategy(strategy.clone()).name("breaks").schedules(2_000).run(breaks)
        };
        let whole = run(Explorer::new()).unwrap_err();
        let found = shards(3).filter_map(|shard| run(Explorer::new().shard(shard)).err());
        let first = found.min_by_key(|failure| failure.index).expect("one of them finds it");
        assert_eq!((first.index, first.of), (whole.index, 2_000), "{strategy}");
        assert_eq!(first.schedule, whole.schedule, "{strategy}");
        let says = format!("schedule {} of 2000 (shard {}) failed", first.index, first.shard);
        assert!(first.to_string().starts_with(&says), "{first}");
        assert!(!first.replay().contains('/'), "{first}");
    }
}

/// One by one, each failure is found by one shard, and by no other.
#[test]
fn a_failure_of_three_deviations_is_found_by_one_shard() {
    for wanted in [[1, 1, 1], [2, 1, 2], [1, 2, 2], [2, 2, 2]] {
        for deviations in [None, Some(3)] {
            let found = shards(5).filter(|shard| {
                let explorer = Explorer::new().strategy(exhaustive(deviations)).shard(*shard);
                let values = || async move {
                    assert_ne!([choose(3), choose(3), choose(3)], wanted);
                };
                explorer.run(values).is_err()
            });
            assert_eq!(found.count(), 1, "{wanted:?}, {deviations:?}");
        }
    }
}

const CHILD: &str = "shards::a_shard_that_breaks_if_it_is_told_to";

/// Also what the child processes of the next test run.
#[test]
fn a_shard_that_breaks_if_it_is_told_to() {
    if std::env::var_os("SHARD_BREAKS").is_some() {
        let strategy = exhaustive(Some(9));
        Explorer::default().name(CHILD).strategy(strategy).schedules(5_000).check(breaks);
    }
}

#[test]
fn the_environment_chooses_a_shard_and_a_failure_replays_without_it() {
    let run = |name: &str, value: &str, more: Option<(&str, &str)>| {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", CHILD, "--nocapture"]).env("SHARD_BREAKS", "1");
        for variable in ["SUREFOOT_SHARD", "SUREFOOT_REPLAY"] {
            child.env_remove(variable);
        }
        let output = child.env(name, value).envs(more).output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let all = ["1/3", "2/3", "3/3"].map(|shard| (shard, run("SUREFOOT_SHARD", shard, None)));
    let failed: Vec<_> = all.iter().filter(|(_, (passed, _))| !passed).collect();
    let &(shard, (_, said)) = failed.first().expect("one of them finds it");
    assert!(said.contains(&format!("(shard {shard}) failed: ")), "{said}");
    let replay = said.split("SUREFOOT_REPLAY='").nth(1).and_then(|rest| rest.split('\'').next());
    let replay = replay.unwrap_or_else(|| panic!("it says how to replay it: {said}"));
    assert!(!said.contains("SUREFOOT_SHARD"), "{said}");
    for more in [None, Some(("SUREFOOT_SHARD", "1/3")), Some(("SUREFOOT_SHARD", "2/3"))] {
        let (passed, said) = run("SUREFOOT_REPLAY", replay, more);
        assert!(!passed && said.contains("schedule 1 of "), "{said}");
    }
    let (passed, said) = run("SUREFOOT_SHARD", "4/3", None);
    let says = "SUREFOOT_SHARD=4/3: shard, position 0: expected a number from 1 to 3, found `4`";
    assert!(!passed && said.contains(says), "{said}");
}

/// In another shard it may.
#[test]
fn what_held_in_no_schedule_of_a_shard_is_told_and_no_failure() {
    let run = |explorer: Explorer| {
        explorer.strategy(exhaustive(None)).run(|| async {
            let value = choose(4);
            sometimes("three", value == 3);
            sometimes("four", value == 4);
        })
    };
    let failure = run(Explorer::new()).unwrap_err();
    assert!(matches!(failure.verdict, Verdict::Never { .. }), "{failure}");
    // What is run for its children holds, too.
    let all: Vec<_> = shards(2).map(|shard| run(Explorer::new().shard(shard)).unwrap()).collect();
    assert!(all.iter().any(|stats| !stats.never.contains(&"three")), "{all:?}");
    assert!(all.iter().all(|stats| stats.never.contains(&"four")), "{all:?}");
}

#[test]
fn a_stopped_exploration_returns_what_it_has_found() {
    for (strategy, threads) in [
        (Strategy::Random, 1),
        (Strategy::Random, 2),
        (exhaustive(Some(9)), 2),
        (exhaustive(None), 1),
        (Strategy::Portfolio, 2),
    ] {
        for shard in [Shard::WHOLE, Shard::new(2, 3)] {
            let stop = Stop::new();
            let ran = Arc::new(Mutex::new(0));
            let explorer = Explorer::new().strategy(strategy.clone()).threads(threads);
            let explorer = explorer.shard(shard).schedules(u64::MAX).stop(&stop);
            let stats = explorer.run(|| {
                *ran.lock().unwrap() += 1;
                if *ran.lock().unwrap() == 200 {
                    stop.stop();
                }
                async { sometimes("end", [(); 9].map(|()| choose(9)) == [8; 9]) }
            });
            let stats = stats.unwrap();
            assert!(stats.stopped && !stats.exhausted && !stats.share_exhausted, "{stats:?}");
            assert!(stats.schedules <= 201, "{stats:?}");
            assert_eq!(stats.never, ["end"]);
        }
    }
    let stats = Explorer::new().stop(&Stop::new()).run(yields).unwrap();
    assert!(!stats.stopped);
}
