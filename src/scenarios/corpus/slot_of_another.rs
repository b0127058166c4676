//! Who cleans up knows a slot by its number, which is somebody else's by now.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::task::yield_now;

use super::{all_end, task, yields};

const FREE: u32 = 0;
const FIRST: u32 = 1;
const SECOND: u32 = 2;

pub(super) async fn bug() {
    let slot = Arc::new(AtomicU32::new(FIRST));
    let cleans = task("janitor", {
        let slot = slot.clone();
        async move {
            let expired = slot.load(Ordering::Relaxed) == FIRST;
            yield_now().await;
            if expired {
                slot.store(FREE, Ordering::Relaxed);
            }
        }
    });
    let moves = task("client", async move {
        yields(12).await;
        slot.store(SECOND, Ordering::Relaxed);
        yields(4).await;
        assert_eq!(slot.load(Ordering::Relaxed), SECOND, "a stranger freed the slot");
    });
    all_end([cleans, moves]).await;
}

pub(super) async fn fixed() {
    let slot = Arc::new(AtomicU32::new(FIRST));
    let cleans = task("janitor", {
        let slot = slot.clone();
        async move {
            yield_now().await;
            let expired = slot.load(Ordering::Relaxed) == FIRST;
            if expired {
                slot.store(FREE, Ordering::Relaxed);
            }
        }
    });
    let moves = task("client", async move {
        yields(12).await;
        slot.store(SECOND, Ordering::Relaxed);
        yields(4).await;
        assert_eq!(slot.load(Ordering::Relaxed), SECOND, "a stranger freed the slot");
    });
    all_end([cleans, moves]).await;
}
