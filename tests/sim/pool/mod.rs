//! The pool under schedules that go beyond its claims on the board.

mod cancellation;
mod support;

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use surefoot::pool::AcquireError;
use surefoot::sim::{Explorer, Strategy, TaskPanics, Verdict};
use surefoot::spawn::Spawner;
use tokio::task::yield_now;

use self::support::{everything_can_be_had, watched_pool};

fn exhaustive(deviations: u32) -> Explorer {
    let strategy = Strategy::Exhaustive { deviations: Some(deviations) };
    Explorer::new().strategy(strategy).schedules(60_000)
}

/// pool/POOL1, pool/POOL6, pool/POOL7, pool/POOL8, pool/POOL12, pool/POOL13,
/// pool/X3: connect, check, close and `is_broken` fail or panic wherever they
/// can; every caller gets an answer, and no slot is lost.
#[test]
fn no_failure_of_the_manager_costs_a_slot() {
    let scenario = || async {
        let pool = watched_pool(2);
        let users: Vec<_> = (1..=3)
            .map(|i| {
                let pool = pool.clone();
                Spawner::new().name(format!("user {i}")).spawn(async move {
                    for _ in 0..2 {
                        let answer = pool.acquire().await;
                        assert!(!matches!(answer, Err(AcquireError::Timeout { .. })), "{answer:?}");
                        yield_now().await;
                    }
                })
            })
            .collect();
        for user in users {
            user.await.unwrap();
        }
        everything_can_be_had(&pool).await;
    };
    exhaustive(2).faults(2).run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
    let random = Explorer::new().strategy(Strategy::Random).schedules(5_000).faults(3);
    random.run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
}

/// pool/X7, pool/POOL10: the close races with callers that come, wait, connect,
/// hold and return: each gets an answer, and nothing is left.
#[test]
fn a_close_leaves_no_waiter_and_no_connection() {
    let scenario = || async {
        let pool = watched_pool(1);
        let users: Vec<_> = (1..=3)
            .map(|i| {
                let pool = pool.clone();
                Spawner::new().name(format!("user {i}")).spawn(async move {
                    match pool.acquire().await {
                        Ok(conn) => {
                            yield_now().await;
                            drop(conn);
                        }
                        Err(error) => assert!(matches!(error, AcquireError::Closed), "{error}"),
                    }
                })
            })
            .collect();
        let closer = {
            let pool = pool.clone();
            Spawner::new().name("closer").spawn(async move { pool.close().await })
        };
        closer.await.unwrap();
        assert_eq!(pool.status().size, 0, "something is left after the close");
        for user in users {
            user.await.unwrap();
        }
        assert!(matches!(pool.acquire().await, Err(AcquireError::Closed)));
    };
    exhaustive(3).run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
}

/// pool/X2, pool/X1: any task may be dropped at any await, twice per schedule.
#[test]
fn dropped_tasks_leave_the_pool_whole() {
    let scenario = || async {
        let pool = watched_pool(1);
        let users: Vec<_> = (1..=3)
            .map(|i| {
                let pool = pool.clone();
                Spawner::new().name(format!("user {i}")).cancellable(true).spawn(async move {
                    let conn = pool.acquire().await;
                    yield_now().await;
                    drop(conn);
                })
            })
            .collect();
        for user in users {
            let _ = user.await;
        }
        everything_can_be_had(&pool).await;
    };
    exhaustive(3).cancellations(2).run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
}

/// pool/X3: a user that panics returns its connection.
#[test]
fn a_panicking_user_returns_its_connection() {
    let scenario = || async {
        let pool = watched_pool(1);
        let user = {
            let pool = pool.clone();
            Spawner::new().name("user").spawn(async move {
                let _conn = pool.acquire().await;
                yield_now().await;
                panic!("in the middle");
            })
        };
        let other = {
            let pool = pool.clone();
            Spawner::new().name("other").spawn(async move { drop(pool.acquire().await) })
        };
        assert!(user.await.is_err());
        other.await.unwrap();
        everything_can_be_had(&pool).await;
    };
    let explorer = exhaustive(3).task_panics(TaskPanics::Deliver);
    explorer.run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
}

/// pool/X12: a task that was granted a connection, and waits for something else
/// instead of polling the future that has it, is among those that the report
/// names.
#[test]
fn a_granted_waiter_that_is_not_polled_is_named() {
    let scenario = |polls_both: bool| {
        move || async move {
            let pool = watched_pool(1);
            let conn = pool.acquire().await.unwrap();
            let careless = {
                let pool = pool.clone();
                Spawner::new().name("careless").spawn(async move {
                    // No limit: one would end the standstill.
                    let mut first =
                        pin!(pool.acquire_within(surefoot::deadline::Deadline::never()));
                    if poll_fn(|cx| Poll::Ready(first.as_mut().poll(cx).is_ready())).await {
                        return;
                    }
                    if polls_both {
                        drop(first.await);
                    } else {
                        let never = surefoot::deadline::Deadline::never();
                        drop(pool.acquire_within(never).await);
                    }
                })
            };
            yield_now().await;
            drop(conn);
            careless.await.unwrap();
        }
    };
    assert!(exhaustive(2).run(scenario(true)).is_ok());
    let failure = exhaustive(2).run(scenario(false)).unwrap_err();
    let Verdict::Deadlock { stuck } = &failure.verdict else {
        panic!("{failure}");
    };
    assert!(stuck.iter().any(|stuck| stuck.task.name == "careless"), "{failure}");
    assert!(failure.to_string().contains("stuck: `careless#"));
}

/// pool/POOL7, pool/POOL6: one limit over all phases, to the millisecond, in
/// every order of the tasks.
#[test]
fn a_caller_waits_no_longer_than_its_limit() {
    let scenario = || async {
        let pool = watched_pool(1);
        let _held = pool.acquire().await;
        let begun = surefoot::probe::elapsed();
        let callers: Vec<_> = (1..=3)
            .map(|i| {
                let pool = pool.clone();
                Spawner::new().name(format!("caller {i}")).spawn(async move {
                    let limit = Duration::from_millis(20 * i);
                    let within = surefoot::deadline::Deadline::after(limit);
                    let answer = pool.acquire_within(within).await;
                    assert!(matches!(answer, Err(AcquireError::Timeout { .. })));
                    assert_eq!(surefoot::probe::elapsed() - begun, limit);
                })
            })
            .collect();
        for caller in callers {
            caller.await.unwrap();
        }
        assert_eq!(pool.status().timed_out, 3);
    };
    exhaustive(3).run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
}
