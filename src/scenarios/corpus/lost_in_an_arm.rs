//! An arm of a `select!` receives and then awaits; another arm throws it away.

use std::sync::Arc;

use tokio::sync::{Notify, mpsc};

use super::{all_end, task, yields};

pub(super) async fn bug() {
    let (sender, mut receiver) = mpsc::channel(4);
    let tick = Arc::new(Notify::new());
    let ticks = task("ticker", {
        let tick = tick.clone();
        async move { tick.notify_one() }
    });
    let sends = task("sender", async move {
        yields(1).await;
        sender.send(1).await.expect("the receiver is there");
    });
    let receives = task("receiver", async move {
        let mut sum = 0;
        loop {
            tokio::select! {
                biased;
                message = async {
                    let message = receiver.recv().await;
                    yields(2).await;
                    message
                } => match message {
                    Some(message) => sum += message,
                    None => break,
                },
                () = tick.notified() => {}
            }
        }
        assert_eq!(sum, 1, "a message was lost");
    });
    all_end([ticks, sends, receives]).await;
}

pub(super) async fn fixed() {
    let (sender, mut receiver) = mpsc::channel(4);
    let tick = Arc::new(Notify::new());
    let ticks = task("ticker", {
        let tick = tick.clone();
        async move { tick.notify_one() }
    });
    let sends = task("sender", async move {
        yields(1).await;
        sender.send(1).await.expect("the receiver is there");
    });
    let receives = task("receiver", async move {
        let mut sum = 0;
        loop {
            tokio::select! {
                biased;
                message = receiver.recv() => match message {
                    Some(message) => {
                        yields(2).await;
                        sum += message;
                    }
                    None => break,
                },
                () = tick.notified() => {}
            }
        }
        assert_eq!(sum, 1, "a message was lost");
    });
    all_end([ticks, sends, receives]).await;
}
