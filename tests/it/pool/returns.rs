//! Connections that come back, or do not.

use std::thread;

use tokio::time::Instant;
use tokio_test::{assert_pending, assert_ready, task};

use crate::support::*;

/// pool/POOL5: a return has happened when `drop` returns: the next caller has it
/// at its first poll.
#[tokio::test(start_paused = true)]
async fn a_return_is_seen_by_the_next_acquire() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1));
    let held = holder(&pool).await;
    drop(held);
    assert_eq!((pool.status().idle, pool.status().in_use), (1, 0));
    let again = pool.try_acquire();
    assert!(again.is_some());
    drop(again);
    let mut next = task::spawn(pool.acquire());
    assert_eq!(outcome(&assert_ready!(next.poll())), "connection 1");
}

/// pool/POOL5: a waiter has its connection when `drop` returns, and a newcomer
/// does not get it.
#[tokio::test(start_paused = true)]
async fn a_return_is_a_grant_to_the_first_waiter() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1));
    let held = holder(&pool).await;
    let mut waiter = task::spawn(pool.acquire());
    assert_pending!(waiter.poll());
    drop(held);
    assert!(waiter.is_woken());
    assert!(pool.try_acquire().is_none());
    assert_eq!(outcome(&assert_ready!(waiter.poll())), "connection 1");
}

/// pool/POOL5, pool/X5: returning and taking again need no runtime.
#[test]
fn a_return_needs_no_runtime() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1));
    let held = runtime().block_on(holder(&pool));
    drop(held);
    assert_eq!(pool.status().idle, 1);
    let mut next = task::spawn(pool.acquire());
    assert_eq!(outcome(&assert_ready!(next.poll())), "connection 1");
}

/// pool/POOL5: a connection may be returned on any thread, and wakes the waiter
/// where that is.
#[tokio::test(start_paused = true)]
async fn a_return_works_from_another_thread() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1));
    let held = holder(&pool).await;
    let mut waiter = task::spawn(pool.acquire());
    assert_pending!(waiter.poll());
    thread::spawn(move || drop(held)).join().expect("a return does not panic");
    assert!(waiter.is_woken());
    assert_eq!(outcome(&assert_ready!(waiter.poll())), "connection 1");
}

/// pool/POOL5, pool/X3: a user that panics returns its connection all the same.
#[tokio::test(start_paused = true)]
async fn a_user_that_panics_returns_its_connection() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1));
    let held = holder(&pool).await;
    let message = panic_of(|| {
        let _held = held;
        panic!("half-way");
    });
    assert_eq!((message.as_str(), pool.status().idle), ("half-way", 1));
}

/// pool/POOL8, pool/POOL12: what is discarded is closed, counted as broken, and
/// its slot is free once it is closed.
#[tokio::test(start_paused = true)]
async fn a_discarded_connection_is_closed_before_its_slot_is_free() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1));
    server.closes([well().after(20)]);
    holder(&pool).await.discard();
    let status = pool.status();
    assert_eq!((status.closing, status.idle, status.closed_by.broken), (1, 0, 1));
    assert_eq!(ends([visit(&server, &pool, 0, 0)]).await, ["20: connection 2"]);
    assert_eq!((server.peak(), server.calls()[2]), (1, 1));
    assert_eq!(pool.status().dropped_unclosed, 0);
}

/// pool/POOL12: what is detached is the caller's own: it is not closed, and its
/// slot is free at once.
#[tokio::test(start_paused = true)]
async fn a_detached_connection_is_the_callers_own() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1));
    let own = holder(&pool).await.detach();
    assert_eq!((own.id, pool.status().size), (1, 0));
    assert_eq!(outcome(&pool.acquire().await), "connection 2");
    assert_eq!((server.alive(), server.calls()[2]), (2, 0));
    let closed_by = pool.status().closed_by;
    assert_eq!((closed_by.broken, closed_by.check, closed_by.closed), (0, 0, 0));
    drop(own);
}

/// pool/POOL12: the record of a connection says when it was made, and how often
/// it was handed out.
#[tokio::test(start_paused = true)]
async fn a_connection_knows_its_age_and_its_uses() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1));
    server.connects([well().after(30)]);
    let began = Instant::now();
    for uses in 1..4 {
        let held = holder(&pool).await;
        assert_eq!((held.info().uses, held.info().created), (uses, began + ms(30)));
        let printed = format!("{held:?}");
        assert!(printed.contains("id: 1") && printed.contains(&format!("uses: {uses}")));
        wait(5).await;
    }
    assert_eq!(pool.try_acquire().map(|held| held.info().uses), Some(4));
}

/// pool/POOL5: a connection can be used and changed in place.
#[tokio::test(start_paused = true)]
async fn a_connection_is_lent_for_reading_and_writing() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1));
    let mut held = holder(&pool).await;
    held.id = 77;
    assert_eq!(held.id, 77);
    drop(held);
    assert_eq!(holder(&pool).await.id, 77);
}

/// pool/POOL5: what was used last is handed out first.
#[tokio::test(start_paused = true)]
async fn the_warmest_connection_is_handed_out_first() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(3));
    let [one, two, three] = [holder(&pool).await, holder(&pool).await, holder(&pool).await];
    for conn in [two, three, one] {
        drop(conn);
    }
    let again = [holder(&pool).await, holder(&pool).await, holder(&pool).await];
    assert_eq!(again.map(|conn| conn.id), [1, 3, 2]);
}
