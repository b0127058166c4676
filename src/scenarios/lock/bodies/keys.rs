//! Keys that are locked.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::task::yield_now;

use super::{Outcome, after, all_end};
use crate::probe::{always, cancellable};
use crate::scenarios::lock::subject::Locks;
use crate::sim::Explorer;

/// Three that want the same key: two at the same time, and one when they are done, if
/// the schedule is kind.
pub(in crate::scenarios::lock) fn two_never_hold_the_same_key<S: Locks>(
    explorer: Explorer,
) -> Outcome {
    explorer.run(|| async {
        let locks = S::new();
        let holders = Arc::new(AtomicUsize::new(0));
        let watched = holders.clone();
        always("one at a time has the key", move || watched.load(Ordering::Relaxed) <= 1);
        let users = [(0, "first"), (0, "second"), (3, "third")].map(|(turns, name)| {
            let holders = holders.clone();
            after(turns, name, &locks, |locks| async move {
                let guard = locks.lock(1).await;
                holders.fetch_add(1, Ordering::Relaxed);
                yield_now().await;
                holders.fetch_sub(1, Ordering::Relaxed);
                drop(guard);
            })
        });
        all_end(users).await;
    })
}

/// One that holds a key, and one that gives up waiting for it at any moment.
pub(in crate::scenarios::lock) fn a_key_that_nobody_uses_is_gone<S: Locks>(
    explorer: Explorer,
) -> Outcome {
    explorer.cancellations(1).run(|| async {
        let locks = S::new();
        let holder = after(0, "holder", &locks, |locks| async move {
            let guard = locks.lock(1).await;
            yield_now().await;
            drop(guard);
        });
        let fickle = after(0, "fickle", &locks, |locks| async move {
            drop(cancellable(locks.lock(1)).await);
        });
        all_end([holder, fickle]).await;
        assert_eq!(locks.known(), 0, "a key is left");
    })
}
