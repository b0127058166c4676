//! A queue is drained until a poll is pending, which it also is where the task has
//! had its share.

use std::future::poll_fn;
use std::task::Poll;

use tokio::sync::mpsc;

use super::{all_end, task, yields};

pub(super) async fn bug() {
    let (sender, mut receiver) = mpsc::channel(4);
    let sends = task("sender", async move {
        for item in 0..3 {
            let _ = sender.send(item).await;
        }
    });
    let drains = task("receiver", async move {
        yields(3).await;
        let mut drained = Vec::new();
        poll_fn(|cx| {
            while let Poll::Ready(Some(item)) = receiver.poll_recv(cx) {
                drained.push(item);
            }
            Poll::Ready(())
        })
        .await;
        assert_eq!(receiver.len(), 0, "something is left in the queue");
    });
    all_end([sends, drains]).await;
}

pub(super) async fn fixed() {
    let (sender, mut receiver) = mpsc::channel(4);
    let sends = task("sender", async move {
        for item in 0..3 {
            let _ = sender.send(item).await;
        }
    });
    let drains = task("receiver", async move {
        yields(3).await;
        let mut drained = Vec::new();
        poll_fn(|_| {
            while let Ok(item) = receiver.try_recv() {
                drained.push(item);
            }
            Poll::Ready(())
        })
        .await;
        assert_eq!(receiver.len(), 0, "something is left in the queue");
    });
    all_end([sends, drains]).await;
}
