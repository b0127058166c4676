//! Odd wakers, other threads, no runtime.

use std::future::{pending, ready};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake};
use std::thread::{self, Thread};

use surefoot::error::{Cancelled, TaskError};
use surefoot::scope::{Scope, ScopeError, collect, first_ok, scope};
use tokio_test::{assert_pending, assert_ready, task};

use super::{holders, holding, spawned, takes};
use crate::support::*;

/// scope/X13: polls that nobody asked for, each with another waker: the last one is
/// woken.
#[tokio::test(start_paused = true)]
async fn spurious_polls_and_replaced_wakers_are_harmless() {
    let mut scope = Box::pin(scope(|s: Scope<&str>| async move {
        let s = s.limit(1);
        let first = spawned(&s, takes(10, Ok(1)));
        let second = spawned(&s, takes(10, Ok(2)));
        let first = first.await.map_err(|Cancelled| "first")?;
        Ok(first + second.await.map_err(|Cancelled| "second")?)
    }));
    for _ in 0..3 {
        assert_pending!(task::spawn(&mut scope).poll());
        settle().await;
    }
    let mut last = task::spawn(&mut scope);
    for _ in 0..2 {
        assert_pending!(last.poll());
        pass(10).await;
        assert!(last.is_woken());
    }
    assert_eq!(assert_ready!(last.poll()), Ok(3));
    // And where it is the scope itself that is woken: by a failure, or by the last end.
    for (ends, told) in [(Ok(()), Ok(7)), (Err("first"), Err(ScopeError::Failed("first")))] {
        let mut ending = Box::pin(surefoot::scope::scope(|s: Scope<&str>| async move {
            spawned(&s, takes(10, ends));
            if ends.is_err() {
                pending::<()>().await;
            }
            Ok(7)
        }));
        for _ in 0..3 {
            assert_pending!(task::spawn(&mut ending).poll());
        }
        let mut last = task::spawn(&mut ending);
        assert_pending!(last.poll());
        pass(10).await;
        assert!(last.is_woken());
        assert_eq!(last.await, told);
    }
}

/// scope/X13: the same for the task of a child.
#[tokio::test(start_paused = true)]
async fn a_task_may_be_polled_with_many_wakers() {
    let value = scope(|s: Scope<&str>| async move {
        let mut child = spawned(&s, takes(10, Ok(7)));
        let mut first = task::spawn(&mut child);
        assert_pending!(first.poll());
        assert_pending!(first.poll());
        let mut second = task::spawn(&mut child);
        assert_pending!(second.poll());
        wait(10).await;
        settle().await;
        assert!(second.is_woken());
        child.await.map_err(|Cancelled| "it has a value")
    });
    assert_eq!(value.await, Ok(7));
}

/// Looks into a scope when it is woken and when it is dropped: with the scope's lock
/// held, that would never end.
struct Prying {
    scope: Scope<&'static str>,
    looks: Arc<AtomicUsize>,
}

impl Prying {
    fn pry(&self) {
        self.looks.fetch_add(1, Ordering::Relaxed);
        assert!(format!("{:?}", self.scope).contains("live"));
        self.scope.deadline(ms(1_000));
    }
}

impl Wake for Prying {
    fn wake(self: Arc<Self>) {
        self.pry();
    }
}

impl Drop for Prying {
    fn drop(&mut self) {
        self.pry();
    }
}

/// scope/X4: a waker that looks into the scope, when it is woken or dropped, finds
/// no lock taken: the scope's own, one of a child's task, one that waits for a turn.
#[tokio::test(start_paused = true)]
async fn a_waker_may_look_into_the_scope() {
    let (sender, receiver) = std::sync::mpsc::channel();
    let mut running = Box::pin(scope(move |s: Scope<&str>| async move {
        let limited = s.limit(1);
        let task = spawned(&limited, takes(10, Ok(())));
        let unread = spawned(&limited, takes(10, Ok(())));
        let _ = sender.send((s, unread));
        task.await.map_err(|Cancelled| "no value")
    }));
    assert_pending!(task::spawn(&mut running).poll());
    let (s, mut unread) = receiver.recv().expect("the body was polled");
    let looks = Arc::new(AtomicUsize::new(0));
    let prying = || Arc::new(Prying { scope: s.clone(), looks: looks.clone() }).into();
    for _ in 0..2 {
        assert!(poll_with(Pin::new(&mut unread), &prying()).is_pending());
    }
    for at in 0..2 {
        for _ in 0..2 {
            assert!(poll_with(running.as_mut(), &prying()).is_pending(), "{at}");
        }
        pass(10).await;
    }
    assert_eq!(poll_with(running.as_mut(), &prying()), Poll::Ready(Ok(())));
    assert_eq!(poll_with(Pin::new(&mut unread), &prying()), Poll::Ready(Ok(())));
    // Eight wakers, each dropped, and three of them woken before.
    assert!(looks.load(Ordering::Relaxed) >= 10, "{looks:?}");
}

/// scope/X9: a loop over scopes that are ready at once lets its neighbours run.
#[tokio::test(start_paused = true)]
async fn a_loop_over_scopes_lets_its_neighbours_run() {
    let token = Arc::new(());
    let neighbour = surefoot::spawn::spawn({
        let token = token.clone();
        async move { drop(token) }
    });
    let mut turns = 0;
    while Arc::strong_count(&token) == 2 {
        assert_eq!(scope(|_: Scope<&str>| ready(Ok(7))).await, Ok(7));
        turns += 1;
        assert!(turns < 1_000, "the neighbour starves");
    }
    neighbour.await.expect("it does not panic");
}

/// scope/X5: tasks and handles may be dropped outside a runtime, and a scope too;
/// its children end with the runtime.
#[test]
fn everything_may_be_dropped_outside_a_runtime() {
    let runtime = runtime();
    let token = Arc::new(());
    let child = holding(&token);
    let (sender, receiver) = std::sync::mpsc::channel();
    let mut running = {
        let _inside = runtime.enter();
        let mut running = task::spawn(scope(move |s: Scope<&str>| async move {
            let task = spawned(&s, child);
            let _ = sender.send((s, task));
            pending::<Result<(), _>>().await
        }));
        assert_pending!(running.poll());
        running
    };
    let (s, task) = receiver.recv().expect("the body was polled");
    assert!(!task.is_finished());
    drop((s, task));
    assert_pending!(running.poll());
    drop(running);
    drop(runtime);
    assert_eq!(holders(&token), 0);
}

/// scope/X5, scope/SCOPE1: a scope whose runtime ends under it does not wait for
/// ever, and does not say that all went well.
#[test]
fn a_scope_outlives_its_runtime() {
    let runtime = runtime();
    let (mut running, mut collecting, mut first) = {
        let _inside = runtime.enter();
        let mut running = task::spawn(scope(|s: Scope<&str>| async move {
            Ok(spawned(&s, pending::<Result<(), _>>()).await)
        }));
        let mut collecting = task::spawn(collect([pending::<()>(), pending()], 2));
        let mut first = task::spawn(first_ok([pending::<Result<(), &str>>()], 2));
        assert_pending!(running.poll());
        assert_pending!(collecting.poll());
        assert_pending!(first.poll());
        (running, collecting, first)
    };
    drop(runtime);
    assert!(running.is_woken());
    assert_eq!(assert_ready!(running.poll()), Err(ScopeError::Cancelled));
    let cancelled = Err(TaskError::Cancelled);
    assert_eq!(assert_ready!(collecting.poll()), [cancelled.clone(), cancelled]);
    assert_eq!(assert_ready!(first.poll()), Err(vec![ScopeError::Cancelled]));
}

/// scope/X5, scope/X11: who spawns outside a runtime panics, and the scope goes on
/// as if it had not tried.
#[test]
fn a_spawn_outside_a_runtime_panics_and_costs_nothing() {
    let mut outside = task::spawn(scope(|s: Scope<&str>| async move {
        let here = line!() + 1;
        let place = panic_place_of(|| s.spawn(pending::<Result<(), _>>()));
        assert_eq!(place, (file!().to_owned(), here));
        Ok(format!("{s:?}"))
    }));
    assert_eq!(assert_ready!(outside.poll()), Ok("Scope { live: 0, .. }".to_owned()));
    let mut collecting = Box::pin(collect([ready(())], 1));
    let said = panic_of(|| poll_with(collecting.as_mut(), std::task::Waker::noop()));
    assert_eq!(said, "a child was spawned outside a Tokio runtime");
}

/// Lets a thread go on.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Polls on this thread, whatever runs on others.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let waker = Arc::new(Unpark(thread::current())).into();
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

/// scope/SCOPE1, scope/SCOPE2, scope/SCOPE5: with the scope on one thread and its
/// children on another.
#[test]
fn a_scope_and_its_children_may_be_on_two_threads() {
    let runtime = runtime();
    let handle = runtime.handle().clone();
    let stop = Arc::new(tokio::sync::Notify::new());
    let stopped = stop.clone();
    let worker = thread::spawn(move || runtime.block_on(stopped.notified()));
    let _inside = handle.enter();
    for round in 0..200 {
        let (fails, token) = (round % 2 == 1, Arc::new(()));
        let result = block_on(scope(|s: Scope<&'static str>| {
            let token = &token;
            async move {
                for n in 0..10 {
                    let (held, inner) = (token.clone(), s.clone());
                    let child = s.spawn(async move {
                        let _held = held;
                        tokio::task::yield_now().await;
                        let _ = inner.spawn(ready(Ok(())));
                        if fails && n == 7 { Err("seven") } else { Ok(()) }
                    });
                    // The scope may have failed by now.
                    assert!(fails || child.is_ok());
                }
                Ok(())
            }
        }));
        assert_eq!(holders(&token), 0, "round {round}");
        assert_eq!(result, if fails { Err(ScopeError::Failed("seven")) } else { Ok(()) });
    }
    stop.notify_one();
    worker.join().expect("it does not panic");
}
