//! Every public future of the pool, dropped at every poll.

use std::future::Future;
use std::time::Duration;

use surefoot::deadline::Deadline;
use surefoot::pool::Pool;
use surefoot::probe::cancellable;
use surefoot::sim::{Explorer, Stats, Strategy};
use surefoot::spawn::{Spawner, spawn};
use tokio::task::yield_now;

use super::support::{Scripted, everything_can_be_had, watched_pool};
use crate::support::every_poll_was_struck;

/// Drops the future of `operation` at every of its polls, in every order of a
/// borrower, a bystander and the operation, with up to `deviations` deviations.
fn at_every_poll<F, Fut>(name: &str, closes: bool, operation: F) -> Stats
where
    F: Fn(Pool<Scripted>) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let stats = Explorer::new()
        .strategy(Strategy::Exhaustive { deviations: Some(3) })
        .schedules(60_000)
        .cancellations(1)
        .run(move || {
            let operation = operation.clone();
            async move {
                let pool = watched_pool(1);
                let borrower = {
                    let pool = pool.clone();
                    Spawner::new().name("borrower").spawn(async move {
                        let conn = pool.acquire().await;
                        yield_now().await;
                        drop(conn);
                    })
                };
                let fickle = {
                    let pool = pool.clone();
                    Spawner::new().name("fickle").spawn(async move {
                        let _ = cancellable(operation(pool)).await;
                    })
                };
                let bystander = {
                    let pool = pool.clone();
                    spawn(async move { drop(pool.acquire().await) })
                };
                for task in [borrower, fickle, bystander] {
                    task.await.unwrap();
                }
                if !closes {
                    everything_can_be_had(&pool).await;
                }
                pool.close().await;
                assert_eq!(pool.status().size, 0, "something is left");
            }
        })
        .unwrap_or_else(|failure| panic!("{name}: {failure}"));
    every_poll_was_struck(name, &stats);
    stats
}

/// pool/X1, pool/X2, pool/POOL3: dropped while it waits, while its connect runs,
/// with a connection in its hands, and half-way through a check.
#[test]
fn acquire_can_be_dropped_at_every_poll() {
    at_every_poll("acquire", false, |pool| async move { drop(pool.acquire().await) });
}

/// pool/X1, pool/X2: as `acquire`.
#[test]
fn acquire_within_can_be_dropped_at_every_poll() {
    at_every_poll("acquire_within", false, |pool| async move {
        let deadline = Deadline::after(Duration::from_secs(5));
        drop(pool.acquire_within(deadline).await);
    });
}

/// pool/X1, pool/POOL10: a close that is dropped has closed the pool.
#[test]
fn close_can_be_dropped_at_every_poll() {
    at_every_poll("close", true, |pool| async move { pool.close().await });
}

/// pool/X1, pool/POOL10: as `close`, with a limit that does not pass.
#[test]
fn close_within_can_be_dropped_at_every_poll() {
    at_every_poll("close_within", true, |pool| async move {
        let report = pool.close_within(Duration::from_secs(60)).await;
        assert!(report.is_complete(), "{report:?}");
    });
}

/// pool/X1: connects that a warm-up began go on without it.
#[test]
fn warm_up_can_be_dropped_at_every_poll() {
    at_every_poll("warm_up", false, |pool| async move {
        assert!(pool.warm_up(1).await.is_ok());
    });
}
