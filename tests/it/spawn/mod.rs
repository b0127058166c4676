//! Tasks with an owner.

mod supervise;

use std::future::{Future, pending, poll_fn};
use std::panic::panic_any;
use std::sync::Arc;
use std::task::Poll;

use surefoot::error::{TaskError, install_panic_hook};
use surefoot::spawn::{FlatError, Spawner, Task, spawn};
use tokio_test::{assert_pending, assert_ready, task};

use crate::support::*;

/// A task that holds `token` for ever.
fn keeping(token: &Arc<()>) -> Task<()> {
    let held = token.clone();
    spawn(async move {
        let _held = held;
        pending::<()>().await;
    })
}

/// What a task's panic came back as.
async fn panicked<T: std::fmt::Debug>(task: Task<T>) -> surefoot::error::Panicked {
    match task.await {
        Err(TaskError::Panicked(panicked)) => panicked,
        other => panic!("the task panics: {other:?}"),
    }
}

/// spawn/SPAWN1: a dropped task is aborted, begun or not.
#[tokio::test(start_paused = true)]
async fn a_dropped_task_is_aborted() {
    for begun in [false, true] {
        let token = Arc::new(());
        let task = keeping(&token);
        if begun {
            settle().await;
        }
        assert_eq!(Arc::strong_count(&token), 2);
        drop(task);
        settle().await;
        assert_eq!(Arc::strong_count(&token), 1, "begun: {begun}");
    }
}

/// spawn/SPAWN1: a detached one is not.
#[tokio::test(start_paused = true)]
async fn a_detached_task_runs_on() {
    let token = Arc::new(());
    keeping(&token).detach();
    settle().await;
    assert_eq!(Arc::strong_count(&token), 2);

    let done = Arc::new(tokio::sync::Notify::new());
    spawn({
        let done = done.clone();
        async move {
            wait(10).await;
            done.notify_one();
        }
    })
    .detach();
    pass(10).await;
    assert_ready!(task::spawn(done.notified()).poll());
}

/// spawn/SPAWN1: an aborted task ends at its next await, and says so.
#[tokio::test(start_paused = true)]
async fn an_aborted_task_was_cancelled() {
    let token = Arc::new(());
    let task = keeping(&token);
    settle().await;
    assert!(!task.is_finished());
    task.abort();
    settle().await;
    assert!(task.is_finished());
    assert_eq!(Arc::strong_count(&token), 1);
    assert_eq!(task.await, Err(TaskError::Cancelled));
}

/// spawn/SPAWN1: an abort handle aborts its task, owned or detached; to drop it
/// does nothing.
#[tokio::test(start_paused = true)]
async fn an_abort_handle_aborts_its_task() {
    let token = Arc::new(());
    let (owned, detached) = (keeping(&token), keeping(&token));
    drop(owned.abort_handle());
    let handles = [owned.abort_handle(), detached.abort_handle().clone()];
    assert_eq!(handles[0].id(), owned.id());
    assert_ne!(handles[0].id(), handles[1].id());
    detached.detach();
    settle().await;
    assert_eq!(Arc::strong_count(&token), 3);
    for (left, handle) in [(2, &handles[0]), (1, &handles[1])] {
        assert!(!handle.is_finished());
        assert!(format!("{handle:?}").ends_with("is_finished: false }"));
        handle.abort();
        settle().await;
        assert!(handle.is_finished());
        assert_eq!(Arc::strong_count(&token), left);
    }
    assert_eq!(owned.await, Err(TaskError::Cancelled));
}

/// spawn/SPAWN1: a task that has ended keeps its output, whatever comes later.
#[tokio::test(start_paused = true)]
async fn an_abort_after_the_end_changes_nothing() {
    let task = spawn(async { 7 });
    settle().await;
    assert!(task.is_finished());
    task.abort();
    assert_eq!(task.await, Ok(7));
}

/// spawn/SPAWN1, spawn/X13: a task is awaited by reference without being given up, by
/// one waker after the other.
#[tokio::test(start_paused = true)]
async fn a_task_may_be_polled_by_reference() {
    let mut task = spawn(async {
        wait(10).await;
        7
    });
    {
        let mut by_reference = task::spawn(&mut task);
        assert_pending!(by_reference.poll());
    }
    pass(10).await;
    assert!(task.is_finished());
    let mut again = task::spawn(&mut task);
    assert_eq!(assert_ready!(again.poll()), Ok(7));
}

/// spawn/SPAWN1, spawn/X5: a runtime that ends cancels its tasks, and their
/// owners learn of it outside.
#[test]
fn a_task_ends_with_its_runtime() {
    let runtime = runtime();
    let token = Arc::new(());
    let task = {
        let _inside = runtime.enter();
        keeping(&token)
    };
    drop(runtime);
    assert_eq!(Arc::strong_count(&token), 1);
    let mut task = task::spawn(task);
    assert_eq!(assert_ready!(task.poll()), Err(TaskError::Cancelled));
    drop(task);
}

/// spawn/SPAWN2: a panic comes back with what it said and where the task was
/// spawned.
#[tokio::test(start_paused = true)]
async fn a_panic_comes_back_as_a_value() {
    let here = line!() + 1;
    let error = panicked(spawn(async { panic!("out of {}", "paper") })).await;
    assert_eq!(error.message(), "out of paper");
    assert_eq!((error.spawned_at().file(), error.spawned_at().line()), (file!(), here));

    let printer = Spawner::new().name("printer");
    let here = line!() + 1;
    let error = panicked(printer.spawn(async { panic!("out of ink") })).await;
    assert_eq!(error.message(), "out of ink");
    assert_eq!((error.spawned_at().file(), error.spawned_at().line()), (file!(), here));
}

/// spawn/SPAWN2: and where it panicked, once the hook is installed, any number
/// of times; on whichever thread, each its own.
#[tokio::test(start_paused = true)]
async fn a_panic_says_where_it_was() {
    install_panic_hook();
    install_panic_hook();
    let here = line!() + 1;
    let task = spawn(async { panic!("out of paper") });
    // Another panic, that was caught elsewhere, is not taken for this one.
    let before = panic_of(|| panic!("another"));
    let error = panicked(task).await;
    let location = error.location().expect("the hook is there");
    assert!(location.starts_with(&format!("{}:{here}:", file!())), "{location}");
    assert_eq!(before, "another");
    let spawned_at = error.spawned_at();
    assert_eq!(error.to_string(), format!("out of paper at {location} (spawned at {spawned_at})"));
}

/// spawn/SPAWN2: what was said goes on as a payload of the same kind.
#[tokio::test(start_paused = true)]
async fn a_panic_can_be_resumed() {
    let payload = panicked(spawn(async { panic!("out of paper") })).await.to_payload();
    assert_eq!(payload.downcast_ref(), Some(&"out of paper"));
    let sheets = 7;
    let payload = panicked(spawn(async move { panic!("{sheets} left") })).await.to_payload();
    assert_eq!(payload.downcast_ref(), Some(&"7 left".to_owned()));
    let payload = panicked(spawn(async { panic_any(7_u8) })).await.to_payload();
    assert_eq!(payload.downcast_ref(), Some(&"a payload that is no text".to_owned()));
}

/// Panics again when it is dropped.
struct Spiteful;

impl Drop for Spiteful {
    fn drop(&mut self) {
        panic_any(Spiteful);
    }
}

/// spawn/SPAWN2, spawn/X3: a payload that is no text is said to be that; one
/// whose drop panics, with the like of itself, ends there.
#[tokio::test(start_paused = true)]
async fn a_payload_of_any_kind_is_survived() {
    let error = panicked(spawn(async { panic_any(7_u8) })).await;
    assert_eq!(error.message(), "a payload that is no text");
    let error = panicked(spawn(async { panic_any(Spiteful) })).await;
    assert_eq!(error.message(), "a payload that is no text");
    assert_eq!(spawn(async { 7 }).await, Ok(7));
}

/// Panics when it is dropped, unless a panic is under way.
struct Fragile(&'static str);

impl Drop for Fragile {
    fn drop(&mut self) {
        assert!(std::thread::panicking(), "{}", self.0);
    }
}

/// spawn/SPAWN2, spawn/X3: a future that panics when it is dropped at its end
/// panicked, and was not cancelled.
#[tokio::test(start_paused = true)]
async fn a_panic_in_the_drop_of_a_future_comes_back_too() {
    fn fragile<T: Send + 'static>(
        mut f: impl FnMut() -> T + Send + 'static,
    ) -> impl Future<Output = T> + Send {
        let held = Fragile("in its drop");
        poll_fn(move |_| {
            let _held = &held;
            Poll::Ready(f())
        })
    }
    assert_eq!(panicked(spawn(fragile(|| 7))).await.message(), "in its drop");
    let both = panicked(spawn(fragile(|| -> u8 { panic!("in its poll") }))).await;
    assert_eq!(both.message(), "in its poll", "the first one counts");
}

/// spawn/SPAWN1: where no runtime is, the future comes back as it was.
#[test]
fn outside_a_runtime_the_future_is_handed_back() {
    let token = Arc::new(());
    let held = token.clone();
    let refused = Spawner::new().try_spawn(async move {
        drop(held);
        7
    });
    let Err(future) = refused else { panic!("there is no runtime") };
    assert_eq!(Arc::strong_count(&token), 2);
    let mut future = task::spawn(future);
    assert_eq!(assert_ready!(future.poll()), 7);
    assert_eq!(Arc::strong_count(&token), 1);
    let runtime = runtime();
    let accepted = runtime.block_on(async { Spawner::default().try_spawn(async { 7 }) });
    let Ok(task) = accepted else { panic!("there is one") };
    assert_eq!(runtime.block_on(task), Ok(7));
}

/// spawn/SPAWN1: tasks that run at the same time have different identities, and
/// a task keeps its own.
#[tokio::test(start_paused = true)]
async fn every_task_has_an_identity() {
    let token = Arc::new(());
    let (one, other) = (keeping(&token), keeping(&token));
    let id = one.id();
    assert_ne!(id, other.id());
    settle().await;
    one.abort();
    settle().await;
    assert_eq!(one.id(), id);
    assert_eq!(format!("{id:?}"), format!("Id({id})"));
    assert!(id.to_string().parse::<u64>().is_ok());
    assert_eq!(format!("{one:?}"), format!("Task {{ id: Id({id}), is_finished: true }}"));
    assert!(format!("{other:?}").ends_with("is_finished: false }"));
}

/// spawn/X9: a loop over tasks that have ended lets its neighbours run.
#[tokio::test(start_paused = true)]
async fn a_loop_over_ended_tasks_lets_its_neighbours_run() {
    let ended: Vec<_> = (0..1000).map(|n| spawn(async move { n })).collect();
    settle().await;
    let token = Arc::new(());
    let looping = spawn({
        let token = token.clone();
        async move {
            for task in ended {
                let n = task.await.expect("it has ended");
                if Arc::strong_count(&token) == 2 {
                    return n;
                }
            }
            1000
        }
    });
    let neighbour = spawn({
        let token = token.clone();
        async move { drop(token) }
    });
    assert!(neighbour.await.is_ok());
    let turns = looping.await.expect("it does not panic");
    assert!(turns < 500, "{turns}");
}

/// spawn/SPAWN1: what a spawner was told, it tells on: a clone spawns alike.
#[tokio::test(start_paused = true)]
async fn a_spawner_may_be_used_again() {
    let spawner = Spawner::new().name("clerk").cancellable(true).daemon(true);
    let printed = format!("{:?}", spawner.clone());
    assert_eq!(
        printed,
        r#"Spawner { name: "clerk", cancellable: true, daemon: true, deadline: None }"#
    );
    let defaults = r#"Spawner { name: "task", cancellable: false, daemon: false, deadline: None }"#;
    assert_eq!(format!("{:?}", Spawner::default()), defaults);
    assert_eq!(
        (spawner.spawn(async { 1 }).await, spawner.spawn(async { 2 }).await),
        (Ok(1), Ok(2))
    );
}

/// spawn/SPAWN3: `flatten` tells four ends from each other.
#[tokio::test(start_paused = true)]
async fn a_flat_task_tells_its_failure_from_its_error() {
    let ended = |result: Result<u8, &'static str>| spawn(async move { result }).flatten();
    assert_eq!(ended(Ok(7)).await, Ok(7));
    assert_eq!(ended(Err("refused")).await, Err(FlatError::Inner("refused")));
    let panics = spawn(async { if true { panic!("out of paper") } else { Ok::<u8, &str>(7) } });
    let Err(FlatError::Task(TaskError::Panicked(panicked))) = panics.flatten().await else {
        panic!("the task panics");
    };
    assert_eq!(panicked.message(), "out of paper");
    let aborted = spawn(pending::<Result<u8, &str>>());
    aborted.abort();
    assert_eq!(aborted.flatten().await, Err(FlatError::Task(TaskError::Cancelled)));
}

/// spawn/SPAWN3, spawn/SPAWN1: a flat task is owned as before: dropped, begun or
/// not, it is aborted.
#[tokio::test(start_paused = true)]
async fn a_dropped_flat_task_is_aborted() {
    for polled in [false, true] {
        let token = Arc::new(());
        let held = token.clone();
        let task = spawn(async move {
            let _held = held;
            pending::<Result<(), &str>>().await
        });
        let mut flat = task::spawn(task.flatten());
        if polled {
            assert_pending!(flat.poll());
        }
        settle().await;
        assert_eq!(Arc::strong_count(&token), 2);
        drop(flat);
        settle().await;
        assert_eq!(Arc::strong_count(&token), 1, "polled: {polled}");
    }
}
