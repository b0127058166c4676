//! Who is served when: arrival order, hogs, and the cooperation budget.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::Poll;

use surefoot::spawn::spawn;
use tokio::task::coop;
use tokio_test::{assert_pending, assert_ready, task};

use crate::support::*;

/// pool/X8: callers are served in the order in which they came.
#[tokio::test(start_paused = true)]
async fn callers_are_served_in_order_of_arrival() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(2));
    let holds = [30, 50, 10, 20, 10, 10];
    let visits: [_; 6] = std::array::from_fn(|i| visit(&server, &pool, i as u64, holds[i]));
    assert_eq!(
        ends(visits).await,
        [
            "0: connection 1",
            "1: connection 2",
            "30: connection 1",
            "40: connection 1",
            "51: connection 2",
            "60: connection 1",
        ]
    );
}

/// pool/X8: connections that are made are handed out in that order too, even if
/// they are ready in another.
#[tokio::test(start_paused = true)]
async fn whichever_connect_ends_first_serves_the_first_caller() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(3));
    server.connects([well().after(30), well().after(20), well().after(10)]);
    let visits = [(); 3].map(|()| visit(&server, &pool, 0, 100));
    assert_eq!(ends(visits).await, ["10: connection 3", "20: connection 2", "30: connection 1"]);
}

/// pool/POOL2: one that asks again and again is behind the one that waits.
#[tokio::test(start_paused = true)]
async fn a_hog_has_one_turn_before_a_waiter() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1));
    let turns = Arc::new(AtomicUsize::new(0));
    let hog = spawn({
        let (pool, turns) = (pool.clone(), turns.clone());
        async move {
            loop {
                let _held = holder(&pool).await;
                turns.fetch_add(1, Ordering::SeqCst);
                wait(1).await;
            }
        }
    });
    wait(10).await;
    // Up to here the hog had no rival.
    let before = turns.load(Ordering::SeqCst);
    for rival in 0..20 {
        let held = holder(&pool).await;
        let bypassed = turns.load(Ordering::SeqCst) - before;
        assert!(bypassed <= rival + 1, "{bypassed} turns before rival {rival}");
        drop(held);
    }
    drop(hog);
}

/// pool/POOL2: a newcomer does not take what was returned for a waiter, however
/// late the waiter is polled.
#[tokio::test(start_paused = true)]
async fn a_newcomer_does_not_overtake() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1));
    let held = holder(&pool).await;
    let mut first = task::spawn(pool.acquire());
    assert_pending!(first.poll());
    drop(held);
    let mut newcomer = task::spawn(pool.acquire());
    assert_pending!(newcomer.poll());
    assert!(pool.try_acquire().is_none());
    let held = assert_ready!(first.poll());
    assert_eq!(outcome(&held), "connection 1");
    assert_pending!(newcomer.poll());
    drop(held);
    assert_eq!(outcome(&assert_ready!(newcomer.poll())), "connection 1");
}

/// pool/X9: a loop over a pool that always has a connection, and over the close
/// of one that is closed, lets its neighbours run.
#[tokio::test(start_paused = true)]
async fn a_loop_over_what_is_always_ready_lets_its_neighbours_run() {
    const ENOUGH: usize = 10_000;
    let pool = Server::new().pool(|p| p);
    drop(holder(&pool).await);
    for closed in [false, true] {
        if closed {
            pool.close().await;
        }
        let stop = Arc::new(AtomicBool::new(false));
        let looping = spawn({
            let (pool, stop) = (pool.clone(), stop.clone());
            async move {
                for turn in 0..ENOUGH {
                    if stop.load(Ordering::SeqCst) {
                        return turn;
                    }
                    if closed { pool.close().await } else { drop(pool.acquire().await) }
                }
                ENOUGH
            }
        });
        let neighbour = spawn(async move { stop.store(true, Ordering::SeqCst) });
        assert!(neighbour.await.is_ok());
        let turns = looping.await.expect("it does not panic");
        assert!((1..1000).contains(&turns), "{turns} turns, closed: {closed}");
    }
}

/// pool/X9: so does a loop over refusals.
#[tokio::test(start_paused = true)]
async fn a_loop_over_refusals_lets_its_neighbours_run() {
    const ENOUGH: usize = 10_000;
    let pool = Server::new().pool(|p| p.max_size(1).max_waiters(0));
    let _held = holder(&pool).await;
    let stop = Arc::new(AtomicBool::new(false));
    let looping = spawn({
        let (pool, stop) = (pool.clone(), stop.clone());
        async move {
            for turn in 0..ENOUGH {
                if stop.load(Ordering::SeqCst) {
                    return turn;
                }
                assert_eq!(outcome(&pool.acquire().await), "too many");
            }
            ENOUGH
        }
    });
    assert!(spawn(async move { stop.store(true, Ordering::SeqCst) }).await.is_ok());
    let turns = looping.await.expect("it does not panic");
    assert!((1..1000).contains(&turns), "{turns} turns");
}

/// pool/X9: a caller whose budget is spent is put off, never refused: not for
/// want of a connection, of a place in the queue, or of time.
#[tokio::test(start_paused = true)]
async fn a_spent_budget_delays_and_never_refuses() {
    let pool = Server::new().pool(|p| p.max_size(1).max_waiters(0).acquire_timeout(ms(0)));
    drop(pool.acquire().await);
    settle().await;
    assert_eq!(pool.status().idle, 1);
    let (mut served, mut delayed) = (0, 0);
    poll_fn(|cx| {
        for _ in 0..300 {
            match pin!(pool.acquire()).poll(cx) {
                Poll::Ready(answer) => {
                    assert_eq!(outcome(&answer), "connection 1");
                    served += 1;
                }
                Poll::Pending => {
                    delayed += 1;
                    assert!(pool.try_acquire().is_none(), "it came first");
                }
            }
            assert!(pool.try_acquire().is_some(), "which needs no budget");
        }
        Poll::Ready(())
    })
    .await;
    assert!(served > 0 && delayed > 0, "{served} served, {delayed} delayed");
    let status = pool.status();
    assert_eq!((status.waiting, status.idle), (0, 1));
}

/// pool/X9, pool/X8: a waiter whose budget is spent when its grant comes is put
/// off, and not overtaken.
#[tokio::test(start_paused = true)]
async fn a_spent_budget_does_not_cost_the_place_in_the_queue() {
    let pool = Server::new().pool(|p| p.max_size(1));
    let mut held = Some(holder(&pool).await);
    let mut waiter = pin!(pool.acquire());
    let mut newcomer = pin!(pool.acquire());
    let mut began = false;
    let answer = poll_fn(|cx| {
        if began {
            return waiter.as_mut().poll(cx);
        }
        began = true;
        assert!(waiter.as_mut().poll(cx).is_pending());
        drop(held.take());
        spend_budget(cx);
        assert!(waiter.as_mut().poll(cx).is_pending(), "its budget is spent");
        assert!(pin!(coop::unconstrained(newcomer.as_mut())).poll(cx).is_pending());
        Poll::Pending
    })
    .await;
    assert_eq!(outcome(&answer), "connection 1");
}

/// pool/X9, pool/X8: a caller that comes with its budget spent is not overtaken by one
/// that comes later: not at an idle connection, which is as if it had waited for it, and
/// not in the queue.
#[tokio::test(start_paused = true)]
async fn who_comes_with_its_budget_spent_is_not_overtaken() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1));
    let visit = || async { outcome(&pool.acquire().await) };
    for is_idle in [false, true] {
        assert_eq!(pool.status().idle, usize::from(is_idle));
        let both = one_that_is_spent_and(visit(), visit()).await;
        assert_eq!(both, ("connection 1".into(), "connection 1".into()));
    }
    let held = holder(&pool).await;
    let mut held = Some(held);
    let both = one_that_is_spent_and(visit(), visit());
    let gives_back = async {
        settle().await;
        assert_eq!(pool.status().waiting, 2);
        drop(held.take());
    };
    tokio::join!(both, gives_back);
    let status = pool.status();
    assert_eq!((status.waiting, status.idle, status.in_use), (0, 1, 0));
    assert_eq!(status.acquired, 7, "each once");
}

/// pool/X9, pool/X2: what it was granted goes to the next if it is dropped.
#[tokio::test(start_paused = true)]
async fn what_was_granted_to_a_spent_caller_is_passed_on() {
    let pool = Server::new().pool(|p| p.max_size(1));
    drop(pool.acquire().await);
    let mut next = task::spawn(pool.acquire());
    one_that_is_spent_leaves(pool.acquire(), &mut next).await;
    assert_eq!(outcome(&assert_ready!(next.poll())), "connection 1");
    assert_eq!(pool.status().acquired, 2);
}
