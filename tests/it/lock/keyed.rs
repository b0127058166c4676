//! A lock for each key.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use surefoot::lock::Keyed;
use surefoot::spawn::spawn;
use tokio::task::coop;
use tokio_test::{assert_pending, assert_ready, task};

use super::support::*;
use crate::support::*;

/// lock/LOCK3, lock/X8: first come, first served, and who asks again is last.
#[tokio::test(start_paused = true)]
async fn waiters_have_the_key_in_order_of_arrival() {
    let keys = Keyed::new();
    let held = keys.lock(7).await;
    let mut waiters: Vec<_> = (0..3).map(|_| task::spawn(keys.lock(7))).collect();
    for waiter in &mut waiters {
        assert_pending!(waiter.poll());
    }
    let mut held = Some(held);
    for at in 0..3 {
        drop(held.take());
        let mut again = task::spawn(keys.lock(7));
        assert_pending!(again.poll(), "it overtakes who waits");
        let woken: Vec<_> = waiters.iter().map(task::Spawn::is_woken).collect();
        assert_eq!(woken, [at == 0, at == 1, at == 2]);
        held = Some(assert_ready!(waiters[at].poll()));
    }
    drop(held);
    assert!(keys.is_empty());
}

/// lock/LOCK3, lock/X8: who only tries does not overtake either, not even while
/// the key is on its way.
#[tokio::test(start_paused = true)]
async fn who_tries_never_overtakes() {
    let keys = Keyed::new();
    let held = keys.try_lock(7).expect("nobody has it");
    assert!(keys.try_lock(7).is_none());
    let mut waiter = task::spawn(keys.lock(7));
    assert_pending!(waiter.poll());
    drop(held);
    assert!(waiter.is_woken());
    assert!(keys.try_lock(7).is_none(), "it is granted already");
    drop(assert_ready!(waiter.poll()));
    let held = keys.try_lock(7).expect("nobody has it");
    assert_eq!(format!("{held:?}"), "KeyGuard { .. }");
}

/// lock/LOCK3: whatever happens to other keys.
#[tokio::test(start_paused = true)]
async fn unrelated_keys_never_wait_for_each_other() {
    let keys = Keyed::new();
    let mut held: Vec<_> = (0..40_u32).map(|key| keys.try_lock(key)).collect();
    assert!(held.iter().all(Option::is_some));
    assert_eq!(keys.len(), 40);
    let mut waiters: Vec<_> = (0..40).map(|key| task::spawn(keys.lock(key))).collect();
    for waiter in &mut waiters {
        assert_pending!(waiter.poll());
    }
    for at in (0..40).rev() {
        drop(held[at].take());
        let woken = waiters.iter().filter(|waiter| waiter.is_woken()).count();
        assert_eq!((woken, waiters[at].is_woken()), (1, true));
        let got = assert_ready!(waiters[at].poll());
        waiters[at] = task::spawn(keys.lock(u32::MAX));
        drop(got);
        assert_eq!(keys.len(), at);
    }
}

/// lock/LOCK3: a key that nobody has or waits for is gone, itself and all.
#[tokio::test(start_paused = true)]
async fn a_key_that_nobody_uses_is_gone() {
    let keys = Keyed::new();
    let key = std::sync::Arc::new(7);
    let held = keys.lock(key.clone()).await;
    let mut leaver = task::spawn(keys.lock(key.clone()));
    let mut stayer = task::spawn(keys.lock(key.clone()));
    assert_pending!(leaver.poll());
    assert_pending!(stayer.poll());
    assert_eq!(std::sync::Arc::strong_count(&key), 2, "only one is kept");
    drop(held);
    drop(leaver);
    assert!(stayer.is_woken());
    assert_eq!((keys.len(), std::sync::Arc::strong_count(&key)), (1, 2));
    drop(stayer);
    assert_eq!((keys.len(), std::sync::Arc::strong_count(&key)), (0, 1));
    assert_eq!(format!("{keys:?}"), "Keyed { len: 0 }");
}

/// lock/X1, lock/X2: whoever leaves, wherever it stands, leaves no gap.
#[tokio::test(start_paused = true)]
async fn who_stands_behind_a_waiter_that_left_is_served() {
    for gone in 0..3 {
        let keys = Keyed::new();
        let mut held = Some(keys.lock(7).await);
        let mut waiters: Vec<_> = (0..3).map(|_| task::spawn(keys.lock(7))).collect();
        for waiter in &mut waiters {
            assert_pending!(waiter.poll());
        }
        drop(waiters.remove(gone));
        for waiter in &mut waiters {
            assert!(!waiter.is_woken());
            drop(held.take());
            held = Some(assert_ready!(waiter.poll()));
        }
        drop(held);
        assert!(keys.is_empty());
    }
}

/// lock/X1: a call that was never polled never came.
#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_before_its_first_poll_leaves_no_trace() {
    let keys = Keyed::new();
    drop(keys.lock(7));
    assert!(keys.is_empty());
    let held = keys.lock(7).await;
    assert!(!keys.is_empty());
    drop(keys.lock(7));
    drop(held);
    assert!(keys.is_empty());
}

/// lock/X5: guards and handles may go where no runtime is, and with one that ends.
#[test]
fn guards_need_no_runtime() {
    let keys = Keyed::new();
    let runtime = runtime();
    let held = runtime.block_on(keys.lock(7));
    runtime.block_on(async {
        let keys = keys.clone();
        spawn(async move { drop(keys.lock(7).await) }).detach();
        settle().await;
    });
    let mut waiter = task::spawn(keys.lock(7));
    assert_pending!(waiter.poll());
    // The task that waits goes with it.
    drop(runtime);
    let handle = keys.clone();
    drop(held);
    assert!(waiter.is_woken());
    let held = assert_ready!(waiter.poll());
    drop(waiter);
    drop(keys);
    drop(held);
    assert!(handle.is_empty(), "a guard outlives the handle that it is from");
}

/// lock/X9: a task that locks what is always free lets its neighbours run.
#[tokio::test(start_paused = true)]
async fn a_loop_over_a_free_key_lets_its_neighbours_run() {
    let keys = Keyed::new();
    let turns = turns_before_a_neighbour(|| async { drop(keys.lock(7).await) }).await;
    assert!(turns > 1, "it yields too often");
}

/// lock/X9, lock/X8: a waiter whose budget is spent when its turn comes is put
/// off, and not overtaken.
#[tokio::test(start_paused = true)]
async fn a_spent_budget_does_not_cost_the_turn() {
    let keys = Keyed::new();
    let mut held = Some(keys.lock(7).await);
    let mut waiter = pin!(keys.lock(7));
    let mut newcomer = pin!(keys.lock(7));
    let mut began = false;
    let guard = poll_fn(|cx| {
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
    assert_eq!(keys.len(), 1);
    drop(guard);
    drop(newcomer.await);
    assert!(keys.is_empty());
}

/// lock/X9, lock/X8: who comes with its budget spent is not overtaken by who comes later,
/// be the key free or held; dropped, it passes the turn on.
#[tokio::test(start_paused = true)]
async fn who_comes_with_its_budget_spent_is_not_overtaken() {
    let keys = Keyed::new();
    let order = RefCell::new(Vec::new());
    let visit = |number: u8| {
        let (keys, order) = (&keys, &order);
        async move {
            let _held = keys.lock(7).await;
            order.borrow_mut().push(number);
        }
    };
    one_that_is_spent_and(visit(1), visit(2)).await;
    let held = keys.lock(7).await;
    let lets_go = async {
        settle().await;
        drop(held);
    };
    tokio::join!(one_that_is_spent_and(visit(3), visit(4)), lets_go);
    assert_eq!(order.take(), [1, 2, 3, 4]);

    let mut next = task::spawn(keys.lock(7));
    one_that_is_spent_leaves(keys.lock(7), &mut next).await;
    drop(assert_ready!(next.poll()));
    drop(next);
    assert!(keys.is_empty());
}
