//! Tasks with an owner under schedules that go beyond their claims on the board.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use surefoot::backoff::Backoff;
use surefoot::probe::{fault, panic_point, sometimes};
use surefoot::sim::{Explorer, Strategy};
use surefoot::spawn::{FlatError, GaveUp, Restart, Task, spawn, supervise};
use tokio::task::yield_now;
use tokio::time::Instant;

use crate::support::at_every_poll;

fn exhaustive(deviations: u32) -> Explorer {
    let strategy = Strategy::Exhaustive { deviations: Some(deviations) };
    Explorer::new().strategy(strategy).schedules(60_000)
}

/// After 10 ms, 20 and 40; at most twice within a second.
fn restart() -> Restart {
    let backoff = Backoff::exponential(Duration::from_millis(10));
    Restart::new().backoff(backoff).at_most(2, Duration::from_secs(1)).name("worker")
}

/// A supervised task that fails twice, and holds `token` all the while.
fn fails_twice(token: &Arc<()>) -> Task<Result<u32, GaveUp<&'static str>>> {
    let held = token.clone();
    supervise(restart(), move |restarts| {
        let held = held.clone();
        async move {
            let _held = held;
            yield_now().await;
            if restarts < 2 { Err("refused") } else { Ok(restarts) }
        }
    })
}

/// spawn/X1, spawn/SPAWN1: a task ends with the future that waits for it.
#[test]
fn a_task_ends_with_who_waits_for_it_at_every_poll() {
    let yields = |held: Arc<()>| {
        spawn(async move {
            let _held = held;
            yield_now().await;
            Ok::<_, &str>(7)
        })
    };
    at_every_poll("task", move |token| async move {
        assert_eq!(yields(token).await, Ok(Ok(7)));
    });
    at_every_poll("flatten", move |token| async move {
        assert_eq!(yields(token).flatten().await, Ok(7));
    });
}

/// spawn/X1, spawn/SPAWN1, spawn/SPAWN4: so does a supervised one, in whichever run,
/// and between two.
#[test]
fn a_supervisor_ends_with_who_waits_for_it_at_every_poll() {
    at_every_poll("supervise", |token| async move {
        assert_eq!(fails_twice(&token).await, Ok(Ok(2)));
    });
}

/// spawn/SPAWN4, spawn/X3: whatever fails, by error or panic, in whichever order: a
/// value after at most two restarts, or the last failure, at the stated times.
#[test]
fn a_supervisor_gives_a_value_or_the_last_failure() {
    let stats = exhaustive(4)
        .faults(3)
        .run(|| async {
            let begun = Instant::now();
            let neighbour = spawn(async { yield_now().await });
            let task = supervise(restart(), |restarts| async move {
                panic_point("out of paper");
                yield_now().await;
                if fault("refused") { Err("refused") } else { Ok(restarts) }
            });
            let ended = task.await.expect("the task itself does not fail");
            let pauses = [0, 10, 30].map(Duration::from_millis);
            match ended {
                Ok(restarts) => assert_eq!(begun.elapsed(), pauses[restarts as usize]),
                Err(gave_up) => {
                    sometimes("the last one panicked", matches!(gave_up.last, FlatError::Task(_)));
                    sometimes("the last one failed", matches!(gave_up.last, FlatError::Inner(_)));
                    assert_eq!((gave_up.restarts, gave_up.elapsed), (2, pauses[2]));
                    assert_eq!(begun.elapsed(), pauses[2]);
                }
            }
            neighbour.await.expect("it does not panic");
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
    assert!(stats.distinct > 20, "{stats:?}");
}

/// spawn/SPAWN4: the delays of a task without a seed are the schedule's, so that it
/// replays, and differ from seed to seed.
#[test]
fn a_supervisor_s_jitter_replays() {
    let took = |seed| {
        let millis = Arc::new(AtomicU64::new(0));
        let told = millis.clone();
        let scenario = move || {
            let told = told.clone();
            async move {
                let task = supervise(Restart::new(), |restarts| async move {
                    if restarts < 3 { Err("refused") } else { Ok(()) }
                });
                task.await.expect("it does not panic").expect("the fourth run is well");
                let elapsed = surefoot::probe::elapsed().as_millis();
                told.store(elapsed as u64, Ordering::Relaxed);
            }
        };
        let explorer = Explorer::new().strategy(Strategy::Fair).seed(seed);
        explorer.run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
        millis.load(Ordering::Relaxed)
    };
    assert_eq!(took(7), took(7));
    let different: BTreeSet<u64> = (0..9).map(took).collect();
    assert!(different.len() > 3, "{different:?}");
    assert!(different.iter().all(|millis| (350..=703).contains(millis)), "{different:?}");
}
