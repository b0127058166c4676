//! Guards of a scope.

use std::panic::{self, AssertUnwindSafe};

use surefoot::cleanup::{Defer, defer};

use super::support::*;
use crate::support::*;

/// cleanup/CLEAN1: it runs once, when the guard goes: not before, not again.
#[test]
fn a_deferred_closure_runs_once_at_the_end() {
    let count = Count::default();
    {
        let _guard = defer(|| count.add());
        assert_eq!(count.get(), 0);
    }
    assert_eq!(count.get(), 1);
    defer(|| count.add()).run_now();
    assert_eq!(count.get(), 2);
    let guard: Defer<_> = defer(|| count.add());
    assert_eq!(format!("{guard:?}"), "Defer { .. }");
    guard.commit();
    assert_eq!(count.get(), 2, "what it was to undo stays");
}

/// cleanup/CLEAN1: on an early return, a panic and a cancellation, too.
#[tokio::test(start_paused = true)]
async fn a_deferred_closure_runs_however_the_scope_ends() {
    let count = Count::default();
    let early = |leaves: bool| -> Option<()> {
        let _guard = defer(|| count.add());
        if leaves { None } else { Some(()) }
    };
    assert!(early(true).is_none() && early(false).is_some());
    assert_eq!(count.get(), 2);
    let panicked = panic_of(|| {
        let _guard = defer(|| count.add());
        panic!("boom");
    });
    assert_eq!((panicked.as_str(), count.get()), ("boom", 3));
    let cut = surefoot::deadline::timeout(ms(5), async {
        let _guard = defer(|| count.add());
        std::future::pending::<()>().await;
    });
    assert!(cut.await.is_err());
    assert_eq!(count.get(), 4);
}

/// cleanup/X3: a closure that panics panics where it runs; while another panic
/// unwinds, it gives way, and nothing is aborted.
#[test]
fn a_deferred_closure_that_panics_does_not_abort() {
    assert_eq!(panic_of(|| drop(defer(|| panic!("in the guard")))), "in the guard");
    assert_eq!(panic_of(|| defer(|| panic!("right now")).run_now()), "right now");
    let count = Count::default();
    let caught = panic::catch_unwind(AssertUnwindSafe(|| {
        let _last = defer(|| count.add());
        let _guard = defer(|| panic!("in the guard"));
        panic!("boom");
    }));
    assert_eq!(caught.unwrap_err().downcast_ref(), Some(&"boom"));
    assert_eq!(count.get(), 1);
}
