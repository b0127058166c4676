//! Who wins when several are ready.

use std::collections::BTreeMap;
use std::future::{pending, ready};

use surefoot::race::{first, first_ok};
use tokio_test::{assert_ready, task};

use crate::support::*;

fn now<F: Future>(future: F) -> F::Output {
    assert_ready!(task::spawn(future).poll())
}

/// The chi-square statistic of `wins` against equal shares.
fn chi_square(wins: &BTreeMap<usize, u32>, players: usize) -> f64 {
    let total: u32 = wins.values().sum();
    let share = f64::from(total) / players as f64;
    let deviation = |wins: u32| (f64::from(wins) - share).powi(2) / share;
    let losers = players - wins.len();
    wins.values().map(|wins| deviation(*wins)).sum::<f64>() + losers as f64 * deviation(0)
}

/// Of `n` futures those at `ready_at` are ready: how often each wins.
fn wins(n: usize, ready_at: &[usize], rounds: u64) -> BTreeMap<usize, u32> {
    let mut wins = BTreeMap::new();
    for seed in 0..rounds {
        let jobs = (0..n).map(|i| async move {
            if ready_at.contains(&i) {
                return i;
            }
            pending().await
        });
        let (at, value) = now(first(jobs).seed(seed)).expect("some are ready");
        assert_eq!(at, value);
        *wins.entry(at).or_default() += 1;
    }
    wins
}

/// race/RACE4: each of those that are ready wins its share, whichever they are,
/// and wherever those stand that are not.
#[test]
fn each_one_that_is_ready_wins_its_share() {
    // The 99.9th percentiles of chi-square with 1, 2 and 4 degrees of freedom.
    let cases: [(usize, &[usize], f64); 6] = [
        (2, &[0, 1], 10.83),
        (10, &[0, 1], 10.83),
        (10, &[0, 1, 9], 13.82),
        (5, &[0, 1, 2, 3, 4], 18.47),
        (128, &[0, 1, 127], 13.82),
        (300, &[0, 1, 2, 150, 299], 18.47),
    ];
    for (n, ready_at, limit) in cases {
        let wins = wins(n, ready_at, 2_000);
        let statistic = chi_square(&wins, ready_at.len());
        assert!(statistic < limit, "{n} futures: {wins:?}");
    }
}

/// race/RACE4: a seed gives the same winner again, and seeds differ; so do races
/// without one.
#[test]
fn a_seed_gives_the_same_winner_again() {
    for n in SIZES {
        let winner = |seed| now(first((0..n).map(ready)).seed(seed)).map(|(at, _)| at);
        let winners: Vec<_> = (0..50).map(winner).collect();
        assert_eq!((0..50).map(winner).collect::<Vec<_>>(), winners);
        assert!(winners.iter().any(|other| *other != winners[0]));
        let unseeded: Vec<_> = (0..50).map(|_| now(first((0..n).map(ready)))).collect();
        assert!(unseeded.iter().any(|other| *other != unseeded[0]));
    }
}

/// race/RACE4: ties that come later, by wake-ups, are fair too; and those of tuples,
/// and between successes.
#[test]
fn later_ties_are_fair_too() {
    for n in [3, 200] {
        let mut wins = BTreeMap::new();
        for seed in 0..1_000 {
            let gates: Vec<_> = (0..n).map(|_| Gate::default()).collect();
            let jobs = gates.iter().cloned().map(Gate::passed);
            let mut race = task::spawn(first(jobs).seed(seed));
            assert!(race.poll().is_pending());
            gates[..2].iter().for_each(Gate::open);
            let (at, ()) = assert_ready!(race.poll()).expect("two are ready");
            *wins.entry(at).or_default() += 1;
        }
        assert!(chi_square(&wins, 2) < 10.83, "{n} futures: {wins:?}");
    }
    let mut wins = BTreeMap::new();
    for seed in 0..1_000 {
        let tuple = (ready(Ok::<_, ()>(0)), ready(Err(())), async { Ok(2) });
        let (at, _) = now(first_ok(tuple).seed(seed)).expect("two succeed");
        *wins.entry(at).or_default() += 1;
    }
    assert!(chi_square(&wins, 2) < 10.83, "{wins:?}");
}
