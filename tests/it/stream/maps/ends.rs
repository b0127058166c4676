//! Errors, panics, drops.

use std::cell::Cell;
use std::future::pending;

use futures::{Stream, StreamExt, stream};
use futures_core::FusedStream;
use surefoot::error::TaskError;
use surefoot::spawn::FlatError;
use surefoot::stream::StreamPatterns;
use tokio_test::{assert_pending, task};

use super::{counted, nap};
use crate::support::*;

type Outcome = Result<u64, &'static str>;

/// stream/STREAM3: the first error in time ends it: nothing more is taken or polled, and what
/// is in flight is gone when the error is given.
#[tokio::test(start_paused = true)]
async fn the_first_error_ends_a_map() {
    let taken = Cell::new(0);
    let watch = Watch::new();
    let items = || counted(10, &taken).map(Ok);
    let job = |i: u64| {
        watch.job(i as usize, async move {
            wait(if i < 3 { 30 - i * 10 } else { 50 }).await;
            if i == 1 { Err("no") } else { Ok(i) }
        })
    };
    // 2 ends at 10 ms, 1 fails at 20 ms.
    let mut map = items().try_map_ordered(3, job);
    assert_eq!(map.next().await, Some(Err("no")));
    assert_eq!((watch.running(), taken.get()), (0, 3));
    assert!(map.is_terminated());
    assert_eq!((map.next().await, map.size_hint()), (None, (0, Some(0))));

    taken.set(0);
    let all: Vec<Outcome> = items().try_map_unordered(3, job).collect().await;
    assert_eq!(all, [Ok(2), Err("no")]);
    assert_eq!((watch.running(), taken.get()), (0, 4));
}

/// stream/STREAM3: an error of the source does the same.
#[tokio::test(start_paused = true)]
async fn an_error_of_the_source_ends_a_map() {
    let items = || stream::iter([Ok(0), Ok(10), Err("source"), Ok(20)]);
    let job = |n| async move { Ok(nap(n).await) };
    let watch = Watch::new();
    let watched = |n| watch.job(n as usize, job(n));
    assert_eq!(
        items().try_map_ordered(1, job).collect::<Vec<_>>().await,
        [Ok(0), Ok(10), Err("source")]
    );
    assert_eq!(
        items().try_map_ordered(4, watched).collect::<Vec<_>>().await,
        [Ok(0), Err("source")]
    );
    assert_eq!(watch.running(), 0);
    let given: Vec<_> = items().try_spawn_ordered(4, job).collect().await;
    assert_eq!(given, [Err(FlatError::Inner("source"))]);
}

/// stream/STREAM3: tasks are aborted at the first error; a panic is one.
#[tokio::test(start_paused = true)]
async fn the_first_error_aborts_the_tasks() {
    let alive = std::sync::Arc::new(());
    for panics in [false, true] {
        let items = stream::iter([10, 20, 30, 40].map(Ok::<u64, &str>));
        let held = alive.clone();
        let mut map = items.try_spawn_unordered(4, move |n| {
            let held = held.clone();
            async move {
                wait(n).await;
                assert!(!panics || n != 20, "it panics");
                drop(held);
                if n == 20 { Err("no") } else { Ok(n) }
            }
        });
        assert_eq!(map.next().await, Some(Ok(10)));
        match map.next().await {
            Some(Err(FlatError::Inner("no"))) if !panics => {}
            Some(Err(FlatError::Task(TaskError::Panicked(panic)))) if panics => {
                assert_eq!(panic.message(), "it panics");
            }
            other => panic!("{other:?}"),
        }
        assert!(map.is_terminated());
        assert_eq!(map.next().await, None);
        drop(map);
        settle().await;
        assert_eq!(std::sync::Arc::strong_count(&alive), 1);
    }
}

/// stream/X3, stream/X1: a panic of a future goes on, and costs its own item alone; also in
/// the order.
#[tokio::test(start_paused = true)]
async fn a_panic_costs_one_item() {
    for limit in [1, 3] {
        let job = |i: u64| async move {
            // 2 panics at its first poll, 1 at a later one.
            if i != 2 {
                wait(10).await;
            }
            assert!(i != 1 && i != 2, "it panics");
            i
        };
        let mut panics = Vec::new();
        let mut given = Vec::new();
        let mut map = task::spawn(stream::iter(0..5).map_ordered(limit, job));
        while !map.is_terminated() {
            let polled = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| map.poll_next()));
            match polled {
                Ok(std::task::Poll::Ready(item)) => given.extend(item),
                Ok(std::task::Poll::Pending) => wait(1).await,
                Err(_) => panics.push(given.len()),
            }
        }
        assert_eq!((given, panics.len()), (vec![0, 3, 4], 2), "{panics:?}");
    }
}

/// stream/X3, stream/X8: one that was lost in a panic is not counted among those that are
/// to come, and not after an error.
#[tokio::test(start_paused = true)]
async fn what_a_panic_cost_is_in_no_hint() {
    let job = |i: u64| async move {
        wait(if i == 1 { 5 } else { 10 }).await;
        assert!(i != 1, "it panics");
        if i == 2 { Err(i) } else { Ok(i) }
    };
    let mut map = task::spawn(stream::iter((0..4).map(Ok)).try_map_ordered(4, job));
    assert!(map.poll_next().is_pending());
    wait(5).await;
    assert_eq!(panic_of(|| while map.poll_next().is_ready() {}), "it panics");
    wait(5).await;
    assert_eq!(map.next().await, Some(Ok(0)));
    assert_eq!(map.size_hint(), (1, Some(1)), "the error is all that comes");
    assert_eq!(map.next().await, Some(Err(2)));
    assert_eq!((map.size_hint(), map.is_terminated()), ((0, Some(0)), true));
}

/// stream/X3: so does a panic of the closure, and of the source.
#[tokio::test(start_paused = true)]
async fn a_panic_of_the_closure_or_the_source_costs_one_item() {
    let source = stream::iter(0..4_u64).map(|i| {
        assert!(i != 1, "the source panics");
        i
    });
    let mut map = task::spawn(source.map_unordered(2, |i| {
        assert!(i != 2, "the closure panics");
        nap(i)
    }));
    let said = [0, 1].map(|_| panic_of(|| while map.poll_next().is_ready() {}));
    assert_eq!(said, ["the source panics", "the closure panics"]);
    let mut rest = Vec::new();
    while let Some(item) = map.next().await {
        rest.push(item);
    }
    assert_eq!(rest, [3]);
}

/// stream/X3: a panic in a task is its item, with message and place; the others go on.
#[tokio::test(start_paused = true)]
async fn a_panic_in_a_task_is_an_item() {
    let line = line!() + 1;
    let map = stream::iter(0..3_u64).spawn_ordered(2, |i| async move {
        assert!(i != 1, "it panics");
        nap(i).await
    });
    let given: Vec<_> = map.collect().await;
    let Err(TaskError::Panicked(panic)) = &given[1] else { panic!("{given:?}") };
    assert_eq!((panic.message(), panic.spawned_at().line()), ("it panics", line));
    assert_eq!((&given[0], &given[2]), (&Ok(0), &Ok(2)));
}

/// stream/X3: a drop that panics, of what an error ends, does not take the error.
#[tokio::test(start_paused = true)]
async fn a_drop_that_panics_does_not_take_the_error() {
    struct PanicsOnDrop;
    impl Drop for PanicsOnDrop {
        fn drop(&mut self) {
            panic!("a drop that panics");
        }
    }
    let bombs = Cell::new(1);
    let mut map = task::spawn(stream::iter([10, 20].map(Ok)).try_map_ordered(2, |n| {
        let bomb = (bombs.replace(0) == 1).then(|| PanicsOnDrop);
        async move {
            let _bomb = bomb;
            if n == 10 {
                pending::<()>().await;
            }
            Err::<u64, _>("no")
        }
    }));
    assert_eq!(panic_of(|| map.poll_next()), "a drop that panics");
    assert_eq!(map.next().await, Some(Err("no")));
    assert_eq!(map.next().await, None);
}

/// stream/X1, stream/STREAM1: dropped with items in flight, it leaves none.
#[tokio::test(start_paused = true)]
async fn a_map_drops_what_is_in_flight() {
    let watch = Watch::new();
    let mut map = task::spawn(stream::iter(0..9).map_ordered(4, |i| watch.job(i, pending::<()>())));
    assert_pending!(map.poll_next());
    assert_eq!(watch.running(), 4);
    drop(map);
    assert_eq!(watch.running(), 0);
}

/// stream/STREAM3, stream/X3: a source that panics when it is dropped keeps no task running.
#[tokio::test(start_paused = true)]
async fn a_source_that_panics_at_its_end_keeps_no_task() {
    struct Bad;
    impl Drop for Bad {
        fn drop(&mut self) {
            panic!("a drop that panics");
        }
    }
    let alive = std::sync::Arc::new(());
    let bad = Bad;
    let source = stream::iter([Ok(0), Ok(1), Err(2)]).chain(stream::pending()).map(move |item| {
        let _ = &bad;
        item
    });
    let held = alive.clone();
    let mut map = task::spawn(source.try_spawn_unordered(4, move |item: u64| {
        let held = held.clone();
        async move {
            wait(1_000).await;
            drop(held);
            Ok::<_, u64>(item)
        }
    }));
    assert_eq!(panic_of(|| while map.poll_next().is_ready() {}), "a drop that panics");
    settle().await;
    // That of the closure is left.
    assert_eq!(std::sync::Arc::strong_count(&alive), 2);
    assert!(map.next().await.is_some_and(|item| item.is_err()));
    assert_eq!(map.next().await, None);
}
