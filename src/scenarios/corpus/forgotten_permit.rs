//! A permit is forgotten, and added again at the end: if the end comes.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::yield_now;

use super::fickle;

pub(super) async fn bug() {
    let permits = Arc::new(Semaphore::new(1));
    let works = fickle("worker", {
        let permits = permits.clone();
        async move {
            permits.acquire().await.expect("it is not closed").forget();
            yield_now().await;
            permits.add_permits(1);
        }
    });
    let _ = works.await;
    let again = permits.acquire().await;
    assert!(again.is_ok());
}

pub(super) async fn fixed() {
    let permits = Arc::new(Semaphore::new(1));
    let works = fickle("worker", {
        let permits = permits.clone();
        async move {
            let _permit = permits.acquire().await.expect("it is not closed");
            yield_now().await;
        }
    });
    let _ = works.await;
    let again = permits.acquire().await;
    assert!(again.is_ok());
}
