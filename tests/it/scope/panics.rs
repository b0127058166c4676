//! Panics of everybody, and whom they concern.

use std::future::{pending, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use surefoot::error::{Cancelled, install_panic_hook};
use surefoot::scope::{Scope, ScopeError, scope};
use tokio_test::{assert_pending, task};

use super::{holders, holding, panicked, spawned, takes};
use crate::support::*;

/// scope/SCOPE2, scope/X3: a panic of a child ends the others, and says where it
/// was and where the child was spawned.
#[tokio::test(start_paused = true)]
async fn a_panic_of_a_child_ends_everybody() {
    install_panic_hook();
    let token = Arc::new(());
    let sibling = holding(&token);
    let here = line!();
    let result = scope(|s: Scope<&str>| async move {
        spawned(&s, sibling);
        s.spawn(async { if true { panic!("out of paper") } else { Ok(()) } })
            .map_err(|_| "open")?;
        pending::<Result<(), _>>().await
    });
    let Err(ScopeError::Panicked(panicked)) = result.await else { panic!("a child panics") };
    assert_eq!(panicked.message(), "out of paper");
    assert_eq!(panicked.spawned_at().line(), here + 3);
    let at = format!("{}:{}:", file!(), here + 3);
    assert!(panicked.location().is_some_and(|location| location.starts_with(&at)));
    assert_eq!(holders(&token), 0);
}

/// scope/SCOPE2, scope/X3: so does one of the body, or of the closure that makes
/// it; it says where the scope was made.
#[tokio::test(start_paused = true)]
async fn a_panic_of_the_body_ends_the_children() {
    let token = Arc::new(());
    let child = holding(&token);
    let here = line!() + 1;
    let result = scope(|s: Scope<&str>| async move {
        spawned(&s, child);
        wait(10).await;
        if true {
            panic!("in the body")
        }
        Ok(())
    });
    let result = result.await;
    if let Err(ScopeError::Panicked(panicked)) = &result {
        assert_eq!(panicked.spawned_at().line(), here);
    }
    assert_eq!(panicked(result), "in the body");
    assert_eq!(holders(&token), 0);

    let child = holding(&token);
    let result = scope(|s: Scope<&str>| {
        spawned(&s, child);
        if true {
            panic!("in the closure")
        }
        async { Ok(()) }
    });
    assert_eq!(panicked(result.await), "in the closure");
    assert_eq!(holders(&token), 0);
}

/// Panics when it is dropped.
struct Fragile(&'static str);

impl Drop for Fragile {
    fn drop(&mut self) {
        panic!("{}", self.0);
    }
}

/// scope/X3: a panic in the drop of what a child returned, and nobody takes, is the
/// child's.
#[tokio::test(start_paused = true)]
async fn a_panic_in_the_drop_of_a_value_is_the_child_s() {
    let result = scope(|s: Scope<&str>| async move {
        spawned(&s, async { Ok(Fragile("in its value")) });
        Ok(())
    });
    assert_eq!(panicked(result.await), "in its value");
}

/// scope/X3, scope/SCOPE1: children and bodies that panic when they are aborted
/// have ended; the scope tells why they were.
#[tokio::test(start_paused = true)]
async fn a_panic_in_the_drop_of_who_is_aborted_adds_nothing() {
    let result = scope(|s: Scope<&str>| async move {
        let _fragile = Fragile("the body's");
        for _ in 0..2 {
            spawned(&s, async {
                let _fragile = Fragile("a child's");
                pending::<Result<(), _>>().await
            });
        }
        spawned(&s, takes(10, Err::<(), _>("first")));
        pending::<Result<(), _>>().await
    });
    assert_eq!(result.await, Err(ScopeError::Failed("first")));
}

/// scope/X3: a waker that panics, of whoever waits for a child, keeps neither the
/// scope from its end nor the next child from its turn.
#[tokio::test(start_paused = true)]
async fn a_waker_that_panics_keeps_nobody_from_ending() {
    let mut scope = task::spawn(scope(|s: Scope<&str>| async move {
        let limited = s.limit(1);
        let mut task = spawned(&limited, takes(10, Ok(())));
        spawned(&limited, takes(10, Ok(())));
        assert!(poll_with(Pin::new(&mut task), &Panicking::waker()).is_pending());
        // Held until the end, or its drop would take the waker back.
        wait(50).await;
        drop(task);
        Ok(7)
    }));
    assert_pending!(scope.poll());
    pass(10).await;
    pass(10).await;
    pass(30).await;
    assert_eq!(scope.await, Ok(7));
}

/// scope/X3: a scope's waker that panics keeps no sibling running.
#[tokio::test(start_paused = true)]
async fn a_waker_that_panics_keeps_no_sibling_running() {
    let token = Arc::new(());
    let sibling = holding(&token);
    let mut scope = Box::pin(scope(|s: Scope<&str>| async move {
        spawned(&s, sibling);
        spawned(&s, takes(10, Err::<(), _>("first")));
        pending::<Result<(), _>>().await
    }));
    assert!(poll_with(scope.as_mut(), &Panicking::waker()).is_pending());
    pass(10).await;
    assert_eq!(holders(&token), 0);
    assert_eq!(scope.await, Err(ScopeError::Failed("first")));
}

/// scope/X3, scope/SCOPE2: whoever waits for a child that panicked hears that
/// there is no value.
#[tokio::test(start_paused = true)]
async fn who_waits_for_a_child_that_panicked_hears_of_it() {
    let result = scope(|s: Scope<&str>| async move {
        let child = spawned(&s, poll_fn(|_| -> Poll<Result<(), _>> { panic!("out of paper") }));
        Ok(child)
    });
    assert_eq!(panicked(result.await), "out of paper");
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let result = scope(|s: Scope<&str>| async move {
        let child = spawned(&s, poll_fn(|_| -> Poll<Result<(), _>> { panic!("out of paper") }));
        let _ = sender.send(child);
        Ok(())
    });
    assert_eq!(panicked(result.await), "out of paper");
    assert_eq!(receiver.await.expect("it was sent").await, Err(Cancelled));
}
