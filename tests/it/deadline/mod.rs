//! Time limits.

mod inside;
mod scope;

use std::future::{Future, pending, poll_fn, ready};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use surefoot::deadline::{Deadline, TimeoutError, timeout, try_timeout};
use surefoot::error::Elapsed;
use tokio::time::Instant;
use tokio_test::{assert_pending, assert_ready, assert_ready_eq, task};

use crate::support::*;

/// A future that is always busy: it wakes itself, and never ends.
fn busy() -> impl Future<Output = ()> {
    poll_fn(|cx| {
        cx.waker().wake_by_ref();
        Poll::Pending
    })
}

/// deadline/RETRY8: a limit passes on its millisecond: not before, not after.
#[tokio::test(start_paused = true)]
async fn a_limit_passes_at_exactly_its_time() {
    let mut late = task::spawn(timeout(ms(100), pending::<()>()));
    assert_pending!(late.poll());
    pass(99).await;
    assert!(!late.is_woken());
    assert_pending!(late.poll());
    pass(1).await;
    assert!(late.is_woken());
    assert_ready_eq!(late.poll(), Err(Elapsed::new(ms(100))));
}

/// deadline/RETRY8: a limit counts from the first poll.
#[tokio::test(start_paused = true)]
async fn a_limit_begins_when_it_is_first_polled() {
    let late = timeout(ms(10), pending::<()>());
    wait(50).await;
    let began = Instant::now();
    assert_eq!(late.await, Err(Elapsed::new(ms(10))));
    assert_eq!(began.elapsed(), ms(10));
}

/// deadline/RETRY8: less than the tick of the clock is rounded up to it.
#[tokio::test(start_paused = true)]
async fn a_limit_is_rounded_up_to_the_tick() {
    let began = Instant::now();
    let limit = Duration::from_micros(1500);
    assert_eq!(timeout(limit, pending::<()>()).await, Err(Elapsed::new(limit)));
    assert_eq!(began.elapsed(), ms(2));
}

/// deadline/RETRY8: an output that is ready at the limit still counts, and so
/// does one that was ready long before and was not polled.
#[tokio::test(start_paused = true)]
async fn a_ready_output_wins_at_the_limit() {
    let mut tied = task::spawn(timeout(ms(10), wait(10)));
    assert_pending!(tied.poll());
    let mut overdue = task::spawn(timeout(ms(10), wait(5)));
    assert_pending!(overdue.poll());
    pass(10).await;
    assert_ready_eq!(tied.poll(), Ok(()));
    pass(100).await;
    assert_ready_eq!(overdue.poll(), Ok(()));
}

/// deadline/RETRY8: what the future held is free when the caller learns that the
/// limit passed, or gets the output; the call itself need not be dropped.
#[tokio::test(start_paused = true)]
async fn the_future_is_gone_when_its_caller_learns_of_the_end() {
    let token = Arc::new(());
    let held = token.clone();
    let mut late = task::spawn(timeout(ms(10), async move {
        let _held = held;
        pending::<()>().await;
    }));
    assert_pending!(late.poll());
    assert_eq!(Arc::strong_count(&token), 2);
    pass(10).await;
    assert_eq!(Arc::strong_count(&token), 2, "nobody polled it");
    assert!(assert_ready!(late.poll()).is_err());
    assert_eq!(Arc::strong_count(&token), 1);

    let held = token.clone();
    let mut done = task::spawn(timeout(
        ms(10),
        poll_fn(move |_| {
            let _held = &held;
            Poll::Ready(())
        }),
    ));
    assert_ready_eq!(done.poll(), Ok(()));
    assert_eq!(Arc::strong_count(&token), 1);
}

/// deadline/RETRY8: a future that is always busy, or that spends the task's
/// budget, does not outlive its limit.
#[tokio::test(start_paused = true)]
async fn a_busy_future_does_not_starve_its_limit() {
    // The task's every poll moves the clock: a busy task keeps it from moving
    // by itself.
    let mut late = task::spawn(timeout(ms(10), busy()));
    let mut polls = 0;
    while late.poll().is_pending() {
        polls += 1;
        tokio::time::advance(ms(1)).await;
    }
    assert_eq!(polls, 10);

    let greedy = poll_fn(|cx| {
        spend_budget(cx);
        Poll::<()>::Pending
    });
    let began = Instant::now();
    assert!(timeout(ms(10), greedy).await.is_err());
    assert_eq!(began.elapsed(), ms(10));
}

/// deadline/RETRY8, deadline/X9: with the task's budget spent, what is ready is not too late:
/// nobody could ask it.
#[tokio::test(start_paused = true)]
async fn a_spent_budget_is_no_delay() {
    let (sender, mut messages) = tokio::sync::mpsc::unbounded_channel();
    for message in 0..300 {
        sender.send(message).expect("the receiver is there");
    }
    for message in 0..300 {
        assert_eq!(timeout(Duration::ZERO, messages.recv()).await, Ok(Some(message)));
    }
    sender.send(300).expect("the receiver is there");
    leave(0).await;
    assert_eq!(try_timeout(ms(0), async { messages.recv().await.ok_or(()) }).await, Ok(300));
}

/// deadline/RETRY8: one deadline is the same for every step under it, and of two
/// the nearer counts.
#[tokio::test(start_paused = true)]
async fn of_nested_limits_the_nearest_counts() {
    for (outer, inner, expected) in [
        (ms(50), ms(30), Ok(Err(Elapsed::new(ms(30))))),
        (ms(30), ms(50), Err(Elapsed::new(ms(30)))),
    ] {
        let began = Instant::now();
        assert_eq!(timeout(outer, timeout(inner, pending::<()>())).await, expected);
        assert_eq!(began.elapsed(), ms(30));
    }
    let began = Instant::now();
    let deadline = Deadline::after(ms(50));
    assert_eq!(deadline.bound(wait(20)).await, Ok(()));
    assert_eq!(deadline.remaining(), Some(ms(30)));
    assert_eq!(deadline.bound(wait(31)).await, Err(Elapsed::new(ms(50))));
    assert_eq!((began.elapsed(), deadline.remaining()), (ms(50), Some(Duration::ZERO)));
    assert!(deadline.is_past());
    assert_eq!(deadline.bound(wait(1)).await, Err(Elapsed::new(ms(50))));
    assert_eq!(began.elapsed(), ms(50), "no step is begun after it");
    assert_eq!(deadline.bound(ready(7)).await, Ok(7), "what takes no time needs none");
}

/// deadline/RETRY8: `min` takes the nearer, in either order, and never is
/// farther than everything.
#[tokio::test(start_paused = true)]
async fn the_nearer_of_two_deadlines_is_their_minimum() {
    let (near, far, never) = (Deadline::after(ms(10)), Deadline::after(ms(20)), Deadline::never());
    for (one, other, nearer) in [
        (near, far, near),
        (far, near, near),
        (near, never, near),
        (never, far, far),
        (near, near, near),
        (never, never, never),
    ] {
        assert_eq!(one.min(other), nearer);
    }
    // Of two that are equally near, the first: its limit is what the error says.
    let at = Instant::now() + ms(10);
    wait(5).await;
    let same = Deadline::at(at);
    assert_eq!((near.min(same), same.min(near)), (near, same));
    assert_ne!(near, same);
    assert_eq!(near.min(same).bound(pending::<()>()).await, Err(Elapsed::new(ms(10))));
}

/// deadline/X6: a moment that has passed is past, and what is not ready at once
/// is refused at the call.
#[tokio::test(start_paused = true)]
async fn no_time_at_all_is_refused_at_the_call() {
    wait(10).await;
    let earlier = Instant::now() - ms(5);
    for deadline in [Deadline::after(Duration::ZERO), Deadline::at(earlier)] {
        assert!(deadline.is_past());
        assert_eq!(deadline.remaining(), Some(Duration::ZERO));
        let mut call = task::spawn(deadline.bound(pending::<()>()));
        assert_ready_eq!(call.poll(), Err(Elapsed::new(Duration::ZERO)));
        let mut call = task::spawn(deadline.bound(ready(7)));
        assert_ready_eq!(call.poll(), Ok(7));
    }
    let mut call = task::spawn(timeout(Duration::ZERO, pending::<()>()));
    assert_ready_eq!(call.poll(), Err(Elapsed::new(Duration::ZERO)));
    assert!(!Deadline::after(ms(1)).is_past());
}

/// deadline/X6, deadline/X10: limits beyond the clock's range, and at its edge,
/// let a year pass.
#[tokio::test(start_paused = true)]
async fn limits_of_any_size_let_a_year_pass() {
    const YEAR: u64 = 365 * 24 * 3600 * 1000;
    let edge = edge_of_the_clock();
    for limit in [Duration::MAX, edge, edge - Duration::from_nanos(1), edge - ms(2)] {
        let began = Instant::now();
        assert_eq!(timeout(limit, wait(YEAR)).await, Ok(()));
        assert_eq!(Deadline::after(limit).bound(wait(YEAR)).await, Ok(()));
        assert_eq!(began.elapsed(), 2 * ms(YEAR));
    }
    for never in [Deadline::never(), Deadline::after(Duration::MAX)] {
        assert_eq!((never.remaining(), never.is_past()), (None, false));
        assert_eq!(never.bound(wait(YEAR)).await, Ok(()));
        let mut call = task::spawn(never.bound(pending::<()>()));
        assert_pending!(call.poll());
        pass(YEAR).await;
        assert!(!call.is_woken());
    }
}

/// deadline/X10: a limit of a year passes after a year.
#[tokio::test(start_paused = true)]
async fn a_limit_of_a_year_passes_after_a_year() {
    let (year, began) = (ms(365 * 24 * 3600 * 1000), Instant::now());
    assert_eq!(timeout(year, pending::<()>()).await, Err(Elapsed::new(year)));
    assert_eq!(began.elapsed(), year);
}

/// deadline/X13: polls that nothing asked for do not move the limit, and the
/// waker of the last poll is woken by it.
#[tokio::test(start_paused = true)]
async fn spurious_polls_do_not_move_the_limit() {
    let mut late = Box::pin(timeout(ms(10), pending::<()>()));
    let mut early = task::spawn(poll_fn(|cx| late.as_mut().poll(cx)));
    for _ in 0..9 {
        assert_pending!(early.poll());
        pass(1).await;
    }
    drop(early);
    let mut last = task::spawn(late);
    assert_pending!(last.poll());
    pass(1).await;
    assert!(last.is_woken());
    assert_ready_eq!(last.poll(), Err(Elapsed::new(ms(10))));
}

/// deadline/X5: a call that waits may be dropped after its runtime is gone.
#[test]
fn a_call_may_be_dropped_outside_a_runtime() {
    let runtime = runtime();
    let mut late = task::spawn(timeout(ms(10), pending::<()>()));
    runtime.block_on(async { assert_pending!(late.poll()) });
    drop(runtime);
    drop(late);
}

/// deadline/RETRY8: `try_timeout` tells the limit from the operation's error,
/// with one error type.
#[tokio::test(start_paused = true)]
async fn a_fallible_operation_has_one_error_for_both_ends() {
    let fine: Result<u8, TimeoutError<ServerError>> = try_timeout(ms(10), async { Ok(7) }).await;
    assert_eq!(fine, Ok(7));
    let failed = try_timeout(ms(10), async { Err::<u8, _>(ServerError("refused")) }).await;
    assert_eq!(failed, Err(TimeoutError::Inner(ServerError("refused"))));
    let began = Instant::now();
    let late = try_timeout(ms(10), pending::<Result<u8, ServerError>>()).await;
    assert_eq!(late, Err(TimeoutError::Elapsed(Elapsed::new(ms(10)))));
    assert_eq!(began.elapsed(), ms(10));
}

/// deadline/RETRY8: a call prints its limit.
#[tokio::test(start_paused = true)]
async fn a_call_prints_its_limit() {
    let call = timeout(ms(10), pending::<()>());
    assert_eq!(format!("{call:?}"), "Bound { limit: After(10ms), .. }");
    let call = try_timeout(ms(10), ready(Ok::<(), ServerError>(())));
    assert_eq!(format!("{call:?}"), "TryBound { bound: Bound { limit: After(10ms), .. } }");
}
