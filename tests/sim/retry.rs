//! Retries and time limits under every schedule: dropped at every poll, and while time
//! jumps.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Poll;
use std::time::Duration;

use surefoot::backoff::Backoff;
use surefoot::deadline::{Deadline, timeout};
use surefoot::probe::{cancellable, choose, elapsed, fault, sometimes, track};
use surefoot::retry::{Budget, Stop, retry};
use surefoot::sim::{Explorer, Strategy};
use surefoot::spawn::{Spawner, spawn};
use tokio::task::yield_now;

use crate::support::every_poll_was_struck;

const LIMIT: Duration = Duration::from_millis(10);

fn every_schedule() -> Explorer {
    Explorer::new().strategy(Strategy::Exhaustive { deviations: Some(3) }).schedules(60_000)
}

/// retry/X1: dropped in an attempt, in a sleep, with a limit armed, and before its first
/// poll: no attempt runs on, nothing that it held is left, and the budget has what was not
/// granted.
#[test]
fn retry_can_be_dropped_at_every_poll() {
    let stats = every_schedule()
        .cancellations(1)
        .faults(2)
        .deny_leaks()
        .run(|| async {
            let budget = Budget::new(0.0, 3, Duration::from_secs(1));
            let (running, granted) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
            let fickle = {
                let (budget, running, granted) = (budget.clone(), running.clone(), granted.clone());
                Spawner::new().name("fickle").spawn(async move {
                    track(&running);
                    let call = retry(|_| {
                        let running = running.clone();
                        async move {
                            let counted = Counted::new(running);
                            yield_now().await;
                            drop(counted);
                            if fault("busy") { Err("busy") } else { Ok(()) }
                        }
                    });
                    let call = call.backoff(Backoff::constant(LIMIT)).budget(&budget);
                    let call = call.attempt_timeout(LIMIT).deadline(10 * LIMIT);
                    let call = call.notify(|_| {
                        granted.fetch_add(1, Ordering::Relaxed);
                    });
                    let _ = cancellable(call).await;
                })
            };
            let bystander = spawn(retry(|_| async {
                yield_now().await;
                Ok::<_, ()>(())
            }));
            fickle.await.unwrap();
            assert_eq!(bystander.await.unwrap(), Ok(()));
            assert_eq!(running.load(Ordering::Relaxed), 0, "an attempt runs on");
            let left = (0..9).take_while(|_| budget.try_retry()).count();
            assert_eq!(left, 3 - granted.load(Ordering::Relaxed) as usize, "the budget is off");
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
    every_poll_was_struck("retry", &stats);
}

/// How many run.
struct Counted(Arc<AtomicU32>);

impl Counted {
    fn new(running: Arc<AtomicU32>) -> Self {
        running.fetch_add(1, Ordering::Relaxed);
        Self(running)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// deadline/X1: a limit, and a scope, that are dropped leave nothing behind, the scope of
/// the task included.
#[test]
fn a_scoped_timeout_can_be_dropped_at_every_poll() {
    let stats = every_schedule()
        .cancellations(1)
        .deny_leaks()
        .run(|| async {
            let held = Arc::new(());
            track(&held);
            let fickle = Spawner::new().name("fickle").spawn(async move {
                let work = timeout(2 * LIMIT, async move {
                    let _held = held;
                    yield_now().await;
                    std::future::pending::<()>().await;
                });
                let deadline = Deadline::after(LIMIT);
                if let Some(late) = cancellable(deadline.scope(work)).await {
                    assert_eq!(late.unwrap_err().after, LIMIT);
                    assert_eq!(elapsed(), LIMIT);
                }
                assert_eq!(Deadline::current(), Deadline::never());
            });
            let bystander = spawn(async {
                yield_now().await;
                assert_eq!(Deadline::current(), Deadline::never(), "it is in another's scope");
            });
            fickle.await.unwrap();
            bystander.await.unwrap();
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
    every_poll_was_struck("timeout", &stats);
}

/// deadline/RETRY8: wherever time jumps, a busy future is polled once at most from its
/// limit on; a limit never passes early, and an output of that last poll counts.
#[test]
fn a_busy_future_outlives_no_limit_wherever_time_jumps() {
    let stats = every_schedule()
        .stalls(2)
        .run(|| async {
            let ticker = spawn(async { Deadline::after(LIMIT / 2).bound(never()).await });
            let (mut polls, mut late_polls) = (0, 0);
            let ended = timeout(
                LIMIT,
                poll_fn(|cx| {
                    polls += 1;
                    late_polls += u32::from(elapsed() >= LIMIT);
                    if polls == 4 {
                        return Poll::Ready(());
                    }
                    cx.waker().wake_by_ref();
                    Poll::Pending
                }),
            )
            .await;
            assert!(late_polls <= 1, "polled {late_polls} times after its limit");
            assert_eq!(ended.is_ok(), polls == 4, "an output of the last poll counts");
            assert!(ended.is_ok() || elapsed() >= LIMIT, "too early");
            sometimes("the limit passed", ended.is_err());
            sometimes("an output won at the limit", ended.is_ok() && late_polls == 1);
            drop(ticker);
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
    assert!(stats.exhausted || stats.distinct > 1_000, "{stats:?}");
}

async fn never() {
    std::future::pending::<()>().await;
}

/// retry/RETRY3: wherever time jumps, no attempt but the first begins at the deadline or
/// after it, and none is polled more than once after it.
#[test]
fn no_attempt_begins_after_the_deadline_wherever_time_jumps() {
    every_schedule()
        .stalls(2)
        .run(|| async {
            let ticker = spawn(async { Deadline::after(LIMIT * 2).bound(never()).await });
            let begun = elapsed();
            let limit = 3 * LIMIT;
            let call = retry(|number| {
                assert!(number == 1 || elapsed() - begun < limit, "begun after the deadline");
                let mut late_polls = 0;
                let mut polls = 0;
                poll_fn(move |cx| {
                    polls += 1;
                    late_polls += u32::from(elapsed() - begun >= limit);
                    assert!(late_polls <= 1, "polled after the deadline, again");
                    if polls == 3 {
                        return Poll::Ready(Err::<(), _>("busy"));
                    }
                    cx.waker().wake_by_ref();
                    Poll::Pending
                })
            });
            let call = call.backoff(Backoff::constant(LIMIT)).deadline(limit).max_attempts(9);
            let error = call.await.unwrap_err();
            assert_eq!(error.stop, Stop::Deadline);
            assert_eq!(error.elapsed, elapsed() - begun);
            sometimes("cut", error.cut);
            sometimes("not begun", !error.cut);
            drop(ticker);
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
}

/// retry/RETRY5, retry/X1: a stop at any moment, between any two polls, ends it: nothing is
/// begun after it, and what ran is gone.
#[test]
fn a_stop_at_any_moment_begins_nothing_more() {
    every_schedule()
        .run(|| async {
            let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
            let running = Arc::new(AtomicU32::new(0));
            let stopper = spawn(async move {
                for _ in 0..choose(4) {
                    yield_now().await;
                }
                drop(stop);
            });
            let call = retry(|_| {
                let running = running.clone();
                async move {
                    let _counted = Counted::new(running);
                    yield_now().await;
                    yield_now().await;
                    Err::<(), _>("busy")
                }
            });
            let call = call.backoff(Backoff::constant(Duration::ZERO)).max_attempts(2);
            let error = call.stop_on(stopped).await.unwrap_err();
            assert_eq!(running.load(Ordering::Relaxed), 0, "an attempt runs on");
            sometimes("stopped in an attempt", error.stop == Stop::Stopped && error.cut);
            sometimes("stopped after an attempt", error.stop == Stop::Stopped && !error.cut);
            sometimes("stopped too late", error.stop == Stop::Attempts);
            stopper.await.unwrap();
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
}
