//! Who is served, by what, and in which order.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::task::yield_now;

use super::{Outcome, all_end, crew};
use crate::probe::{cancellable, elapsed};
use crate::scenarios::pool::server::{Misbehaviour, Server};
use crate::scenarios::pool::subject::{Counting, Subject};
use crate::sim::Explorer;
use crate::spawn::Spawner;

/// A hog that asks again and again, and one that came before.
pub(in super::super) fn nobody_overtakes_a_waiter<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.run(|| async {
        let pool = S::new(&Server::new(Misbehaviour::Nothing), 1);
        let (waits, is_served) =
            (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let hog = {
            let (pool, waits, is_served) = (pool.clone(), waits.clone(), is_served.clone());
            Spawner::new().name("hog").spawn(async move {
                for _ in 0..3 {
                    let came_second = waits.load(Ordering::Relaxed);
                    let conn = pool.acquire().await.expect("the pool is open");
                    let overtook = came_second && !is_served.load(Ordering::Relaxed);
                    assert!(!overtook, "the hog overtook a waiter");
                    conn.query().await;
                    drop(conn);
                    yield_now().await;
                }
            })
        };
        let waiter = Spawner::new().name("waiter").spawn(async move {
            yield_now().await;
            // From here to its place in the queue there is no await.
            waits.store(true, Ordering::Relaxed);
            let conn = pool.acquire().await.expect("the pool is open");
            is_served.store(true, Ordering::Relaxed);
            conn.query().await;
        });
        all_end(vec![hog, waiter]).await;
    })
}

/// A caller that gives up at any moment, and one that comes afterwards.
pub(in super::super) fn a_cancelled_acquire_loses_no_connect<S: Subject>(
    explorer: Explorer,
) -> Outcome {
    explorer.cancellations(1).run(|| async {
        let server = Server::new(Misbehaviour::Nothing);
        let pool = S::new(&server, 1);
        let bystander = crew("bystander", 1, &pool, |pool| async move {
            if let Some(conn) = pool.acquire().await {
                conn.query().await;
            }
        });
        drop(cancellable(pool.acquire()).await);
        all_end(bystander).await;
        yield_now().await;
        drop(pool.acquire().await);
        assert!(server.attempts() <= 1, "connected twice");
    })
}

/// Two that borrow and return, again and again: two connections are enough.
pub(in super::super) fn a_returned_connection_is_used_again<S: Subject>(
    explorer: Explorer,
) -> Outcome {
    explorer.run(|| async {
        let server = Server::new(Misbehaviour::Nothing);
        let pool = S::new(&server, 3);
        let borrowers = crew("borrower", 2, &pool, |pool| async move {
            for _ in 0..2 {
                let conn = pool.acquire().await.expect("the pool is open");
                conn.query().await;
                drop(conn);
                yield_now().await;
            }
        });
        all_end(borrowers).await;
        assert!(server.attempts() <= 2, "a connection was made while one was on its way back");
    })
}

/// One connection on loan, and two that wait for it, of whom one gives up: before
/// its turn, at its turn, or with the connection in its hands.
async fn one_of_two_waiters_leaves<S: Subject>() {
    let pool = S::new(&Server::new(Misbehaviour::Nothing), 1);
    let conn = pool.acquire().await.expect("the pool is open");
    let fickle = crew("fickle", 1, &pool, |pool| async move {
        drop(cancellable(pool.acquire()).await);
    });
    let patient = crew("patient", 1, &pool, |pool| async move {
        pool.acquire().await.expect("the pool is open").query().await;
    });
    yield_now().await;
    drop(conn);
    all_end(fickle).await;
    all_end(patient).await;
}

/// What it was granted goes to the other.
pub(in super::super) fn a_dropped_waiter_passes_its_turn_on<S: Subject>(
    explorer: Explorer,
) -> Outcome {
    explorer.cancellations(1).run(one_of_two_waiters_leaves::<S>)
}

/// The wake-up that it would have got goes to the other.
pub(in super::super) fn a_waiter_behind_one_that_left_is_woken<S: Subject>(
    explorer: Explorer,
) -> Outcome {
    explorer.cancellations(1).run(one_of_two_waiters_leaves::<S>)
}

/// Who has left is not counted as waiting any more.
pub(in super::super) fn a_waiter_that_left_is_not_counted<S: Counting>(
    explorer: Explorer,
) -> Outcome {
    explorer.cancellations(1).run(|| async {
        let pool = S::new(&Server::new(Misbehaviour::Nothing), 1);
        let conn = pool.acquire().await.expect("the pool is open");
        let fickle = crew("fickle", 1, &pool, |pool| async move {
            drop(cancellable(pool.acquire()).await);
        });
        yield_now().await;
        drop(conn);
        all_end(fickle).await;
        assert_eq!(pool.waiting(), 0, "who left is counted as waiting");
    })
}

/// One connection on loan, and a caller for whom another is being made. It takes
/// whichever comes first.
pub(in super::super) fn a_waiter_takes_what_comes_first<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.faults(1).run(|| async {
        let pool = S::new(&Server::new(Misbehaviour::HangsLater), 2);
        let conn = pool.acquire().await.expect("the first connect ends");
        let begun = elapsed();
        let waiters = crew("waiter", 1, &pool, |pool| async move {
            pool.acquire().await.expect("the returned connection is there").query().await;
        });
        yield_now().await;
        drop(conn);
        all_end(waiters).await;
        assert_eq!(elapsed(), begun, "it waited although a connection was there");
    })
}
