//! Polls that nothing asked for, wakers, and neighbours.

use std::cell::Cell;
use std::future::{pending, poll_fn};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use surefoot::retry::{Budget, Stop, retry};
use surefoot::spawn::spawn;
use tokio_test::{assert_pending, assert_ready, task};

use super::*;

/// retry/X13: polls that nothing asked for change nothing, in a sleep and in an attempt.
#[tokio::test(start_paused = true)]
async fn spurious_polls_are_harmless() {
    let log = Log::new();
    let mut call = task::spawn(retry(log.fails_after(5)).backoff(tens()).attempt_timeout(ms(50)));
    while call.poll().is_pending() {
        assert_pending!(call.poll());
        pass(1).await;
    }
    assert_eq!(log.attempts(), [(1, 0), (2, 15), (3, 30)]);
    assert_eq!(log.clock(), 35);
}

/// retry/X13: who polled last is woken, by a sleep, a limit and a stop.
#[tokio::test(start_paused = true)]
async fn the_latest_waker_is_woken() {
    async fn moves_on(call: impl Future<Output = Result<u8, Failed>>, n: u64, stop: Stop) {
        let mut call = Box::pin(call);
        let mut early = task::spawn(poll_fn(|cx| call.as_mut().poll(cx)));
        assert_pending!(early.poll());
        drop(early);
        let mut last = task::spawn(call);
        assert_pending!(last.poll());
        pass(n - 1).await;
        assert!(!last.is_woken());
        pass(1).await;
        assert!(last.is_woken());
        assert_eq!(assert_ready!(last.poll()).unwrap_err().stop, stop);
    }
    let log = Log::new();
    moves_on(retry(log.fails()).backoff(tens()).max_attempts(2), 10, Stop::Attempts).await;
    let hangs = || retry(|_| pending::<Result<u8, &'static str>>());
    moves_on(hangs().deadline(ms(10)), 10, Stop::Deadline).await;
    moves_on(hangs().attempt_timeout(ms(10)).max_attempts(1), 10, Stop::Attempts).await;
    moves_on(hangs().stop_on(wait(10)), 10, Stop::Stopped).await;
}

/// retry/X9: a task that loops over calls that are all ready at once, counted by a budget or
/// not, and one whose attempts all fail at once, let their neighbours run.
#[tokio::test(start_paused = true)]
async fn a_loop_over_what_is_always_ready_lets_its_neighbours_run() {
    let budget = Budget::new(0.1, 0, Duration::from_secs(1));
    for budget in [None, Some(&budget)] {
        let ran = Arc::new(AtomicU32::new(0));
        let seen = ran.clone();
        let neighbour = spawn(async move { seen.store(1, Ordering::Relaxed) });
        let mut polls = 0;
        while ran.load(Ordering::Relaxed) == 0 {
            let call = retry(|_| ready(Ok::<_, &str>(7)));
            match budget {
                Some(budget) => call.budget(budget).await.unwrap(),
                None => call.await.unwrap(),
            };
            polls += 1;
            assert!(polls < 10_000, "it starves its neighbour");
        }
        neighbour.await.unwrap();
    }

    let ran = Arc::new(AtomicU32::new(0));
    let seen = ran.clone();
    let neighbour = spawn(async move { seen.store(1, Ordering::Relaxed) });
    let fails = |number| {
        assert!(number < 10_000, "it starves its neighbour");
        ready(if ran.load(Ordering::Relaxed) == 0 { Err("busy") } else { Ok(number) })
    };
    let call = retry(fails).backoff(Backoff::constant(ms(0))).max_attempts(u32::MAX);
    assert!(call.await.unwrap() > 1);
    neighbour.await.unwrap();
}

/// retry/X9: a spent budget of the task delays an attempt; it costs none, and no error.
#[tokio::test(start_paused = true)]
async fn a_spent_task_budget_delays_and_never_refuses() {
    let (calls, budget) = (Cell::new(0), Budget::new(1.0, 0, Duration::from_secs(1)));
    let call = retry(|number| {
        calls.set(number);
        ready(Ok::<_, &str>(7))
    });
    let mut call = Box::pin(call.budget(&budget));
    let first = poll_fn(|cx| {
        spend_budget(cx);
        std::task::Poll::Ready(call.as_mut().poll(cx))
    });
    assert_pending!(first.await);
    assert_eq!(calls.get(), 0);
    assert_eq!(call.await, Ok(7));
    assert_eq!(calls.get(), 1);
    assert!(budget.try_retry() && !budget.try_retry(), "it was counted once");
}

/// retry/X9, retry/RETRY3: with the task's budget spent, by others or by the attempt's own
/// beginning, an attempt that is ready is not too late.
#[tokio::test(start_paused = true)]
async fn a_spent_task_budget_is_no_delay() {
    for units in [0, 1, 2] {
        let asks = |_| async {
            tokio::task::consume_budget().await;
            Ok::<_, &str>(7)
        };
        let call = retry(asks).attempt_timeout(ms(0)).deadline(ms(0)).max_attempts(1);
        leave(units).await;
        assert_eq!(call.await, Ok(7), "{units}");
    }
}

/// retry/RETRY3: what waits for the task's budget begins no attempt once the deadline is
/// there.
#[tokio::test(start_paused = true)]
async fn no_attempt_begins_late_for_want_of_budget() {
    let began = Instant::now();
    let attempts = |_| {
        assert!(began.elapsed() < ms(10), "it begins at the deadline");
        ready(Err::<u8, _>("busy"))
    };
    let call = retry(attempts).backoff(Backoff::constant(ms(0))).max_attempts(u32::MAX);
    let mut call = task::spawn(call.deadline(ms(10)));
    assert_pending!(call.poll(), "the budget is spent");
    tokio::time::advance(ms(10)).await;
    let error = assert_ready!(call.poll()).unwrap_err();
    assert_eq!(error.stop, Stop::Deadline);
}

/// retry/X9: an operation that is always busy outlives neither limit.
#[tokio::test(start_paused = true)]
async fn a_busy_operation_does_not_starve_its_limits() {
    let busy = |_| {
        poll_fn(|cx| {
            cx.waker().wake_by_ref();
            std::task::Poll::<Result<u8, &str>>::Pending
        })
    };
    let mut call =
        task::spawn(retry(busy).attempt_timeout(ms(10)).backoff(tens()).deadline(ms(25)));
    let mut passed = 0;
    let error = loop {
        match call.poll() {
            std::task::Poll::Ready(ended) => break ended.unwrap_err(),
            std::task::Poll::Pending => {
                passed += 1;
                tokio::time::advance(ms(1)).await;
            }
        }
    };
    assert_eq!((error.attempts, error.stop, error.cut, passed), (2, Stop::Deadline, true, 25));
}

/// retry/X1: a call that is dropped in its sleep has spent what it was granted, and nothing
/// else.
#[tokio::test(start_paused = true)]
async fn a_dropped_call_has_spent_what_it_was_granted() {
    let budget = Budget::new(0.0, 3, Duration::from_secs(1));
    let mut call =
        task::spawn(retry(|_| ready(Err::<u8, _>("busy"))).backoff(tens()).budget(&budget));
    assert_pending!(call.poll());
    drop(call);
    assert!(budget.try_retry() && budget.try_retry() && !budget.try_retry());
}

/// retry/X13: after its end it is not polled, and says so.
#[tokio::test(start_paused = true)]
async fn a_call_that_has_ended_is_not_polled() {
    let mut call = Box::pin(retry(|_| ready(Ok::<_, &str>(7))));
    assert_eq!(call.as_mut().await, Ok(7));
    let again = || tokio_test::task::spawn(call.as_mut()).poll().is_ready();
    assert_eq!(panic_of(again), "a future is not polled after its end");
}
