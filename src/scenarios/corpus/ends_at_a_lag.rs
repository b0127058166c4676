//! A subscriber goes on while it receives, and ends where it has missed something.

use tokio::sync::broadcast;
use tokio::task::yield_now;

use super::{all_end, task};

pub(super) async fn bug() {
    let (sender, mut receiver) = broadcast::channel(2);
    let publishes = task("publisher", async move {
        for event in 1..=5 {
            let _ = sender.send(event);
            yield_now().await;
        }
    });
    let subscribes = task("subscriber", async move {
        let mut last = 0;
        while let Ok(event) = receiver.recv().await {
            last = event;
        }
        assert_eq!(last, 5, "the last event was missed");
    });
    all_end([publishes, subscribes]).await;
}

pub(super) async fn fixed() {
    let (sender, mut receiver) = broadcast::channel(2);
    let publishes = task("publisher", async move {
        for event in 1..=5 {
            let _ = sender.send(event);
            yield_now().await;
        }
    });
    let subscribes = task("subscriber", async move {
        let mut last = 0;
        loop {
            match receiver.recv().await {
                Ok(event) => last = event,
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => break,
            }
        }
        assert_eq!(last, 5, "the last event was missed");
    });
    all_end([publishes, subscribes]).await;
}
