//! Two find the cache empty, and both load.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::sync::Mutex;
use tokio::task::yield_now;

use super::{all_end, task, yields};

pub(super) async fn bug() {
    let (cache, loads) = (Arc::new(Mutex::new(None)), Arc::new(AtomicU32::new(0)));
    let gets = |name, after| {
        let (cache, loads) = (cache.clone(), loads.clone());
        task(name, async move {
            yields(after).await;
            let found = *cache.lock().await;
            if found.is_none() {
                loads.fetch_add(1, Ordering::Relaxed);
                yield_now().await;
                *cache.lock().await = Some(7);
            }
        })
    };
    all_end([gets("early", 0), gets("late", 5)]).await;
    assert_eq!(loads.load(Ordering::Relaxed), 1, "loaded twice");
}

pub(super) async fn fixed() {
    let (cache, loads) = (Arc::new(Mutex::new(None)), Arc::new(AtomicU32::new(0)));
    let gets = |name, after| {
        let (cache, loads) = (cache.clone(), loads.clone());
        task(name, async move {
            yields(after).await;
            let mut cache = cache.lock().await;
            if cache.is_none() {
                loads.fetch_add(1, Ordering::Relaxed);
                yield_now().await;
                *cache = Some(7);
            }
        })
    };
    all_end([gets("early", 0), gets("late", 5)]).await;
    assert_eq!(loads.load(Ordering::Relaxed), 1, "loaded twice");
}
