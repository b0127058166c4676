//! Who reads reads once more further down, and a writer stands in between.

use std::sync::Arc;

use tokio::sync::RwLock;
use tokio::task::yield_now;

use super::{all_end, task, yields};

pub(super) async fn bug() {
    let settings = Arc::new(RwLock::new(1));
    let reads = task("reader", {
        let settings = settings.clone();
        async move {
            let above = settings.read().await;
            yield_now().await;
            let below = settings.read().await;
            assert_eq!(*above, *below);
        }
    });
    let writes = task("writer", async move {
        yields(20).await;
        *settings.write().await = 2;
    });
    all_end([reads, writes]).await;
}

pub(super) async fn fixed() {
    let settings = Arc::new(RwLock::new(1));
    let reads = task("reader", {
        let settings = settings.clone();
        async move {
            let above = settings.read().await;
            yield_now().await;
            let below = &*above;
            assert_eq!(*above, *below);
        }
    });
    let writes = task("writer", async move {
        yields(20).await;
        *settings.write().await = 2;
    });
    all_end([reads, writes]).await;
}
