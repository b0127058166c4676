//! Code of the manager's, and wakers, that panic.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use surefoot::pool::{AcquireError, Manage, Pool};
use tokio_test::{assert_pending, assert_ready, task};

use crate::support::*;

/// The pool still gives out as many as it may, and no more.
async fn assert_sound(pool: &TestPool, server: &Server) {
    let status = pool.status();
    assert_eq!((status.in_use, status.checking, status.closing), (0, 0, 0));
    let all: Vec<_> = [holder(pool).await, holder(pool).await].into();
    assert_eq!(pool.status().in_use, 2);
    assert_eq!(all.iter().filter(|conn| conn.info().uses == 0).count(), 0);
    drop(all);
    pool.close().await;
    assert_eq!((pool.status().size, server.alive()), (0, 0));
}

/// pool/POOL13, pool/X3: a check that panics costs its connection, and its
/// caller is told what it said.
#[tokio::test(start_paused = true)]
async fn a_panicking_check_costs_one_connection() {
    for delay in [0, 10] {
        let server = Server::new();
        let pool = server.pool(|p| p.max_size(2));
        drop(holder(&pool).await);
        server.checks([panics("boom").after(delay)]);
        let Err(AcquireError::Panicked(panicked)) = pool.acquire().await else {
            panic!("the check panics");
        };
        assert_eq!(panicked.message(), "boom");
        assert_eq!(panicked.spawned_at().file(), file!());
        settle().await;
        let status = pool.status();
        assert_eq!((status.closed_by.check, status.acquired, status.size), (1, 1, 0));
        assert_sound(&pool, &server).await;
    }
}

/// A check that panics, and panics again when it is dropped.
struct PanicsTwice;

impl Future for PanicsTwice {
    type Output = Result<(), Infallible>;

    fn poll(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Self::Output> {
        panic!("boom")
    }
}

impl Drop for PanicsTwice {
    fn drop(&mut self) {
        panic!("and again")
    }
}

struct Fragile;

impl Manage for Fragile {
    type Conn = ();
    type Error = Infallible;

    async fn connect(&self) -> Result<(), Infallible> {
        Ok(())
    }

    fn check(&self, _conn: &mut ()) -> impl Future<Output = Result<(), Infallible>> + Send {
        PanicsTwice
    }
}

/// pool/X3: a second panic, of what panicked, is the caller's no more than the
/// first.
#[tokio::test(start_paused = true)]
async fn a_check_that_panics_in_its_drop_too_is_one_error() {
    let pool = Pool::builder(Fragile).build().unwrap();
    drop(pool.acquire().await.unwrap());
    let Err(AcquireError::Panicked(panicked)) = pool.acquire().await else {
        panic!("the check panics");
    };
    assert_eq!(panicked.message(), "boom");
    settle().await;
    assert_eq!((pool.status().size, pool.status().closed_by.check), (0, 1));
}

/// pool/POOL13, pool/X3: one that panics when it is asked whether it is broken
/// is taken for broken, on return and on checkout.
#[tokio::test(start_paused = true)]
async fn a_panicking_is_broken_means_broken() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(2));
    holder(&pool).await.panics = Some("when it is asked");
    settle().await;
    let status = pool.status();
    assert_eq!((status.closed_by.broken, status.idle, server.alive()), (1, 0, 0));
    // The next is sound when it is returned, and not when it is asked for.
    drop(holder(&pool).await);
    server.panic_when_asked(true);
    assert!(pool.try_acquire().is_none());
    assert_eq!(pool.status().closed_by.broken, 2);
    server.panic_when_asked(false);
    drop(holder(&pool).await);
    server.panic_when_asked(true);
    let another = holder(&pool).await;
    assert_eq!((another.id, pool.status().closed_by.broken), (4, 3));
    server.panic_when_asked(false);
    drop(another);
    settle().await;
    assert_sound(&pool, &server).await;
}

/// pool/POOL13, pool/X3: a connection that panics when it is dropped is gone all
/// the same, closed or not.
#[tokio::test(start_paused = true)]
async fn a_connection_that_panics_in_its_drop_frees_its_slot() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(2).close_timeout(ms(5)));
    server.closes([well(), hangs()]);
    for _ in 0..2 {
        let mut held = holder(&pool).await;
        held.panics = Some("when it is dropped");
        held.discard();
        pass(5).await;
        assert_eq!(pool.status().size, 0);
    }
    assert_eq!(pool.status().dropped_unclosed, 2);
    assert_sound(&pool, &server).await;
}

/// pool/POOL13, pool/X5: also where no runtime is.
#[test]
fn a_connection_that_panics_in_its_drop_frees_its_slot_outside_a_runtime() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(2));
    let mut held = runtime().block_on(holder(&pool));
    held.panics = Some("when it is dropped");
    held.discard();
    let status = pool.status();
    assert_eq!((status.size, status.dropped_unclosed), (0, 1));
    runtime().block_on(assert_sound(&pool, &server));
}

/// pool/POOL13, pool/X3: a close that panics frees the slot, and is counted as
/// one that did not end well.
#[tokio::test(start_paused = true)]
async fn a_panicking_close_frees_its_slot() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1));
    server.closes([panics("boom"), panics("boom").after(10)]);
    for (id, when) in [(2, 0), (3, 10)] {
        holder(&pool).await.discard();
        let line = ends([visit(&server, &pool, 0, 0)]).await;
        assert_eq!(line, [format!("{when}: connection {id}")]);
    }
    assert_eq!((pool.status().dropped_unclosed, server.alive()), (2, 1));
}

/// pool/X3: a waiter whose waker panics is granted what it was to be granted,
/// and loses it to the next when it goes.
#[tokio::test(start_paused = true)]
async fn a_waker_that_panics_on_a_return_loses_nothing() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1));
    for takes_it in [true, false] {
        let held = holder(&pool).await;
        let mut bad = Box::pin(pool.acquire());
        assert!(poll_with(bad.as_mut(), &Panicking::waker()).is_pending());
        let mut good = task::spawn(pool.acquire());
        assert_pending!(good.poll());
        assert_eq!(panic_of(|| drop(held)), "a waker that panics");
        if takes_it {
            let mut cx = Context::from_waker(std::task::Waker::noop());
            let Poll::Ready(answer) = bad.as_mut().poll(&mut cx) else {
                panic!("it was granted the connection");
            };
            assert_eq!(outcome(&answer), "connection 1");
            drop(answer);
        } else {
            drop(bad);
        }
        assert!(good.is_woken());
        assert_eq!(outcome(&assert_ready!(good.poll())), "connection 1");
    }
    assert_eq!(server.calls()[0], 1);
}

/// pool/X3: a waiter whose earlier waker panics at its end leaves the queue, and no
/// connection goes to the place that it had.
#[tokio::test(start_paused = true)]
async fn a_waker_that_panics_at_its_end_leaves_no_waiter() {
    // One that waits for a return, and one for which a connection is made.
    for max_size in [1, 2] {
        let server = Server::new();
        // Without a timer, which would have a clone of the waker.
        let pool = server.pool(|p| p.max_size(max_size).acquire_timeout(Duration::MAX));
        let held = holder(&pool).await;
        let mut bad = Box::pin(pool.acquire());
        assert!(poll_with(bad.as_mut(), &PanickingAtItsEnd::waker()).is_pending());
        let mut noop = Context::from_waker(std::task::Waker::noop());
        let panic = panic_of(|| bad.as_mut().poll(&mut noop).is_pending());
        assert_eq!(panic, "a waker that panics at its end");
        assert_eq!(pool.status().waiting, 0, "it ended with the panic, and has left");
        drop((bad, held));
        settle().await;
        pool.resize(2).unwrap();
        assert_sound(&pool, &server).await;
    }
}

/// pool/X3, pool/X7: one waker that panics keeps no other waiter from learning of
/// the close, and the pool ends.
#[tokio::test(start_paused = true)]
async fn a_waker_that_panics_does_not_keep_the_close_from_others() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1));
    let held = holder(&pool).await;
    let mut bad = Box::pin(pool.acquire());
    assert!(poll_with(bad.as_mut(), &Panicking::waker()).is_pending());
    let mut good = [task::spawn(pool.acquire()), task::spawn(pool.acquire())];
    for waiter in &mut good {
        assert_pending!(waiter.poll());
    }
    let mut close = task::spawn(pool.close());
    assert_eq!(panic_of(|| close.poll()), "a waker that panics");
    for waiter in &mut good {
        assert!(waiter.is_woken());
        assert_eq!(outcome(&assert_ready!(waiter.poll())), "closed");
    }
    drop((bad, close, held));
    pool.close().await;
    assert_eq!(server.alive(), 0);
}

/// pool/X3: a waker that panics in the pool's own task, on the end of a connect,
/// takes no slot with it.
#[tokio::test(start_paused = true)]
async fn a_waker_that_panics_at_the_end_of_a_connect_takes_no_slot() {
    for act in [well(), fails("refused"), panics("boom")] {
        let server = Server::new();
        let pool = server.pool(|p| p.max_size(2).max_connecting(1));
        server.connects([act.after(10)]);
        let mut bad = Box::pin(pool.acquire());
        assert!(poll_with(bad.as_mut(), &Panicking::waker()).is_pending());
        let mut good = task::spawn(pool.acquire());
        assert_pending!(good.poll());
        settle().await;
        pass(10).await;
        drop(bad);
        settle().await;
        assert!(good.is_woken(), "{act:?}");
        let answer = match good.poll() {
            Poll::Ready(answer) => answer,
            Poll::Pending => good.await,
        };
        drop(answer);
        assert_eq!(pool.status().connecting, 0);
        assert_sound(&pool, &server).await;
    }
}

/// pool/X3: a waker that panics when a slot comes free takes none with it.
#[tokio::test(start_paused = true)]
async fn a_waker_that_panics_for_a_free_slot_takes_no_slot() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1));
    let held = holder(&pool).await;
    let mut bad = Box::pin(pool.acquire());
    assert!(poll_with(bad.as_mut(), &Panicking::waker()).is_pending());
    let mut good = task::spawn(pool.acquire());
    assert_pending!(good.poll());
    assert_eq!(panic_of(|| held.detach().id), "a waker that panics");
    assert_eq!(pool.status().size, 0);
    drop(bad);
    assert!(good.is_woken());
    assert_pending!(good.poll());
    settle().await;
    assert_eq!(outcome(&assert_ready!(good.poll())), "connection 2");
}
