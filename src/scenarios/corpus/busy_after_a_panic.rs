//! A worker says that it is busy, panics, and is busy for ever.

use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::yield_now;

use super::{task, yields};
use crate::probe::panic_point;

struct Busy(Arc<watch::Sender<bool>>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.send_replace(false);
    }
}

pub(super) async fn bug() {
    let busy = Arc::new(watch::Sender::new(false));
    let mut changes = busy.subscribe();
    let works = task("worker", {
        let busy = busy.clone();
        async move {
            busy.send_replace(true);
            yield_now().await;
            panic_point("the work panics");
            drop(Busy(busy));
        }
    });
    yields(2).await;
    let free = changes.wait_for(|busy| !busy).await;
    assert!(free.is_ok());
    drop(works);
}

pub(super) async fn fixed() {
    let busy = Arc::new(watch::Sender::new(false));
    let mut changes = busy.subscribe();
    let works = task("worker", {
        let busy = busy.clone();
        async move {
            busy.send_replace(true);
            let busy = Busy(busy);
            yield_now().await;
            panic_point("the work panics");
            drop(busy);
        }
    });
    yields(2).await;
    let free = changes.wait_for(|busy| !busy).await;
    assert!(free.is_ok());
    drop(works);
}
