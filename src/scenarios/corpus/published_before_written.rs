//! The number of a version is published before what it stands for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::task::yield_now;

use super::{all_end, task, yields};

pub(super) async fn bug() {
    let (version, data) = (Arc::new(AtomicU32::new(1)), Arc::new(AtomicU32::new(1)));
    let writes = task("writer", {
        let (version, data) = (version.clone(), data.clone());
        async move {
            version.store(2, Ordering::Relaxed);
            yield_now().await;
            data.store(2, Ordering::Relaxed);
        }
    });
    let reads = task("reader", async move {
        yields(20).await;
        let seen = version.load(Ordering::Relaxed);
        assert!(data.load(Ordering::Relaxed) >= seen, "an old value under a new number");
    });
    all_end([writes, reads]).await;
}

pub(super) async fn fixed() {
    let (version, data) = (Arc::new(AtomicU32::new(1)), Arc::new(AtomicU32::new(1)));
    let writes = task("writer", {
        let (version, data) = (version.clone(), data.clone());
        async move {
            data.store(2, Ordering::Relaxed);
            yield_now().await;
            version.store(2, Ordering::Relaxed);
        }
    });
    let reads = task("reader", async move {
        yields(20).await;
        let seen = version.load(Ordering::Relaxed);
        assert!(data.load(Ordering::Relaxed) >= seen, "an old value under a new number");
    });
    all_end([writes, reads]).await;
}
