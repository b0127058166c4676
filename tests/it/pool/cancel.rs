//! Callers that give up.

use tokio_test::{assert_pending, assert_ready, task};

use crate::support::*;

/// pool/POOL3, pool/X2: what a waiter was granted and did not take goes to the
/// next one.
#[tokio::test(start_paused = true)]
async fn a_grant_that_is_not_taken_goes_to_the_next() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1));
    let held = holder(&pool).await;
    let mut first = task::spawn(pool.acquire());
    let mut second = task::spawn(pool.acquire());
    assert_pending!(first.poll());
    assert_pending!(second.poll());
    drop(held);
    assert!(first.is_woken() && !second.is_woken());
    drop(first);
    assert!(second.is_woken());
    assert_eq!(outcome(&assert_ready!(second.poll())), "connection 1");
}

/// pool/POOL3: and to the idle list if there is no next.
#[tokio::test(start_paused = true)]
async fn a_grant_that_nobody_takes_is_idle() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1));
    let held = holder(&pool).await;
    let mut only = task::spawn(pool.acquire());
    assert_pending!(only.poll());
    drop(held);
    assert_eq!((pool.status().in_use, pool.status().idle), (1, 0));
    drop(only);
    assert_eq!((pool.status().in_use, pool.status().idle), (0, 1));
    assert!(pool.try_acquire().is_some());
}

/// pool/POOL3, pool/X1: a waiter in the middle of the queue leaves no gap.
#[tokio::test(start_paused = true)]
async fn who_stands_behind_a_waiter_that_left_is_served() {
    for gone in 0..3 {
        let server = Server::new();
        let pool = server.pool(|p| p.max_size(1));
        let mut held = Some(holder(&pool).await);
        let mut waiters: Vec<_> = (0..3).map(|_| task::spawn(pool.acquire())).collect();
        for waiter in &mut waiters {
            assert_pending!(waiter.poll());
        }
        drop(waiters.remove(gone));
        assert_eq!(pool.status().waiting, 2);
        for waiter in &mut waiters {
            assert!(!waiter.is_woken());
            drop(held.take());
            assert!(waiter.is_woken());
            held = assert_ready!(waiter.poll()).ok();
            assert!(held.is_some());
        }
    }
}

/// pool/POOL3: a connect outlives the caller that began it, and serves the next
/// caller, who begins none.
#[tokio::test(start_paused = true)]
async fn the_connect_of_a_caller_that_left_serves_the_next() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1));
    server.connects([well().after(30)]);
    let mut gone = task::spawn(pool.acquire());
    assert_pending!(gone.poll());
    settle().await;
    drop(gone);
    let visits = [visit(&server, &pool, 10, 0)];
    assert_eq!(ends(visits).await, ["30: connection 1"]);
    assert_eq!(server.calls()[0], 1);
}

/// pool/POOL3: or goes to the idle list.
#[tokio::test(start_paused = true)]
async fn the_connect_of_a_caller_that_left_is_idle_when_done() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1));
    server.connects([well().after(30)]);
    let mut gone = task::spawn(pool.acquire());
    assert_pending!(gone.poll());
    drop(gone);
    assert_eq!((pool.status().connecting, pool.status().waiting), (1, 0));
    pass(30).await;
    assert_eq!((pool.status().connecting, pool.status().idle), (0, 1));
}

/// pool/POOL3, pool/POOL7: the failure of a connect that its first waiter did
/// not stay for goes to the next one.
#[tokio::test(start_paused = true)]
async fn a_failure_that_is_not_taken_goes_to_the_next() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_connecting(1));
    server.connects([fails("refused").after(10), hangs()]);
    let mut first = task::spawn(pool.acquire());
    let mut second = task::spawn(pool.acquire());
    assert_pending!(first.poll());
    assert_pending!(second.poll());
    settle().await;
    pass(10).await;
    assert!(first.is_woken() && !second.is_woken());
    drop(first);
    assert!(second.is_woken());
    assert_eq!(outcome(&assert_ready!(second.poll())), "not connected: refused");
}

/// pool/POOL3, pool/POOL7: with no next one, it is kept for whoever runs out of
/// time.
#[tokio::test(start_paused = true)]
async fn a_failure_that_nobody_takes_is_kept() {
    let server = Server::new();
    let pool = server.pool(|p| p.acquire_timeout(ms(20)));
    server.connects([fails("refused").after(10), hangs()]);
    let mut gone = task::spawn(pool.acquire());
    assert_pending!(gone.poll());
    settle().await;
    pass(10).await;
    assert!(gone.is_woken());
    drop(gone);
    let next = pool.acquire().await;
    assert_eq!(outcome(&next), "out of time in connect after 20ms, last refused");
}

/// pool/POOL3, pool/X2: who was woken to begin a connect and left instead passes
/// that on.
#[tokio::test(start_paused = true)]
async fn the_wake_up_for_a_free_slot_is_passed_on() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1));
    let held = holder(&pool).await;
    let mut first = task::spawn(pool.acquire());
    let mut second = task::spawn(pool.acquire());
    assert_pending!(first.poll());
    assert_pending!(second.poll());
    let taken_out = held.detach();
    assert!(first.is_woken() && !second.is_woken(), "a slot is free");
    drop(first);
    assert!(second.is_woken());
    assert_pending!(second.poll());
    settle().await;
    assert_eq!(outcome(&assert_ready!(second.poll())), "connection 2");
    drop(taken_out);
}

/// pool/POOL3: a check that was cut half-way costs the connection, whose slot is
/// taken until it is closed.
#[tokio::test(start_paused = true)]
async fn a_check_cut_half_way_closes_the_connection_and_keeps_its_slot() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1));
    drop(holder(&pool).await);
    server.checks([hangs()]);
    server.closes([well().after(30)]);
    let mut cut = task::spawn(pool.acquire());
    assert_pending!(cut.poll());
    assert_eq!((pool.status().checking, pool.status().acquired), (1, 2));
    drop(cut);
    let status = pool.status();
    assert_eq!((status.checking, status.closing, status.size), (0, 1, 1));
    assert_eq!((status.closed_by.check, status.acquired), (1, 1));
    assert_eq!(ends([visit(&server, &pool, 0, 0)]).await, ["30: connection 2"]);
    assert_eq!((server.peak(), server.calls()), (1, [2, 1, 1]));
}

/// pool/POOL3: callers that are cut again and again, by their own time limits,
/// leave the pool as they found it.
#[tokio::test(start_paused = true)]
async fn a_hundred_callers_that_give_up_leave_nothing_behind() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(2).acquire_timeout(ms(3)));
    server.usual_connect(well().after(7));
    let visits: [_; 100] = std::array::from_fn(|i| visit(&server, &pool, i as u64 % 10, 1));
    let lines = ends(visits).await;
    let given_up = lines.iter().filter(|line| line.contains("out of time")).count();
    assert!((1..100).contains(&given_up), "some are served and some are not: {given_up}");
    wait(100).await;
    let status = pool.status();
    assert_eq!((status.waiting, status.in_use, status.connecting), (0, 0, 0));
    assert_eq!((status.timed_out, status.acquired), (given_up as u64, 100 - given_up as u64));
    assert_eq!((server.peak(), server.alive()), (2, 2));
    let both = [holder(&pool).await, holder(&pool).await];
    assert_ne!(both[0].id, both[1].id);
}

/// pool/X1: a future that was never polled never came.
#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_before_its_first_poll_leaves_no_trace() {
    let server = Server::new();
    let pool = server.pool(|p| p);
    let before = pool.status();
    drop(pool.acquire());
    drop(pool.close());
    settle().await;
    assert_eq!((pool.status(), pool.is_closed(), server.calls()), (before, false, [0, 0, 0]));
}
