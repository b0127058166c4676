//! The locks under schedules that go beyond their claims on the board.

mod cancellation;

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::task::Poll;

use surefoot::lock::{FlightError, Keyed, SingleFlight, Snapshot};
use surefoot::probe::{always, fault, panic_point, sometimes};
use surefoot::sim::{Explorer, Strategy, TaskPanics, Verdict};
use surefoot::spawn::Spawner;
use tokio::task::yield_now;

fn exhaustive(deviations: u32) -> Explorer {
    let strategy = Strategy::Exhaustive { deviations: Some(deviations) };
    Explorer::new().strategy(strategy).schedules(60_000)
}

/// `n` tasks that lock the same key, hold it for a turn, and count. In which order
/// they come, `keys` shows.
async fn users_of_one_key(n: u32, cancellable: bool) -> Keyed<u32> {
    let (keys, holders) = (Keyed::new(), Arc::new(AtomicUsize::new(0)));
    let watched = holders.clone();
    always("one at a time has the key", move || watched.load(Ordering::Relaxed) <= 1);
    let comers = Arc::new(AtomicU32::new(0));
    let served = Arc::new(AtomicU32::new(0));
    let users: Vec<_> = (1..=n)
        .map(|i| {
            let (keys, holders) = (keys.clone(), holders.clone());
            let (comers, served) = (comers.clone(), served.clone());
            let spawner = Spawner::new().name(format!("user {i}")).cancellable(cancellable);
            spawner.spawn(async move {
                let mut waiting = pin!(keys.lock(1));
                let mut came = None;
                let guard = poll_fn(|cx| {
                    let polled = waiting.as_mut().poll(cx);
                    // The key is known as soon as somebody came.
                    if came.is_none() && !keys.is_empty() {
                        came = Some(comers.fetch_add(1, Ordering::Relaxed));
                    }
                    polled
                })
                .await;
                if !cancellable {
                    let turn = served.fetch_add(1, Ordering::Relaxed);
                    assert_eq!(came, Some(turn), "it overtook somebody, or was overtaken");
                }
                let holding = Holding::new(&holders);
                yield_now().await;
                drop(holding);
                drop(guard);
            })
        })
        .collect();
    for user in users {
        let ended = user.await;
        assert!(cancellable || ended.is_ok(), "{ended:?}");
    }
    keys
}

/// Counts who holds, dropped half-way or not.
struct Holding(Arc<AtomicUsize>);

impl Holding {
    fn new(holders: &Arc<AtomicUsize>) -> Self {
        holders.fetch_add(1, Ordering::Relaxed);
        Self(holders.clone())
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// lock/X8, lock/LOCK3, lock/X13: in every order of their polls, those that nobody
/// asked for among them, the key goes to who came first.
#[test]
fn a_key_goes_round_in_order_of_arrival() {
    let scenario = || async {
        assert!(users_of_one_key(3, false).await.is_empty(), "the key is gone");
    };
    exhaustive(3).run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
    let spurious = exhaustive(3).spurious_wakes(2);
    spurious.run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
}

/// lock/X9: and with the budget spent at any step, though who is put off before it
/// came has not come.
#[test]
fn a_spent_budget_leaves_keys_and_flights_whole() {
    let scenario = || async {
        assert!(users_of_one_key(3, true).await.is_empty(), "the key is gone");
        let flights = SingleFlight::<u32, u32>::new();
        let callers = [1, 2].map(|i| {
            let flights = flights.clone();
            Spawner::new().name(format!("caller {i}")).spawn(async move {
                let load = || async {
                    yield_now().await;
                    Ok(i)
                };
                flights.get(1, load).await.is_ok_and(|got| got <= 2)
            })
        });
        for caller in callers {
            assert_eq!(caller.await, Ok(true));
        }
    };
    let explorer = exhaustive(2).coop_exhaustions(2);
    explorer.run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
}

/// lock/X1, lock/X2, lock/LOCK3: any user may be dropped at any await, two of them in
/// one schedule; the others have their turns, and the key is gone.
#[test]
fn dropped_users_leave_no_key() {
    let scenario = || async {
        let keys = users_of_one_key(3, true).await;
        assert!(keys.is_empty(), "a key is left");
        drop(keys.lock(1).await);
    };
    let explorer = exhaustive(3).cancellations(2);
    explorer.run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
}

/// lock/X3, lock/LOCK3: a holder that panics unlocks.
#[test]
fn a_holder_that_panics_unlocks() {
    let scenario = || async {
        let keys = Keyed::new();
        let panics = {
            let keys = keys.clone();
            Spawner::new().name("panics").spawn(async move {
                let _guard = keys.lock(1).await;
                yield_now().await;
                panic!("in the middle");
            })
        };
        let other = {
            let keys = keys.clone();
            Spawner::new().name("other").spawn(async move { drop(keys.lock(1).await) })
        };
        assert!(panics.await.is_err());
        other.await.unwrap();
        assert!(keys.is_empty());
    };
    let explorer = exhaustive(4).task_panics(TaskPanics::Deliver);
    explorer.run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
}

/// lock/X12: a task that was granted a key, or the lead of a flight, and waits for
/// something else instead of polling the future that has it, is among those that the
/// report names.
#[test]
fn a_granted_waiter_that_is_not_polled_is_named() {
    let scenario = |polls_both: bool| {
        move || async move {
            let keys = Keyed::new();
            let guard = keys.lock(1).await;
            let careless = {
                let keys = keys.clone();
                Spawner::new().name("careless").spawn(async move {
                    let mut first = pin!(keys.lock(1));
                    if poll_fn(|cx| Poll::Ready(first.as_mut().poll(cx).is_ready())).await {
                        return;
                    }
                    if polls_both {
                        drop(first.await);
                    } else {
                        drop(keys.lock(1).await);
                    }
                })
            };
            yield_now().await;
            drop(guard);
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

/// lock/LOCK2, lock/X7: stores and the end race with watchers: each sees values in
/// order, the last one too, and then the end.
#[test]
fn watchers_see_the_last_value_and_the_end() {
    let scenario = || async {
        let number = Snapshot::new(0_u32);
        let watchers: Vec<_> = (1..=2)
            .map(|i| {
                let mut watcher = number.subscribe();
                Spawner::new().name(format!("watcher {i}")).spawn(async move {
                    let mut last = *watcher.latest();
                    let mut seen = 0;
                    while let Ok(value) = watcher.changed().await {
                        assert!(*value > last, "{value} after {last}");
                        (last, seen) = (*value, seen + 1);
                    }
                    sometimes("a watcher skips a value", seen == 1);
                    sometimes("a watcher sees every value", seen == 2);
                    assert_eq!(last, 2, "the last value is missed");
                })
            })
            .collect();
        let writers = [1, 2].map(|i| {
            let number = number.clone();
            Spawner::new().name(format!("writer {i}")).spawn(async move {
                number.update(|value| value + 1);
                yield_now().await;
            })
        });
        drop(number);
        for task in watchers.into_iter().chain(writers) {
            task.await.unwrap();
        }
    };
    exhaustive(3).run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
    let spurious = exhaustive(2).spurious_wakes(2);
    spurious.run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
}

/// lock/LOCK4, lock/X3, lock/X1, lock/X2: loads fail and panic wherever they can, and
/// callers are dropped wherever they can; who stays gets an answer, one load runs at a
/// time, and nothing is left.
#[test]
fn who_stays_gets_an_answer() {
    let scenario = || async {
        let flights = SingleFlight::<u32, u32, &str>::new();
        let loading = Arc::new(AtomicUsize::new(0));
        let watched = loading.clone();
        always("one load at a time", move || watched.load(Ordering::Relaxed) <= 1);
        let callers: Vec<_> = (1..=3)
            .map(|i| {
                let (flights, loading) = (flights.clone(), loading.clone());
                let spawner = Spawner::new().name(format!("caller {i}")).cancellable(i < 3);
                spawner.spawn(async move {
                    let load = || async {
                        let _loading = Holding::new(&loading);
                        yield_now().await;
                        panic_point("the load panics");
                        if fault("the load fails") { Err("refused") } else { Ok(i) }
                    };
                    match flights.get(1, load).await {
                        Ok(whose) => {
                            sometimes("a follower gets another's value", whose != i);
                            sometimes("a caller loads itself", whose == i);
                        }
                        Err(FlightError::Failed(error)) => assert_eq!(*error, "refused"),
                        Err(FlightError::Panicked(panicked)) => {
                            assert!(panicked.message().contains("the load panics"));
                        }
                        Err(other) => panic!("{other}"),
                    }
                })
            })
            .collect();
        for (i, caller) in callers.into_iter().enumerate() {
            let ended = caller.await;
            assert!(i < 2 || ended.is_ok(), "{ended:?}");
        }
        assert!(flights.is_empty(), "a load is left");
    };
    let explorer = exhaustive(3).cancellations(2).faults(2);
    explorer.run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
    let random = Explorer::new().strategy(Strategy::Random).schedules(3_000);
    let random = random.cancellations(2).faults(2);
    random.run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
}
