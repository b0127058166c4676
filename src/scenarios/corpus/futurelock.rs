//! A future that waits for a lock is kept while its task waits for the same lock.

use std::sync::Arc;

use tokio::sync::{Mutex, Notify};

use super::{all_end, task, yields};

pub(super) async fn bug() {
    let (lock, tick) = (Arc::new(Mutex::new(0)), Arc::new(Notify::new()));
    let holds = task("holder", {
        let lock = lock.clone();
        async move {
            let _held = lock.lock().await;
            yields(2).await;
        }
    });
    let ticks = task("ticker", {
        let tick = tick.clone();
        async move {
            yields(8).await;
            tick.notify_one();
        }
    });
    let counts = task("counter", {
        let lock = lock.clone();
        async move {
            let mut first = Box::pin(lock.lock());
            tokio::select! {
                biased;
                mut count = &mut first => *count += 1,
                () = tick.notified() => *lock.lock().await += 1,
            }
        }
    });
    all_end([holds, ticks, counts]).await;
    assert_eq!(*lock.lock().await, 1);
}

pub(super) async fn fixed() {
    let (lock, tick) = (Arc::new(Mutex::new(0)), Arc::new(Notify::new()));
    let holds = task("holder", {
        let lock = lock.clone();
        async move {
            let _held = lock.lock().await;
            yields(2).await;
        }
    });
    let ticks = task("ticker", {
        let tick = tick.clone();
        async move {
            yields(8).await;
            tick.notify_one();
        }
    });
    let counts = task("counter", {
        let lock = lock.clone();
        async move {
            let mut first = Box::pin(lock.lock());
            tokio::select! {
                biased;
                mut count = &mut first => *count += 1,
                () = tick.notified() => {
                    drop(first);
                    *lock.lock().await += 1;
                }
            }
        }
    });
    all_end([holds, ticks, counts]).await;
    assert_eq!(*lock.lock().await, 1);
}
