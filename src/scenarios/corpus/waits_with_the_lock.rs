//! A reader waits for a message with the lock that its writer needs.

use std::sync::Arc;

use tokio::sync::{Mutex, mpsc};

use super::{all_end, task, yields};

pub(super) async fn bug() {
    let (sender, mut receiver) = mpsc::channel(1);
    let log = Arc::new(Mutex::new(Vec::new()));
    let writes = task("writer", {
        let log = log.clone();
        async move {
            log.lock().await.push("sent");
            sender.send(7).await.expect("the reader is there");
        }
    });
    let reads = task("reader", {
        let log = log.clone();
        async move {
            yields(2).await;
            let mut log = log.lock().await;
            assert_eq!(receiver.recv().await, Some(7));
            log.push("received");
        }
    });
    all_end([writes, reads]).await;
    assert_eq!(log.lock().await.len(), 2);
}

pub(super) async fn fixed() {
    let (sender, mut receiver) = mpsc::channel(1);
    let log = Arc::new(Mutex::new(Vec::new()));
    let writes = task("writer", {
        let log = log.clone();
        async move {
            log.lock().await.push("sent");
            sender.send(7).await.expect("the reader is there");
        }
    });
    let reads = task("reader", {
        let log = log.clone();
        async move {
            yields(2).await;
            assert_eq!(receiver.recv().await, Some(7));
            log.lock().await.push("received");
        }
    });
    all_end([writes, reads]).await;
    assert_eq!(log.lock().await.len(), 2);
}
