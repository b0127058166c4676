//! What the pool says of itself.

use tokio_test::{assert_pending, assert_ready, task};

use crate::support::*;

/// The states that are not empty; and they add up.
fn census(pool: &TestPool) -> String {
    let s = pool.status();
    assert_eq!(s.size, s.idle + s.in_use + s.connecting + s.checking + s.closing, "{s:?}");
    let states = [
        (s.idle, "idle"),
        (s.in_use, "in use"),
        (s.connecting, "connecting"),
        (s.checking, "checking"),
        (s.closing, "closing"),
        (s.waiting, "waiting"),
    ];
    let states = states.into_iter().filter(|(n, _)| *n > 0);
    states.map(|(n, state)| format!("{n} {state}")).collect::<Vec<_>>().join(", ")
}

/// pool/POOL12: the states add up after every step of a connection's life.
#[tokio::test(start_paused = true)]
async fn the_status_adds_up_at_every_step() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(2).max_connecting(1));
    assert_eq!(census(&pool), "");
    server.usual_connect(well().after(10));
    let mut first = task::spawn(pool.acquire());
    assert_pending!(first.poll());
    assert_eq!(census(&pool), "1 connecting, 1 waiting");
    let mut second = task::spawn(pool.acquire());
    let mut third = task::spawn(pool.acquire());
    assert_pending!(second.poll());
    assert_pending!(third.poll());
    assert_eq!(census(&pool), "1 connecting, 3 waiting");
    settle().await;
    pass(10).await;
    assert_eq!(census(&pool), "1 in use, 1 connecting, 2 waiting", "granted is in use");
    let held = assert_ready!(first.poll());
    assert_eq!(census(&pool), "1 in use, 1 connecting, 2 waiting");
    drop(held);
    assert_eq!(census(&pool), "1 in use, 1 connecting, 1 waiting");
    server.checks([well().after(5)]);
    assert_pending!(second.poll());
    assert_eq!(census(&pool), "1 connecting, 1 checking, 1 waiting");
    pass(5).await;
    let held = assert_ready!(second.poll()).expect("its check is passed");
    assert_eq!(census(&pool), "1 in use, 1 connecting, 1 waiting");
    pass(5).await;
    assert_eq!(census(&pool), "2 in use");
    let another = assert_ready!(third.poll()).expect("it was made for it");
    drop(another);
    assert_eq!(census(&pool), "1 idle, 1 in use");
    server.closes([well().after(5)]);
    held.discard();
    assert_eq!(census(&pool), "1 idle, 1 closing");
    pass(5).await;
    assert_eq!(census(&pool), "1 idle");
    let own = pool.try_acquire().expect("it is idle").detach();
    assert_eq!(census(&pool), "");
    drop(own);
}

/// pool/POOL12: the counters say what happened, each thing once.
#[tokio::test(start_paused = true)]
async fn the_counters_say_what_happened() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1).max_waiters(1).acquire_timeout(ms(20)));
    server.connects([well(), fails("refused"), well()]);
    server.checks([well(), fails("stale")]);
    ends([
        visit(&server, &pool, 0, 10),
        visit(&server, &pool, 1, 40),
        visit(&server, &pool, 11, 0),
    ])
    .await;
    // The first of the two finds the check failed and the connect refused.
    assert_eq!(outcome(&pool.acquire().await), "not connected: refused");
    let held = holder(&pool).await;
    drop(pool.try_acquire());
    drop(held);
    drop(pool.try_acquire());
    let status = pool.status();
    assert_eq!((status.acquired, status.waited, status.timed_out, status.created), (4, 5, 1, 2));
    let closed_by = status.closed_by;
    assert_eq!((closed_by.check, closed_by.broken, closed_by.closed), (1, 0, 0));
    assert_eq!((status.dropped_unclosed, status.max_size), (0, 1));
}

/// pool/POOL12: the status is the same from every handle, and a pool prints it.
#[tokio::test(start_paused = true)]
async fn all_handles_are_of_the_same_pool() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(7));
    let other = pool.clone();
    let held = holder(&pool).await;
    assert_eq!((other.status(), other.status().in_use), (pool.status(), 1));
    let printed = format!("{other:?}");
    assert!(printed.contains("in_use: 1") && printed.contains("max_size: 7"), "{printed}");
    drop(held);
    assert_eq!(other.try_acquire().map(|conn| conn.id), Some(1));
}
