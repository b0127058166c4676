//! Schedules of the operators over time and of the interval: a wait for the next item that is
//! dropped at every poll, and the draw of jitter.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::{StreamExt, stream};
use futures_core::Stream;
use surefoot::error::Elapsed;
use surefoot::probe::{cancellable, sometimes};
use surefoot::sim::{Explorer, Stats, Strategy};
use surefoot::spawn::spawn;
use surefoot::stream::{Interval, StreamPatterns};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};

use crate::support::every_poll_was_struck;

const fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// Drops a wait for the next item at every of its polls, in every order of the tasks with up
/// to two deviations, and asks what the stream gives over all. Its source is a channel, into
/// which a task sends 0, 1 and 2: the first two together, the last after a while.
pub(crate) fn at_every_poll<S, T>(
    name: &str,
    make: impl Fn(stream::BoxStream<'static, u32>) -> S + Clone + Send + Sync + 'static,
    check: impl Fn(Vec<T>) + Clone + Send + Sync + 'static,
) where
    S: Stream<Item = T>,
    T: 'static,
{
    let stats = at_polls(name, make, check);
    every_poll_was_struck(name, &stats);
}

/// The same; a drop counts as a deviation, so that one at a poll that comes of two is left out.
pub(crate) fn at_polls<S, T>(
    name: &str,
    make: impl Fn(stream::BoxStream<'static, u32>) -> S + Clone + Send + Sync + 'static,
    check: impl Fn(Vec<T>) + Clone + Send + Sync + 'static,
) -> Stats
where
    S: Stream<Item = T>,
    T: 'static,
{
    let scenario = move || {
        let (make, check) = (make.clone(), check.clone());
        async move {
            let (sender, mut items) = mpsc::channel(1);
            let sending = spawn(async move {
                for i in 0..3 {
                    if i == 2 {
                        sleep(ms(20)).await;
                    }
                    if sender.send(i).await.is_err() {
                        break; // The stream has ended before its source.
                    }
                }
            });
            let source = stream::poll_fn(move |cx| items.poll_recv(cx)).boxed();
            let mut stream = Box::pin(make(source));
            let first = cancellable(stream.next()).await;
            sometimes("the wait was dropped", first.is_none());
            let mut given: Vec<_> = first.flatten().into_iter().collect();
            while let Some(item) = stream.next().await {
                given.push(item);
            }
            check(given);
            sending.await.unwrap();
        }
    };
    let strategy = Strategy::Exhaustive { deviations: Some(2) };
    let explorer = Explorer::new().strategy(strategy).schedules(60_000).cancellations(1);
    explorer.run(scenario).unwrap_or_else(|failure| panic!("{name}: {failure}"))
}

/// stream/X1, stream/X2, stream/STREAM4: no item is lost with a wait that is dropped, woken or not.
#[test]
fn waits_can_be_dropped_at_every_poll() {
    at_every_poll(
        "batch",
        |source| source.batch(2, ms(10)),
        |batches| {
            assert_eq!(batches.concat(), [0, 1, 2]);
            assert!(batches.iter().all(|batch| batch.len() <= 2));
        },
    );
    at_every_poll(
        "throttle_time",
        |source| source.throttle_time(ms(10)),
        |passed| {
            assert_eq!(passed, [0, 2]);
        },
    );
    at_every_poll(
        "debounce_time",
        |source| source.debounce_time(ms(10), ms(15)),
        |settled| {
            assert_eq!(settled, [1, 2]);
        },
    );
    at_every_poll(
        "item_timeout",
        |source| source.item_timeout(ms(15)),
        |limited| {
            assert_eq!(limited, [Ok(0), Ok(1), Err(Elapsed::new(ms(15))), Ok(2)]);
        },
    );
    at_every_poll(
        "until",
        |source| source.until(sleep(ms(10))),
        |some| {
            assert_eq!(some, [0, 1]);
        },
    );
}

/// stream/X1, stream/STREAM5: no tick is lost with a wait that is dropped.
#[test]
fn waits_for_ticks_can_be_dropped_at_every_poll() {
    let scenario = || async {
        let start = Instant::now();
        let mut interval = Interval::every(ms(10)).start_at(start + ms(5)).ticks(3);
        let first = cancellable(interval.next()).await;
        let mut ticks: Vec<_> = first.flatten().into_iter().collect();
        while let Some(tick) = interval.next().await {
            ticks.push(tick);
        }
        let seen: Vec<_> = ticks.iter().map(|tick| (tick.count, tick.at - start)).collect();
        assert_eq!(seen, [(0, ms(5)), (1, ms(15)), (2, ms(25))]);
    };
    let strategy = Strategy::Exhaustive { deviations: Some(2) };
    let explorer = Explorer::new().strategy(strategy).schedules(60_000).cancellations(1);
    let stats = explorer.run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
    every_poll_was_struck("interval", &stats);
}

/// stream/STREAM5: in a simulation the schedule's seed draws the jitter: the same again for
/// the same seed, another for another.
#[test]
fn a_schedule_draws_the_jitter() {
    let moments = |seed: u64| {
        let log = Arc::new(Mutex::new(Vec::new()));
        let seen = log.clone();
        let explorer = Explorer::new().seed(seed).strategy(Strategy::Fair).schedules(1);
        explorer.check(move || {
            let seen = seen.clone();
            async move {
                let mut interval = Interval::every(ms(100)).jitter(ms(99)).ticks(9);
                while let Some(tick) = interval.next().await {
                    seen.lock().unwrap().push(tick.at.elapsed());
                }
            }
        });
        Arc::try_unwrap(log).expect("the schedule is over").into_inner().unwrap()
    };
    let all: Vec<_> = (0..9).map(moments).collect();
    assert_eq!((0..9).map(moments).collect::<Vec<_>>(), all);
    for (i, one) in all.iter().enumerate() {
        assert_eq!(one.len(), 9);
        assert!(all[..i].iter().all(|other| other != one), "two seeds draw the same");
    }
}
