//! Schedules of the joins and the races: every public future, dropped at every poll.

use std::future::{Future, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use surefoot::join;
use surefoot::probe::cancellable;
use surefoot::race;
use surefoot::sim::{Explorer, Stats, Strategy};
use surefoot::spawn::{Spawner, spawn};
use tokio::sync::Semaphore;
use tokio::task::yield_now;

use crate::support::every_poll_was_struck;

/// Takes a permit, holds it for a step, gives it back.
async fn borrow(permits: Arc<Semaphore>) -> Result<u32, ()> {
    let permit = permits.acquire().await.map_err(drop)?;
    yield_now().await;
    drop(permit);
    Ok(7)
}

/// Drops the future of `operation`, whose parts share one permit with a bystander,
/// at every of its polls, in every order up to `deviations` deviations.
fn at_every_poll<F, Fut>(name: &str, operation: F) -> Stats
where
    F: Fn(Arc<Semaphore>) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let stats = Explorer::new()
        .strategy(Strategy::Exhaustive { deviations: Some(3) })
        .schedules(60_000)
        .cancellations(1)
        .run(move || {
            let operation = operation.clone();
            async move {
                let permits = Arc::new(Semaphore::new(1));
                let fickle = {
                    let permits = permits.clone();
                    Spawner::new().name("fickle").spawn(async move {
                        let _ = cancellable(operation(permits)).await;
                    })
                };
                let bystander = spawn(borrow(permits.clone()));
                fickle.await.unwrap();
                assert_eq!(bystander.await, Ok(Ok(7)));
                assert_eq!(permits.available_permits(), 1, "a permit is lost");
                assert_eq!(Arc::strong_count(&permits), 1, "a future is left");
            }
        })
        .unwrap_or_else(|failure| panic!("{name}: {failure}"));
    every_poll_was_struck(name, &stats);
    stats
}

const LIMIT: Duration = Duration::from_secs(60);

/// join/X1, join/X2: dropped at any poll, a join leaves nothing behind, and what
/// its futures were granted goes to the next.
#[test]
fn joins_can_be_dropped_at_every_poll() {
    at_every_poll("all", |permits| async move {
        let both = join::all([borrow(permits.clone()), borrow(permits)]).await;
        assert_eq!(both, [Ok(7), Ok(7)]);
    });
    at_every_poll("all, many", |permits| async move {
        let jobs = (0..3).filter(|_| true).map(|_| borrow(permits.clone()));
        let endless = jobs.chain(std::iter::from_fn(|| None));
        assert_eq!(join::all(endless).limit(2).deadline(LIMIT).await.map(|all| all.len()), Ok(3));
    });
    at_every_poll("try_all", |permits| async move {
        let failing = async {
            yield_now().await;
            Err::<u8, _>(())
        };
        assert_eq!(join::try_all((borrow(permits), failing)).await, Err(()));
    });
    at_every_poll("settle", |permits| async move {
        let (a, b) = join::settle((borrow(permits.clone()), borrow(permits))).limit(1).await;
        assert_eq!((a, b), (Ok(7), Ok(7)));
    });
}

/// race/X1, race/X2: as the joins; and a loser that was granted a permit and is
/// dropped passes it on.
#[test]
fn races_can_be_dropped_at_every_poll() {
    at_every_poll("first", |permits| async move {
        let first = race::first([borrow(permits.clone()), borrow(permits)]).await;
        assert_eq!(first.map(|(_, outcome)| outcome), Ok(Ok(7)));
    });
    at_every_poll("first_ok", |permits| async move {
        let jobs = (borrow(permits.clone()), borrow(permits));
        assert!(race::first_ok(jobs).deadline(LIMIT).await.is_ok());
    });
    at_every_poll("hedge", |permits| async move {
        let make = |_| borrow(permits.clone());
        assert_eq!(race::hedge(make).after(Duration::ZERO).max(2).await, Ok(7));
    });
}

/// race/RACE4: in a simulation the schedule's seed breaks ties, the same way again,
/// and each branch wins under some.
#[test]
fn a_schedule_breaks_ties() {
    let winner = |seed: u64| {
        let won = Arc::new(AtomicUsize::new(usize::MAX));
        let seen = won.clone();
        let explorer = Explorer::new().seed(seed).strategy(Strategy::Fair).schedules(1);
        explorer.check(move || {
            let seen = seen.clone();
            async move {
                let (at, ()) = race::first([ready(()), ready(()), ready(())]).await.unwrap();
                seen.store(at, Ordering::Relaxed);
            }
        });
        won.load(Ordering::Relaxed)
    };
    let winners: Vec<_> = (0..90).map(winner).collect();
    for player in 0..3 {
        let wins = winners.iter().filter(|winner| **winner == player).count();
        assert!(wins > 12, "{player} won {wins} times");
    }
    assert_eq!((0..90).map(winner).collect::<Vec<_>>(), winners);
}
