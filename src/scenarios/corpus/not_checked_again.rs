//! All that wait are woken for one item, and each takes it that it is there.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

use super::{all_end, task, yields};

pub(super) async fn bug() {
    let (items, added) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let consumes = |name, after| {
        let (items, added) = (items.clone(), added.clone());
        task(name, async move {
            yields(after).await;
            if items.load(Ordering::Relaxed) == 0 {
                added.notified().await;
            }
            let before = items.fetch_sub(1, Ordering::Relaxed);
            assert!(before > 0 && before < 3, "took what was not there");
        })
    };
    let (early, late) = (consumes("early", 0), consumes("late", 22));
    let produces = task("producer", {
        let (items, added) = (items.clone(), added.clone());
        async move {
            for _ in 0..2 {
                yields(2).await;
                items.fetch_add(1, Ordering::Relaxed);
                added.notify_waiters();
            }
        }
    });
    all_end([early, late, produces]).await;
}

pub(super) async fn fixed() {
    let (items, added) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let consumes = |name, after| {
        let (items, added) = (items.clone(), added.clone());
        task(name, async move {
            yields(after).await;
            while items.load(Ordering::Relaxed) == 0 {
                added.notified().await;
            }
            let before = items.fetch_sub(1, Ordering::Relaxed);
            assert!(before > 0 && before < 3, "took what was not there");
        })
    };
    let (early, late) = (consumes("early", 0), consumes("late", 22));
    let produces = task("producer", {
        let (items, added) = (items.clone(), added.clone());
        async move {
            for _ in 0..2 {
                yields(2).await;
                items.fetch_add(1, Ordering::Relaxed);
                added.notify_waiters();
            }
        }
    });
    all_end([early, late, produces]).await;
}
