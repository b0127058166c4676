//! How many connections there are, and how old.

use std::time::Duration;

use tokio::task::yield_now;

use super::{Outcome, all_end, crew};
use crate::probe::{always, choose};
use crate::rt;
use crate::scenarios::pool::server::{Misbehaviour, Server};
use crate::scenarios::pool::subject::{Closing, MAX_LIFETIME, Resizable, Subject};
use crate::sim::Explorer;
use crate::spawn::Spawner;

/// Three borrowers, one connection. The server never sees two.
pub(in super::super) fn never_more_than_max_size_open<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.cancellations(1).run(|| async {
        let server = Server::new(Misbehaviour::Nothing);
        let pool = S::new(&server, 1);
        let seen = server.clone();
        always("at most 1 connection is open", move || seen.open() <= 1);
        let borrowers: Vec<_> = (1..=3)
            .map(|i| {
                let (pool, name) = (pool.clone(), format!("borrower {i}"));
                Spawner::new().name(name).cancellable(true).spawn(async move {
                    if let Some(conn) = pool.acquire().await {
                        conn.query().await;
                    }
                })
            })
            .collect();
        for borrower in borrowers {
            // A cancelled one has no output.
            let _ = borrower.await;
        }
    })
}

/// Down and up again while connections are on loan. The server never sees more
/// than the larger limit.
pub(in super::super) fn never_more_than_that_after_a_resize<S: Resizable>(
    explorer: Explorer,
) -> Outcome {
    explorer.run(|| async {
        let server = Server::new(Misbehaviour::Nothing);
        let pool = S::new(&server, 2);
        let seen = server.clone();
        always("at most 2 connections are open", move || seen.open() <= 2);
        let mut early = crew("early", 2, &pool, borrow_once);
        if choose(2) == 0 {
            all_end(std::mem::take(&mut early)).await;
        }
        yield_now().await;
        pool.resize(1);
        yield_now().await;
        pool.resize(2);
        all_end(crew("late", 2, &pool, borrow_once)).await;
        all_end(early).await;
    })
}

async fn borrow_once<S: Subject>(pool: S) {
    if let Some(conn) = pool.acquire().await {
        conn.query().await;
    }
}

/// Borrowers that are done, and then the close.
pub(in super::super) fn nothing_is_open_after_the_close<S: Closing>(explorer: Explorer) -> Outcome {
    explorer.run(|| async {
        let server = Server::new(Misbehaviour::Nothing);
        let pool = S::new(&server, 2);
        all_end(crew("borrower", 2, &pool, borrow_once)).await;
        pool.close().await;
        assert_eq!(server.open(), 0, "a connection is open after the close");
    })
}

/// Short breaks between the loans, or long ones.
pub(in super::super) fn an_old_connection_is_not_handed_out<S: Subject>(
    explorer: Explorer,
) -> Outcome {
    explorer.run(|| async {
        let server = Server::new(Misbehaviour::Forgets);
        let pool = S::new(&server, 1);
        let borrowers = crew("borrower", 2, &pool, |pool| async move {
            for _ in 0..2 {
                if let Some(conn) = pool.acquire().await {
                    assert!(conn.age() <= MAX_LIFETIME, "a connection of {:?}", conn.age());
                    conn.query().await;
                }
                let breaks = [Duration::from_secs(1), MAX_LIFETIME + Duration::from_secs(1)];
                rt::sleep_until(rt::now() + breaks[choose(2)]).await;
            }
        });
        all_end(borrowers).await;
    })
}
