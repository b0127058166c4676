//! Every public future of the locks, dropped at every poll.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use surefoot::lock::{Keyed, SingleFlight, Snapshot};
use surefoot::probe::cancellable;
use surefoot::spawn::{Spawner, Task};
use tokio::task::yield_now;

use super::exhaustive;
use crate::support::every_poll_was_struck;

fn task<F>(name: &'static str, future: F) -> Task<()>
where
    F: Future<Output = ()> + Send + 'static,
{
    Spawner::new().name(name).spawn(future)
}

/// Runs the scenario in every order, with up to three deviations, and a cancellation
/// at every poll of its one cancellable future.
fn at_every_poll<F, Fut>(name: &str, scenario: F)
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()> + 'static,
{
    let stats = exhaustive(3).cancellations(1).run(scenario);
    let stats = stats.unwrap_or_else(|failure| panic!("{name}: {failure}"));
    every_poll_was_struck(name, &stats);
}

/// lock/X1, lock/X2: dropped while it waits, and with the key in its hands.
#[test]
fn lock_can_be_dropped_at_every_poll() {
    at_every_poll("Keyed::lock", || async {
        let keys = Keyed::new();
        let use_key = |keys: Keyed<u32>| async move {
            let guard = keys.lock(1).await;
            yield_now().await;
            drop(guard);
        };
        let holder = task("holder", use_key(keys.clone()));
        let fickle = {
            let keys = keys.clone();
            task("fickle", async move { drop(cancellable(keys.lock(1)).await) })
        };
        let bystander = task("bystander", use_key(keys.clone()));
        for task in [holder, fickle, bystander] {
            task.await.unwrap();
        }
        assert!(keys.is_empty(), "a key is left");
    });
}

/// lock/X1, lock/X2, lock/LOCK4: dropped while it follows, leads, or has the outcome in
/// its hands.
#[test]
fn get_can_be_dropped_at_every_poll() {
    at_every_poll("SingleFlight::get", || async {
        let flights = SingleFlight::<u32, u32>::new();
        let load = || async {
            yield_now().await;
            Ok(7)
        };
        let ask = move |flights: SingleFlight<u32, u32>| async move {
            assert!(flights.get(1, load).await.is_ok());
        };
        // Who leads leaves half-way, so that somebody takes over.
        let leaver = {
            let flights = flights.clone();
            task("leaver", async move {
                let mut asks = pin!(flights.get(1, load));
                let got = poll_fn(|cx| Poll::Ready(asks.as_mut().poll(cx).is_ready())).await;
                assert!(!got, "a load takes a turn");
            })
        };
        let fickle = {
            let flights = flights.clone();
            task("fickle", async move { drop(cancellable(flights.get(1, load)).await) })
        };
        let other = task("other", ask(flights.clone()));
        for task in [leaver, fickle, other] {
            task.await.unwrap();
        }
        assert!(flights.is_empty(), "a load is left");
    });
}

/// lock/X1, lock/LOCK2: what a wait that is dropped has not given back is news to the
/// next.
#[test]
fn changed_can_be_dropped_at_every_poll() {
    at_every_poll("Watcher::changed", || async {
        let number = Snapshot::new(0);
        let fickle = {
            let mut watcher = number.subscribe();
            task("fickle", async move {
                let seen = cancellable(watcher.changed()).await;
                let mut last = seen.map_or(0, |seen| *seen.unwrap());
                while last < 2 {
                    let next = *watcher.changed().await.unwrap();
                    assert!(next > last, "{next} after {last}");
                    last = next;
                }
            })
        };
        let bystander = {
            let mut watcher = number.subscribe();
            task("bystander", async move { while *watcher.changed().await.unwrap() < 2 {} })
        };
        let writer = {
            let number = number.clone();
            task("writer", async move {
                number.store(1);
                yield_now().await;
                number.store(2);
            })
        };
        for task in [fickle, bystander, writer] {
            task.await.unwrap();
        }
    });
}
