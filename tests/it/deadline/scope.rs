//! Deadlines that reach through calls and into tasks.

use std::future::{Future, pending, poll_fn, ready};
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use futures::FutureExt as _;
use surefoot::deadline::{Deadline, timeout, try_timeout};
use surefoot::error::Elapsed;
use surefoot::pool::AcquireError;
use surefoot::spawn::{Spawner, spawn};
use tokio::time::Instant;
use tokio_test::{assert_pending, assert_ready, assert_ready_eq, task};

use crate::support::*;

/// deadline/RETRY8: what waits inside ends at its own limit or at the scope's, whichever is
/// nearer, and the error says which.
#[tokio::test(start_paused = true)]
async fn inside_a_scope_the_nearer_limit_counts() {
    for (scope, own, after) in [(10, 30, 10), (30, 10, 10), (20, 20, 20)] {
        let began = Instant::now();
        let scope = Deadline::after(ms(scope));
        let late = scope.scope(timeout(ms(own), pending::<()>())).await;
        assert_eq!((late, began.elapsed()), (Err(Elapsed::new(ms(after))), ms(after)));
    }
    for (scope, own, after) in [(10, 30, 10), (30, 10, 10)] {
        let (scope, own) = (Deadline::after(ms(scope)), Deadline::after(ms(own)));
        let late = scope.scope(own.bound(pending::<()>())).await;
        assert_eq!(late, Err(Elapsed::new(ms(after))));
    }
    let began = Instant::now();
    let never = Deadline::never().bound(pending::<()>());
    assert!(Deadline::after(ms(10)).scope(never).await.is_err());
    let fallible = try_timeout(ms(99), pending::<Result<(), ServerError>>());
    assert!(Deadline::after(ms(10)).scope(fallible).await.is_err());
    assert_eq!(began.elapsed(), ms(20));
}

/// deadline/RETRY8: of nested scopes the nearest deadline counts, and each is left at its
/// end.
#[tokio::test(start_paused = true)]
async fn scopes_nest_and_are_left() {
    let [near, middle, far] = [10, 20, 30].map(|n| Deadline::after(ms(n)));
    assert_eq!(Deadline::current(), Deadline::never());
    middle
        .scope(async {
            assert_eq!(Deadline::current(), middle);
            far.scope(async { assert_eq!(Deadline::current(), middle) }).await;
            Deadline::never().scope(async { assert_eq!(Deadline::current(), middle) }).await;
            near.scope(async {
                assert_eq!(Deadline::current(), near);
                tokio::task::yield_now().await;
                assert_eq!(Deadline::current(), near);
            })
            .await;
            assert_eq!(Deadline::current(), middle);
        })
        .await;
    assert_eq!(Deadline::current(), Deadline::never());
}

/// deadline/RETRY8: a scope is entered with each poll alone: what the task does between
/// them, and what another task does, is outside.
#[tokio::test(start_paused = true)]
async fn a_scope_is_of_its_future_alone() {
    let deadline = Deadline::after(ms(10));
    let mut inside = task::spawn(deadline.scope(async {
        wait(5).await;
        Deadline::current()
    }));
    assert_pending!(inside.poll());
    assert_eq!(Deadline::current(), Deadline::never());
    pass(5).await;
    assert_ready_eq!(inside.poll(), deadline);
    assert_eq!(Deadline::current(), Deadline::never());
}

/// deadline/X3: a panic leaves the scope.
#[tokio::test(start_paused = true)]
async fn a_panic_leaves_the_scope() {
    let deadline = Deadline::after(ms(10));
    let panics = AssertUnwindSafe(deadline.scope(async { panic!("inside") })).catch_unwind();
    assert!(panics.await.is_err());
    assert_eq!(Deadline::current(), Deadline::never());
}

/// deadline/RETRY8: tasks are in the scope of whoever starts them, their tasks too; unless
/// they are given a deadline of their own. Tokio's know nothing of it.
#[tokio::test(start_paused = true)]
async fn a_task_is_in_the_scope_of_whoever_starts_it() {
    let deadline = Deadline::after(ms(10));
    let nearer = Deadline::after(ms(5));
    deadline
        .scope(async {
            let grandchild = async { spawn(async { Deadline::current() }).await.unwrap() };
            assert_eq!(spawn(grandchild).await, Ok(deadline));
            let own = |own| Spawner::new().deadline(own).spawn(async { Deadline::current() });
            assert_eq!(own(nearer).await, Ok(nearer));
            assert_eq!(own(Deadline::never()).await, Ok(Deadline::never()));
            let theirs = tokio::spawn(async { Deadline::current() });
            assert_eq!(theirs.await.unwrap(), Deadline::never());
        })
        .await;
    assert_eq!(spawn(async { Deadline::current() }).await, Ok(Deadline::never()));
}

/// deadline/RETRY8: a future that no runtime takes is handed back outside of the scope, and
/// as it was.
#[test]
fn a_future_that_is_handed_back_is_as_it_was() {
    let deadline = Deadline::after(ms(10));
    let refused = Spawner::new().deadline(deadline).try_spawn(ready(7)).expect_err("no runtime");
    assert_eq!(refused.into_inner(), 7);
}

/// deadline/RETRY8: a limit keeps what it was when it began, wherever it is polled later;
/// and what is ready at once is not cut by a scope that is past.
#[tokio::test(start_paused = true)]
async fn a_limit_keeps_the_scope_in_which_it_began() {
    let mut call = pin!(timeout(ms(30), pending::<()>()));
    let mut begins = task::spawn(Deadline::after(ms(10)).scope(poll_fn(|cx| {
        assert!(call.as_mut().poll(cx).is_pending());
        Poll::Ready(())
    })));
    assert_ready!(begins.poll());
    let began = Instant::now();
    assert_eq!(Deadline::after(ms(5)).scope(call).await, Err(Elapsed::new(ms(10))));
    assert_eq!(began.elapsed(), ms(10));
    let past = Deadline::after(Duration::ZERO);
    assert_eq!(past.scope(timeout(ms(1), ready(7))).await, Ok(7));
    assert!(past.scope(timeout(ms(1), pending::<()>())).await.is_err());
}

/// deadline/RETRY8: a scope does not cut its future; bound, it does.
#[tokio::test(start_paused = true)]
async fn a_scope_alone_cuts_nothing() {
    let deadline = Deadline::after(ms(10));
    deadline.scope(wait(20)).await;
    let deadline = Deadline::after(ms(10));
    assert_eq!(deadline.bound(deadline.scope(wait(20))).await, Err(Elapsed::new(ms(10))));
}

/// deadline/RETRY8: the pool's callers are in the scope; what the pool does for all of them
/// is not: a connect that a caller with little time began serves the next.
#[tokio::test(start_paused = true)]
async fn the_pool_s_own_tasks_outlive_the_scope() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1).connect_timeout(ms(50)).idle_timeout(ms(500)));
    server.connects([well().after(20), hangs()]);
    let began = Instant::now();
    let late = Deadline::after(ms(10)).scope(pool.acquire()).await.expect_err("too little time");
    assert!(matches!(late, AcquireError::Timeout { after, .. } if after == ms(10)), "{late}");
    assert_eq!(began.elapsed(), ms(10));
    let conn = Deadline::after(ms(15)).scope(pool.acquire()).await.expect("the connect goes on");
    assert_eq!(began.elapsed(), ms(20));
    drop(conn);
    // Upkeep, which the first caller started, does not hurry for it either.
    wait(499).await;
    assert_eq!(pool.status().size, 1);
    wait(2).await;
    settle().await;
    assert_eq!(pool.status().size, 0);
    // A connect that hangs keeps its own limit, not the first caller's.
    let late = Deadline::after(ms(10)).scope(pool.acquire()).await.expect_err("it hangs");
    assert!(matches!(late, AcquireError::Timeout { .. }), "{late}");
    assert_eq!(pool.status().connecting, 1);
    wait(41).await;
    settle().await;
    assert_eq!(pool.status().connecting, 0);
}

/// deadline/RETRY8: a scope prints its deadline.
#[tokio::test(start_paused = true)]
async fn a_scope_prints_its_deadline() {
    let printed = format!("{:?}", Deadline::after(ms(10)).scope(ready(7)));
    assert!(printed.starts_with("Scoped { deadline: Deadline {") && printed.contains("10ms"));
}
