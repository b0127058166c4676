//! What the builder takes, at both ends of each range.

use std::time::Duration;

use surefoot::backoff::Backoff;
use surefoot::pool::{Builder, Order, Pool};

use crate::support::*;

const YEAR: u64 = 365 * 24 * 3_600_000;

/// pool/X6: every option that can't work is named, all in one error.
#[test]
fn every_bad_option_is_named() {
    let error = Pool::builder(Server::new())
        .max_size(0)
        .max_connecting(0)
        .min_idle(1)
        .max_lifetime(ms(10))
        .lifetime_jitter(ms(11))
        .keep_alive(Duration::ZERO)
        .leak_after(Duration::ZERO)
        .build()
        .expect_err("nothing in this can work");
    assert_eq!(
        error.to_string(),
        "`max_size` must be at least 1; `max_connecting` must be at least 1; \
         `min_idle` must be at most max_size, 0, and is 1; \
         `lifetime_jitter` must be at most max_lifetime, 10ms; \
         `keep_alive` must be longer than zero; `leak_after` must be longer than zero"
    );
}

/// pool/X6: each is named alone, and only beyond its limit.
#[test]
fn each_option_has_its_limit() {
    type Set = fn(Builder<Server>) -> Builder<Server>;
    let cases: [(Set, Option<&str>); 14] = [
        (|p| p.max_size(3).min_idle(4), Some("min_idle")),
        (|p| p.max_size(3).min_idle(3), None),
        (|p| p.lifetime_jitter(ms(1)), Some("lifetime_jitter")),
        (|p| p.lifetime_jitter(Duration::ZERO), None),
        (|p| p.max_lifetime(ms(5)).lifetime_jitter(ms(6)), Some("lifetime_jitter")),
        (|p| p.max_lifetime(ms(5)).lifetime_jitter(ms(5)), None),
        (|p| p.keep_alive(Duration::ZERO), Some("keep_alive")),
        (|p| p.keep_alive(Duration::from_nanos(1)), None),
        (|p| p.keep_alive(None), None),
        (|p| p.leak_after(Duration::ZERO), Some("leak_after")),
        (|p| p.leak_after(Duration::from_nanos(1)), None),
        (|p| p.idle_timeout(Duration::ZERO).max_lifetime(Duration::ZERO), None),
        (|p| p.min_idle(1).max_lifetime(Duration::ZERO), Some("max_lifetime")),
        (|p| p.min_idle(1).idle_timeout(Duration::ZERO), None),
    ];
    for (i, (set, bad)) in cases.into_iter().enumerate() {
        let built = set(Pool::builder(Server::new())).build();
        let fields = built.err().map(|error| error.fields().collect::<Vec<_>>());
        assert_eq!(fields, bad.map(|field| vec![field]), "case {i}");
    }
}

/// pool/X6: the builder has the documented defaults, and prints what it was told.
#[test]
fn the_time_options_are_off_until_they_are_set() {
    let builder = Pool::builder(Server::new());
    let defaults = format!("{builder:?}");
    for setting in [
        "min_idle: 0",
        "check_after: 0ns",
        "idle_timeout: None",
        "max_lifetime: None",
        "lifetime_jitter: 0ns",
        "keep_alive: None",
        "leak_after: None",
        "order: Lifo",
        "base: 100ms",
        "max_delay: 10s",
        "jitter: Equal",
    ] {
        assert!(defaults.contains(setting), "{setting} in {defaults}");
    }
    let set = builder
        .min_idle(2)
        .check_after(ms(1))
        .idle_timeout(ms(2))
        .max_lifetime(ms(3))
        .lifetime_jitter(ms(4))
        .keep_alive(ms(5))
        .leak_after(ms(6))
        .order(Order::Fifo)
        .upkeep_backoff(Backoff::constant(ms(7)));
    let set = format!("{set:?}");
    for setting in [
        "min_idle: 2",
        "check_after: 1ms",
        "idle_timeout: Some(2ms)",
        "max_lifetime: Some(3ms)",
        "lifetime_jitter: 4ms",
        "keep_alive: Some(5ms)",
        "leak_after: Some(6ms)",
        "order: Fifo",
        "Constant(7ms)",
    ] {
        assert!(set.contains(setting), "{setting} in {set}");
    }
}

/// pool/X6: the one that was used last, or the one that was not used for the
/// longest.
#[tokio::test(start_paused = true)]
async fn the_order_says_which_is_handed_out() {
    for (order, expected) in [(Order::Lifo, [2, 2, 1]), (Order::Fifo, [3, 1, 2])] {
        let pool = Server::new().pool(|p| p.max_size(3).order(order));
        let all = [holder(&pool).await, holder(&pool).await, holder(&pool).await];
        let [first, second, third] = all;
        drop(third);
        drop(first);
        drop(second);
        let next = holder(&pool).await;
        let mut seen = vec![next.id];
        drop(next);
        let (next, another) = (holder(&pool).await, pool.try_acquire().expect("two are idle"));
        seen.extend([next.id, another.id]);
        assert_eq!(seen, expected, "{order:?}");
    }
    assert_eq!(Order::default(), Order::Lifo);
}

/// pool/X6, pool/X10: options beyond the clock's range, and at its edge, are
/// those that never come.
#[tokio::test(start_paused = true)]
async fn the_longest_options_never_come() {
    let edge = edge_of_the_clock();
    for limit in [Duration::MAX, edge, edge - Duration::from_nanos(1), edge - ms(2)] {
        let server = Server::new();
        let pool = server.pool(|p| {
            p.max_size(2)
                .min_idle(1)
                .check_after(limit)
                .idle_timeout(limit)
                .max_lifetime(limit)
                .keep_alive(limit)
                .leak_after(limit)
                .upkeep_backoff(Backoff::constant(limit))
        });
        let held = holder(&pool).await;
        wait(YEAR).await;
        drop(held);
        wait(YEAR).await;
        drop(holder(&pool).await);
        let status = pool.status();
        assert_eq!((status.idle, status.created, status.held_too_long), (2, 2, 0), "{limit:?}");
        assert_eq!(server.calls(), [2, 0, 0], "{limit:?}");
        let report = pool.close_within(limit).await;
        assert!(report.is_complete());
    }
}

/// pool/X6: a jitter beyond the clock's range shortens lives, and breaks nothing.
#[tokio::test(start_paused = true)]
async fn the_longest_jitter_overflows_nothing() {
    let server = Server::new();
    let most = Duration::MAX;
    let pool = server.pool(|p| p.max_lifetime(most).lifetime_jitter(most));
    drop(holder(&pool).await);
    assert_eq!((pool.status().size, server.calls()[0]), (1, 1));
}

/// pool/X6: with no time to be idle or to live, each connection serves once, and
/// nothing hangs.
#[tokio::test(start_paused = true)]
async fn with_no_time_to_live_a_connection_serves_once() {
    type Set = fn(Builder<Server>) -> Builder<Server>;
    let cases: [Set; 2] = [|p| p.idle_timeout(Duration::ZERO), |p| p.max_lifetime(Duration::ZERO)];
    for set in cases {
        let server = Server::new();
        let pool = server.pool(|p| set(p.max_size(1)));
        for id in 1..=3 {
            assert_eq!(holder(&pool).await.id, id);
            wait(1).await;
            assert_eq!((pool.status().size, server.alive()), (0, 0));
        }
        // Nothing stays, and it does not try for ever.
        pool.warm_up(1).await.expect("the server is well");
    }
}

/// pool/X6, pool/POOL9: with no time to be idle, as many as are to be kept are
/// kept.
#[tokio::test(start_paused = true)]
async fn with_no_time_to_be_idle_the_minimum_stays() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(4).min_idle(2).idle_timeout(Duration::ZERO));
    drop((holder(&pool).await, holder(&pool).await));
    wait(YEAR).await;
    assert_eq!(pool.status().idle, 2);
    assert_eq!(pool.status().closed_by.idle, pool.status().created - 2);
}
