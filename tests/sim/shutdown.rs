//! The shutdown under schedules that go beyond its claims on the board.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use surefoot::probe::{cancellable, fault, panic_point};
use surefoot::shutdown::{Phase, Shutdown};
use surefoot::sim::{Explorer, Strategy};
use surefoot::spawn::{Spawner, spawn};
use tokio::task::yield_now;

use crate::support::every_poll_was_struck;

fn exhaustive(deviations: Option<u32>) -> Explorer {
    let strategy = Strategy::Exhaustive { deviations };
    Explorer::new().strategy(strategy).schedules(60_000)
}

/// Drops the future of `operation` at every of its polls, in every order of it, a
/// bystander and the trigger. Afterwards nothing is left, and nobody sleeps.
fn at_every_poll<F, Fut>(name: &str, operation: F)
where
    F: Fn(Shutdown) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let stats = exhaustive(None)
        .cancellations(1)
        .run(move || {
            let operation = operation.clone();
            async move {
                let shutdown = Shutdown::new();
                let fickle = {
                    let shutdown = shutdown.clone();
                    Spawner::new().name("fickle").spawn(async move {
                        let _ = cancellable(operation(shutdown)).await;
                    })
                };
                let bystander = {
                    let token = shutdown.token().child();
                    Spawner::new().name("bystander").spawn(async move { token.triggered().await })
                };
                yield_now().await;
                shutdown.trigger("a test");
                fickle.await.unwrap();
                bystander.await.unwrap();
                let report = shutdown.drain().await;
                assert!(report.is_clean(), "{report:?}");
                let status = shutdown.status();
                assert_eq!((status.left.len(), status.children), (0, 0), "something is left");
                assert_eq!(status.phase, Phase::Done);
            }
        })
        .unwrap_or_else(|failure| panic!("{name}: {failure}"));
    every_poll_was_struck(name, &stats);
    assert!(stats.exhausted, "{name}: {stats:?}");
}

/// shutdown/X1, shutdown/STOP1
#[test]
fn triggered_can_be_dropped_at_every_poll() {
    at_every_poll("triggered", |shutdown| async move {
        shutdown.token().child().triggered().await;
    });
}

/// shutdown/X1, shutdown/STOP1
#[test]
fn triggered_owned_can_be_dropped_at_every_poll() {
    at_every_poll("triggered_owned", |shutdown| shutdown.token().child().triggered_owned());
}

/// shutdown/X1, shutdown/STOP1: an acceptor that is dropped accepts no more.
#[test]
fn accepting_can_be_dropped_at_every_poll() {
    at_every_poll("accepting", |shutdown| async move {
        shutdown.token().child().accepting().await;
    });
}

/// shutdown/X1, shutdown/STOP4: with a shield inside, which goes with it.
#[test]
fn run_and_shield_can_be_dropped_at_every_poll() {
    at_every_poll("run", |shutdown| async move {
        let token = shutdown.token().child();
        let work = async {
            token.shield(yield_now()).await;
            std::future::pending::<()>().await;
        };
        assert_eq!(token.run(work).await, None);
    });
}

/// shutdown/X1: a shield that is dropped is no part of the shutdown any more.
#[test]
fn shield_can_be_dropped_at_every_poll() {
    at_every_poll("shield", |shutdown| async move {
        shutdown.token().shield(yield_now()).await;
    });
}

/// shutdown/X1, shutdown/STOP2: a drain that is dropped has triggered; the next
/// one goes on.
#[test]
fn drain_can_be_dropped_at_every_poll() {
    at_every_poll("drain", |shutdown| async move {
        let guard = shutdown.track("guard");
        let other = spawn(async move {
            yield_now().await;
            drop(guard);
        });
        assert!(shutdown.drain().await.is_clean());
        other.await.unwrap();
    });
}

/// shutdown/STOP7: from its first poll to the trigger, who waits is not polled,
/// whatever goes on beside it.
#[test]
fn waiting_costs_no_polls() {
    let scenario = || async {
        let shutdown = Shutdown::new();
        let polls = Arc::new(AtomicUsize::new(0));
        let waiting = {
            let (token, polls) = (shutdown.token().child(), polls.clone());
            spawn(async move {
                let mut triggered = std::pin::pin!(token.triggered());
                std::future::poll_fn(|cx| {
                    polls.fetch_add(1, Relaxed);
                    triggered.as_mut().poll(cx)
                })
                .await;
            })
        };
        let busy = {
            let shutdown = shutdown.clone();
            spawn(async move {
                for _ in 0..3 {
                    let other = shutdown.token().child();
                    drop(shutdown.track("work"));
                    other.trigger("on its own");
                    yield_now().await;
                }
            })
        };
        busy.await.unwrap();
        drop(shutdown);
        waiting.await.unwrap();
        assert!(polls.load(Relaxed) <= 2, "polled for nothing: {polls:?}");
    };
    let stats = exhaustive(None).run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
    assert!(stats.exhausted && stats.schedules > 5, "{stats:?}");
}

/// shutdown/STOP2, shutdown/STOP3, shutdown/STOP5: workers that end, panic, fail
/// and hang where they can: the drain returns within its limits, and everybody is
/// in its report exactly once.
#[test]
fn everybody_is_in_the_report_exactly_once() {
    let scenario = |may_stall| async move {
        let limit = Duration::from_secs(1);
        let builder = Shutdown::builder().accept_limit(limit).drain_limit(limit);
        let shutdown = builder.abort_limit(limit).build().unwrap();
        let accepting = shutdown.token().accepting();
        let acceptor = spawn(async move {
            let mut accepting = accepting;
            (&mut accepting).await;
            yield_now().await;
        });
        let mut accepted = 0;
        for n in 0..3 {
            let work = move |token: surefoot::shutdown::Token| async move {
                panic_point("a worker's bug");
                if fault("fails") {
                    return Err("it failed");
                }
                token.triggered().await;
                if fault("hangs") {
                    std::future::pending::<()>().await;
                }
                Ok(())
            };
            accepted += usize::from(shutdown.spawn(format!("worker {n}"), work).is_ok());
        }
        let begun = surefoot::probe::elapsed();
        let report = shutdown.drain().await;
        assert!(surefoot::probe::elapsed() - begun <= 3 * limit);
        let ends = report.finished
            + report.failed.len()
            + report.panicked.len()
            + report.aborted.len()
            + report.stuck.len();
        assert_eq!(ends, accepted, "{report:?}");
        // All of them come to an await, if they are polled at all.
        assert!(report.stuck.is_empty() || may_stall, "{report:?}");
        acceptor.await.unwrap();
    };
    let explorer = exhaustive(Some(2)).faults(2);
    explorer.run(move || scenario(false)).unwrap_or_else(|failure| panic!("{failure}"));
    let random = Explorer::new().strategy(Strategy::Random).schedules(3_000);
    random
        .faults(3)
        .stalls(1)
        .run(move || scenario(true))
        .unwrap_or_else(|failure| panic!("{failure}"));
}

/// shutdown/X9: with the budget spent, a poll is delayed, and never reads as
/// triggered or drained.
#[test]
fn a_spent_budget_only_delays() {
    let scenario = || async {
        let shutdown = Shutdown::new();
        let token = shutdown.token();
        let worker = {
            let token = token.clone();
            spawn(async move {
                let ran = token.run(token.shield(async { 7 })).await;
                assert!(ran.is_some() || token.is_triggered());
                token.triggered().await;
                assert!(token.is_triggered());
            })
        };
        let guard = shutdown.track("guard").unwrap();
        let ending = spawn(async move {
            yield_now().await;
            drop(guard);
        });
        let report = shutdown.drain().await;
        assert_eq!((report.finished, report.is_clean()), (1, true));
        for task in [worker, ending] {
            task.await.unwrap();
        }
    };
    let explorer = exhaustive(Some(3)).coop_exhaustions(2);
    explorer.run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
}

/// shutdown/X13: spurious polls of everything are harmless.
#[test]
fn spurious_polls_are_harmless() {
    let scenario = || async {
        let shutdown = Shutdown::new();
        let spawned = shutdown.spawn("worker", |token| async move {
            let work = async {
                loop {
                    token.shield(yield_now()).await;
                    yield_now().await;
                }
            };
            let _: Option<Infallible> = token.run(work).await;
            Ok::<_, Infallible>(())
        });
        assert!(spawned.is_ok());
        yield_now().await;
        let report = shutdown.drain().await;
        assert_eq!((report.finished, report.is_clean()), (1, true));
    };
    let explorer = exhaustive(Some(3)).spurious_wakes(2);
    explorer.run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
}
