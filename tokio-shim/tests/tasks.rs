//! Tasks and sets of tasks: the same tests on plain Tokio and in a simulation.
#![expect(clippy::disallowed_methods, reason = "this is Tokio's API")]

extern crate surefoot_tokio as tokio;

use std::future::{Future, pending};
use std::io;
use std::sync::Arc;
use std::time::Duration;

use surefoot::probe::is_simulated;
use surefoot::sim::{Explorer, Strategy, TaskPanics, Verdict};
use tokio::sync::{Notify, oneshot};
use tokio::task::{AbortHandle, JoinError, JoinHandle, JoinSet, spawn_blocking, yield_now};
use tokio::time::{sleep, timeout};

/// Runs a test on Tokio, and under every schedule with up to two deviations.
fn both<Fut: Future<Output = ()> + 'static>(test: fn() -> Fut) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    runtime.unwrap().block_on(async {
        assert!(!is_simulated());
        test().await;
    });
    let stats = Explorer::new()
        .strategy(Strategy::Exhaustive { deviations: Some(2) })
        .schedules(100_000)
        .task_panics(TaskPanics::Deliver)
        .run(test)
        .unwrap_or_else(|failure| panic!("{failure}"));
    assert!(stats.exhausted, "{stats:?}");
    assert_eq!(stats.unexplored_tasks, 0);
}

/// Ends when `token` is its only owner's.
async fn alone(token: &Arc<()>) {
    while Arc::strong_count(token) > 1 {
        yield_now().await;
    }
}

async fn keep<T>(held: T) {
    let _held = held;
    pending::<()>().await;
}

#[test]
fn a_task_gives_its_output() {
    both(|| async {
        let tasks: Vec<_> = (0..3).map(|n| tokio::spawn(async move { n })).collect();
        assert_ne!(tasks[0].id(), tasks[1].id());
        for (n, task) in tasks.into_iter().enumerate() {
            assert_eq!(task.await.unwrap(), n);
        }
    });
}

/// In a simulation there are no threads: the closure runs on its own.
#[test]
fn blocking_work_is_a_step() {
    both(|| async {
        let here = is_simulated();
        assert_eq!(spawn_blocking(is_simulated).await.unwrap(), here);
        let mut set = JoinSet::new();
        set.spawn_blocking(is_simulated);
        assert_eq!(set.join_next().await.unwrap().unwrap(), here);
    });
}

#[test]
fn a_dropped_handle_detaches_its_task() {
    both(|| async {
        let (done, waited) = oneshot::channel();
        drop(tokio::spawn(async move {
            yield_now().await;
            done.send(7).unwrap();
        }));
        assert_eq!(waited.await, Ok(7));
    });
}

#[test]
fn an_aborted_task_was_cancelled() {
    both(|| async {
        let token = Arc::new(());
        for by_handle in [false, true] {
            let task: JoinHandle<()> = tokio::spawn(keep(token.clone()));
            let abort: AbortHandle = task.abort_handle();
            let id = task.id();
            assert_eq!((abort.id(), abort.is_finished(), task.is_finished()), (id, false, false));
            if by_handle {
                abort.abort();
            } else {
                task.abort();
            }
            alone(&token).await;
            let error = task.await.unwrap_err();
            assert!(abort.is_finished());
            assert_eq!((error.is_cancelled(), error.is_panic(), error.id()), (true, false, id));
            assert_eq!(error.to_string(), format!("task {id} was cancelled"));
            assert_eq!(format!("{error:?}"), format!("JoinError::Cancelled({id:?})"));
            let error = error.try_into_panic().unwrap_err();
            assert_eq!(io::Error::from(error).to_string(), "task was cancelled");
        }
        let ended = tokio::spawn(async { 7 });
        while !ended.is_finished() {
            yield_now().await;
        }
        ended.abort();
        assert_eq!(ended.await.unwrap(), 7);
    });
}

#[test]
fn a_panic_comes_back() {
    both(|| async {
        let panicked = || async { tokio::spawn(async { panic!("out of ink") }).await };
        let error: JoinError = panicked().await.unwrap_err();
        let id = error.id();
        assert_eq!((error.is_cancelled(), error.is_panic()), (false, true));
        assert_eq!(error.to_string(), format!("task {id} panicked with message \"out of ink\""));
        assert_eq!(format!("{error:?}"), format!("JoinError::Panic({id:?}, \"out of ink\", ...)"));
        assert_eq!(*error.into_panic().downcast::<&str>().unwrap(), "out of ink");
        let error = panicked().await.unwrap_err();
        assert!(error.try_into_panic().is_ok());
        assert_eq!(io::Error::from(panicked().await.unwrap_err()).to_string(), "task panicked");
        assert!(spawn_blocking(|| panic!("at once")).await.unwrap_err().is_panic());
    });
}

#[test]
fn a_set_gives_outputs_in_the_order_of_their_ends() {
    both(|| async {
        let mut set = JoinSet::new();
        assert!(set.is_empty() && set.join_next().await.is_none());
        let gate = Arc::new(Notify::new());
        let opened = gate.clone();
        let last = set.spawn(async move {
            opened.notified().await;
            1
        });
        let first = set.spawn(async { 2 });
        set.spawn_blocking(|| 3);
        assert_eq!((set.len(), format!("{set:?}")), (3, "JoinSet { len: 3 }".to_owned()));
        while !first.is_finished() {
            yield_now().await;
        }
        let early = [set.join_next().await, set.join_next().await];
        let mut early = early.map(|next| next.unwrap().unwrap());
        early.sort_unstable();
        assert_eq!(early, [2, 3]);
        assert!(set.try_join_next().is_none());
        gate.notify_one();
        let (id, output) = set.join_next_with_id().await.unwrap().unwrap();
        assert_eq!((id, output), (last.id(), 1));
        assert!(set.join_next().await.is_none());
    });
}

/// Both have ended by the time that the first is asked for.
#[test]
fn a_set_that_is_asked_late_keeps_the_order() {
    both(|| async {
        let gate = Arc::new(Notify::new());
        let mut set = JoinSet::new();
        let opened = gate.clone();
        let waits = set.spawn(async move {
            opened.notified().await;
            "spawned first"
        });
        set.spawn(async move {
            gate.notify_one();
            "ended first"
        });
        while !waits.is_finished() {
            yield_now().await;
        }
        assert_eq!(set.try_join_next().unwrap().unwrap(), "ended first");
        assert_eq!(set.join_all().await, ["spawned first"]);
    });
}

#[test]
fn a_wait_for_the_next_may_be_cut() {
    both(|| async {
        let mut set: JoinSet<u32> = [30, 20].map(wakes).into_iter().collect();
        async fn wakes(after: u64) -> u32 {
            sleep(Duration::from_millis(after)).await;
            after as u32
        }
        let mut outputs = Vec::new();
        while !set.is_empty() {
            if let Ok(next) = timeout(Duration::from_millis(1), set.join_next()).await {
                outputs.push(next.unwrap().unwrap());
            }
        }
        assert_eq!(outputs, [20, 30]);
    });
}

#[test]
fn a_set_aborts_its_tasks_unless_they_are_detached() {
    both(|| async {
        let token = Arc::new(());
        let full = || -> JoinSet<()> { (0..3).map(|_| keep(token.clone())).collect() };
        drop(full());
        alone(&token).await;

        let mut set = full();
        set.shutdown().await;
        assert!(set.is_empty());
        assert_eq!(Arc::strong_count(&token), 1);

        let mut set = full();
        set.abort_all();
        assert_eq!(set.len(), 3);
        while let Some(next) = set.join_next().await {
            assert!(next.unwrap_err().is_cancelled());
        }

        let mut set = full();
        let kept = set.spawn(keep(token.clone()));
        set.detach_all();
        assert!(set.is_empty() && set.try_join_next().is_none());
        drop(set);
        for _ in 0..5 {
            yield_now().await;
        }
        assert_eq!(Arc::strong_count(&token), 5);
        kept.abort();
        while !kept.is_finished() {
            yield_now().await;
        }
    });
}

#[test]
fn a_panic_in_a_set_comes_back_and_goes_on_from_join_all() {
    both(|| async {
        let mut set = JoinSet::new();
        let left = set.len();
        set.spawn(async move { panic!("{left} left") });
        let all = tokio::spawn(set.join_all());
        let payload = all.await.unwrap_err().into_panic();
        assert_eq!(*payload.downcast::<String>().unwrap(), "0 left");
    });
}

#[test]
fn the_macros_are_tokios() {
    async fn two() -> u32 {
        let (one, other) = tokio::join!(async { 1 }, async { 1 });
        one + other
    }
    both(|| async {
        let (sender, mut receiver) = oneshot::channel();
        let task = tokio::spawn(async move { sender.send(two().await) });
        let sleeping = sleep(Duration::from_secs(3600));
        tokio::pin!(sleeping);
        let received = tokio::select! {
            biased;
            () = &mut sleeping => Err("an hour passed"),
            received = &mut receiver => received.map_err(|_| "nothing was sent"),
        };
        assert_eq!(received, Ok(2));
        assert_eq!(task.await.unwrap(), Ok(()));
    });
}

#[test]
fn main_is_tokios() {
    #[tokio::main(flavor = "current_thread")]
    async fn main() -> u32 {
        tokio::spawn(async { 7 }).await.unwrap()
    }
    assert_eq!(main(), 7);
}

#[tokio::test(start_paused = true)]
async fn the_attribute_is_tokios() {
    assert!(tokio::task::try_id().is_none());
    let task = tokio::spawn(async { tokio::task::id() });
    let id = task.id();
    assert_eq!(task.await.unwrap(), id);
}

/// As the default is: the panic is not for the service to swallow.
#[test]
fn a_panic_in_a_task_fails_the_schedule() {
    let failure = Explorer::new().strategy(Strategy::Fair).run(|| async {
        let here = line!() + 1;
        let task = tokio::spawn(async { panic!("out of ink") });
        assert!(task.await.is_err(), "{here}");
    });
    let Verdict::Panic { task, .. } = &failure.unwrap_err().verdict else { panic!("it panics") };
    let at = task.spawned_at;
    assert_eq!(task.name, format!("tasks.rs:{}", at.line()));
    assert!(at.file().ends_with("tasks.rs"), "{at}");
}

/// What the docs say of it: nothing of it is explored, nor counted.
#[test]
fn a_local_set_is_part_of_the_task_that_polls_it() {
    let stats = Explorer::new()
        .strategy(Strategy::Exhaustive { deviations: None })
        .run(|| async {
            let local = tokio::task::LocalSet::new();
            let (one, other) = (local.spawn_local(yield_now()), local.spawn_local(yield_now()));
            local.await;
            assert!(one.is_finished() && other.is_finished());
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!((stats.distinct, stats.unexplored_tasks), (1, 0));
}
