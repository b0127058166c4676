//! Values that change.

use super::{Outcome, after, all_end};
use crate::probe::{cancellable, elapsed};
use crate::scenarios::lock::subject::{Accounts, Counter, Feed, Table};
use crate::sim::Explorer;

/// A transfer that is dropped at any of its awaits.
pub(in crate::scenarios::lock) fn a_cancelled_change_is_not_half_made<S: Accounts>(
    explorer: Explorer,
) -> Outcome {
    explorer.cancellations(1).run(|| async {
        let accounts = S::new();
        let fickle = after(0, "fickle", &accounts, |accounts| async move {
            cancellable(accounts.transfer()).await;
        });
        let steady = after(0, "steady", &accounts, |accounts| async move {
            accounts.transfer().await;
        });
        all_end([fickle, steady]).await;
        assert_eq!(accounts.total().await, 100, "a change is half made");
    })
}

/// A reader that comes while a number is computed, or before or after.
pub(in crate::scenarios::lock) fn a_reader_does_not_wait_for_a_computation<S: Table>(
    explorer: Explorer,
) -> Outcome {
    explorer.run(|| async {
        let table = S::new();
        let writer = after(1, "writer", &table, |table| async move { table.recompute().await });
        let reader = after(0, "reader", &table, |table| async move {
            let begun = elapsed();
            table.read().await;
            assert_eq!(elapsed(), begun, "a reader waited for a computation");
        });
        all_end([writer, reader]).await;
        assert_eq!(table.read().await, 7);
    })
}

/// Two that add, one after the other if the schedule is kind.
pub(in crate::scenarios::lock) fn no_update_is_lost<S: Counter>(explorer: Explorer) -> Outcome {
    explorer.run(|| async {
        let counter = S::new();
        let adds = [(0, "early", 1), (1, "late", 10)].map(|(turns, name, by)| {
            after(turns, name, &counter, move |counter| async move { counter.add(by).await })
        });
        all_end(adds).await;
        assert_eq!(counter.count().await, 11, "an update is lost");
    })
}

/// One that waits for a number, which is stored when it waits, if the schedule is
/// kind.
pub(in crate::scenarios::lock) fn no_store_is_missed<S: Feed>(explorer: Explorer) -> Outcome {
    explorer.run(|| async {
        let feed = S::new();
        let waits = after(0, "watcher", &feed, |feed| async move {
            assert_eq!(feed.wait().await, 7);
        });
        let stores = after(1, "writer", &feed, |feed| async move { feed.store(7) });
        all_end([waits, stores]).await;
    })
}
