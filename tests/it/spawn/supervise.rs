//! Tasks that are started again.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use surefoot::backoff::{Backoff, Jitter, Rng};
use surefoot::error::{TaskError, install_panic_hook};
use surefoot::spawn::{FlatError, GaveUp, Restart, Task, spawn, supervise};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::support::*;

/// After 10 ms, then 20, 40 and so on; three times within a second.
fn plain() -> Restart {
    Restart::new().backoff(Backoff::exponential(ms(10))).at_most(3, ms(1_000))
}

/// A task whose runs take as many milliseconds as said and then fail; when they are
/// used up, it succeeds. And the moments at which the runs begin.
fn failing(
    restart: Restart,
    runs: impl IntoIterator<Item = u64, IntoIter: Send + 'static>,
) -> (Supervised, mpsc::UnboundedReceiver<u128>) {
    let (sender, begins) = mpsc::unbounded_channel();
    let (begun, mut runs) = (Instant::now(), runs.into_iter());
    let task = supervise(restart, move |restarts| {
        let _ = sender.send(begun.elapsed().as_millis());
        let run = runs.next();
        async move {
            let Some(millis) = run else { return Ok(restarts) };
            wait(millis).await;
            Err(restarts)
        }
    });
    (task, begins)
}

type Supervised = Task<Result<u32, GaveUp<u32>>>;

/// Everything that came so far.
fn received<T>(mut receiver: mpsc::UnboundedReceiver<T>) -> Vec<T> {
    std::iter::from_fn(|| receiver.try_recv().ok()).collect()
}

/// spawn/SPAWN4: the first run's value is the task's.
#[tokio::test(start_paused = true)]
async fn a_task_that_does_not_fail_is_a_task() {
    assert_eq!(supervise(Restart::default(), |n| async move { Ok::<_, ()>(n) }).await, Ok(Ok(0)));
}

/// spawn/SPAWN4: each restart comes after exactly the delay that the backoff says,
/// and `make` is told how many there were.
#[tokio::test(start_paused = true)]
async fn restarts_follow_the_backoff() {
    let (task, begins) = failing(plain(), [5, 0, 7]);
    assert_eq!(task.await, Ok(Ok(3)));
    assert_eq!(received(begins), [0, 15, 35, 82]);
}

/// spawn/SPAWN4: with as many restarts within the window as allowed, the next
/// failure is the last; it says how many, how long, and what.
#[tokio::test(start_paused = true)]
async fn it_gives_up_after_the_stated_number() {
    let (task, begins) = failing(plain(), [5; 9]);
    let gave_up = task.await.expect("it does not panic").expect_err("it fails nine times");
    assert_eq!(gave_up.restarts, 3);
    assert_eq!(gave_up.elapsed, ms(5 + 15 + 25 + 45));
    assert_eq!(gave_up.last, FlatError::Inner(3));
    assert_eq!(received(begins), [0, 15, 40, 85]);

    let (task, begins) = failing(plain().at_most(0, ms(1)), [5]);
    let gave_up = task.await.expect("it does not panic").expect_err("it fails once");
    assert_eq!((gave_up.restarts, gave_up.elapsed, gave_up.last), (0, ms(5), FlatError::Inner(0)));
    assert_eq!(received(begins), [0]);
}

/// spawn/SPAWN4: failures that lie far enough apart do not add up. A restart that is
/// exactly as old as the window does not count any more, one that is younger does.
#[tokio::test(start_paused = true)]
async fn what_is_out_of_the_window_is_forgiven() {
    let restart = || Restart::new().backoff(Backoff::constant(ms(10))).at_most(2, ms(100));
    // Failures at 40, 90, 140: the third is 100 after the first.
    let (task, begins) = failing(restart(), [40; 20]);
    assert_eq!(task.await, Ok(Ok(20)));
    assert_eq!(received(begins).last(), Some(&1_000));
    // Failures at 40, 90, 139.
    let (task, _) = failing(restart(), [40, 40, 39]);
    let gave_up = task.await.expect("it does not panic").expect_err("three are within 100 ms");
    assert_eq!((gave_up.restarts, gave_up.elapsed), (2, ms(139)));
}

/// spawn/SPAWN4: after a whole window without a failure the delays begin anew.
#[tokio::test(start_paused = true)]
async fn after_a_good_run_the_delays_begin_anew() {
    let (task, begins) = failing(plain().at_most(3, ms(100)), [0, 0, 70, 0]);
    assert_eq!(task.await, Ok(Ok(4)));
    // 10, 20; then, 90 ms after the last restart was decided, 40; then 80.
    assert_eq!(received(begins), [0, 10, 30, 140, 220]);
    let (task, begins) = failing(plain().at_most(3, ms(100)), [0, 0, 80, 0]);
    assert_eq!(task.await, Ok(Ok(4)));
    // 10, 20; then, 100 ms after it, 10 again; then 20.
    assert_eq!(received(begins), [0, 10, 30, 120, 140]);
}

/// spawn/SPAWN4: a seed replays the delays, also those after a good run, which are
/// others than before; without one they differ from task to task.
#[tokio::test(start_paused = true)]
async fn a_seed_replays_the_delays() {
    let spread = Backoff::constant(Duration::from_secs(1_000)).jitter(Jitter::Full);
    let restart = || Restart::new().backoff(spread.clone()).at_most(9, Duration::from_secs(9_000));
    let begins_of = async |restart| {
        let (task, begins) = failing(restart, [0, 0, 9_000_000, 0]);
        assert_eq!(task.await, Ok(Ok(4)));
        received(begins)
    };
    let first = begins_of(restart().seed(7)).await;
    assert_eq!(first, begins_of(restart().seed(7)).await);
    assert_ne!(first, begins_of(restart().seed(8)).await);
    assert_ne!(begins_of(restart()).await, begins_of(restart()).await);
    let delays: Vec<_> = spread
        .delays(Rng::seeded(7))
        .take(2)
        .map(|delay| delay.as_nanos().div_ceil(1_000_000))
        .collect();
    let pauses: Vec<_> = first.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(pauses[0].abs_diff(delays[0]) <= 1 && pauses[1].abs_diff(delays[1]) <= 1);
    assert!((pauses[2] - 9_000_000).abs_diff(delays[0]) > 1, "{pauses:?} {delays:?}");
}

/// spawn/SPAWN4, spawn/X3: a panic of a run, of what it leaves behind, or of `make`,
/// is a failure like an error, and is told as such.
#[tokio::test(start_paused = true)]
async fn a_panic_is_a_failure() {
    install_panic_hook();
    let here = line!() + 1;
    let task = supervise(plain(), |restarts| {
        assert!(restarts != 1, "in make");
        async move {
            assert!(restarts != 0, "in a run");
            assert!(restarts < 3, "in the last");
            if restarts == 2 { Err("an error") } else { Ok(()) }
        }
    });
    let gave_up = task.await.expect("the task does not panic").expect_err("its runs do");
    let FlatError::Task(TaskError::Panicked(panicked)) = &gave_up.last else {
        panic!("{gave_up:?}");
    };
    assert_eq!((gave_up.restarts, panicked.message()), (3, "in the last"));
    assert_eq!(panicked.spawned_at().line(), here);
    let at = format!("{}:{}:", file!(), here + 4);
    assert!(panicked.location().is_some_and(|location| location.starts_with(&at)));
}

/// spawn/SPAWN1, spawn/SPAWN4, spawn/X1: dropped or aborted, in a run or between two,
/// it ends with what it holds, and no run follows.
#[tokio::test(start_paused = true)]
async fn a_dropped_supervisor_drops_its_run() {
    for (fails, is_dropped) in [(false, true), (true, true), (false, false), (true, false)] {
        let (token, runs) = (Arc::new(()), Arc::new(AtomicU32::new(0)));
        let (held, counted) = (token.clone(), runs.clone());
        let task = supervise(plain(), move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
            let held = held.clone();
            async move {
                let _held = held;
                if !fails {
                    pending::<()>().await;
                }
                Err::<(), _>("refused")
            }
        });
        settle().await;
        assert_eq!(Arc::strong_count(&token), if fails { 2 } else { 3 });
        if is_dropped {
            drop(task);
        } else {
            task.abort();
            assert_eq!(task.await.map(|_| ()), Err(TaskError::Cancelled));
        }
        pass(1_000).await;
        assert_eq!((Arc::strong_count(&token), runs.load(Ordering::Relaxed)), (1, 1));
    }
}

/// spawn/SPAWN1: a detached one goes on.
#[tokio::test(start_paused = true)]
async fn a_detached_supervisor_goes_on() {
    let (task, begins) = failing(plain(), [5, 5]);
    task.detach();
    wait(100).await;
    assert_eq!(received(begins), [0, 15, 40]);
}

/// spawn/X9: a task that fails at once, without a delay, as often as it likes, lets
/// its neighbours run.
#[tokio::test(start_paused = true)]
async fn a_task_that_fails_without_end_lets_its_neighbours_run() {
    let runs = Arc::new(AtomicU32::new(0));
    let counted = runs.clone();
    let at_once =
        Restart::new().backoff(Backoff::constant(Duration::ZERO)).at_most(u32::MAX, ms(1));
    let restless = supervise(at_once, move |_| {
        let is_enough = counted.fetch_add(1, Ordering::Relaxed) > 10_000;
        async move { if is_enough { Ok(()) } else { Err("refused") } }
    });
    spawn(async {}).await.expect("it does not panic");
    restless.abort();
    assert_eq!(restless.await.map(|_| ()), Err(TaskError::Cancelled));
    let runs = runs.load(Ordering::Relaxed);
    assert!((1..1_000).contains(&runs), "{runs}");
}

/// spawn/X6: durations of any size work, and the default is one.
#[tokio::test(start_paused = true)]
async fn options_of_any_size_work() {
    let never = plain().backoff(Backoff::constant(Duration::MAX));
    let (task, begins) = failing(never, [0]);
    wait(1_000_000).await;
    assert!(!task.is_finished());
    drop(task);
    assert_eq!(received(begins), [0]);
    let (task, _) = failing(plain().at_most(2, Duration::MAX), [9_000_000; 3]);
    assert_eq!(task.await.map(|ended| ended.map_err(|gave_up| gave_up.restarts)), Ok(Err(2)));
    let (task, _) = failing(plain().at_most(1, Duration::from_nanos(1)), [0; 30]);
    assert_eq!(task.await, Ok(Ok(30)));
}

/// spawn/SPAWN4: the defaults are those that its docs say.
#[tokio::test(start_paused = true)]
async fn the_defaults_are_as_documented() {
    let (task, begins) = failing(Restart::new().seed(7), [0; 9]);
    let gave_up = task.await.expect("it does not panic").expect_err("it fails nine times");
    assert_eq!(gave_up.restarts, 5);
    let begins = received(begins);
    for (pause, most) in begins.windows(2).map(|pair| pair[1] - pair[0]).zip([100, 200, 400, 800]) {
        assert!((most / 2..=most + 1).contains(&pause), "{begins:?}");
    }
    // More than five within 60 s, with the delays; and not.
    assert!(failing(Restart::new(), [11_000; 9]).0.await.is_ok_and(|ended| ended.is_err()));
    let (task, begins) = failing(Restart::new(), [12_000; 20]);
    assert_eq!(task.await, Ok(Ok(20)));
    let longest = received(begins).windows(2).map(|pair| pair[1] - pair[0] - 12_000).max();
    assert!(longest.is_some_and(|pause| (5_000..=10_001).contains(&pause)), "{longest:?}");
    let said = format!("{:?}", Restart::default());
    assert!(said.contains(r#"seed: None, name: "supervised", daemon: false"#), "{said}");
    let named = Restart::new().name("worker").daemon(true);
    assert!(format!("{named:?}").ends_with(r#"name: "worker", daemon: true }"#));
}

/// spawn/X10: restarts over a year.
#[tokio::test(start_paused = true)]
async fn a_year_of_restarts() {
    let day = 24 * 60 * 60 * 1_000;
    let begun = Instant::now();
    let (task, _) = failing(plain(), vec![day; 365]);
    assert_eq!(task.await, Ok(Ok(365)));
    assert_eq!(begun.elapsed(), ms(365 * (day + 10)));
}
