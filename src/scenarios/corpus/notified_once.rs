//! Two items, two notifications, and room for one of them where nobody waits yet.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;
use tokio::task::yield_now;

use super::{all_end, task, yields};

/// Whether there was an item to take.
fn take(items: &AtomicUsize) -> bool {
    let one_less = |items: usize| items.checked_sub(1);
    items.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_ok()
}

pub(super) async fn bug() {
    let (items, added) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let consumes = |name| {
        let (items, added) = (items.clone(), added.clone());
        task(name, async move {
            while !take(&items) {
                yield_now().await;
                added.notified().await;
            }
        })
    };
    let (one, other) = (consumes("consumer 1"), consumes("consumer 2"));
    let produces = task("producer", {
        let (items, added) = (items.clone(), added.clone());
        async move {
            yields(6).await;
            for _ in 0..2 {
                items.fetch_add(1, Ordering::Relaxed);
                added.notify_one();
            }
        }
    });
    all_end([one, other, produces]).await;
}

pub(super) async fn fixed() {
    let (items, added) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let consumes = |name| {
        let (items, added) = (items.clone(), added.clone());
        task(name, async move {
            while !take(&items) {
                yield_now().await;
                if items.load(Ordering::Relaxed) == 0 {
                    added.notified().await;
                }
            }
        })
    };
    let (one, other) = (consumes("consumer 1"), consumes("consumer 2"));
    let produces = task("producer", {
        let (items, added) = (items.clone(), added.clone());
        async move {
            yields(6).await;
            for _ in 0..2 {
                items.fetch_add(1, Ordering::Relaxed);
                added.notify_one();
            }
        }
    });
    all_end([one, other, produces]).await;
}
