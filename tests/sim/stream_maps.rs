//! Schedules of the maps: dropped at every poll, and with a consumer that is busy.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::StreamExt;
use futures::stream::{self, BoxStream};
use surefoot::sim::{Explorer, Strategy};
use surefoot::stream::{StreamPatterns, prioritized};
use tokio::sync::Semaphore;
use tokio::task::yield_now;

use crate::stream_time::{at_every_poll as waits_at_every_poll, at_polls as waits_at_polls};
use crate::support::at_every_poll;

/// What an item does: takes a permit that it shares with its neighbours, and gives it back.
async fn borrow(permits: Arc<Semaphore>, token: Arc<()>, item: u32) -> Result<u32, ()> {
    let _token = token;
    let permit = permits.acquire().await.map_err(drop)?;
    yield_now().await;
    drop(permit);
    Ok(item)
}

/// stream/X1, stream/X2, stream/STREAM2: dropped at any poll, no item is left, and a permit that one
/// was granted goes on.
#[test]
fn maps_can_be_dropped_at_every_poll() {
    at_every_poll("map_ordered", |token| async move {
        let permits = Arc::new(Semaphore::new(1));
        let job = |item| borrow(permits.clone(), token.clone(), item);
        let given: Vec<_> = stream::iter(0..3).map_ordered(2, job).collect().await;
        assert_eq!(given, [Ok(0), Ok(1), Ok(2)]);
    });
    at_every_poll("map_unordered", |token| async move {
        let permits = Arc::new(Semaphore::new(1));
        let job = |item| borrow(permits.clone(), token.clone(), item);
        let given: Vec<_> = stream::iter(0..3).map_unordered(2, job).collect().await;
        assert_eq!(given.len(), 3);
    });
    at_every_poll("try_map_ordered", |token| async move {
        let permits = Arc::new(Semaphore::new(1));
        let job = |item| borrow(permits.clone(), token.clone(), item);
        let items = stream::iter([Ok(0), Ok(1), Err(())]);
        let given: Vec<_> = items.try_map_ordered(2, job).collect().await;
        assert_eq!(given.last(), Some(&Err(())));
    });
    at_every_poll("try_map_unordered", |token| async move {
        let permits = Arc::new(Semaphore::new(1));
        let job = |item| borrow(permits.clone(), token.clone(), item);
        let items = stream::iter([Ok(0), Ok(1), Err(())]);
        let given: Vec<_> = items.try_map_unordered(2, job).collect().await;
        assert_eq!(given.last(), Some(&Err(())));
    });
    at_every_poll("spawn_ordered", |token| async move {
        let permits = Arc::new(Semaphore::new(1));
        let job = |item| borrow(permits.clone(), token.clone(), item);
        let given: Vec<_> = stream::iter(0..3).spawn_ordered(2, job).collect().await;
        assert_eq!(given, [Ok(Ok(0)), Ok(Ok(1)), Ok(Ok(2))]);
    });
    at_every_poll("spawn_unordered", |token| async move {
        let permits = Arc::new(Semaphore::new(1));
        let job = |item| borrow(permits.clone(), token.clone(), item);
        let given: Vec<_> = stream::iter(0..3).spawn_unordered(2, job).collect().await;
        assert_eq!(given.len(), 3);
    });
    at_every_poll("try_spawn_ordered", |token| async move {
        let permits = Arc::new(Semaphore::new(1));
        let job = |item| borrow(permits.clone(), token.clone(), item);
        let items = stream::iter([Ok(0), Ok(1), Err(())]);
        let given: Vec<_> = items.try_spawn_ordered(2, job).collect().await;
        assert!(given.last().is_some_and(Result::is_err));
    });
    at_every_poll("try_spawn_unordered", |token| async move {
        let permits = Arc::new(Semaphore::new(1));
        let job = |item| borrow(permits.clone(), token.clone(), item);
        let items = stream::iter([Ok(0), Ok(1), Err(())]);
        let given: Vec<_> = items.try_spawn_unordered(2, job).collect().await;
        assert!(given.last().is_some_and(Result::is_err));
    });
}

/// stream/X1, stream/X2, stream/STREAM1: a wait for the next item that is dropped at any poll,
/// woken or not, loses none.
#[test]
fn waits_for_a_map_can_be_dropped_at_every_poll() {
    async fn rests(item: u32) -> u32 {
        yield_now().await;
        item
    }
    fn sorted(mut given: Vec<u32>) {
        given.sort_unstable();
        assert_eq!(given, [0, 1, 2]);
    }
    let in_order = |given: Vec<u32>| assert_eq!(given, [0, 1, 2]);
    waits_at_every_poll("map_ordered", |source| source.map_ordered(2, rests), in_order);
    waits_at_every_poll("map_unordered", |source| source.map_unordered(2, rests), sorted);
    let value = Result::<u32, _>::unwrap;
    let ordered = move |source: BoxStream<'static, _>| source.spawn_ordered(2, rests).map(value);
    assert!(waits_at_polls("spawn_ordered", ordered, in_order).schedules > 30);
    let unordered =
        move |source: BoxStream<'static, _>| source.spawn_unordered(2, rests).map(value);
    assert!(waits_at_polls("spawn_unordered", unordered, sorted).schedules > 30);
    let tries = async |item| Ok::<_, ()>(rests(item).await);
    waits_at_every_poll(
        "try_map_ordered",
        move |source| source.map(Ok).try_map_ordered(2, tries).map(Result::unwrap),
        in_order,
    );
    waits_at_every_poll(
        "prioritized",
        |source| prioritized([source, stream::empty().boxed()]).fairness(1).map(|(_, item)| item),
        in_order,
    );
}

/// stream/STREAM2, stream/X8: in every order, each item comes once and in its order, with at
/// most two that run or wait, while the consumer takes its time.
#[test]
fn spawned_items_run_beside_a_busy_consumer() {
    let scenario = || async {
        let under_way = Arc::new(AtomicUsize::new(0));
        let begun = under_way.clone();
        let mut map = stream::iter(0..4_u32).spawn_ordered(2, move |item| {
            // Counted from when it is begun until it is taken.
            assert!(begun.fetch_add(1, Ordering::Relaxed) < 2, "one too many");
            async move {
                yield_now().await;
                item
            }
        });
        for wanted in 0..4 {
            assert_eq!(map.next().await, Some(Ok(wanted)));
            under_way.fetch_sub(1, Ordering::Relaxed);
            yield_now().await;
        }
        assert_eq!(map.next().await, None);
    };
    let strategy = Strategy::Exhaustive { deviations: Some(3) };
    let explorer = Explorer::new().strategy(strategy).schedules(60_000);
    explorer.run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
}
