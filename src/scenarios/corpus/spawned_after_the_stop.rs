//! A request is let in, parsed, and only then put on the list of what the shutdown
//! waits for.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::task::yield_now;

use super::{all_end, task, yields};

pub(super) async fn bug() {
    let stopped = Arc::new(AtomicBool::new(false));
    let under_way = Arc::new(AtomicUsize::new(0));
    let serves = task("request", {
        let (stopped, under_way) = (stopped.clone(), under_way.clone());
        async move {
            if stopped.load(Ordering::Relaxed) {
                return;
            }
            yield_now().await;
            under_way.fetch_add(1, Ordering::Relaxed);
            yield_now().await;
            under_way.fetch_sub(1, Ordering::Relaxed);
        }
    });
    let stops = task("shutdown", async move {
        yields(10).await;
        stopped.store(true, Ordering::Relaxed);
        while under_way.load(Ordering::Relaxed) > 0 {
            yield_now().await;
        }
        yields(4).await;
        assert_eq!(under_way.load(Ordering::Relaxed), 0, "work begins after the shutdown");
    });
    all_end([serves, stops]).await;
}

pub(super) async fn fixed() {
    let stopped = Arc::new(AtomicBool::new(false));
    let under_way = Arc::new(AtomicUsize::new(0));
    let serves = task("request", {
        let (stopped, under_way) = (stopped.clone(), under_way.clone());
        async move {
            if stopped.load(Ordering::Relaxed) {
                return;
            }
            under_way.fetch_add(1, Ordering::Relaxed);
            yield_now().await;
            yield_now().await;
            under_way.fetch_sub(1, Ordering::Relaxed);
        }
    });
    let stops = task("shutdown", async move {
        yields(10).await;
        stopped.store(true, Ordering::Relaxed);
        while under_way.load(Ordering::Relaxed) > 0 {
            yield_now().await;
        }
        yields(4).await;
        assert_eq!(under_way.load(Ordering::Relaxed), 0, "work begins after the shutdown");
    });
    all_end([serves, stops]).await;
}
