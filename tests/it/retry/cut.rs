//! Limits of time, and the stop: what is interrupted, and what is not begun.

use std::future::pending;

use surefoot::deadline::Deadline;
use surefoot::error::Elapsed;
use surefoot::retry::{AttemptError, Stop, retry};
use surefoot::spawn::spawn;
use tokio::sync::oneshot;

use super::*;

/// Fails at once until attempt `n`, which hangs.
fn hangs_at(log: &Log, n: u32) -> impl FnMut(u32) -> Pending + use<> {
    let log = log.clone();
    move |number| {
        log.note(number);
        Box::pin(async move { if number < n { Err("busy") } else { pending().await } })
    }
}

type Pending = std::pin::Pin<Box<dyn Future<Output = Result<u8, &'static str>>>>;

/// retry/RETRY3: the attempt that runs is cut at exactly the deadline, and the last real
/// error is kept.
#[tokio::test(start_paused = true)]
async fn the_running_attempt_is_cut_at_the_deadline() {
    for n in 1..=3_u32 {
        let log = Log::new();
        let call = retry(hangs_at(&log, n)).backoff(tens()).max_attempts(9).deadline(ms(100));
        let error = call.await.unwrap_err();
        assert_eq!((log.clock(), error.elapsed), (100, ms(100)));
        assert_eq!((error.stop, error.cut, error.attempts), (Stop::Deadline, true, n));
        let real = (n > 1).then_some(AttemptError::Error("busy"));
        assert_eq!(error.last, real, "the last real error is kept");
    }
}

/// retry/RETRY3: a sleep that would not end before the deadline is not begun: the caller
/// hears of it at once.
#[tokio::test(start_paused = true)]
async fn a_sleep_that_would_pass_the_deadline_is_not_begun() {
    for (limit, attempts, elapsed) in [(35, 4, 30), (31, 4, 30), (30, 3, 20), (10, 1, 0)] {
        let log = Log::new();
        let call = retry(log.fails()).backoff(tens()).max_attempts(9).deadline(ms(limit));
        let error = call.await.unwrap_err();
        assert_eq!((error.attempts, error.elapsed), (attempts, ms(elapsed)), "{limit}");
        assert_eq!((error.stop, error.cut, log.clock()), (Stop::Deadline, false, elapsed));
        assert_eq!(error.last, last("busy"));
    }
}

/// retry/RETRY3: a sleep that ends late, on the tick of the clock, begins nothing at the
/// deadline.
#[tokio::test(start_paused = true)]
async fn no_attempt_begins_at_the_deadline() {
    let log = Log::new();
    let call = retry(log.fails()).backoff(Backoff::constant(micros(10_200)));
    let error = call.deadline(micros(10_500)).await.unwrap_err();
    assert_eq!((error.attempts, error.stop, error.cut), (1, Stop::Deadline, false));
    assert_eq!((error.elapsed, log.times()), (ms(11), vec![0]));
}

/// retry/RETRY3: an output that is ready at the deadline still counts.
#[tokio::test(start_paused = true)]
async fn a_value_that_is_ready_at_the_deadline_counts() {
    let attempt = |_| async {
        wait(50).await;
        Ok::<_, &str>(7)
    };
    assert_eq!(retry(attempt).deadline(ms(50)).await, Ok(7));
    assert_eq!(retry(attempt).attempt_timeout(ms(50)).await, Ok(7));
    assert!(retry(attempt).deadline(ms(49)).await.is_err());
}

/// retry/RETRY3: each attempt has its own limit, from its own beginning; what exceeds it
/// is dropped and tried again.
#[tokio::test(start_paused = true)]
async fn each_attempt_has_its_own_limit() {
    let log = Log::new();
    let call = retry(hangs_at(&log, 2)).backoff(tens()).attempt_timeout(ms(30)).max_attempts(4);
    let error = call.await.unwrap_err();
    assert_eq!(log.times(), [0, 10, 50, 90]);
    assert_eq!((error.stop, error.cut, error.elapsed), (Stop::Attempts, false, ms(120)));
    assert_eq!(error.last, Some(AttemptError::TimedOut(Elapsed::new(ms(30)))));
}

/// retry/RETRY3: of the attempt's limit and the deadline the nearer interrupts, and of two
/// that are equally near the deadline.
#[tokio::test(start_paused = true)]
async fn of_both_limits_the_nearer_interrupts() {
    for (own, deadline, stop, cut, at) in [
        (30, 50, Stop::Deadline, true, 50),
        (30, 31, Stop::Deadline, false, 30),
        (30, 30, Stop::Deadline, true, 30),
        (30, 20, Stop::Deadline, true, 20),
    ] {
        let log = Log::new();
        let call = retry(hangs_at(&log, 1)).backoff(tens()).attempt_timeout(ms(own));
        let error = call.deadline(ms(deadline)).await.unwrap_err();
        assert_eq!((error.stop, error.cut, log.clock()), (stop, cut, at), "{own} {deadline}");
    }
}

/// retry/RETRY3: the deadline of the scope counts as one's own, whichever is nearer; a
/// task that was started in the scope is in it, too.
#[tokio::test(start_paused = true)]
async fn the_deadline_of_the_scope_counts() {
    for (scope, own, at) in [(40, 60, 40), (60, 40, 40)] {
        let began = Instant::now();
        let call = retry(|_| pending::<Result<u8, &str>>()).deadline(ms(own));
        let error = Deadline::after(ms(scope)).scope(call).await.unwrap_err();
        assert_eq!((error.stop, error.cut, began.elapsed()), (Stop::Deadline, true, ms(at)));
    }
    let began = Instant::now();
    let in_task = async { spawn(retry(|_| ready(Err::<u8, _>("busy"))).backoff(tens())).await };
    let error = Deadline::after(ms(15)).scope(in_task).await.unwrap().unwrap_err();
    assert_eq!((error.stop, error.cut, error.attempts), (Stop::Deadline, false, 2));
    assert_eq!(began.elapsed(), ms(10));
}

/// retry/RETRY3: what is ready at once needs no time; what is not is cut at once. No time
/// is no hang.
#[tokio::test(start_paused = true)]
async fn no_time_at_all_is_enough_for_what_is_ready() {
    let none = Duration::ZERO;
    assert_eq!(retry(|_| ready(Ok::<_, &str>(7))).deadline(none).await, Ok(7));
    assert_eq!(retry(|_| ready(Ok::<_, &str>(7))).attempt_timeout(none).await, Ok(7));
    let error = retry(|_| pending::<Result<u8, &str>>()).deadline(none).await.unwrap_err();
    assert_eq!((error.stop, error.cut, error.last), (Stop::Deadline, true, None));
    let error = retry(|_| ready(Err::<u8, _>("busy"))).deadline(none).await.unwrap_err();
    assert_eq!((error.stop, error.attempts), (Stop::Deadline, 1));
    let call = retry(|_| pending::<Result<u8, &str>>()).attempt_timeout(none).backoff(tens());
    let error = call.await.unwrap_err();
    assert_eq!((error.stop, error.attempts, error.elapsed), (Stop::Attempts, 3, ms(20)));
}

/// retry/RETRY5: the stop ends a sleep, cuts an attempt, keeps one from beginning, and
/// yields to a value that is ready.
#[tokio::test(start_paused = true)]
async fn a_stop_ends_it_wherever_it_is() {
    let stop_at = |n| async move { wait(n).await };
    // In a sleep.
    let log = Log::new();
    let error = retry(log.fails()).backoff(tens()).stop_on(stop_at(15)).await.unwrap_err();
    assert_eq!((error.attempts, error.stop, error.cut), (2, Stop::Stopped, false));
    assert_eq!((error.last, error.elapsed), (last("busy"), ms(15)));
    // In an attempt.
    let log = Log::new();
    let call = retry(hangs_at(&log, 2)).backoff(tens()).stop_on(stop_at(15));
    let error = call.await.unwrap_err();
    assert_eq!((error.attempts, error.stop, error.cut), (2, Stop::Stopped, true));
    assert_eq!((error.last, error.elapsed), (last("busy"), ms(15)));
    // Before the first.
    let log = Log::new();
    let error = retry(log.fails()).stop_on(ready(())).await.unwrap_err();
    assert_eq!((error.attempts, error.stop, error.cut), (0, Stop::Stopped, false));
    assert_eq!((error.last, error.elapsed, log.attempts()), (None, ms(0), vec![]));
    // During a first attempt that fails: no sleep begins, and nobody is told of one.
    let (stop, stopped) = oneshot::channel::<()>();
    let mut stop = Some(stop);
    let call = retry(|_| {
        drop(stop.take());
        ready(Err::<u8, _>("busy"))
    });
    let mut told = 0;
    let error = call.stop_on(stopped).notify(|_| told += 1).await.unwrap_err();
    assert_eq!((error.attempts, error.stop, error.elapsed, told), (1, Stop::Stopped, ms(0), 0));
    // At the time of a value.
    let attempt = |_| async {
        wait(15).await;
        Ok::<_, &str>(7)
    };
    assert_eq!(retry(attempt).stop_on(stop_at(15)).await, Ok(7));
}

/// retry/RETRY5: a permanent error, the last attempt and the deadline say more than a stop
/// that comes at the same moment.
#[tokio::test(start_paused = true)]
async fn what_ended_it_anyway_is_what_is_said() {
    let stopping = |_| ready(Err::<u8, _>("busy"));
    let (stop, stopped) = oneshot::channel::<()>();
    let mut stop = Some(stop);
    let call = retry(|number| {
        drop(stop.take());
        stopping(number)
    });
    let error = call.max_attempts(1).stop_on(stopped).await.unwrap_err();
    assert_eq!(error.stop, Stop::Attempts);
}
