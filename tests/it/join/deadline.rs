//! Joins with a deadline.

use std::future::{pending, poll_fn, ready};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use futures::FutureExt;
use surefoot::error::Elapsed;
use surefoot::join::{TryError, Unsettled, all, settle, try_all};

use crate::support::*;

/// join/JOIN1: at exactly the limit, `all` gives up, and everything is dropped.
#[tokio::test(start_paused = true)]
async fn all_ends_at_its_deadline() {
    for n in SIZES {
        let watch = Watch::new();
        let jobs = || (0..n).map(|i| watch.takes(i, if i == 1 { 60 } else { 10 }));
        let late = timed(all(jobs()).deadline(ms(59))).await;
        assert_eq!(late, (Err(Elapsed::new(ms(59))), 59));
        assert_eq!(watch.running(), 0);
        // Ready at the limit is in time.
        let in_time = timed(all(jobs()).deadline(ms(60))).await;
        assert_eq!(in_time, (Ok((0..n).collect()), 60));
    }
    let tuple = all((ready(1), pending::<u8>())).deadline(ms(5));
    assert_eq!(timed(tuple).await, (Err(Elapsed::new(ms(5))), 5));
}

/// join/JOIN4: `try_all` ends with whichever comes first, an error or the deadline.
#[tokio::test(start_paused = true)]
async fn try_all_ends_at_its_deadline_or_its_first_error() {
    for n in SIZES {
        let watch = Watch::new();
        let jobs = || (0..n).map(|i| watch.tries(i, 50, i != 1));
        let late = timed(try_all(jobs()).deadline(ms(49))).await;
        assert_eq!(late, (Err(TryError::Elapsed(Elapsed::new(ms(49)))), 49));
        let failed = timed(try_all(jobs()).deadline(ms(50))).await;
        assert_eq!(failed, (Err(TryError::Failed(1)), 50));
        let succeeding = (0..n).map(|i| watch.tries(i, 5, true));
        assert_eq!(try_all(succeeding).deadline(ms(6)).await, Ok((0..n).collect()));
        assert_eq!(watch.running(), 0);
    }
}

/// join/JOIN4: `settle` keeps what there is at its deadline, and says of the rest
/// whether it was begun.
#[tokio::test(start_paused = true)]
async fn settle_keeps_what_there_is_at_its_deadline() {
    let elapsed = Elapsed::new(ms(25));
    for n in SIZES {
        let watch = Watch::new();
        let jobs = (0..n).map(|i| watch.tries(i, if i == 0 { 10 } else { 100 }, i != 0));
        let (outcomes, took) = timed(settle(jobs).limit(1).deadline(ms(25))).await;
        assert_eq!(took, 25);
        let mut expected = vec![Err(Unsettled::NotStarted(elapsed)); n];
        expected[0] = Err(Unsettled::Failed(0));
        expected[1] = Err(Unsettled::Cut(elapsed));
        assert_eq!(outcomes, expected);
        assert_eq!(watch.running(), 0);
    }
    let jobs = (ready(Ok::<_, ()>("a")), pending::<Result<u8, &str>>(), ready(Ok::<_, u8>(())));
    let (a, b, c) = settle(jobs).limit(2).deadline(ms(25)).await;
    assert_eq!((a, c), (Ok("a"), Ok(())));
    assert_eq!(b, Err(Unsettled::Cut(elapsed)));
    let kept_back = (pending::<Result<(), ()>>(), ready(Ok::<_, ()>(())));
    let (_, second) = settle(kept_back).limit(1).deadline(ms(25)).await;
    assert_eq!(second, Err(Unsettled::NotStarted(elapsed)));
}

/// join/X6: limits of any size, before and after the other option.
#[tokio::test(start_paused = true)]
async fn deadlines_of_any_size_work() {
    let never = edge_of_the_clock() + Duration::from_nanos(1);
    for n in SIZES {
        let watch = Watch::new();
        for limit in [Duration::MAX, never] {
            let jobs = (0..n).map(|i| watch.takes(i, 10));
            assert_eq!(timed(all(jobs).deadline(limit).limit(n)).await, (Ok((0..n).collect()), 10));
        }
        let zero = all((0..n).map(|i| watch.takes(i, 10))).deadline(Duration::ZERO);
        assert_eq!(timed(zero).await, (Err(Elapsed::new(Duration::ZERO)), 0));
    }
    let ready_in_time = all((0..3).map(ready)).deadline(Duration::ZERO);
    assert_eq!(ready_in_time.await, Ok(vec![0, 1, 2]));
}

/// join/X9: futures that are always busy do not outlive the deadline.
#[tokio::test(start_paused = true)]
async fn busy_futures_do_not_starve_the_deadline() {
    for n in SIZES {
        let busy = (0..n).map(|_| async {
            for _ in 0..1_000_000 {
                tokio::time::advance(ms(1)).await;
                tokio::task::consume_budget().await;
            }
        });
        assert_eq!(all(busy).deadline(ms(40)).await, Err(Elapsed::new(ms(40))));
    }
}

/// join/JOIN4, join/X9: at the deadline, who runs is asked once more without the task's
/// budget, which may be spent, and nobody is begun.
#[tokio::test(start_paused = true)]
async fn the_deadline_asks_who_runs_and_begins_nobody() {
    let elapsed = Elapsed::new(Duration::ZERO);
    // One at a time, and more than a budget has units.
    let jobs = (0..1_000).map(|i| ready(Ok::<_, ()>(i)));
    let outcomes = settle(jobs).limit(1).deadline(Duration::ZERO).await;
    let settled = outcomes.iter().take_while(|outcome| outcome.is_ok()).count();
    assert!((1..1_000).contains(&settled), "{settled}");
    assert_eq!(outcomes[settled..], vec![Err(Unsettled::NotStarted(elapsed)); 1_000 - settled]);

    let asks = async || {
        tokio::task::consume_budget().await;
        Ok::<_, ()>(())
    };
    let mut join = pin!(settle((asks(), asks())).limit(1).deadline(Duration::ZERO));
    // The last unit is the join's own.
    leave(1).await;
    assert!(poll_fn(|cx| Poll::Ready(join.as_mut().poll(cx))).await.is_pending());
    assert_eq!(join.await, (Ok(()), Err(Unsettled::NotStarted(elapsed))));
}

/// join/JOIN4, join/X9: futures that spend the task's whole budget in each turn put the
/// deadline off by a turn of each, and do not hide the one that is ready.
#[tokio::test(start_paused = true)]
async fn greedy_futures_put_off_no_deadline() {
    for n in SIZES {
        let ready_if_asked = async {
            tokio::task::consume_budget().await;
            Ok::<_, ()>(n)
        };
        let jobs = (1..n).map(|_| greedy().boxed_local()).chain([ready_if_asked.boxed_local()]);
        let mut join = pin!(settle(jobs.collect::<Vec<_>>()).deadline(ms(10)));
        for _ in 0..10 {
            tokio::task::yield_now().await;
            assert!(poll_fn(|cx| Poll::Ready(join.as_mut().poll(cx))).await.is_pending());
            tokio::time::advance(ms(1)).await;
        }
        let mut outcomes = join.await;
        assert_eq!(outcomes.pop(), Some(Ok(n)));
        assert_eq!(outcomes, vec![Err(Unsettled::Cut(Elapsed::new(ms(10)))); n - 1]);
    }
}

/// join/JOIN4, join/X9: with no time at all, each is asked once with a budget of its own.
#[tokio::test(start_paused = true)]
async fn with_no_time_at_all_each_is_asked_once() {
    let asks = async {
        tokio::task::consume_budget().await;
        Ok::<_, ()>(7)
    };
    let greedy = || greedy::<Result<(), ()>>();
    tokio::task::yield_now().await;
    let (.., last) = settle((greedy(), greedy(), asks)).deadline(Duration::ZERO).await;
    assert_eq!(last, Ok(7));
}
