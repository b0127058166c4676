//! Waiting allocates nothing once warm, and exploring needs no more memory for more
//! schedules. `allocation_counter` is this program's
//! allocator, and counts by thread.
#![cfg(not(loom))]

#[path = "../src/waiters/mod.rs"]
#[expect(
    dead_code,
    reason = "the queue's other calls don't allocate, or are not for the warm path"
)]
mod waiters;

use std::convert::Infallible;
use std::future::{Future, poll_fn, ready};
use std::io::Write;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use allocation_counter::measure;
use futures::{Stream, StreamExt, stream};
use surefoot::backoff::Backoff;
use surefoot::channel::publish::{self, Policy};
use surefoot::lock::{Keyed, Snapshot};
use surefoot::pool::{Pool, manage_fn};
use surefoot::retry::{Budget, retry};
use surefoot::shutdown::Shutdown;
use surefoot::sim::{Explorer, Strategy};
use surefoot::spawn::spawn;
use surefoot::stream::StreamPatterns;

use self::waiters::{Arrival, Queue, Taken, Ticket, Wakers};

/// How many allocations `cycle` makes, after it was run once.
fn when_warm(mut cycle: impl FnMut()) -> u64 {
    cycle();
    measure(|| (0..100).for_each(|_| cycle())).count_total
}

/// A proof that cannot fail counts as missing.
#[test]
fn an_allocation_is_counted() {
    assert_eq!(when_warm(|| drop(std::hint::black_box(Box::new(1)))), 100);
    let mut cold = Queue::<()>::new();
    let arrival = cold.arrive();
    let waker = Waker::noop().clone();
    assert_eq!(measure(|| drop(cold.push(arrival, waker))).count_total, 1);
}

/// Places that become free are used again: no wait, poll, grant or withdrawal
/// allocates.
#[test]
fn a_warm_queue_allocates_nothing() {
    let mut queue = Queue::new();
    let waker = || Waker::noop().clone();
    // All that the cycles below keep, without a vector of their own.
    let mut tickets: [Option<Ticket>; 64] = [const { None }; 64];
    assert_eq!(
        when_warm(|| {
            for ticket in &mut tickets {
                let arrival: Arrival = queue.arrive();
                *ticket = Some(queue.push(arrival, waker()));
            }
            for ticket in &mut tickets {
                let parked = ticket.take().map(|ticket| queue.take(ticket, waker()));
                let Some(Taken::Parked { ticket: parked, .. }) = parked else {
                    panic!("nothing was granted");
                };
                *ticket = Some(parked);
            }
            for at in 0..48 {
                let granted = queue.grant(at);
                Wakers::from(granted.expect("more wait")).wake();
            }
            // Half of those granted take it; the others leave, as do the rest.
            for (at, ticket) in tickets.iter_mut().enumerate() {
                let ticket = ticket.take().expect("it was parked above");
                if at % 2 == 0 && at < 48 {
                    assert!(matches!(queue.take(ticket, waker()), Taken::Granted { .. }));
                } else {
                    assert_eq!(queue.withdraw(ticket).0.is_some(), at < 48);
                }
            }
        }),
        0
    );
    assert_eq!(queue.len(), 0);
}

fn pool() -> Pool<impl surefoot::pool::Manage<Conn = u32, Error = Infallible>> {
    let manager = manage_fn(|| async { Ok::<u32, Infallible>(0) });
    Pool::builder(manager).max_size(1).acquire_timeout(None).build().expect("limits that work")
}

fn run<T>(future: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build();
    runtime.expect("a runtime without input is built").block_on(future)
}

/// An idle connection is handed out and returned without an allocation.
#[test]
fn an_uncontended_acquire_allocates_nothing() {
    run(async {
        let pool = pool();
        drop(pool.acquire().await);
        let mut noop = Context::from_waker(Waker::noop());
        let allocations = when_warm(|| {
            let acquired = pin!(pool.acquire()).poll(&mut noop);
            assert!(matches!(acquired, Poll::Ready(Ok(_))));
        });
        assert_eq!(allocations, 0);
    });
}

/// A caller waits, is handed the connection by the one that returns it, and
/// another leaves the queue unserved: all without an allocation.
#[test]
fn a_contended_acquire_allocates_nothing() {
    run(async {
        let pool = pool();
        let mut held = Some(pool.acquire().await.expect("it connects"));
        // Within the task, so that its own waker is the one that waits.
        poll_fn(|cx| {
            let allocations = when_warm(|| {
                let mut first = pin!(pool.acquire());
                let mut second = pin!(pool.acquire());
                assert!(first.as_mut().poll(cx).is_pending());
                assert!(second.as_mut().poll(cx).is_pending());
                drop(held.take());
                let Poll::Ready(Ok(handed)) = first.poll(cx) else {
                    panic!("it was handed the connection");
                };
                held = Some(handed);
            });
            assert_eq!(allocations, 0);
            Poll::Ready(())
        })
        .await;
        assert_eq!(pool.status().waited, 1 + 2 * 101);
    });
}

/// A key is locked, waited for and handed on, and a snapshot is read, without an
/// allocation.
#[test]
fn a_warm_lock_allocates_nothing() {
    let (keys, number) = (Keyed::new(), Snapshot::new(7));
    let mut noop = Context::from_waker(Waker::noop());
    let allocations = when_warm(|| {
        let held = pin!(keys.lock(7)).poll(&mut noop);
        let mut waits = pin!(keys.lock(7));
        assert!(held.is_ready() && waits.as_mut().poll(&mut noop).is_pending());
        drop(held);
        assert!(waits.poll(&mut noop).is_ready());
        assert_eq!(*number.load(), 7);
    });
    assert_eq!(allocations, 0);
    assert!(keys.is_empty());
}

/// A crowd at each of many keys is not remembered when they are gone.
#[test]
fn a_key_that_is_gone_gives_the_memory_of_its_crowd_back() {
    let keys = Keyed::new();
    let kept = measure(|| {
        let mut noop = Context::from_waker(Waker::noop());
        let held: Vec<_> = (0..100).map(|key| keys.try_lock(key)).collect();
        for key in 0..held.len() {
            let mut crowd: Vec<_> = (0..1_000).map(|_| Box::pin(keys.lock(key))).collect();
            assert!(crowd.iter_mut().all(|waits| waits.as_mut().poll(&mut noop).is_pending()));
        }
    });
    assert!(keys.is_empty() && kept.bytes_max > 1 << 20, "{} bytes at most", kept.bytes_max);
    assert!((0..64 << 10).contains(&kept.bytes_current), "{} bytes kept", kept.bytes_current);
}

/// A value for a single subscriber is handed on without an allocation, also where another
/// has left: there is nobody to share it with.
#[test]
fn a_value_for_one_allocates_nothing() {
    // Without the task's budget, which so many calls in one poll would spend.
    run(tokio::task::unconstrained(async {
        let publisher = publish::channel(1);
        let left = publisher.subscribe(Policy::Block);
        let mut subscriber = publisher.subscribe(Policy::Block);
        drop(left);
        let mut noop = Context::from_waker(Waker::noop());
        let allocations = when_warm(|| {
            assert!(publisher.try_publish(7).is_ok());
            assert!(pin!(subscriber.next()).poll(&mut noop).is_ready());
        });
        assert_eq!(allocations, 0);
        let allocations = when_warm(|| {
            let mut next = pin!(subscriber.next());
            assert!(next.as_mut().poll(&mut noop).is_pending());
            assert!(publisher.try_publish(7).is_ok() && next.poll(&mut noop).is_ready());
        });
        assert_eq!(allocations, 0, "nor is one for whom it waits");
    }));
}

/// A value for many is one allocation, and the wakers of those that wait for it another.
#[test]
fn a_value_for_many_allocates_twice() {
    run(tokio::task::unconstrained(async {
        let publisher = publish::channel(1);
        let mut crowd: [_; 32] = std::array::from_fn(|_| publisher.subscribe(Policy::Block));
        let mut noop = Context::from_waker(Waker::noop());
        let allocations = when_warm(|| {
            for subscriber in &mut crowd {
                assert!(subscriber.poll_next_unpin(&mut noop).is_pending());
            }
            assert!(publisher.try_publish(7).is_ok());
            for subscriber in &mut crowd {
                assert!(subscriber.poll_next_unpin(&mut noop).is_ready());
            }
        });
        assert_eq!(allocations, 2 * 100);
    }));
}

/// A retry allocates nothing: neither for a value at once, nor for what fails, is counted by
/// a budget, and is tried again.
#[test]
fn a_retry_allocates_nothing() {
    // Without the task's budget, which so many calls in one poll would spend.
    run(tokio::task::unconstrained(async {
        let budget = Budget::new(1.0, 0, std::time::Duration::MAX);
        let mut noop = Context::from_waker(Waker::noop());
        let allocations = when_warm(|| {
            let call = retry(|_| ready(Ok::<_, &str>(7)));
            assert!(matches!(pin!(call).poll(&mut noop), Poll::Ready(Ok(7))));
            let fails = |number| ready(if number < 3 { Err("busy") } else { Ok(7) });
            let policy = Backoff::constant(std::time::Duration::ZERO);
            let call = retry(fails).backoff(policy).budget(&budget).seed(7);
            // What the calls earn is spent by every other one.
            assert!(pin!(call).poll(&mut noop).is_ready());
        });
        assert_eq!(allocations, 0);
    }));
}

/// How many allocations an endless stream makes for a thousand items, after so many others.
fn for_a_thousand(stream: impl Stream) -> u64 {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.build().expect("a runtime without input is built");
    let mut stream = pin!(stream);
    let mut take = || {
        // Without the task's budget: Tokio keeps a list of who has spent it.
        let taken = stream.by_ref().take(1_000).for_each(|_| ready(()));
        runtime.block_on(tokio::task::unconstrained(taken));
    };
    take();
    measure(take).count_total
}

/// A map allocates nothing for an item, in this task or in others, which are kept for the
/// next one.
#[test]
fn a_warm_map_allocates_nothing() {
    let items = || stream::iter(0..);
    let job = |item: u32| async move {
        let mut was_polled = false;
        // Not Tokio's `yield_now`, whose wake-up the end of a `block_on` drops.
        poll_fn(|cx| {
            cx.waker().wake_by_ref();
            if std::mem::replace(&mut was_polled, true) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        item
    };
    assert_eq!(for_a_thousand(items().map_ordered(8, job)), 0);
    assert_eq!(for_a_thousand(items().map_unordered(8, job)), 0);
    assert_eq!(for_a_thousand(items().spawn_ordered(8, job)), 0);
    assert_eq!(for_a_thousand(items().spawn_unordered(8, job)), 0);
}

/// shutdown/STOP8: a million child tokens come and go in the memory of the few
/// that there are at once, waited for and triggered on their own or not.
#[test]
fn a_million_child_tokens_come_and_go_in_flat_memory() {
    let shutdown = Shutdown::new();
    let most = |children: usize| {
        let cycle = || {
            let token = shutdown.token();
            let mut noop = Context::from_waker(Waker::noop());
            for n in 0..children / 4 {
                let parent = token.child();
                let mut three = [parent.child(), parent.child(), parent.child()];
                assert!(pin!(three[0].triggered()).poll(&mut noop).is_pending());
                if n % 3 == 0 {
                    parent.trigger("on its own");
                    assert!(three[1].is_triggered());
                }
                // The parent first, or last.
                if n % 2 == 0 {
                    drop(std::mem::replace(&mut three[2], parent));
                }
            }
        };
        measure(cycle).bytes_max
    };
    let (few, many) = (most(400), most(1_000_000));
    assert_eq!(shutdown.status().children, 0);
    assert!(many <= few && many < 64 << 10, "{many} bytes for a million, {few} for 400");
    // Past the capture of the test harness: it is a part of the result.
    writeln!(std::io::stderr(), "at most {many} bytes for a million child tokens, {few} for 400")
        .expect("standard error takes a line");
}

/// A token without a parent, a clone of any, and a look cost no allocation; nor
/// does a child, once there was one.
#[test]
fn tokens_allocate_nothing_when_warm() {
    let shutdown = Shutdown::new();
    let allocations = when_warm(|| {
        let child = shutdown.token().child();
        assert!(!child.clone().is_triggered());
        drop(shutdown.track("work"));
    });
    assert_eq!(allocations, 0);
}

/// Six tasks of two polls each, in some seven million orders.
async fn many_orders() {
    let tasks: Vec<_> = (0..6).map(|_| spawn(tokio::task::yield_now())).collect();
    for task in tasks {
        task.await.expect("it does not panic");
    }
}

/// A million schedules, nearly all different, in as much memory as a hundred
/// thousand.
#[test]
fn a_million_schedules_run_in_flat_memory() {
    let most = |strategy: Strategy, schedules| {
        let explorer = Explorer::new().strategy(strategy).schedules(schedules);
        let mut stats = None;
        let used = measure(|| stats = explorer.run(many_orders).ok());
        let stats = stats.expect("nothing fails");
        assert_eq!(stats.schedules, schedules);
        assert!(stats.distinct > schedules / 10 * 8, "{stats:?}");
        used.bytes_max
    };
    let (few, many) = (most(Strategy::Random, 100_000), most(Strategy::Random, 1_000_000));
    // The hashes of a million would take more than 16 MB.
    assert!(many <= 2 * few && many < 4 << 20, "{many} bytes, and {few} for a tenth");
    let some = most(Strategy::Exhaustive { deviations: None }, 100_000);
    assert!(some <= 2 * few, "{some} bytes, depth first");
    println!("at most {many} bytes at random, {some} depth first");
}
