//! Time limits: exactly when, and what the error says.

use std::time::Duration;

use surefoot::deadline::Deadline;
use tokio::time::Instant;
use tokio_test::{assert_pending, assert_ready, task};

use crate::support::*;

/// pool/POOL7: waiting and checking share one limit, which counts from the call.
#[tokio::test(start_paused = true)]
async fn one_limit_spans_wait_and_check() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1).acquire_timeout(ms(100)));
    server.checks([hangs()]);
    let visits = [visit(&server, &pool, 0, 60), visit(&server, &pool, 10, 0)];
    assert_eq!(ends(visits).await, ["0: connection 1", "110: out of time in check after 100ms"]);
    assert_eq!(pool.status().timed_out, 1);
}

/// pool/POOL7: a check that failed and the connect after it share the limit of
/// the wait before them.
#[tokio::test(start_paused = true)]
async fn one_limit_spans_wait_check_and_connect() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1).acquire_timeout(ms(100)));
    server.connects([well(), well().after(50)]);
    server.checks([fails("stale").after(20)]);
    let visits = [visit(&server, &pool, 0, 60), visit(&server, &pool, 10, 0)];
    assert_eq!(ends(visits).await, ["0: connection 1", "110: out of time in connect after 100ms"]);
}

/// pool/POOL7: waiting for a return that does not come ends at the limit.
#[tokio::test(start_paused = true)]
async fn a_wait_ends_at_its_limit_and_says_so() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1).acquire_timeout(ms(100)));
    let visits = [visit(&server, &pool, 0, 101), visit(&server, &pool, 0, 0)];
    assert_eq!(ends(visits).await, ["0: connection 1", "100: out of time in wait after 100ms"]);
}

/// pool/POOL7: with one connect under way for two callers, the first waits for
/// the connect, and the second for a return.
#[tokio::test(start_paused = true)]
async fn the_phase_is_that_of_the_place_in_the_queue() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_connecting(1).acquire_timeout(ms(100)));
    server.usual_connect(hangs());
    let visits = [visit(&server, &pool, 0, 0), visit(&server, &pool, 1, 0)];
    assert_eq!(
        ends(visits).await,
        ["100: out of time in connect after 100ms", "101: out of time in connect after 100ms"],
        "the second is the first in line once the first is gone"
    );
    let visits = [visit(&server, &pool, 1, 0), visit(&server, &pool, 0, 0)];
    assert_eq!(
        ends(visits).await[1],
        "201: out of time in connect after 100ms",
        "the one that came first is served by the connect, whoever began it"
    );

    let second = server.pool(|p| p.max_connecting(1).acquire_timeout(ms(100)));
    let first_in_line = second.acquire_within(Deadline::never());
    let mut first_in_line = task::spawn(first_in_line);
    assert_pending!(first_in_line.poll());
    let late = second.acquire().await;
    assert_eq!(outcome(&late), "out of time in wait after 100ms");
}

/// pool/POOL7: what is there at the limit is handed out, not thrown away.
#[tokio::test(start_paused = true)]
async fn a_connection_that_is_ready_at_the_limit_wins() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1).acquire_timeout(ms(100)));
    let held = holder(&pool).await;
    let mut late = task::spawn(pool.acquire());
    assert_pending!(late.poll());
    pass(100).await;
    assert!(late.is_woken(), "by its limit");
    drop(held);
    assert_eq!(outcome(&assert_ready!(late.poll())), "connection 1");
}

/// pool/POOL7: a check that ends at the limit counts.
#[tokio::test(start_paused = true)]
async fn a_check_that_is_ready_at_the_limit_wins() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1).acquire_timeout(ms(100)).check_timeout(ms(100)));
    drop(holder(&pool).await);
    server.checks([well().after(100)]);
    let mut late = task::spawn(pool.acquire());
    assert_pending!(late.poll());
    pass(100).await;
    assert_eq!(outcome(&assert_ready!(late.poll())), "connection 1");
}

/// pool/POOL7: nobody is made to wait a millisecond longer or less.
#[tokio::test(start_paused = true)]
async fn a_limit_passes_neither_early_nor_late() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1).acquire_timeout(ms(100)));
    let _held = holder(&pool).await;
    let mut late = task::spawn(pool.acquire());
    assert_pending!(late.poll());
    pass(99).await;
    assert!(!late.is_woken());
    assert_pending!(late.poll());
    pass(1).await;
    assert!(late.is_woken());
    assert_eq!(outcome(&assert_ready!(late.poll())), "out of time in wait after 100ms");
}

/// pool/POOL7: a caller's own deadline replaces the pool's limit, longer or
/// shorter, and the error says the limit that it was made from.
#[tokio::test(start_paused = true)]
async fn a_deadline_of_the_callers_replaces_the_pools_limit() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1).acquire_timeout(ms(100)));
    let _held = holder(&pool).await;
    for (limit, late_by) in [(ms(30), 10), (ms(300), 10), (ms(30), 40)] {
        let (deadline, began) = (Deadline::after(limit), Instant::now());
        wait(late_by).await;
        let answer = pool.acquire_within(deadline).await;
        assert_eq!(outcome(&answer), format!("out of time in wait after {limit:?}"));
        assert_eq!(began.elapsed(), limit.max(ms(late_by)));
    }
}

/// pool/POOL7: a connect that failed when nobody waited is named by the next
/// caller whose time passes, and by that one only.
#[tokio::test(start_paused = true)]
async fn the_last_connect_error_is_told_once() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1).acquire_timeout(ms(10)));
    server.connects([fails("older"), fails("newer"), hangs()]);
    for _ in 0..2 {
        let mut gone = task::spawn(pool.acquire());
        assert_pending!(gone.poll());
        drop(gone);
        settle().await;
    }
    assert_eq!(outcome(&pool.acquire().await), "out of time in connect after 10ms, last newer");
    assert_eq!(outcome(&pool.acquire().await), "out of time in connect after 10ms");
}

/// pool/POOL7: the error of a check that ran out of time names it as well.
#[tokio::test(start_paused = true)]
async fn a_check_out_of_time_tells_the_last_connect_error() {
    let server = Server::new();
    let pool = server.pool(|p| p.acquire_timeout(ms(10)));
    server.connects([fails("refused").after(20), well()]);
    assert_eq!(outcome(&pool.acquire().await), "out of time in connect after 10ms");
    wait(15).await;
    drop(holder(&pool).await);
    server.checks([hangs()]);
    assert_eq!(outcome(&pool.acquire().await), "out of time in check after 10ms, last refused");
}

/// pool/X6: with no time to spend, what is ready is given, and what is not is
/// refused, both at the call.
#[tokio::test(start_paused = true)]
async fn a_limit_of_zero_is_answered_at_the_call() {
    let server = Server::new();
    let pool = server.pool(|p| p.acquire_timeout(Duration::ZERO).max_size(1));
    let mut first = task::spawn(pool.acquire());
    assert_eq!(outcome(&assert_ready!(first.poll())), "out of time in connect after 0ns");
    settle().await;
    let mut second = task::spawn(pool.acquire());
    let held = assert_ready!(second.poll());
    assert_eq!(outcome(&held), "connection 1", "the connect went on, and was not in vain");
    let mut third = task::spawn(pool.acquire());
    assert_eq!(outcome(&assert_ready!(third.poll())), "out of time in wait after 0ns");
    drop(held);
    server.checks([well().after(1)]);
    let mut fourth = task::spawn(pool.acquire());
    assert_eq!(outcome(&assert_ready!(fourth.poll())), "out of time in check after 0ns");
}

/// pool/X6: limits of zero for the pool's own work cost the work that takes
/// time, and nothing else.
#[tokio::test(start_paused = true)]
async fn inner_limits_of_zero_cut_only_what_takes_time() {
    let server = Server::new();
    let pool = server.pool(|p| {
        p.connect_timeout(Duration::ZERO)
            .check_timeout(Duration::ZERO)
            .close_timeout(Duration::ZERO)
    });
    server.connects([well().after(1), well(), well()]);
    assert_eq!(outcome(&pool.acquire().await), "out of time in connect after 0ns");
    drop(holder(&pool).await);
    assert_eq!(outcome(&pool.acquire().await), "connection 2");
    server.checks([well().after(1)]);
    server.closes([well().after(1)]);
    assert_eq!(outcome(&pool.acquire().await), "connection 3", "the slow check cost a connection");
    assert_eq!(server.clock(), 0);
    settle().await;
    assert_eq!((pool.status().closed_by.check, pool.status().dropped_unclosed), (1, 1));
}

/// pool/X6, pool/X10: limits beyond the clock's range, and at its edge, are no
/// limits: a year passes, and passes at once.
#[tokio::test(start_paused = true)]
async fn limits_of_any_size_outlast_a_year() {
    const YEAR: u64 = 365 * 24 * 3600 * 1000;
    let edge = edge_of_the_clock();
    let below_it = edge - Duration::from_nanos(1);
    for limit in [None, Some(Duration::MAX), Some(edge), Some(below_it), Some(edge - ms(2))] {
        let server = Server::new();
        let pool = server.pool(|p| {
            p.max_size(1)
                .acquire_timeout(limit)
                .connect_timeout(limit)
                .check_timeout(limit)
                .close_timeout(limit)
        });
        server.connects([well().after(YEAR)]);
        server.checks([well().after(YEAR)]);
        server.closes([well().after(YEAR)]);
        let visits = [visit(&server, &pool, 0, YEAR), visit(&server, &pool, 0, 0)];
        let (one, three) = (YEAR, 3 * YEAR);
        let expected = [format!("{one}: connection 1"), format!("{three}: connection 1")];
        assert_eq!(ends(visits).await, expected, "{limit:?}");
        pool.close().await;
        assert_eq!(server.clock(), u128::from(4 * YEAR), "{limit:?}");
        assert_eq!(pool.status().dropped_unclosed, 0);
    }
}
