//! Ending at once.

use std::sync::mpsc;
use std::thread;

use surefoot::shutdown::{Phase, Shutdown};
use surefoot::spawn::spawn;

use super::support::{add_endless, add_slow, drained, shutdown};
use crate::support::{ms, settle, wait};

/// shutdown/STOP3: in whichever phase the drain is, an abort is the end of it.
#[tokio::test(start_paused = true)]
async fn an_abort_ends_whichever_phase_the_drain_is_in() {
    for (accepts, at) in [(true, 5), (false, 5), (true, 15)] {
        let shutdown = shutdown(10, 1_000, 50);
        let accepting = accepts.then(|| shutdown.token().accepting());
        add_endless(&shutdown, "endless");
        let draining = {
            let shutdown = shutdown.clone();
            spawn(async move { drained(&shutdown).await })
        };
        wait(at).await;
        shutdown.abort();
        let (report, took) = draining.await.unwrap();
        assert_eq!((report.aborted.len(), took), (1, u128::from(at)), "{accepts} at {at}");
        assert_eq!(report.reason, "drained");
        drop(accepting);
    }
}

/// shutdown/STOP3: without a drain, too, and from the first moment on.
#[tokio::test(start_paused = true)]
async fn an_abort_needs_no_drain() {
    let shutdown = Shutdown::new();
    add_endless(&shutdown, "endless");
    settle().await;
    shutdown.abort();
    settle().await;
    assert!(shutdown.status().left.is_empty());
    assert!(shutdown.token().is_triggered());
    let (report, took) = drained(&shutdown).await;
    assert_eq!((report.aborted.len(), took), (1, 0));
    assert_eq!(report.reason, "aborted");
}

/// What can't be aborted keeps the abort limit, not a second longer; a second
/// abort changes nothing.
#[tokio::test(start_paused = true)]
async fn after_an_abort_the_abort_limit_counts() {
    let shutdown = shutdown(0, 1_000, 50);
    let guard = shutdown.track("guard").unwrap();
    shutdown.abort();
    shutdown.abort();
    assert_eq!(shutdown.status().phase, Phase::Aborting);
    let (report, took) = drained(&shutdown).await;
    assert_eq!((report.stuck.len(), took), (1, 50));
    shutdown.abort();
    assert_eq!(shutdown.status().phase, Phase::Done);
    drop(guard);
}

/// shutdown/STOP3: work on a thread of its own does not come to an await: it is
/// named.
#[tokio::test(start_paused = true)]
async fn blocking_work_that_does_not_end_is_stuck() {
    let shutdown = shutdown(0, 100, 10);
    let (release, released) = mpsc::channel::<()>();
    let guard = shutdown.track("hashing").unwrap();
    let hashing = thread::spawn(move || {
        let _ = released.recv();
        drop(guard);
    });
    add_slow(&shutdown, "worker", 20);
    let (report, took) = drained(&shutdown).await;
    assert_eq!((report.finished, report.elapsed, took), (1, ms(110), 110));
    assert_eq!(report.stuck, ["hashing"]);
    drop(release);
    hashing.join().unwrap();
    assert_eq!(shutdown.drain().await.finished, 2);
}
