//! All meet at a barrier, and one of them is cancelled on its way there.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::yield_now;

use super::{all_end, fickle, task};

/// Arrives when it is dropped.
struct Arrival(Arc<Semaphore>);

impl Drop for Arrival {
    fn drop(&mut self) {
        self.0.add_permits(1);
    }
}

pub(super) async fn bug() {
    let arrived = Arc::new(Semaphore::new(0));
    let quits = fickle("quitter", {
        let arrived = arrived.clone();
        async move {
            yield_now().await;
            drop(Arrival(arrived));
        }
    });
    let works = task("worker", async move {
        arrived.add_permits(1);
        let both = arrived.acquire_many(2).await;
        assert!(both.is_ok());
    });
    let _ = quits.await;
    all_end([works]).await;
}

pub(super) async fn fixed() {
    let arrived = Arc::new(Semaphore::new(0));
    let quits = fickle("quitter", {
        let arrival = Arrival(arrived.clone());
        async move {
            yield_now().await;
            drop(arrival);
        }
    });
    let works = task("worker", async move {
        arrived.add_permits(1);
        let both = arrived.acquire_many(2).await;
        assert!(both.is_ok());
    });
    let _ = quits.await;
    all_end([works]).await;
}
