//! Who loads marks the key as being loaded; cancelled, it leaves the mark.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;
use tokio::task::yield_now;

use super::{fickle, yields};

struct Mark(Arc<AtomicBool>, Arc<Notify>);

impl Mark {
    fn clear(self) {
        drop(self);
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
        self.1.notify_waiters();
    }
}

pub(super) async fn bug() {
    let (is_loading, ended) = (Arc::new(AtomicBool::new(false)), Arc::new(Notify::new()));
    let leads = fickle("leader", {
        let (is_loading, ended) = (is_loading.clone(), ended.clone());
        async move {
            is_loading.store(true, Ordering::Relaxed);
            yield_now().await;
            Mark(is_loading, ended).clear();
        }
    });
    yields(2).await;
    while is_loading.load(Ordering::Relaxed) {
        ended.notified().await;
    }
    drop(leads);
}

pub(super) async fn fixed() {
    let (is_loading, ended) = (Arc::new(AtomicBool::new(false)), Arc::new(Notify::new()));
    let leads = fickle("leader", {
        let (is_loading, ended) = (is_loading.clone(), ended.clone());
        async move {
            is_loading.store(true, Ordering::Relaxed);
            let mark = Mark(is_loading, ended);
            yield_now().await;
            mark.clear();
        }
    });
    yields(2).await;
    while is_loading.load(Ordering::Relaxed) {
        ended.notified().await;
    }
    drop(leads);
}
