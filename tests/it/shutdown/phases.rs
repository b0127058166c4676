//! Which event ends which future, in which phase: the table of the docs.

use std::future::Future;

use surefoot::shutdown::{Phase, Shutdown};
use surefoot::spawn::spawn;
use tokio_test::task::spawn as by_hand;
use tokio_test::{assert_pending, assert_ready};

use super::support::{add_endless, drained, shutdown};
use crate::support::{ms, pass, settle, wait};

/// shutdown/STOP1: without acceptors, a trigger triggers every token at once.
#[tokio::test(start_paused = true)]
async fn without_acceptors_the_trigger_reaches_tokens_at_once() {
    let shutdown = Shutdown::new();
    let token = shutdown.token();
    let mut triggered = by_hand(token.triggered());
    assert_pending!(triggered.poll());
    shutdown.trigger("a test");
    assert!(triggered.is_woken());
    assert_ready!(triggered.poll());
    assert!(token.is_triggered() && !token.is_accepting());
    assert_eq!(shutdown.status().phase, Phase::Draining);
}

/// The first phase: acceptors are told, nothing new begins, and nobody else is
/// triggered until the last of them has let go.
#[tokio::test(start_paused = true)]
async fn tokens_are_triggered_when_the_last_acceptor_lets_go() {
    let shutdown = Shutdown::new();
    let token = shutdown.token();
    let (mut first, mut second) = (by_hand(token.accepting()), by_hand(token.accepting()));
    let mut triggered = by_hand(token.triggered());
    assert_pending!(first.poll());
    assert_pending!(second.poll());
    assert_pending!(triggered.poll());
    assert!(token.is_accepting());

    shutdown.trigger("a test");
    assert!(first.is_woken() && second.is_woken() && !triggered.is_woken());
    assert_ready!(first.poll());
    assert!(shutdown.is_triggered() && !token.is_accepting() && !token.is_triggered());
    assert_eq!(token.reason().unwrap(), "a test");
    assert_eq!(shutdown.status().phase, Phase::Stopping);
    assert!(shutdown.track("late").is_err());
    // Who comes now finds it over, and holds nobody up.
    let mut late = by_hand(token.accepting());
    assert_ready!(late.poll());

    drop(first);
    assert!(!token.is_triggered());
    drop(second);
    assert!(token.is_triggered() && triggered.is_woken());
    assert_ready!(triggered.poll());
    assert_eq!(shutdown.status().phase, Phase::Draining);
    drop(late);
    assert_eq!(shutdown.status().phase, Phase::Draining);
}

/// An acceptor that holds on is waited for as long as the accept limit says, and
/// work has its own time after that.
#[tokio::test(start_paused = true)]
async fn an_acceptor_that_holds_on_takes_nobody_elses_time() {
    let shutdown = shutdown(30, 50, 10);
    let token = shutdown.token();
    let accepting = token.accepting();
    let told = spawn(async move {
        token.triggered().await;
        tokio::time::Instant::now()
    });
    let begun = tokio::time::Instant::now();
    let guard = shutdown.track("guard").unwrap();
    let draining = {
        let shutdown = shutdown.clone();
        spawn(async move { drained(&shutdown).await })
    };
    assert_eq!((told.await.unwrap() - begun).as_millis(), 30);
    wait(49).await;
    drop(guard);
    let (report, took) = draining.await.unwrap();
    assert_eq!((report.finished, took), (1, 79));
    drop(accepting);
}

/// The first phase is over with the last acceptor, not with its limit.
#[tokio::test(start_paused = true)]
async fn a_phase_ends_as_soon_as_it_can() {
    let shutdown = shutdown(1_000, 1_000, 1_000);
    let accepting = shutdown.token().accepting();
    spawn(async move {
        wait(7).await;
        drop(accepting);
    })
    .detach();
    let (report, took) = drained(&shutdown).await;
    assert!(report.is_clean());
    assert_eq!(took, 7);
}

/// shutdown/STOP7: the last handle gone, there is nobody to tell acceptors that
/// their time is over: tokens are triggered at once.
#[tokio::test(start_paused = true)]
async fn dropping_the_last_handle_triggers_acceptors_or_not() {
    let shutdown = Shutdown::new();
    let token = shutdown.token();
    let (mut accepting, mut triggered) = (by_hand(token.accepting()), by_hand(token.triggered()));
    assert_pending!(accepting.poll());
    assert_pending!(triggered.poll());
    drop(shutdown.clone());
    assert!(!triggered.is_woken(), "it was not the last");
    drop(shutdown);
    assert!(accepting.is_woken() && triggered.is_woken());
    assert_eq!(token.reason().unwrap(), "the last `Shutdown` was dropped");
}

/// shutdown/STOP7: also while acceptors are closing.
#[tokio::test(start_paused = true)]
async fn dropping_the_last_handle_ends_the_first_phase() {
    let shutdown = Shutdown::new();
    let token = shutdown.token();
    let accepting = token.accepting();
    shutdown.trigger("a test");
    assert!(!token.is_triggered());
    drop(shutdown);
    assert!(token.is_triggered());
    assert_eq!(token.reason().unwrap(), "a test", "the first reason counts");
    drop(accepting);
}

/// The first reason counts, whoever comes second.
#[tokio::test(start_paused = true)]
async fn the_first_reason_counts() {
    let shutdown = Shutdown::new();
    assert_eq!((shutdown.reason(), shutdown.is_triggered()), (None, false));
    shutdown.trigger("first");
    shutdown.trigger("second");
    shutdown.token().trigger("third");
    shutdown.abort();
    let (report, _) = drained(&shutdown).await;
    assert_eq!(report.reason, "first");
    assert_eq!(shutdown.reason().unwrap(), "first");
}

/// The shutdown's own token triggers the shutdown.
#[tokio::test(start_paused = true)]
async fn any_worker_can_trigger_with_its_token() {
    let shutdown = Shutdown::new();
    add_endless(&shutdown, "other");
    shutdown
        .spawn("worker", |token| async move {
            token.trigger("out of disk space");
            Ok::<_, String>(())
        })
        .unwrap();
    settle().await;
    assert!(shutdown.is_triggered());
    assert_eq!(shutdown.reason().unwrap(), "out of disk space");
    pass(1).await;
}

/// All four futures, phase by phase.
#[tokio::test(start_paused = true)]
async fn each_future_ends_with_its_event() {
    let shutdown = shutdown(10, 10, 10);
    let token = shutdown.token();
    let accepting = token.accepting();
    let shielded = {
        let token = token.clone();
        spawn(async move { token.run(token.shield(std::future::pending::<()>())).await })
    };
    let mut shielded = by_hand(shielded);
    let plain = {
        let token = token.clone();
        spawn(async move { token.run(std::future::pending::<()>()).await })
    };
    let mut plain = by_hand(plain);
    settle().await;
    let mut drain = by_hand(shutdown.drain());
    let mut stopped = by_hand(token.accepting());
    let mut look = |phase| {
        assert_eq!(shutdown.status().phase, phase);
        (stopped.poll().is_ready(), plain.poll().is_ready(), shielded.poll().is_ready())
    };
    assert_eq!(look(Phase::Running), (false, false, false));
    assert_pending!(drain.poll());
    settle().await;
    let look = |phase| {
        assert_eq!(shutdown.status().phase, phase);
        (token.is_accepting(), token.is_triggered(), plain.is_woken(), shielded.is_woken())
    };
    assert_eq!(look(Phase::Stopping), (false, false, false, false));
    pass(10).await;
    assert_pending!(drain.poll());
    settle().await;
    assert_eq!(look(Phase::Draining), (false, true, true, false));
    pass(10).await;
    assert_pending!(drain.poll());
    settle().await;
    assert_eq!(look(Phase::Aborting), (false, true, true, true));
    let report = assert_ready!(drain.poll());
    assert_eq!(report.elapsed, ms(20));
    assert_eq!(report.aborted.len(), 1, "the shield that was cut");
    assert_eq!(look(Phase::Done), (false, true, true, true));
    drop(accepting);
}

/// A future that was made before and is polled after is ready all the same.
#[tokio::test(start_paused = true)]
async fn a_future_first_polled_after_the_trigger_is_ready() {
    fn ready(future: impl Future<Output = ()>) -> bool {
        by_hand(future).poll().is_ready()
    }
    let shutdown = Shutdown::new();
    let (token, before) = (shutdown.token(), shutdown.token());
    let (triggered, accepting) = (before.triggered(), before.accepting());
    let owned = token.clone().triggered_owned();
    drop(shutdown);
    assert!(ready(triggered) && ready(accepting) && ready(owned));
    assert!(ready(token.triggered()) && ready(token.child().triggered()));
}
