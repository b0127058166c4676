//! The bodies of the claims, each for any race.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::yield_now;

use super::subject::{AFTER, Failed, First, FirstOk, Hedge, Job};
use crate::probe::choose;
use crate::rt;
use crate::sim::{Explorer, Failure, Stats};

type Outcome = Result<Stats, Box<Failure>>;

/// Two mirrors, of which one may be down, and then says so at once.
pub(super) fn an_error_does_not_win<S: FirstOk>(explorer: Explorer) -> Outcome {
    explorer.run(|| async {
        let mirror = |value: u32, is_down: bool| -> Job {
            Box::pin(async move {
                if is_down {
                    return Err(Failed);
                }
                yield_now().await;
                Ok(value)
            })
        };
        let down = choose(3);
        let mirrors = [mirror(1, down == 1), mirror(2, down == 2)];
        assert!(S::first_ok(mirrors).await.is_ok(), "an error won though a mirror is up");
    })
}

/// Two runners, each with something that it holds, of which one may be slower.
pub(super) fn no_loser_is_left_when_the_winner_is_known<S: FirstOk>(explorer: Explorer) -> Outcome {
    explorer.run(|| async {
        let held = Arc::new(());
        let slower = choose(2) * 4;
        let runner = |steps: usize| -> Job {
            let held = held.clone();
            Box::pin(async move {
                let _held = held;
                for _ in 0..steps {
                    yield_now().await;
                }
                Ok(0)
            })
        };
        let runners = [runner(1), runner(1 + slower)];
        assert!(S::first_ok(runners).await.is_ok());
        // A task that has given its output may need a moment to end.
        if slower > 0 {
            assert_eq!(Arc::strong_count(&held), 1, "a loser is left when the winner is known");
        }
    })
}

/// An attempt that is fast, or that takes so long that ten would fit in.
pub(super) fn a_hedge_makes_no_more_than_its_maximum<S: Hedge>(explorer: Explorer) -> Outcome {
    explorer.run(|| async {
        let latency = if choose(2) == 0 { Duration::from_millis(1) } else { 10 * AFTER };
        let mut made = 0;
        let make = |number: u32| -> Job {
            made += 1;
            assert!(made <= 2, "more attempts than allowed");
            Box::pin(async move {
                rt::sleep_until(rt::now() + latency).await;
                Ok(number)
            })
        };
        assert!(S::hedge(make).await.is_ok());
    })
}

/// Two channels with messages, one of which may be very busy. The other one's turn
/// comes.
pub(super) fn a_busy_branch_does_not_starve_the_other<S: First>(explorer: Explorer) -> Outcome {
    explorer.run(|| async {
        let messages = if choose(2) == 0 { 1 } else { 64 };
        let (busy, mut from_busy) = mpsc::channel(64);
        let (quiet, mut from_quiet) = mpsc::channel(1);
        for _ in 0..messages {
            busy.try_send(0).expect("there is room");
        }
        quiet.try_send(1).expect("there is room");
        let mut rounds = 0;
        loop {
            let one = async { from_busy.recv().await.expect("the sender lives") };
            let other = async { from_quiet.recv().await.expect("the sender lives") };
            if S::first(one, other).await == 1 {
                break;
            }
            rounds += 1;
            assert!(rounds < 60, "the quiet branch was starved");
        }
    })
}
