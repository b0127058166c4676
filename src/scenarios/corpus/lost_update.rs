//! A balance is read, somebody else is asked, and the sum is written back.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::task::yield_now;

use super::{all_end, task, yields};

pub(super) async fn bug() {
    let balance = Arc::new(AtomicU64::new(0));
    let pays_in = |name, after| {
        let balance = balance.clone();
        task(name, async move {
            yields(after).await;
            let seen = balance.load(Ordering::Relaxed);
            yield_now().await;
            balance.store(seen + 1, Ordering::Relaxed);
        })
    };
    all_end([pays_in("early", 0), pays_in("late", 3)]).await;
    assert_eq!(balance.load(Ordering::Relaxed), 2, "an update was lost");
}

pub(super) async fn fixed() {
    let balance = Arc::new(AtomicU64::new(0));
    let pays_in = |name, after| {
        let balance = balance.clone();
        task(name, async move {
            yields(after).await;
            yield_now().await;
            balance.fetch_add(1, Ordering::Relaxed);
        })
    };
    all_end([pays_in("early", 0), pays_in("late", 3)]).await;
    assert_eq!(balance.load(Ordering::Relaxed), 2, "an update was lost");
}
