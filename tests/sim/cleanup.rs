//! Cleanup under schedules that go beyond its claims on the board.

use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use surefoot::cleanup::{Outcome, Reaper};
use surefoot::probe::{always, cancellable, choose, panic_point, sometimes};
use surefoot::sim::{Explorer, Stats, Strategy};
use surefoot::spawn::{Spawner, spawn};
use tokio::task::yield_now;

use crate::support::every_poll_was_struck;

fn exhaustive(deviations: u32) -> Explorer {
    let strategy = Strategy::Exhaustive { deviations: Some(deviations) };
    Explorer::new().strategy(strategy).schedules(60_000)
}

/// A reaper, and how often what it saw to was begun and ended.
#[derive(Clone)]
struct Books {
    reaper: Reaper,
    begun: Arc<AtomicUsize>,
    ended: Arc<AtomicUsize>,
}

impl Books {
    fn new() -> Self {
        let books = Self { reaper: Reaper::new(), begun: Arc::default(), ended: Arc::default() };
        let watched = books.clone();
        always("what has not ended is pending", move || {
            let ended = watched.ended.load(Relaxed) as u64 + watched.reaper.panicked();
            watched.begun.load(Relaxed) as u64 - ended <= watched.reaper.pending() as u64
        });
        books
    }

    /// A bracket whose body and cleanup both take two polls, and may panic.
    fn bracket(&self) -> impl Future<Output = Result<u8, &'static str>> + Send + use<> {
        let body = async |polls: &mut usize| {
            for _ in 0..2 {
                *polls += 1;
                yield_now().await;
            }
            panic_point("the body panics");
            if choose(2) == 0 { Ok(7) } else { Err("refused") }
        };
        let (begun, ended) = (self.begun.clone(), self.ended.clone());
        self.reaper.bracket(0, body, move |polls, outcome| async move {
            begun.fetch_add(1, Relaxed);
            let went_through = matches!(outcome, Outcome::Success | Outcome::Error);
            assert!(polls == 2 || !went_through);
            panic_point("the cleanup panics");
            yield_now().await;
            ended.fetch_add(1, Relaxed);
        })
    }

    /// Whatever happened, each cleanup began once, and ended or panicked.
    async fn balance(&self, brackets: usize) {
        self.reaper.wait().await;
        let (begun, ended) = (self.begun.load(Relaxed), self.ended.load(Relaxed));
        assert_eq!(begun, brackets, "each cleanup begins once");
        assert_eq!(ended as u64 + self.reaper.panicked(), begun as u64, "each ends, or panics");
        assert_eq!(self.reaper.pending(), 0);
    }
}

/// Drops the one future of a scenario at every of its polls.
fn at_every_poll<F, Fut>(name: &str, scenario: F) -> Stats
where
    F: Fn() -> Fut + Send + Sync,
    Fut: Future<Output = ()> + 'static,
{
    let explorer = exhaustive(3).cancellations(1);
    let stats = explorer.run(scenario).unwrap_or_else(|failure| panic!("{name}: {failure}"));
    every_poll_was_struck(name, &stats);
    stats
}

/// cleanup/X1, cleanup/CLEAN1: dropped before its first poll, in the body, and in
/// the cleanup, beside another.
#[test]
fn bracket_can_be_dropped_at_every_poll() {
    let stats = at_every_poll("bracket", || async {
        let books = Books::new();
        let other = spawn(books.bracket());
        let answer = cancellable(books.bracket()).await;
        sometimes("it was dropped after its body had ended", {
            answer.is_none() && books.begun.load(Relaxed) == 1
        });
        books.balance(2).await;
        assert!(other.await.is_ok());
    });
    assert!(stats.exhausted, "{stats:?}");
}

/// cleanup/X1, cleanup/CLEAN2: dropped anywhere, a stack goes on, in its order.
#[test]
fn a_stack_can_be_dropped_at_every_poll() {
    let stats = at_every_poll("stack", || async {
        let (reaper, log) = (Reaper::new(), Arc::new(Mutex::new(Vec::new())));
        let mut stack = reaper.stack();
        for i in 0..3 {
            let log = log.clone();
            stack.push(move || async move {
                log.lock().unwrap().push(i);
                yield_now().await;
                log.lock().unwrap().push(i);
            });
        }
        let _ = cancellable(stack.run_now()).await;
        reaper.wait().await;
        assert_eq!(*log.lock().unwrap(), [2, 2, 1, 1, 0, 0]);
    });
    assert!(stats.exhausted, "{stats:?}");
}

/// cleanup/X1, cleanup/CLEAN3: a wait that is dropped takes nothing with it, and
/// keeps no other from its end.
#[test]
fn wait_can_be_dropped_at_every_poll() {
    at_every_poll("wait", || async {
        let books = Books::new();
        let work = spawn(books.bracket());
        let other = {
            let reaper = books.reaper.clone();
            spawn(async move { reaper.wait().await })
        };
        if cancellable(books.reaper.wait()).await.is_some() {
            assert_eq!(books.reaper.pending(), 0);
        }
        other.await.unwrap();
        books.balance(1).await;
        assert!(work.await.is_ok());
    });
}

/// cleanup/X1, cleanup/CLEAN3: as `wait`, with a limit that does not pass.
#[test]
fn wait_within_can_be_dropped_at_every_poll() {
    at_every_poll("wait_within", || async {
        let books = Books::new();
        let work = spawn(books.bracket());
        let left = cancellable(books.reaper.wait_within(Duration::from_secs(60))).await;
        assert!(left.is_none_or(|left| left == 0), "{left:?}");
        books.balance(1).await;
        assert!(work.await.is_ok());
    });
}

/// cleanup/CLEAN1, cleanup/CLEAN3, cleanup/X3: whatever is dropped and whatever
/// panics, each cleanup runs once, and a wait that begins at any time outlasts all.
#[test]
fn a_wait_outlasts_what_is_dropped_and_what_panics() {
    let scenario = || async {
        let books = Books::new();
        let callers: Vec<_> = (1..=2)
            .map(|i| {
                let name = format!("caller {i}");
                Spawner::new().name(name).cancellable(true).spawn(books.bracket())
            })
            .collect();
        books.balance(2).await;
        for caller in callers {
            sometimes("a caller was cut, or panicked", caller.await.is_err());
        }
    };
    let explorer = exhaustive(3).cancellations(2).faults(2);
    explorer.run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
    let random = Explorer::new().strategy(Strategy::Random).schedules(3_000);
    let random = random.cancellations(2).faults(2);
    random.run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
}

/// cleanup/X9, cleanup/X13: budgets that are spent and polls for nothing change
/// nothing.
#[test]
fn spent_budgets_and_polls_for_nothing_are_harmless() {
    let scenario = || async {
        let books = Books::new();
        let caller = spawn(books.bracket());
        let other = {
            let reaper = books.reaper.clone();
            spawn(async move { reaper.wait().await })
        };
        books.balance(1).await;
        other.await.unwrap();
        assert!(caller.await.is_ok());
    };
    let explorer = exhaustive(2).coop_exhaustions(2).spurious_wakes(2);
    explorer.run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
}
