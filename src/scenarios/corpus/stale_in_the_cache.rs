//! A value is loaded, changed by another and thrown out of the cache, and then
//! stored there as it was.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::task::yield_now;

use super::{all_end, task, yields};

const NOTHING: u32 = 0;

pub(super) async fn bug() {
    let (disk, cache) = (Arc::new(AtomicU32::new(1)), Arc::new(AtomicU32::new(NOTHING)));
    let loads = task("loader", {
        let (disk, cache) = (disk.clone(), cache.clone());
        async move {
            let loaded = disk.load(Ordering::Relaxed);
            yield_now().await;
            cache.store(loaded, Ordering::Relaxed);
        }
    });
    let changes = task("writer", {
        let (disk, cache) = (disk.clone(), cache.clone());
        async move {
            yields(20).await;
            disk.store(2, Ordering::Relaxed);
            cache.store(NOTHING, Ordering::Relaxed);
        }
    });
    all_end([loads, changes]).await;
    let cached = cache.load(Ordering::Relaxed);
    assert!(cached == NOTHING || cached == 2, "the cache holds an old value");
}

pub(super) async fn fixed() {
    let (disk, cache) = (Arc::new(AtomicU32::new(1)), Arc::new(AtomicU32::new(NOTHING)));
    let loads = task("loader", {
        let (disk, cache) = (disk.clone(), cache.clone());
        async move {
            let loaded = disk.load(Ordering::Relaxed);
            yield_now().await;
            if disk.load(Ordering::Relaxed) == loaded {
                cache.store(loaded, Ordering::Relaxed);
            }
        }
    });
    let changes = task("writer", {
        let (disk, cache) = (disk.clone(), cache.clone());
        async move {
            yields(20).await;
            disk.store(2, Ordering::Relaxed);
            cache.store(NOTHING, Ordering::Relaxed);
        }
    });
    all_end([loads, changes]).await;
    let cached = cache.load(Ordering::Relaxed);
    assert!(cached == NOTHING || cached == 2, "the cache holds an old value");
}
