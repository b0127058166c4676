//! What is under way is counted up before an await and down after it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::task::yield_now;

use super::fickle;

struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

pub(super) async fn bug() {
    let under_way = Arc::new(AtomicUsize::new(0));
    let serves = fickle("request", {
        let under_way = under_way.clone();
        async move {
            under_way.fetch_add(1, Ordering::Relaxed);
            yield_now().await;
            drop(Counted(under_way));
        }
    });
    let _ = serves.await;
    assert_eq!(under_way.load(Ordering::Relaxed), 0, "a request is counted for ever");
}

pub(super) async fn fixed() {
    let under_way = Arc::new(AtomicUsize::new(0));
    let serves = fickle("request", {
        let under_way = under_way.clone();
        async move {
            under_way.fetch_add(1, Ordering::Relaxed);
            let counted = Counted(under_way);
            yield_now().await;
            drop(counted);
        }
    });
    let _ = serves.await;
    assert_eq!(under_way.load(Ordering::Relaxed), 0, "a request is counted for ever");
}
