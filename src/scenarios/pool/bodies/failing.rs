//! What goes wrong outside of the pool, and must stay there.

use std::future::pending;

use tokio::task::yield_now;

use super::{Outcome, all_end, crew};
use crate::probe::{fault, panic_point};
use crate::scenarios::pool::server::{Misbehaviour, Server};
use crate::scenarios::pool::subject::{Retaining, Subject};
use crate::sim::Explorer;
use crate::spawn::Spawner;

/// Two callers, each of whom asks twice if it has to, of a server that fails one
/// connect.
async fn who_asks_again_is_served<S: Subject>(misbehaviour: Misbehaviour) {
    let pool = S::new(&Server::new(misbehaviour), 1);
    let callers = crew("caller", 2, &pool, |pool| async move {
        for _ in 0..2 {
            // In a task of its own: a panic of the connect is not the caller's.
            let once = pool.clone();
            let attempt = Spawner::new().name("attempt").spawn(async move {
                let conn = once.acquire().await;
                yield_now().await;
                conn.is_some()
            });
            if attempt.await == Ok(true) {
                return;
            }
        }
        panic!("the slot is gone");
    });
    all_end(callers).await;
}

/// The server answers one connect never. Who asks again is served.
pub(in super::super) fn a_connect_that_hangs_frees_its_slot<S: Subject>(
    explorer: Explorer,
) -> Outcome {
    explorer.faults(1).run(|| who_asks_again_is_served::<S>(Misbehaviour::Hangs))
}

/// One connect panics. Who asks again is served.
pub(in super::super) fn a_connect_that_panics_frees_its_slot<S: Subject>(
    explorer: Explorer,
) -> Outcome {
    explorer.faults(1).run(|| who_asks_again_is_served::<S>(Misbehaviour::Confuses))
}

/// A borrower that never returns its connection. Who waits for it is told.
pub(in super::super) fn an_acquire_ends_by_its_deadline<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.faults(1).run(|| async {
        let pool = S::new(&Server::new(Misbehaviour::Nothing), 1);
        let _borrower = crew("borrower", 1, &pool, |pool| async move {
            let conn = pool.acquire().await;
            if fault("the borrower forgets its connection") {
                pending::<()>().await;
            }
            drop(conn);
        });
        let waiters = crew("waiter", 2, &pool, |pool| async move { drop(pool.acquire().await) });
        all_end(waiters).await;
    })
}

/// The server hangs up on a connection. Nobody gets to see that.
pub(in super::super) fn a_broken_connection_is_not_handed_out<S: Subject>(
    explorer: Explorer,
) -> Outcome {
    explorer.faults(2).run(|| async {
        let pool = S::new(&Server::new(Misbehaviour::HangsUp), 1);
        let users = crew("user", 2, &pool, |pool| async move {
            for _ in 0..2 {
                if let Some(conn) = pool.acquire().await {
                    conn.query().await;
                }
            }
        });
        all_end(users).await;
    })
}

/// A predicate that panics while it looks at the idle connections. Everybody else
/// goes on.
pub(in super::super) fn a_panicking_predicate_poisons_nothing<S: Retaining>(
    explorer: Explorer,
) -> Outcome {
    explorer.faults(1).run(|| async {
        let pool = S::new(&Server::new(Misbehaviour::Nothing), 2);
        let users = crew("user", 2, &pool, |pool| async move {
            for _ in 0..2 {
                let conn = pool.acquire().await.expect("the pool is open");
                conn.query().await;
            }
        });
        let janitor = {
            let pool = pool.clone();
            Spawner::new().name("janitor").spawn(async move {
                yield_now().await;
                yield_now().await;
                yield_now().await;
                pool.retain(|conn| {
                    panic_point("the predicate panics");
                    conn.is_up()
                });
            })
        };
        // It may have panicked: that is the point.
        let _ = janitor.await;
        all_end(users).await;
    })
}
