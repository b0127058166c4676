//! The claims of the pool.

mod server;
mod subject;
mod twins;

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::task::yield_now;

use self::server::{Misbehaviour, Server};
use self::subject::{Production, Subject};
use self::twins::{Barging, Handover, Textbook};
use super::{Body, Breaks, Claim, Twin};
use crate::probe::{always, cancellable, fault};
use crate::sim::{Explorer, Failure, Stats};
use crate::spawn::{Spawner, spawn};

const TEXTBOOK: &str = "textbook";

/// The claims of the pool.
pub static CLAIMS: &[Claim] = &[
    Claim {
        pattern: "pool",
        name: "never_more_than_max_size_open",
        guarantee: "POOL1",
        production: Body::new(never_more_than_max_size_open::<Production>),
        twin: Twin {
            name: TEXTBOOK,
            defect: "the permit is released before the connection is back",
            body: Body::new(never_more_than_max_size_open::<Textbook>),
            breaks: Breaks {
                verdict: "Broken",
                says: "at most 1 connection is open",
                deviations: 1..=2,
            },
        },
    },
    Claim {
        pattern: "pool",
        name: "nobody_overtakes_a_waiter",
        guarantee: "POOL2",
        production: Body::new(nobody_overtakes_a_waiter::<Production>),
        twin: Twin {
            name: "barging",
            defect: "a return wakes a waiter but leaves the connection to whoever is faster",
            body: Body::new(nobody_overtakes_a_waiter::<Barging>),
            breaks: Breaks {
                verdict: "Panic",
                says: "the hog overtook a waiter",
                deviations: 1..=2,
            },
        },
    },
    Claim {
        pattern: "pool",
        name: "a_cancelled_acquire_loses_no_connect",
        guarantee: "POOL3",
        production: Body::new(a_cancelled_acquire_loses_no_connect::<Production>),
        twin: Twin {
            name: TEXTBOOK,
            defect: "the connect is part of the caller's future, and is dropped with it",
            body: Body::new(a_cancelled_acquire_loses_no_connect::<Textbook>),
            breaks: Breaks { verdict: "Panic", says: "connected twice", deviations: 1..=2 },
        },
    },
    Claim {
        pattern: "pool",
        name: "a_returned_connection_is_used_again",
        guarantee: "POOL5",
        production: Body::new(a_returned_connection_is_used_again::<Production>),
        twin: Twin {
            name: TEXTBOOK,
            defect: "the return is a task, which runs when it runs",
            body: Body::new(a_returned_connection_is_used_again::<Textbook>),
            breaks: Breaks { verdict: "Panic", says: "on its way back", deviations: 1..=2 },
        },
    },
    Claim {
        pattern: "pool",
        name: "a_connect_that_hangs_frees_its_slot",
        guarantee: "POOL6",
        production: Body::new(a_connect_that_hangs_frees_its_slot::<Production>),
        twin: Twin {
            name: TEXTBOOK,
            defect: "a connect has no time limit, and holds its permit",
            body: Body::new(a_connect_that_hangs_frees_its_slot::<Textbook>),
            breaks: Breaks { verdict: "Deadlock", says: "nothing is ready", deviations: 1..=2 },
        },
    },
    Claim {
        pattern: "pool",
        name: "an_acquire_ends_by_its_deadline",
        guarantee: "POOL7",
        production: Body::new(an_acquire_ends_by_its_deadline::<Production>),
        twin: Twin {
            name: TEXTBOOK,
            defect: "waiting has no time limit",
            body: Body::new(an_acquire_ends_by_its_deadline::<Textbook>),
            breaks: Breaks { verdict: "Deadlock", says: "nothing is ready", deviations: 1..=2 },
        },
    },
    Claim {
        pattern: "pool",
        name: "a_broken_connection_is_not_handed_out",
        guarantee: "POOL8",
        production: Body::new(a_broken_connection_is_not_handed_out::<Production>),
        twin: Twin {
            name: TEXTBOOK,
            defect: "no connection is looked at before it is handed out",
            body: Body::new(a_broken_connection_is_not_handed_out::<Textbook>),
            breaks: Breaks {
                verdict: "Panic",
                says: "that the server had closed",
                deviations: 1..=2,
            },
        },
    },
    Claim {
        pattern: "pool",
        name: "nothing_is_open_after_the_close",
        guarantee: "POOL10",
        production: Body::new(nothing_is_open_after_the_close::<Production>),
        twin: Twin {
            name: TEXTBOOK,
            defect: "the close does not know of connections on their way back",
            body: Body::new(nothing_is_open_after_the_close::<Textbook>),
            breaks: Breaks { verdict: "Panic", says: "open after the close", deviations: 1..=2 },
        },
    },
    Claim {
        pattern: "pool",
        name: "a_dropped_waiter_passes_its_turn_on",
        guarantee: "X2",
        production: Body::new(a_dropped_waiter_passes_its_turn_on::<Production>),
        twin: Twin {
            name: "handover",
            defect: "a connection in the channel of a dropped waiter is lost with its slot",
            body: Body::new(a_dropped_waiter_passes_its_turn_on::<Handover>),
            breaks: Breaks { verdict: "Deadlock", says: "nothing is ready", deviations: 1..=2 },
        },
    },
];

type Outcome = Result<Stats, Box<Failure>>;

/// Three borrowers, one connection. The server never sees two.
fn never_more_than_max_size_open<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.cancellations(1).run(|| async {
        let server = Server::new(Misbehaviour::Nothing);
        let pool = S::new(&server, 1);
        let seen = server.clone();
        always("at most 1 connection is open", move || seen.open() <= 1);
        let borrowers: Vec<_> = (1..=3)
            .map(|i| {
                let pool = pool.clone();
                Spawner::new().name(format!("borrower {i}")).cancellable(true).spawn(async move {
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

/// A hog that asks again and again, and one that came before.
fn nobody_overtakes_a_waiter<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.run(|| async {
        let server = Server::new(Misbehaviour::Nothing);
        let pool = S::new(&server, 1);
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
        hog.await.expect("the hog is served");
        waiter.await.expect("the waiter is served");
    })
}

/// A caller that gives up at any moment, and one that comes afterwards.
fn a_cancelled_acquire_loses_no_connect<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.cancellations(1).run(|| async {
        let server = Server::new(Misbehaviour::Nothing);
        let pool = S::new(&server, 1);
        let bystander = {
            let pool = pool.clone();
            spawn(async move {
                if let Some(conn) = pool.acquire().await {
                    conn.query().await;
                }
            })
        };
        drop(cancellable(pool.acquire()).await);
        bystander.await.expect("the bystander is served");
        yield_now().await;
        drop(pool.acquire().await);
        assert!(server.attempts() <= 1, "connected twice");
    })
}

/// Two that borrow and return, again and again: two connections are enough.
fn a_returned_connection_is_used_again<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.run(|| async {
        let server = Server::new(Misbehaviour::Nothing);
        let pool = S::new(&server, 3);
        let borrowers: Vec<_> = (1..=2)
            .map(|i| {
                let pool = pool.clone();
                Spawner::new().name(format!("borrower {i}")).spawn(async move {
                    for _ in 0..2 {
                        let conn = pool.acquire().await.expect("the pool is open");
                        conn.query().await;
                        drop(conn);
                        yield_now().await;
                    }
                })
            })
            .collect();
        for borrower in borrowers {
            borrower.await.expect("every borrower is served");
        }
        assert!(server.attempts() <= 2, "a connection was made while one was on its way back");
    })
}

/// The server answers one connect never. Who asks again is served.
fn a_connect_that_hangs_frees_its_slot<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.faults(1).run(|| async {
        let server = Server::new(Misbehaviour::Hangs);
        let pool = S::new(&server, 1);
        let callers: Vec<_> = (1..=2)
            .map(|i| {
                let pool = pool.clone();
                Spawner::new().name(format!("caller {i}")).spawn(async move {
                    for _ in 0..2 {
                        if let Some(conn) = pool.acquire().await {
                            yield_now().await;
                            drop(conn);
                            return;
                        }
                    }
                    panic!("the slot is gone");
                })
            })
            .collect();
        for caller in callers {
            caller.await.expect("every caller is served");
        }
    })
}

/// A borrower that never returns its connection. Who waits for it is told.
fn an_acquire_ends_by_its_deadline<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.faults(1).run(|| async {
        let server = Server::new(Misbehaviour::Nothing);
        let pool = S::new(&server, 1);
        let _borrower = {
            let pool = pool.clone();
            Spawner::new().name("borrower").spawn(async move {
                let conn = pool.acquire().await;
                if fault("the borrower forgets its connection") {
                    pending::<()>().await;
                }
                drop(conn);
            })
        };
        let waiters: Vec<_> = (1..=2)
            .map(|i| {
                let pool = pool.clone();
                Spawner::new().name(format!("waiter {i}")).spawn(async move {
                    drop(pool.acquire().await);
                })
            })
            .collect();
        for waiter in waiters {
            waiter.await.expect("every waiter gets an answer");
        }
    })
}

/// The server hangs up on a connection. Nobody gets to see that.
fn a_broken_connection_is_not_handed_out<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.faults(2).run(|| async {
        let server = Server::new(Misbehaviour::HangsUp);
        let pool = S::new(&server, 1);
        let users: Vec<_> = (1..=2)
            .map(|i| {
                let pool = pool.clone();
                Spawner::new().name(format!("user {i}")).spawn(async move {
                    for _ in 0..2 {
                        if let Some(conn) = pool.acquire().await {
                            conn.query().await;
                        }
                    }
                })
            })
            .collect();
        for user in users {
            user.await.expect("a user meets no closed connection");
        }
    })
}

/// Borrowers that are done, and then the close.
fn nothing_is_open_after_the_close<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.run(|| async {
        let server = Server::new(Misbehaviour::Nothing);
        let pool = S::new(&server, 2);
        let borrowers: Vec<_> = (1..=2)
            .map(|i| {
                let pool = pool.clone();
                Spawner::new().name(format!("borrower {i}")).spawn(async move {
                    if let Some(conn) = pool.acquire().await {
                        conn.query().await;
                    }
                })
            })
            .collect();
        for borrower in borrowers {
            borrower.await.expect("a borrower is served or told of the close");
        }
        pool.close().await;
        assert_eq!(server.open(), 0, "a connection is open after the close");
    })
}

/// One connection on loan, and two that wait for it, of whom one gives up: before
/// its turn, at its turn, or with the connection in its hands.
fn a_dropped_waiter_passes_its_turn_on<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.cancellations(1).run(|| async {
        let server = Server::new(Misbehaviour::Nothing);
        let pool = S::new(&server, 1);
        let conn = pool.acquire().await.expect("the pool is open");
        let fickle = {
            let pool = pool.clone();
            Spawner::new().name("fickle").spawn(async move {
                drop(cancellable(pool.acquire()).await);
            })
        };
        let patient = {
            let pool = pool.clone();
            Spawner::new().name("patient").spawn(async move {
                pool.acquire().await.expect("the pool is open").query().await;
            })
        };
        yield_now().await;
        drop(conn);
        fickle.await.expect("the fickle one leaves");
        patient.await.expect("the patient one is served");
    })
}
