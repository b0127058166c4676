//! Who wins, and what becomes of the others.

use std::future::{pending, ready};
use std::time::Duration;

use surefoot::error::{Elapsed, Empty};
use surefoot::race::{AllFailed, FirstError, FirstOkError, first, first_ok};
use tokio_test::{assert_ready, task};

use crate::support::*;

fn errors<T>(outcome: Result<T, AllFailed<usize>>) -> Vec<usize> {
    outcome.err().expect("all fail").errors
}

/// race/RACE2: whoever ends first wins, and nobody else is left when it is known.
#[tokio::test(start_paused = true)]
async fn the_first_one_wins_and_nobody_else_is_left() {
    for n in SIZES {
        let watch = Watch::new();
        let jobs = (0..n).map(|i| watch.takes(i, if i == n - 2 { 10 } else { 20 + i as u64 }));
        assert_eq!(timed(first(jobs)).await, (Ok((n - 2, n - 2)), 10));
        assert_eq!(watch.running(), 0, "a loser is left when the winner is known");
        assert_eq!(watch.dropped().len(), n);
    }
    let watch = Watch::new();
    let tuple = (watch.job(0, pending()), watch.takes(1, 30), watch.takes(2, 20));
    assert_eq!(timed(first(tuple)).await, (Ok((2, 2)), 20));
    assert_eq!((watch.running(), watch.dropped()), (0, vec![2, 0, 1]));
}

/// race/RACE1, race/RACE2: the first success wins although others failed before.
#[tokio::test(start_paused = true)]
async fn the_first_success_wins_over_earlier_errors() {
    for n in SIZES {
        let watch = Watch::new();
        let jobs = (0..n).map(|i| match i {
            1 => watch.tries(i, 30, true),
            2 => watch.tries(i, 40, true),
            _ => watch.tries(i, i as u64 % 20, false),
        });
        assert_eq!(timed(first_ok(jobs)).await, (Ok((1, 1)), 30));
        assert_eq!(watch.running(), 0, "a loser is left when the winner is known");
    }
    let watch = Watch::new();
    let tuple = (watch.tries(0, 10, false), watch.tries(1, 20, true));
    assert_eq!(timed(first_ok(tuple)).await, (Ok((1, 1)), 20));
}

/// race/RACE1: when all fail, all errors come, in the order of the futures, at the
/// moment of the last.
#[tokio::test(start_paused = true)]
async fn all_errors_come_in_the_order_of_the_futures() {
    for n in SIZES {
        let watch = Watch::new();
        let jobs = (0..n).map(|i| watch.tries(i, (n - i) as u64, false));
        let (outcome, took) = timed(first_ok(jobs)).await;
        assert_eq!((errors(outcome), took), ((0..n).collect(), n as u64));
    }
}

/// race/X6: nobody, one, many; all sizes of tuples.
#[test]
fn sets_of_any_size_race() {
    fn now<F: Future>(future: F) -> F::Output {
        assert_ready!(task::spawn(future).poll())
    }
    assert_eq!(now(first(Vec::<std::future::Ready<u8>>::new())), Err(Empty));
    assert_eq!(
        now(first(Vec::<std::future::Ready<u8>>::new()).deadline(ms(0))),
        Err(FirstError::Empty(Empty))
    );
    assert_eq!(
        errors(now(first_ok(Vec::<std::future::Ready<Result<u8, usize>>>::new()))),
        Vec::<usize>::new()
    );
    for n in [1, 2, 127, 128, 129, 1_000] {
        let (at, value) = now(first((0..n).map(ready))).expect("all are ready");
        assert_eq!(at, value);
    }
    let r = ready::<u8>;
    let p = || pending::<u8>();
    assert_eq!(now(first((r(0),))), Ok((0, 0)));
    assert_eq!(now(first((p(), r(1)))), Ok((1, 1)));
    assert_eq!(now(first((p(), p(), r(2)))), Ok((2, 2)));
    assert_eq!(now(first((p(), p(), p(), r(3)))), Ok((3, 3)));
    assert_eq!(now(first((p(), p(), p(), p(), r(4)))), Ok((4, 4)));
    assert_eq!(now(first((p(), p(), p(), p(), p(), r(5)))), Ok((5, 5)));
    assert_eq!(now(first((p(), p(), p(), p(), p(), p(), r(6)))), Ok((6, 6)));
    assert_eq!(now(first((p(), p(), p(), p(), p(), p(), p(), r(7)))), Ok((7, 7)));
}

/// race/RACE1, race/X6: with a deadline of any size; who is ready at the limit is
/// in time, and the errors so far are kept.
#[tokio::test(start_paused = true)]
async fn a_race_ends_at_its_deadline() {
    for n in SIZES {
        let watch = Watch::new();
        let jobs = || (0..n).map(|i| watch.takes(i, 30 + i as u64));
        let late = timed(first(jobs()).deadline(ms(29))).await;
        assert_eq!(late, (Err(FirstError::Elapsed(Elapsed::new(ms(29)))), 29));
        assert_eq!(watch.running(), 0);
        for limit in [ms(30), Duration::MAX] {
            assert_eq!(timed(first(jobs()).deadline(limit)).await, (Ok((0, 0)), 30));
        }
        let some_fail =
            || (0..n).map(|i| watch.tries(i, if i < 3 { 9 - i as u64 } else { 50 }, false));
        let late = first_ok(some_fail()).deadline(ms(8)).await;
        let Err(FirstOkError::Elapsed { elapsed, errors, .. }) = late else {
            assert_eq!(n, 3, "not all fail in time");
            unreachable!("at 8 ms the first of three runs: {late:?}")
        };
        assert_eq!((elapsed, errors), (Elapsed::new(ms(8)), vec![(1, 1), (2, 2)]));
        let all = first_ok(some_fail()).deadline(ms(50)).await;
        let Err(FirstOkError::AllFailed(all)) = all else { panic!("all fail at the limit") };
        assert_eq!(all.errors, (0..n).collect::<Vec<_>>());
        let one = (0..n).map(|i| watch.tries(i, 5, i == 2)).collect::<Vec<_>>();
        assert_eq!(first_ok(one).deadline(ms(6)).await.ok(), Some((2, 2)));
    }
}

/// race/X3: a panic goes on, and the others go with the race.
#[tokio::test(start_paused = true)]
async fn a_panic_goes_on_and_the_others_are_dropped() {
    for n in SIZES {
        let watch = Watch::new();
        let job = |i: usize| {
            watch.job(i, async move {
                assert!(i != 0, "job 0 panics");
                wait(10).await;
            })
        };
        let mut race = task::spawn(first((0..n).map(job)));
        let said = panic_of_polls(&mut race).await;
        assert_eq!(said, "job 0 panics");
        drop(race);
        assert_eq!(watch.running(), 0);
    }
}

/// race/X3: a loser whose drop panics leaks none of the others.
#[tokio::test(start_paused = true)]
async fn a_loser_whose_drop_panics_leaks_nobody() {
    struct PanicsOnDrop;
    impl Drop for PanicsOnDrop {
        fn drop(&mut self) {
            panic!("a drop that panics");
        }
    }
    for n in SIZES {
        let watch = Watch::new();
        let jobs: Vec<_> = (0..n)
            .map(|i| {
                let bomb = if i == 1 { Some(PanicsOnDrop) } else { None };
                watch.job(i, async move {
                    let _bomb = bomb;
                    wait(if i == 0 { 1 } else { 10 }).await;
                })
            })
            .collect();
        let mut race = task::spawn(first(jobs));
        while watch.begun_at().len() < n {
            assert!(race.poll().is_pending());
            tokio::task::yield_now().await;
        }
        wait(1).await;
        assert_eq!(panic_of_polls(&mut race).await, "a drop that panics");
        assert_eq!(watch.running(), 0);
    }
}

/// race/X5: the futures may borrow, need not be `Send`, and need no runtime; a race
/// may be dropped outside its own.
#[test]
fn futures_may_borrow_and_stay_on_their_thread() {
    let word = std::rc::Rc::new(String::from("to be"));
    let lengths = [&word, &word].map(|word| async { word.len() });
    let (_, length) = assert_ready!(task::spawn(first(lengths)).poll()).expect("two run");
    assert_eq!(length, 5);
    for n in SIZES {
        let runtime = runtime();
        let (watch, race) = runtime.block_on(async {
            let watch = Watch::new();
            let jobs: Vec<_> = (0..n).map(|i| watch.takes(i, 100)).collect();
            let mut race = task::spawn(first(jobs).deadline(ms(200)));
            assert!(race.poll().is_pending());
            (watch, race)
        });
        drop(runtime);
        drop(race);
        assert_eq!(watch.running(), 0);
    }
}

/// race/X10: a year passes in no time.
#[tokio::test(start_paused = true)]
async fn a_year_passes_under_a_paused_clock() {
    let year = 365 * 24 * 60 * 60 * 1_000;
    let watch = Watch::new();
    let jobs = (0..3).map(|i| watch.tries(i, year - i as u64, i == 0));
    assert_eq!(timed(first_ok(jobs).deadline(ms(year))).await.1, year);
}

/// Debug output says what was set.
#[test]
fn debug_output_says_what_was_set() {
    let race = first((ready(1), ready(2))).seed(7);
    assert_eq!(format!("{race:?}").split(", deadline").next(), Some("Race { seed: Some(7)"));
}
