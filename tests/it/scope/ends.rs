//! When a scope ends, and with what.

use std::cell::Cell;
use std::future::pending;
use std::sync::Arc;

use surefoot::error::Cancelled;
use surefoot::scope::{Refused, Scope, ScopeError, scope};
use tokio::time::Instant;
use tokio_test::{assert_pending, assert_ready, task};

use super::{holders, holding, spawned, takes};
use crate::support::*;

/// scope/SCOPE1: a scope whose body returned waits for its last child.
#[tokio::test(start_paused = true)]
async fn a_scope_ends_with_its_last_child() {
    let begun = Instant::now();
    let value = scope(|s: Scope<&str>| async move {
        for millis in [30, 10, 20] {
            spawned(&s, takes(millis, Ok(())));
        }
        Ok(7)
    });
    assert_eq!(value.await, Ok(7));
    assert_eq!(begun.elapsed(), ms(30));
}

/// scope/SCOPE1: a scope without children ends with its body, which may borrow
/// and need not be `Send`.
#[tokio::test(start_paused = true)]
async fn a_scope_without_children_is_its_body() {
    let calls = Cell::new(0);
    let value = scope(|_: Scope<&str>| async {
        wait(10).await;
        calls.set(calls.get() + 1);
        Ok(calls.get())
    });
    assert_eq!(calls.get(), 0, "nothing runs before the first poll");
    assert_eq!(value.await, Ok(1));
}

/// scope/SCOPE1: what a child returned is gone at the end, too, if nobody takes it.
#[tokio::test(start_paused = true)]
async fn nothing_of_a_child_is_left_after_the_end() {
    let token = Arc::new(());
    let (returned, held) = (token.clone(), token.clone());
    let value = scope(|s: Scope<&str>| async move {
        spawned(&s, async move { Ok(returned) });
        spawned(&s, async move {
            wait(10).await;
            drop(held);
            Ok(())
        });
        Ok(())
    });
    assert_eq!(value.await, Ok(()));
    assert_eq!(holders(&token), 0);
}

/// scope/SCOPE1: a value that somebody keeps the right to is kept for it, beyond
/// the end; a task that is dropped late drops it.
#[tokio::test(start_paused = true)]
async fn a_value_may_be_taken_after_the_end() {
    let token = Arc::new(());
    let (first, second) = (token.clone(), token.clone());
    let value = scope(|s: Scope<&str>| async move {
        Ok((spawned(&s, async move { Ok(first) }), spawned(&s, async move { Ok(second) })))
    });
    let (taken, dropped) = value.await.expect("nothing fails");
    assert!(taken.is_finished() && dropped.is_finished());
    assert_eq!(holders(&token), 2);
    drop(dropped);
    assert_eq!(holders(&token), 1);
    drop(taken.await.expect("it has a value"));
    assert_eq!(holders(&token), 0);
}

/// scope/SCOPE2: the first error aborts the siblings and cuts the body; the scope
/// returns it when they have ended, and not before.
#[tokio::test(start_paused = true)]
async fn the_first_error_ends_everybody() {
    let (begun, token) = (Instant::now(), Arc::new(()));
    let (sibling, in_body) = (holding(&token), token.clone());
    let result = scope(|s: Scope<&str>| async move {
        let _in_body = in_body;
        spawned(&s, sibling);
        spawned(&s, takes(20, Err::<(), _>("later")));
        spawned(&s, takes(10, Err::<(), _>("first")));
        pending::<Result<(), _>>().await
    });
    assert_eq!(result.await, Err(ScopeError::Failed("first")));
    assert_eq!(begun.elapsed(), ms(10));
    assert_eq!(holders(&token), 0);
}

/// scope/SCOPE2: so does one that comes when the body has returned: its value is
/// dropped.
#[tokio::test(start_paused = true)]
async fn an_error_after_the_body_counts() {
    let token = Arc::new(());
    let (value, sibling) = (token.clone(), holding(&token));
    let result = scope(|s: Scope<&str>| async move {
        spawned(&s, sibling);
        spawned(&s, takes(10, Err::<(), _>("late")));
        Ok(value)
    });
    assert_eq!(result.await, Err(ScopeError::Failed("late")));
    assert_eq!(holders(&token), 0);
}

/// scope/SCOPE2: the body's own error ends the children.
#[tokio::test(start_paused = true)]
async fn an_error_of_the_body_ends_the_children() {
    let token = Arc::new(());
    let child = holding(&token);
    let result = scope(|s: Scope<&str>| async move {
        spawned(&s, child);
        wait(10).await;
        Err::<(), _>("the body")
    });
    assert_eq!(result.await, Err(ScopeError::Failed("the body")));
    assert_eq!(holders(&token), 0);
}

/// scope/SCOPE2: children that cannot end at once are waited for, here one that
/// blocks its thread's last poll and one that is aborted before its first.
#[tokio::test(start_paused = true)]
async fn a_failing_scope_waits_for_its_children() {
    let token = Arc::new(());
    let (child, late) = (holding(&token), holding(&token));
    let mut scope = task::spawn(scope(|s: Scope<&str>| async move {
        spawned(&s, child);
        wait(10).await;
        spawned(&s, late);
        Err::<(), _>("the body")
    }));
    assert_pending!(scope.poll());
    pass(10).await;
    assert!(scope.is_woken());
    assert_pending!(scope.poll());
    assert_eq!(holders(&token), 2, "aborted, and not yet ended");
    settle().await;
    assert!(scope.is_woken());
    assert_eq!(holders(&token), 0);
    assert_eq!(assert_ready!(scope.poll()), Err(ScopeError::Failed("the body")));
}

/// scope/SCOPE2: who waits for a child without a value learns of it after the
/// scope does: what it makes of that is not what the scope tells.
#[tokio::test(start_paused = true)]
async fn an_error_that_follows_from_another_is_not_told() {
    let result = scope(|s: Scope<&str>| async move {
        let failing = spawned(&s, takes(10, Err::<(), _>("cause")));
        spawned(&s, async move { failing.await.map_err(|Cancelled| "consequence") });
        Ok(())
    });
    assert_eq!(result.await, Err(ScopeError::Failed("cause")));
}

/// scope/SCOPE2: siblings are aborted when the error comes, whether somebody polls
/// the scope or not.
#[tokio::test(start_paused = true)]
async fn a_scope_that_nobody_polls_fails_too() {
    let token = Arc::new(());
    let child = holding(&token);
    let mut scope = task::spawn(scope(|s: Scope<&str>| async move {
        spawned(&s, child);
        spawned(&s, takes(10, Err::<(), _>("first")));
        pending::<Result<(), _>>().await
    }));
    assert_pending!(scope.poll());
    pass(10).await;
    assert_eq!(holders(&token), 0);
    assert!(scope.is_woken());
    assert_eq!(assert_ready!(scope.poll()), Err(ScopeError::Failed("first")));
}

/// scope/SCOPE4, scope/X1: a dropped scope aborts its children, begun or not, its
/// body returned or not, and drops its body at once.
#[tokio::test(start_paused = true)]
async fn a_dropped_scope_aborts_its_children() {
    for (begun, returns) in [(false, false), (true, false), (false, true), (true, true)] {
        let token = Arc::new(());
        let (children, in_body) = ([holding(&token), holding(&token)], token.clone());
        let mut scope = task::spawn(scope(move |s: Scope<&str>| async move {
            let in_body = in_body;
            for child in children {
                spawned(&s, child);
            }
            if !returns {
                pending::<()>().await;
            }
            drop(in_body);
            Ok(())
        }));
        assert_pending!(scope.poll());
        if begun {
            settle().await;
        }
        assert_eq!(holders(&token), if returns { 2 } else { 3 });
        drop(scope);
        assert_eq!(holders(&token), 2);
        settle().await;
        assert_eq!(holders(&token), 0, "begun: {begun}");
    }
}

/// scope/SCOPE4: a scope that is dropped before its first poll did nothing.
#[tokio::test(start_paused = true)]
async fn a_scope_that_was_never_polled_began_nothing() {
    let token = Arc::new(());
    let child = holding(&token);
    drop(scope(|s: Scope<&str>| async move {
        spawned(&s, child);
        Ok(())
    }));
    assert_eq!(holders(&token), 0);
}

/// scope/SCOPE5, scope/X7: after the end, by whatever way, nobody is admitted, and
/// the future comes back.
#[tokio::test(start_paused = true)]
async fn after_the_end_nobody_is_admitted() {
    let returned = scope(|s: Scope<&str>| async move { Ok(s) }).await.expect("nothing fails");
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    let failing = sender.clone();
    let failed = scope(|s: Scope<&str>| async move {
        failing.send(s).map_err(|_| "nobody listens")?;
        Err::<(), _>("the body")
    });
    assert!(failed.await.is_err());
    let mut dropped = task::spawn(scope(|s: Scope<&str>| async move {
        sender.send(s).map_err(|_| "nobody listens")?;
        pending::<Result<(), _>>().await
    }));
    assert_pending!(dropped.poll());
    drop(dropped);
    let (failed, dropped) = (receiver.recv().await, receiver.recv().await);
    for s in [Some(returned), failed, dropped] {
        let refused = s.expect("it was sent").spawn(async { Ok(7) }).map(|_| ());
        let Err(Refused(future)) = refused else { panic!("the scope has ended") };
        assert_eq!(future.await, Ok(7));
    }
}

/// scope/SCOPE2: the handle of a child says when it has ended, and nothing else.
#[tokio::test(start_paused = true)]
async fn a_task_says_when_it_has_ended() {
    let value = scope(|s: Scope<&str>| async move {
        let task = spawned(&s, takes(10, Ok(7)));
        assert!(!task.is_finished());
        assert_eq!(format!("{task:?}"), "ScopedTask { is_finished: false }");
        assert_eq!(format!("{s:?}"), "Scope { live: 1, .. }");
        wait(10).await;
        settle().await;
        assert!(task.is_finished());
        assert_eq!(format!("{s:?}"), "Scope { live: 0, .. }");
        task.await.map_err(|Cancelled| "it has a value")
    });
    assert_eq!(value.await, Ok(7));
}
