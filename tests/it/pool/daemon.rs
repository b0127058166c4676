//! The task that does what nobody asks for: when it is there, and when it runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use surefoot::pool::Builder;
use tokio::runtime::{self, Handle, Runtime};

use crate::support::*;

fn tasks() -> usize {
    Handle::current().metrics().num_alive_tasks()
}

/// pool/X11: without an option that needs it, there is no task; and no return
/// and no checkout looks for one.
#[tokio::test(start_paused = true)]
async fn without_time_options_there_is_no_task() {
    let pool = Server::new().pool(|p| p.check_after(ms(10)));
    drop((holder(&pool).await, holder(&pool).await));
    pool.warm_up(3).await.expect("the server is well");
    settle().await;
    assert_eq!(tasks(), 0);
}

/// pool/X11: with any of them, the first call starts one task, and one only, and
/// it goes with the last handle; a connection on loan does not keep it.
#[tokio::test(start_paused = true)]
async fn the_first_call_starts_one_task_and_the_last_handle_ends_it() {
    type Set = fn(Builder<Server>) -> Builder<Server>;
    let cases: [Set; 5] = [
        |p| p.min_idle(1),
        |p| p.idle_timeout(ms(1_000)),
        |p| p.max_lifetime(ms(1_000)),
        |p| p.keep_alive(ms(1_000)),
        |p| p.leak_after(ms(1_000)),
    ];
    for (i, set) in cases.into_iter().enumerate() {
        let pool = Server::new().pool(set);
        assert_eq!(tasks(), 0, "case {i}");
        let held = holder(&pool).await;
        settle().await;
        assert_eq!(tasks(), 1, "case {i}");
        let other = pool.clone();
        drop((holder(&other).await, holder(&pool).await));
        drop(pool);
        settle().await;
        assert_eq!(tasks(), 1, "case {i}");
        drop(other);
        settle().await;
        assert_eq!(tasks(), 0, "case {i}");
        drop(held);
        settle().await;
    }
}

/// pool/X11, pool/POOL10: a close ends it as well, and calls after that start no
/// other.
#[tokio::test(start_paused = true)]
async fn a_closed_pool_has_no_task() {
    let pool = Server::new().pool(|p| p.idle_timeout(ms(1_000)).leak_after(ms(1_000)));
    drop(holder(&pool).await);
    pool.close().await;
    settle().await;
    assert_eq!(tasks(), 0);
    assert_eq!(outcome(&pool.acquire().await), "closed");
    settle().await;
    assert_eq!(tasks(), 0);
}

/// pool/X5: it ends with its runtime, and the next call starts it on another,
/// where it takes up what was due.
#[test]
fn it_starts_again_on_another_runtime() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(2).idle_timeout(ms(100)));
    let first = runtime();
    let held = first.block_on(async {
        let (held, idle) = (holder(&pool).await, holder(&pool).await);
        drop(idle);
        settle().await;
        assert_eq!(tasks(), 1);
        held
    });
    drop(first);
    assert_eq!(pool.status().idle, 1);
    runtime().block_on(async {
        wait(500).await;
        assert_eq!((pool.status().idle, tasks()), (1, 0), "nobody came");
        let again = holder(&pool).await;
        settle().await;
        assert_eq!((again.id, tasks()), (2, 1));
        drop(again);
        wait(99).await;
        assert_eq!(pool.status().idle, 1);
        wait(1).await;
        settle().await;
        assert_eq!((pool.status().idle, pool.status().closed_by.idle), (0, 1));
    });
    drop(held);
}

/// pool/X5: outside a runtime, calls that need none go without it, and the next
/// inside one starts it.
#[test]
fn outside_a_runtime_it_is_left_to_the_next() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1).acquire_timeout(None).idle_timeout(ms(100)));
    let held = runtime().block_on(holder(&pool));
    drop(held);
    let mut call = tokio_test::task::spawn(pool.acquire());
    drop(tokio_test::assert_ready!(call.poll()).expect("it is idle"));
    drop(call);
    runtime().block_on(async {
        drop(holder(&pool).await);
        settle().await;
        assert_eq!(tasks(), 1);
        wait(100).await;
        settle().await;
        assert_eq!(pool.status().idle, 0);
    });
}

/// A runtime that counts how often it went to sleep.
fn counting() -> (Runtime, Arc<AtomicUsize>) {
    let sleeps = Arc::new(AtomicUsize::new(0));
    let seen = sleeps.clone();
    let built = runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .on_thread_park(move || {
            seen.fetch_add(1, Ordering::SeqCst);
        })
        .build();
    (built.expect("a runtime without I/O needs nothing of the system"), sleeps)
}

/// pool/X11: it sleeps until something is due: a day in which nothing is, is one
/// sleep, which takes the clock's wheel a few turns; one with 24 checks is 24.
#[test]
fn it_sleeps_until_something_is_due() {
    const HOUR: Duration = Duration::from_secs(3_600);
    for (keep_alive, most) in [(None, 8), (Some(HOUR), 24 * 8)] {
        let (runtime, sleeps) = counting();
        let server = Server::new();
        let pool = server.pool(|p| {
            p.min_idle(2)
                .max_size(2)
                .idle_timeout(ms(10))
                .leak_after(HOUR)
                .max_lifetime(HOUR * 1_000)
                .keep_alive(keep_alive)
        });
        let count = runtime.block_on(async {
            pool.warm_up(2).await.expect("the server is well");
            drop(holder(&pool).await);
            wait(3_600_500).await;
            let before = sleeps.load(Ordering::SeqCst);
            wait(24 * 3_600_000).await;
            sleeps.load(Ordering::SeqCst) - before
        });
        assert!((1..=most).contains(&count), "{count} sleeps with {keep_alive:?}");
        let checks = if keep_alive.is_some() { 51 } else { 1 };
        assert_eq!(server.calls(), [2, checks, 0]);
    }
}

/// pool/POOL5, pool/X5: without time options a warm pool hands out and takes back
/// where there is no clock at all, and no runtime.
#[test]
fn without_time_options_no_runtime_is_needed() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1).acquire_timeout(None));
    drop(runtime().block_on(holder(&pool)));
    for uses in 2..10 {
        let mut call = tokio_test::task::spawn(pool.acquire());
        let held = tokio_test::assert_ready!(call.poll()).expect("it is idle");
        assert_eq!((held.info().uses, held.info().idle_for), (uses, None));
    }
    assert_eq!(server.calls(), [1, 8, 0]);
}
