//! Connections that are young enough to be handed out unchecked.

use std::future::{Future, poll_fn};
use std::pin::pin;

use crate::support::*;

/// pool/POOL9: one that was idle for no longer than the limit is handed out as it
/// is; one that was idle for longer is checked first.
#[tokio::test(start_paused = true)]
async fn only_what_was_idle_for_longer_is_checked() {
    for (idle, checks) in [(0, 0), (49, 0), (50, 0), (51, 1), (10_000, 1)] {
        let server = Server::new();
        let pool = server.pool(|p| p.check_after(ms(50)));
        drop(holder(&pool).await);
        wait(idle).await;
        let held = holder(&pool).await;
        assert_eq!((held.id, server.calls()[1]), (1, checks), "idle for {idle} ms");
        assert_eq!(held.info().idle_for, Some(ms(idle)));
    }
}

/// pool/POOL9: how long it was idle is said of this loan, whichever way it was
/// asked for, and never of an earlier one.
#[tokio::test(start_paused = true)]
async fn the_time_idle_is_that_before_this_loan() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1).check_after(ms(50)));
    let new = holder(&pool).await;
    assert_eq!((new.info().id, new.info().uses, new.info().idle_for), (1, 1, None));
    drop(new);
    wait(70).await;
    let second = holder(&pool).await;
    assert_eq!((second.info().uses, second.info().idle_for), (2, Some(ms(70))));
    drop(second);
    wait(5).await;
    let third = pool.try_acquire().expect("it is idle");
    assert_eq!((third.info().uses, third.info().idle_for), (3, Some(ms(5))));
    drop(third);
    wait(9).await;
    assert_eq!(pool.retain(|_, info| info.idle_for == Some(ms(9)) && info.uses == 3), 0);
    wait(2).await;
    assert_eq!(holder(&pool).await.info().idle_for, Some(ms(11)));
}

/// pool/POOL9: where nothing asks for the time, none is noted, and the price of
/// it is not paid: not on a return, not on a checkout, not by `retain`.
#[tokio::test(start_paused = true)]
async fn without_time_options_no_time_is_noted() {
    let server = Server::new();
    let pool = server.pool(|p| p);
    drop(holder(&pool).await);
    wait(70).await;
    assert_eq!(pool.retain(|_, info| info.idle_for.is_none()), 0);
    assert_eq!(holder(&pool).await.info().idle_for, None);
    assert_eq!(pool.try_acquire().expect("it is idle").info().idle_for, None);
    assert_eq!(server.calls()[1], 1, "and each is checked");
}

/// pool/POOL9: what `retain` looked at is not noted as idle before a loan.
#[tokio::test(start_paused = true)]
async fn a_look_leaves_no_trace() {
    let server = Server::new();
    let pool = server.pool(|p| p.idle_timeout(ms(1_000)));
    drop(holder(&pool).await);
    wait(70).await;
    assert_eq!(pool.retain(|_, info| info.idle_for == Some(ms(70))), 0);
    assert_eq!(holder(&pool).await.info().idle_for, None);
}

/// pool/POOL9, pool/X9: one that was made ahead is checked, also for a caller who is told
/// of it late, since its budget was spent; one that a caller waited for is not.
#[tokio::test(start_paused = true)]
async fn only_what_a_caller_waited_for_is_not_checked() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1));
    let new = holder(&pool).await;
    assert_eq!((new.id, server.calls()[1]), (1, 0));
    new.discard();
    settle().await;
    pool.warm_up(1).await.unwrap();
    let mut caller = pin!(pool.acquire());
    let mut is_spent = true;
    let held = poll_fn(|cx| {
        if std::mem::take(&mut is_spent) {
            spend_budget(cx);
        }
        caller.as_mut().poll(cx)
    });
    assert_eq!(outcome(&held.await), "connection 2");
    assert_eq!(server.calls()[1], 1);
}
