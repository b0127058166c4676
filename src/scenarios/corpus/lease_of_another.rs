//! A lease runs out while its holder is being slow, and both write.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::yield_now;

use super::{all_end, sleep, task};

pub(super) async fn bug() {
    let (lease, newest) = (Arc::new(Semaphore::new(1)), Arc::new(AtomicU32::new(0)));
    let held = lease.clone().acquire_owned().await;
    let runs_out = task("lease", async move {
        sleep(Duration::from_secs(10)).await;
        drop(held);
    });
    let holds = task("holder", {
        let newest = newest.clone();
        async move {
            let mine = newest.fetch_add(1, Ordering::Relaxed) + 1;
            yield_now().await;
            assert_eq!(newest.load(Ordering::Relaxed), mine, "written under an old lease");
        }
    });
    let follows = task("follower", {
        let newest = newest.clone();
        async move {
            let _lease = lease.acquire().await;
            newest.fetch_add(1, Ordering::Relaxed);
        }
    });
    all_end([runs_out, holds, follows]).await;
}

pub(super) async fn fixed() {
    let (lease, newest) = (Arc::new(Semaphore::new(1)), Arc::new(AtomicU32::new(0)));
    let held = lease.clone().acquire_owned().await;
    let runs_out = task("lease", async move {
        sleep(Duration::from_secs(10)).await;
        drop(held);
    });
    let holds = task("holder", {
        let newest = newest.clone();
        async move {
            let mine = newest.fetch_add(1, Ordering::Relaxed) + 1;
            yield_now().await;
            if newest.load(Ordering::Relaxed) != mine {
                return;
            }
            assert_eq!(newest.load(Ordering::Relaxed), mine, "written under an old lease");
        }
    });
    let follows = task("follower", {
        let newest = newest.clone();
        async move {
            let _lease = lease.acquire().await;
            newest.fetch_add(1, Ordering::Relaxed);
        }
    });
    all_end([runs_out, holds, follows]).await;
}
