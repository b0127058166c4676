//! A flag is looked at, and then its change is waited for: from too late on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;
use tokio::task::yield_now;

use super::{all_end, task, yields};

pub(super) async fn bug() {
    let (ready, changed) = (Arc::new(AtomicBool::new(false)), Arc::new(Notify::new()));
    let sets = task("setter", {
        let (ready, changed) = (ready.clone(), changed.clone());
        async move {
            yields(3).await;
            ready.store(true, Ordering::Relaxed);
            changed.notify_waiters();
        }
    });
    let waits = task("waiter", async move {
        if !ready.load(Ordering::Relaxed) {
            yield_now().await;
            changed.notified().await;
        }
        assert!(ready.load(Ordering::Relaxed));
    });
    all_end([sets, waits]).await;
}

pub(super) async fn fixed() {
    let (ready, changed) = (Arc::new(AtomicBool::new(false)), Arc::new(Notify::new()));
    let sets = task("setter", {
        let (ready, changed) = (ready.clone(), changed.clone());
        async move {
            yields(3).await;
            ready.store(true, Ordering::Relaxed);
            changed.notify_waiters();
        }
    });
    let waits = task("waiter", async move {
        let change = changed.notified();
        if !ready.load(Ordering::Relaxed) {
            yield_now().await;
            change.await;
        }
        assert!(ready.load(Ordering::Relaxed));
    });
    all_end([sets, waits]).await;
}
