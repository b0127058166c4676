//! Sizes, at both ends of their range.

use surefoot::pool::Pool;
use tokio_test::{assert_pending, assert_ready, task};

use crate::support::*;

/// pool/X6: `build` names every field that can't work, in one error, and nothing
/// else.
#[test]
fn build_names_every_bad_field() {
    let error = Pool::builder(Server::new()).max_size(0).max_connecting(0).max_waiters(0).build();
    let error = error.expect_err("no connection could ever be made");
    assert_eq!(error.fields().collect::<Vec<_>>(), ["max_size", "max_connecting"]);
    assert_eq!(
        error.to_string(),
        "`max_size` must be at least 1; `max_connecting` must be at least 1"
    );
    for (max_size, max_connecting, bad) in
        [(0, 1, Some("max_size")), (1, 0, Some("max_connecting")), (1, 1, None)]
    {
        let built =
            Pool::builder(Server::new()).max_size(max_size).max_connecting(max_connecting).build();
        let fields = built.err().map(|error| error.fields().collect::<Vec<_>>());
        assert_eq!(fields, bad.map(|field| vec![field]));
    }
}

/// pool/X6: what the builder was told and what it does when it is told nothing.
#[test]
fn a_builder_prints_its_settings_and_has_the_documented_defaults() {
    let builder = Pool::builder(Server::new());
    let defaults = format!("{builder:?}");
    for setting in [
        "max_size: 10",
        "max_connecting: 4",
        &format!("max_waiters: {}", usize::MAX),
        "acquire_timeout: Some(30s)",
        "connect_timeout: Some(10s)",
        "check_timeout: Some(5s)",
        "close_timeout: Some(5s)",
    ] {
        assert!(defaults.contains(setting), "{setting} in {defaults}");
    }
    let set = builder.acquire_timeout(None).connect_timeout(ms(7)).max_waiters(3);
    let set = format!("{set:?}");
    for setting in ["acquire_timeout: None", "connect_timeout: Some(7ms)", "max_waiters: 3"] {
        assert!(set.contains(setting), "{setting} in {set}");
    }
}

/// pool/X6: the largest sizes are no limit, and overflow nothing.
#[tokio::test(start_paused = true)]
async fn the_largest_sizes_are_no_limit() {
    let server = Server::new();
    let most = usize::MAX;
    let pool = server.pool(|p| p.max_size(most).max_connecting(most).max_waiters(most));
    server.usual_connect(well().after(10));
    let lines = ends([(); 100].map(|()| visit(&server, &pool, 0, 5))).await;
    assert!(lines.iter().all(|line| line.starts_with("10: connection")), "{lines:?}");
    let status = pool.status();
    assert_eq!((status.max_size, status.size, server.connecting_peak()), (most, 100, 100));
}

/// pool/X6: with a limit of 0, nobody waits for a return; who can have a new
/// connection is not turned away.
#[tokio::test(start_paused = true)]
async fn with_no_waiters_allowed_only_new_connections_are_waited_for() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(2).max_connecting(1).max_waiters(0));
    server.usual_connect(well().after(10));
    let visits = [
        visit(&server, &pool, 0, 20),
        visit(&server, &pool, 1, 0),
        visit(&server, &pool, 11, 50),
        visit(&server, &pool, 12, 0),
        visit(&server, &pool, 25, 0),
        visit(&server, &pool, 31, 0),
    ];
    assert_eq!(
        ends(visits).await,
        [
            "10: connection 1",
            "1: too many",
            "21: connection 2",
            "12: too many",
            "25: too many",
            "31: connection 1"
        ]
    );
}

/// pool/X6: with a limit of 1, the second that would wait for a return is turned
/// away at its first poll, until the first is gone.
#[tokio::test(start_paused = true)]
async fn one_waiter_more_than_allowed_is_turned_away_at_once() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1).max_waiters(1));
    let held = holder(&pool).await;
    let mut first = task::spawn(pool.acquire());
    assert_pending!(first.poll());
    let mut second = task::spawn(pool.acquire());
    assert_eq!(outcome(&assert_ready!(second.poll())), "too many");
    drop(first);
    let mut third = task::spawn(pool.acquire());
    assert_pending!(third.poll());
    drop(held);
    assert_eq!(outcome(&assert_ready!(third.poll())), "connection 1");
    assert_eq!((pool.status().waited, server.calls()[0]), (3, 1));
}

/// pool/POOL1, pool/X6: a pool of one has one, whatever happens to it.
#[tokio::test(start_paused = true)]
async fn a_pool_of_one_never_has_two() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1).max_connecting(usize::MAX).connect_timeout(ms(15)));
    server.connects([fails("a").after(3), panics("b").after(3), hangs(), well().after(9)]);
    server.checks([well(), fails("stale").after(2), well(), panics("c")]);
    server.closes([well().after(4), hangs(), panics("d")]);
    let visits: [_; 30] = std::array::from_fn(|i| visit(&server, &pool, i as u64, 2));
    let served = ends(visits).await.iter().filter(|line| line.contains("connection")).count();
    assert_eq!((served, server.peak()), (26, 1));
    assert_eq!((pool.status().size, server.alive()), (1, 1));
}

/// pool/X6: a caller that a connect under way will serve is no waiter in this
/// sense, whoever began the connect.
#[tokio::test(start_paused = true)]
async fn who_is_served_by_a_connect_under_way_is_not_one_too_many() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1).max_waiters(0));
    server.connects([well().after(10)]);
    let mut gone = task::spawn(pool.acquire());
    assert_pending!(gone.poll());
    drop(gone);
    let mut next = task::spawn(pool.acquire());
    assert_pending!(next.poll());
    let mut another = task::spawn(pool.acquire());
    assert_eq!(outcome(&assert_ready!(another.poll())), "too many");
    pass(10).await;
    assert_eq!(outcome(&assert_ready!(next.poll())), "connection 1");
}
