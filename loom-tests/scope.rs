//! Models of the scope: its shell over the roster, with a thread for every child.

use std::future::{Future, pending};
use std::sync::Arc;

use loom::future::block_on;
use loom::sync::Notify;
use loom::sync::atomic::{AtomicUsize, Ordering};
use surefoot::scope::{Refused, Scope, ScopeError, scope};

use crate::support::Preemptions::AtMost;
use crate::support::{Flag, Owned, explore, poll_once};

/// Counts what is not yet gone. loom sees it.
#[derive(Debug)]
pub(crate) struct Census {
    alive: AtomicUsize,
    /// Notified when one goes.
    gone: Notify,
}

/// Counted until it is dropped.
#[derive(Debug)]
pub(crate) struct Counted(Arc<Census>);

impl Census {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { alive: AtomicUsize::new(0), gone: Notify::new() })
    }

    pub(crate) fn count(self: &Arc<Self>) -> Counted {
        self.alive.fetch_add(1, Ordering::SeqCst);
        Counted(self.clone())
    }

    pub(crate) fn alive(&self) -> usize {
        self.alive.load(Ordering::SeqCst)
    }

    fn wait_until_all_are_gone(&self) {
        while self.alive() > 0 {
            self.gone.wait();
        }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.alive.fetch_sub(1, Ordering::SeqCst);
        self.0.gone.notify();
    }
}

/// What runs children. `teeth::scope` has some that are wrong.
pub(crate) trait Nursery: Clone + Send + Sync + 'static {
    /// Runs `body`, waits for the children, and runs `at_end` at that moment. When it
    /// returns, no thread is left: a model asserts afterwards. Says whether one failed.
    fn run(body: impl FnOnce(&Self) + 'static, at_end: impl FnOnce()) -> bool;

    /// Starts a child, of which is known whether it ends by itself. Says whether it
    /// was admitted.
    fn spawn(
        &self,
        ends: bool,
        child: impl Future<Output = Result<(), ()>> + Send + 'static,
    ) -> bool;
}

impl Nursery for Scope<()> {
    fn run(body: impl FnOnce(&Self) + 'static, at_end: impl FnOnce()) -> bool {
        let ended = block_on(scope(|s| async move {
            body(&s);
            Ok(())
        }));
        at_end();
        assert!(matches!(ended, Ok(()) | Err(ScopeError::Failed(()))), "{ended:?}");
        ended.is_err()
    }

    fn spawn(
        &self,
        _ends: bool,
        child: impl Future<Output = Result<(), ()>> + Send + 'static,
    ) -> bool {
        Scope::spawn(self, child).is_ok()
    }
}

/// A child spawns a child and ends, while the body ends. Gives back how many were
/// left when it did.
pub(crate) fn spawn_against_end<N: Nursery>() -> usize {
    let census = Census::new();
    let (child, grandchild, watched) = (census.count(), census.count(), census.clone());
    let left = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let seen = left.clone();
    let body = move |nursery: &N| {
        let inner = nursery.clone();
        nursery.spawn(true, async move {
            let is_admitted = inner.spawn(true, async move {
                drop(grandchild);
                Ok(())
            });
            assert!(is_admitted, "a child that runs was refused a child");
            drop(child);
            Ok(())
        });
        seen.store(watched.alive(), std::sync::atomic::Ordering::SeqCst);
    };
    let mut at_end = 0;
    let failed = N::run(body, || at_end = census.alive());
    assert_eq!(at_end, 0, "a child runs after the end");
    assert!(!failed);
    left.load(std::sync::atomic::Ordering::SeqCst)
}

/// A child fails while the body spawns another, which ends by an abort only. Gives
/// back whether that was admitted.
pub(crate) fn failure_against_spawn<N: Nursery>() -> bool {
    let census = Census::new();
    let held = census.count();
    let admitted = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let was_admitted = admitted.clone();
    let body = move |nursery: &N| {
        nursery.spawn(true, async { Err(()) });
        let is_admitted = nursery.spawn(false, async move {
            let _held = held;
            pending().await
        });
        was_admitted.store(is_admitted, std::sync::atomic::Ordering::SeqCst);
    };
    let mut at_end = 0;
    let failed = N::run(body, || at_end = census.alive());
    assert_eq!(at_end, 0, "a child runs after the end");
    assert!(failed, "the failure is told");
    admitted.load(std::sync::atomic::Ordering::SeqCst)
}

/// scope/SCOPE1, scope/SCOPE5: whatever a child's end, its child's start and the
/// scope's rest have for an order: the scope ends with the last of them, and sleeps
/// no longer.
#[test]
fn a_scope_ends_with_its_last_child() {
    let left = explore("scope spawn_against_end", AtMost(3), spawn_against_end::<Scope<()>>);
    assert_eq!(left, [0, 1, 2].into(), "how many were left when the body ended");
}

/// scope/SCOPE2, scope/X7: a child that is admitted is aborted, even if its task was
/// being started when another failed.
#[test]
fn a_failure_reaches_who_is_being_spawned() {
    let admitted =
        explore("scope failure_against_spawn", AtMost(2), failure_against_spawn::<Scope<()>>);
    assert_eq!(admitted, [false, true].into(), "whether the sibling was admitted");
}

/// scope/SCOPE4, scope/X7: a scope is dropped while a child spawns another, which
/// ends by an abort only: it is refused, or aborted.
#[test]
fn a_drop_reaches_who_is_being_spawned() {
    let admitted = explore("scope drop_against_spawn", AtMost(2), || {
        let census = Census::new();
        let (child, grandchild) = (census.count(), census.count());
        let admitted = Arc::new(std::sync::atomic::AtomicBool::new(false));
        let was_admitted = admitted.clone();
        let mut running: Owned<Result<(), ScopeError<()>>> =
            Box::pin(scope(|s: Scope<()>| async move {
                let inner = s.clone();
                let spawned = s.spawn(async move {
                    let _child = child;
                    let spawned = inner.spawn(async move {
                        let _grandchild = grandchild;
                        pending::<Result<(), ()>>().await
                    });
                    was_admitted.store(spawned.is_ok(), std::sync::atomic::Ordering::SeqCst);
                    drop(spawned.map_err(|Refused(future)| drop(future)));
                    pending().await
                });
                drop(spawned.map(|task: surefoot::scope::ScopedTask<()>| drop(task)));
                pending().await
            }));
        assert!(poll_once(&mut running, &Flag::new()).is_pending());
        drop(running);
        census.wait_until_all_are_gone();
        admitted.load(std::sync::atomic::Ordering::SeqCst)
    });
    assert_eq!(admitted, [false, true].into(), "whether the grandchild was admitted");
}

/// scope/SCOPE1: a value whose task is dropped while its child ends is gone before
/// the scope ends, whoever drops it.
#[test]
fn a_value_that_nobody_takes_is_gone_at_the_end() {
    let finished = explore("scope value_against_drop", AtMost(3), || {
        let census = Census::new();
        let value = census.count();
        let ended = block_on(scope(|s: Scope<()>| async move {
            let task = s.spawn(async move { Ok(value) }).map_err(drop)?;
            Ok(task.is_finished())
        }));
        assert_eq!(census.alive(), 0, "a value outlives its scope");
        ended.expect("nothing fails")
    });
    assert_eq!(finished, [false, true].into(), "whether the child had ended");
}

/// scope/SCOPE6, scope/X2: under a limit of one, the turn of a child that ends goes
/// to the one that waits, however far that is with waiting.
#[test]
fn a_turn_is_handed_on() {
    let left = explore("scope turn_against_turn", AtMost(2), || {
        let census = Census::new();
        let counts = [census.clone(), census.clone()];
        let ended = block_on(scope(|s: Scope<()>| async move {
            let s = s.limit(1);
            for census in counts {
                let spawned = s.spawn(async move {
                    let _running = census.count();
                    assert_eq!(census.alive(), 1, "two run under a limit of one");
                    Ok(())
                });
                drop(spawned.map_err(drop)?);
            }
            Ok(census.alive())
        }));
        ended.expect("nothing fails")
    });
    assert_eq!(left, [0, 1].into(), "how many ran when the body ended");
}
