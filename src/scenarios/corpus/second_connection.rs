//! A request needs a second connection for its log, and keeps the first one while it
//! waits for it.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::yield_now;

use super::{all_end, task, yields};

pub(super) async fn bug() {
    let connections = Arc::new(Semaphore::new(2));
    let requests = |name, after| {
        let connections = connections.clone();
        task(name, async move {
            yields(after).await;
            let query = connections.acquire().await;
            yield_now().await;
            let log = connections.acquire().await;
            assert!(query.is_ok() && log.is_ok());
        })
    };
    all_end([requests("early", 0), requests("late", 3)]).await;
    assert_eq!(connections.available_permits(), 2);
}

pub(super) async fn fixed() {
    let connections = Arc::new(Semaphore::new(2));
    let requests = |name, after| {
        let connections = connections.clone();
        task(name, async move {
            yields(after).await;
            let query = connections.acquire().await.map(drop);
            yield_now().await;
            let log = connections.acquire().await;
            assert!(query.is_ok() && log.is_ok());
        })
    };
    all_end([requests("early", 0), requests("late", 3)]).await;
    assert_eq!(connections.available_permits(), 2);
}
