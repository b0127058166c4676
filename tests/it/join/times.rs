//! When futures run, how many at a time, and in which order their outputs come.

use std::future::ready;
use std::hint::black_box;
use std::rc::Rc;

use surefoot::join::{all, settle, try_all};
use tokio_test::{assert_ready, task};

use crate::support::*;

/// join/JOIN1: three calls take as long as the slowest of them.
#[tokio::test(start_paused = true)]
async fn a_join_takes_as_long_as_its_slowest_future() {
    let watch = Watch::new();
    let times = [100, 150, 200];
    let jobs = |n: usize| {
        let watch = watch.clone();
        (0..n).map(move |i| watch.takes(i, times[i % 3]))
    };
    for n in SIZES {
        let expected: Vec<_> = (0..n).collect();
        assert_eq!(timed(all(jobs(n))).await, (expected.clone(), 200));
        assert_eq!(timed(try_all(jobs(n).map(succeeding))).await, (Ok(expected), 200));
    }
    let tuple = (watch.takes(0, 100), watch.takes(1, 150), async { wait(200).await });
    assert_eq!(timed(all(tuple)).await, ((0, 1, ()), 200));
}

async fn succeeding(job: Job<usize>) -> Result<usize, ()> {
    Ok(job.await)
}

/// join/JOIN1, join/JOIN3: with a limit, as computed by hand: the next begins at
/// the moment when one ends.
#[tokio::test(start_paused = true)]
async fn a_limited_join_keeps_its_timetable() {
    let table: [(&[u64], usize, &[u64], u64); 5] = [
        (&[100, 150, 200], 2, &[0, 0, 100], 300),
        (&[100, 150, 200], 1, &[0, 100, 250], 450),
        (&[100, 150, 200], 3, &[0, 0, 0], 200),
        (&[10, 10, 10, 10, 10], 2, &[0, 0, 10, 10, 20], 30),
        (&[50, 10, 10, 10, 10], 2, &[0, 0, 10, 20, 30], 50),
    ];
    for (times, limit, begins, ends) in table {
        for is_small in [true, false] {
            let watch = Watch::new();
            let jobs = times.iter().enumerate().map(|(i, millis)| watch.takes(i, *millis));
            let took = if is_small {
                timed(all(jobs).limit(limit)).await.1
            } else {
                timed(all(jobs.filter(|_| true).chain(unknown())).limit(limit)).await.1
            };
            let begun: Vec<_> = watch.begun_at();
            let expected: Vec<_> = begins.iter().copied().enumerate().collect();
            assert_eq!((begun, took), (expected, ends), "{times:?}, limit {limit}");
            assert_eq!(watch.most(), limit.min(times.len()));
        }
    }
}

/// None, of which the iterator does not know that.
fn unknown() -> impl Iterator<Item = Job<usize>> {
    (0..1_000).filter_map(|_| None)
}

/// join/JOIN1: a tuple keeps its timetable, too.
#[tokio::test(start_paused = true)]
async fn a_limited_tuple_keeps_its_timetable() {
    let watch = Watch::new();
    let jobs = (watch.takes(0, 100), watch.takes(1, 150), watch.takes(2, 200));
    assert_eq!(timed(all(jobs).limit(2)).await, ((0, 1, 2), 300));
    assert_eq!(watch.begun_at(), [(0, 0), (1, 0), (2, 100)]);
}

/// join/JOIN3, join/X11: the limit holds at every instant, and is used.
#[tokio::test(start_paused = true)]
async fn as_many_run_as_may() {
    for n in SIZES {
        for limit in [1, 2, 7, 64] {
            let watch = Watch::new();
            let jobs = (0..n).map(|i| watch.takes(i, 10));
            let (outputs, took) = timed(all(jobs).limit(limit)).await;
            assert_eq!(outputs.len(), n);
            assert_eq!(watch.most(), limit.min(n));
            assert_eq!(took, 10 * n.div_ceil(limit) as u64);
        }
    }
}

/// join/JOIN3: a future that is ready at once gives its place to the next at
/// once.
#[tokio::test(start_paused = true)]
async fn a_future_that_is_ready_holds_no_place() {
    for n in SIZES {
        let watch = Watch::new();
        let job = |i: usize| if i == 0 { watch.takes(0, 50) } else { watch.job(i, ready(i)) };
        let mut join = task::spawn(all((0..n).map(job)).limit(2));
        assert!(join.poll().is_pending());
        // At most as many as the task's budget lets run in one poll.
        assert!(watch.dropped().len() >= (n - 1).min(100), "{:?}", watch.dropped());
        assert_eq!(timed(join).await.1, 50);
    }
}

/// join/JOIN2: outputs come in the order of the futures, whoever ends first.
#[tokio::test(start_paused = true)]
async fn outputs_are_in_the_order_of_the_futures() {
    for n in SIZES {
        let watch = Watch::new();
        let descending = (0..n).map(|i| watch.takes(i, (n - i) as u64));
        assert_eq!(all(descending).await, (0..n).collect::<Vec<_>>());
        let odd_fail = (0..n).map(|i| watch.tries(i, (n - i) as u64, i % 2 == 0));
        let expected: Vec<_> = (0..n).map(|i| if i % 2 == 0 { Ok(i) } else { Err(i) }).collect();
        assert_eq!(settle(odd_fail).await, expected);
    }
    let tuple = all((async { wait(3).await }, async { 2 }, ready("one")));
    assert_eq!(tuple.await, ((), 2, "one"));
}

/// join/JOIN1: nothing happens before the first poll, not even a question to the
/// iterator; with a limit, the iterator is asked for what may run.
#[tokio::test(start_paused = true)]
async fn nothing_starts_before_the_first_poll() {
    let watch = Watch::new();
    let pulled = std::cell::Cell::new(0);
    let jobs = (0..1_000).map(|i| {
        pulled.set(pulled.get() + 1);
        watch.takes(i, 10)
    });
    let mut join = task::spawn(all(jobs).limit(4));
    assert_eq!(pulled.get(), 0);
    assert!(join.poll().is_pending());
    assert_eq!((pulled.get(), watch.running()), (4, 4));
    drop(join);
    assert_eq!((pulled.get(), watch.running()), (4, 0));
}

/// join/X6: no future, one, all sizes of tuples, and limits of any size.
#[test]
fn sets_and_limits_of_any_size_work() {
    fn now<F: Future>(future: F) -> F::Output {
        assert_ready!(task::spawn(future).poll())
    }
    type Fails = std::future::Ready<Result<u8, ()>>;
    assert_eq!(now(all(Vec::<std::future::Ready<u8>>::new())), Vec::<u8>::new());
    assert_eq!(now(try_all(Vec::<Fails>::new()).limit(1)), Ok(vec![]));
    assert_eq!(now(settle(Vec::<Fails>::new()).deadline(ms(0))), []);
    for limit in [1, 2, 31, 32, 33, usize::MAX] {
        for n in [1, 31, 32, 33] {
            let outputs = now(all((0..n).map(ready)).limit(limit));
            assert_eq!(outputs, (0..n).collect::<Vec<_>>());
        }
    }
    let r = ready::<u8>;
    assert_eq!(now(all((r(0),))), (0,));
    assert_eq!(now(all((r(0), r(1)))), (0, 1));
    assert_eq!(now(all((r(0), r(1), r(2)))), (0, 1, 2));
    assert_eq!(now(all((r(0), r(1), r(2), r(3)))), (0, 1, 2, 3));
    assert_eq!(now(all((r(0), r(1), r(2), r(3), r(4)))), (0, 1, 2, 3, 4));
    assert_eq!(now(all((r(0), r(1), r(2), r(3), r(4), r(5)))), (0, 1, 2, 3, 4, 5));
    assert_eq!(now(all((r(0), r(1), r(2), r(3), r(4), r(5), r(6)))), (0, 1, 2, 3, 4, 5, 6));
    let eight = all((r(0), r(1), r(2), r(3), r(4), r(5), r(6), r(7))).limit(3);
    assert_eq!(now(eight), (0, 1, 2, 3, 4, 5, 6, 7));
}

/// join/X5: the futures may borrow what the caller has, and need not be `Send`;
/// no runtime is needed.
#[test]
fn futures_may_borrow_and_stay_on_their_thread() {
    let words = [String::from("to"), String::from("be")];
    let count = Rc::new(std::cell::Cell::new(0));
    let counted = words.iter().map(|word| {
        let count = count.clone();
        async move { count.set(count.get() + word.len()) }
    });
    assert_eq!(assert_ready!(task::spawn(all(counted)).poll()), [(), ()]);
    assert_eq!(count.get(), 4);
}

/// join/X10: a year passes in no time.
#[tokio::test(start_paused = true)]
async fn a_year_passes_under_a_paused_clock() {
    let year = 365 * 24 * 60 * 60 * 1_000;
    let watch = Watch::new();
    let days = || (0..365).map(|i| watch.takes(i, year / 365));
    assert_eq!(timed(all(days()).limit(1).deadline(ms(year))).await.1, year);
    assert_eq!(timed(all(days()).limit(1).deadline(ms(year / 2))).await.1, year / 2);
}

/// join/JOIN2, join/JOIN3: futures of any size, at once and a few at a time: where they
/// lie depends on their size, and nothing else does.
#[tokio::test(start_paused = true)]
async fn futures_of_any_size_are_joined() {
    async fn carries<const SIZE: usize>(n: u64) -> u64 {
        let ballast = black_box([1_u8; SIZE]);
        wait(n).await;
        u64::from(ballast[SIZE - 1]) * n
    }
    let numbers: Vec<_> = (0..300).collect();
    for limit in [1, 30, 300] {
        let small = all((0..300).map(carries::<1>)).limit(limit);
        let large = all((0..300).map(carries::<2_000>)).limit(limit);
        assert!(format!("{large:?}").starts_with(&format!("Join {{ limit: {limit}, deadline: ")));
        let ((small, took), (large, took_large)) = (timed(small).await, timed(large).await);
        assert_eq!((&small, &large, took), (&numbers, &numbers, took_large));
    }
}
