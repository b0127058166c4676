//! Sizes that change while the pool is in use.

use tokio_test::{assert_pending, assert_ready, task};

use crate::support::*;

/// pool/POOL11, pool/POOL1: deadpool's first case: `max_size` 10, `resize(2)` on
/// an empty pool, and ten callers. Two hold one at a time. [ten did]
#[tokio::test(start_paused = true)]
async fn ten_callers_of_an_empty_pool_of_two_share_two() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(10).max_connecting(10));
    pool.resize(2).expect("two is a size");
    assert_eq!(pool.status().max_size, 2);
    let lines = ends([(); 10].map(|()| visit(&server, &pool, 0, 10))).await;
    let times = [0, 0, 10, 10, 20, 20, 30, 30, 40, 40];
    for (line, at) in lines.iter().zip(times) {
        assert!(line.starts_with(&format!("{at}: connection")), "{lines:?}");
    }
    assert_eq!((server.peak(), server.calls()[0]), (2, 2));
}

/// pool/POOL11, pool/POOL1: deadpool's second case: four out, `resize(2)`, then
/// `resize(4)`: four are held, not more. [six were]
#[tokio::test(start_paused = true)]
async fn down_and_up_again_adds_nothing() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(4).max_connecting(10));
    let held: Vec<_> = [holder(&pool).await, holder(&pool).await].into();
    let more: Vec<_> = [holder(&pool).await, holder(&pool).await].into();
    pool.resize(2).expect("two is a size");
    pool.resize(4).expect("four is a size");
    let mut waiters: Vec<_> = (0..4).map(|_| task::spawn(pool.acquire())).collect();
    for waiter in &mut waiters {
        assert_pending!(waiter.poll());
    }
    pass(1_000).await;
    assert_eq!((pool.status().in_use, server.peak(), server.calls()[0]), (4, 4, 4));
    drop((held, more));
    let all: Vec<_> = waiters.iter_mut().map(|waiter| assert_ready!(waiter.poll())).collect();
    assert!(all.iter().all(Result::is_ok));
    assert_eq!((server.peak(), pool.status().size), (4, 4));
}

/// pool/POOL11: after a shrink, what comes back is closed until no more are left
/// than that; who waits is served from then on, and nothing is made before.
#[tokio::test(start_paused = true)]
async fn a_shrink_converges_as_connections_return() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(5));
    let mut held = Vec::new();
    for _ in 0..5 {
        held.push(holder(&pool).await);
    }
    pool.resize(2).expect("two is a size");
    let mut waiter = task::spawn(pool.acquire());
    assert_pending!(waiter.poll());
    for left in [4, 3, 2] {
        drop(held.pop());
        settle().await;
        let status = pool.status();
        assert_eq!((status.size, status.in_use, status.max_size), (left, left, 2));
        assert!(!waiter.is_woken(), "with {left} left");
    }
    drop(held.pop());
    assert_eq!(outcome(&assert_ready!(waiter.poll())), "connection 2");
    drop(held);
    settle().await;
    let status = pool.status();
    assert_eq!((status.idle, status.size, status.closed_by.resize), (2, 2, 3));
    assert_eq!(server.calls()[0], 5);
}

/// pool/POOL11: idle connections go at once, those that were not used for the
/// longest first; and a slot is free only once its connection is closed.
#[tokio::test(start_paused = true)]
async fn a_shrink_closes_idle_connections_at_once() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(4));
    server.usual_close(well().after(50));
    let all = [holder(&pool).await, holder(&pool).await, holder(&pool).await, holder(&pool).await];
    let [first, second, third, fourth] = all;
    drop((third, first));
    pool.resize(3).expect("three is a size");
    settle().await;
    assert_eq!(server.asked("close"), [(0, 3)]);
    drop(fourth);
    pool.resize(1).expect("one is a size");
    settle().await;
    assert_eq!(server.asked("close"), [(0, 3), (0, 1), (0, 4)]);
    assert_eq!((pool.status().closing, pool.status().in_use), (3, 1));
    pool.resize(4).expect("four is a size");
    assert_eq!(ends([visit(&server, &pool, 0, 0)]).await, ["50: connection 5"]);
    assert_eq!((server.peak(), pool.status().closed_by.resize), (4, 3));
    drop(second);
}

/// pool/POOL11: connects that end after a shrink are not kept beyond it.
#[tokio::test(start_paused = true)]
async fn a_shrink_counts_the_connects_under_way() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(4));
    server.usual_connect(well().after(10));
    let visits = [(); 4].map(|()| visit(&server, &pool, 0, 10));
    settle().await;
    assert_eq!(pool.status().connecting, 4);
    pool.resize(1).expect("one is a size");
    let lines = ends(visits).await;
    let times = [10, 20, 30, 40];
    for (line, at) in lines.iter().zip(times) {
        assert!(line.starts_with(&format!("{at}: connection")), "{lines:?}");
    }
    settle().await;
    assert_eq!((pool.status().size, server.calls()[0]), (1, 4));
    assert_eq!(pool.status().closed_by.resize, 3);
}

/// pool/POOL11: after a growth, connects for those that wait begin at that
/// instant, as many at a time as may.
#[tokio::test(start_paused = true)]
async fn a_growth_connects_for_waiters_at_once() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1).max_connecting(2));
    server.usual_connect(well().after(10));
    let visits = [(); 5].map(|()| visit(&server, &pool, 0, 1_000));
    until(&server, 30).await;
    assert_eq!(server.calls()[0], 1);
    pool.resize(10).expect("ten is a size");
    let times: Vec<_> = ends(visits).await.iter().map(|line| line[..3].to_owned()).collect();
    assert_eq!(times, ["10:", "40:", "40:", "50:", "50:"]);
    let began: Vec<_> = server.asked("connect").iter().map(|(at, _)| *at).collect();
    assert_eq!((began, server.connecting_peak()), (vec![0, 30, 30, 40, 40], 2));
}

/// pool/POOL11, pool/POOL9: a growth makes room for those that are to be idle.
#[tokio::test(start_paused = true)]
async fn a_growth_fills_up_what_is_to_be_idle() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(3).min_idle(3));
    let _held = holder(&pool).await;
    settle().await;
    assert_eq!(pool.status().idle, 2);
    pool.resize(5).expect("five is a size");
    settle().await;
    assert_eq!((pool.status().idle, pool.status().size), (3, 4));
}

/// pool/POOL11, pool/X6: no size is no size; and nothing changes.
#[tokio::test(start_paused = true)]
async fn a_size_of_zero_is_refused() {
    let pool = Server::new().pool(|p| p.max_size(3));
    let _held = holder(&pool).await;
    let error = pool.resize(0).expect_err("nobody could ever be served");
    assert_eq!(error.to_string(), "`max_size` must be at least 1");
    assert_eq!(error.fields().collect::<Vec<_>>(), ["max_size"]);
    assert_eq!((pool.status().max_size, pool.status().size), (3, 1));
    pool.resize(usize::MAX).expect("the largest is a size");
    assert_eq!(pool.status().max_size, usize::MAX);
}
