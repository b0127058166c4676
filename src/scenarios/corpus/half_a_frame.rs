//! A frame of two parts is read by one future, which is tried again when it is cut.

use tokio::sync::mpsc;
use tokio::task::yield_now;

use super::{all_end, task};
use crate::probe::cancellable;

pub(super) async fn bug() {
    let (sender, mut receiver) = mpsc::channel(1);
    let sends = task("sender", async move {
        for part in 0..4 {
            yield_now().await;
            let _ = sender.send(part).await;
        }
    });
    let reads = task("reader", async move {
        let mut frames = 0;
        while frames < 2 {
            let mut frame = Vec::new();
            let read = cancellable(async {
                while frame.len() < 2 {
                    frame.push(receiver.recv().await.unwrap_or(-1));
                }
            });
            if read.await.is_some() {
                assert_eq!(frame, [2 * frames, 2 * frames + 1], "half a frame was lost");
                frames += 1;
            }
        }
    });
    all_end([sends, reads]).await;
}

pub(super) async fn fixed() {
    let (sender, mut receiver) = mpsc::channel(1);
    let sends = task("sender", async move {
        for part in 0..4 {
            yield_now().await;
            let _ = sender.send(part).await;
        }
    });
    let reads = task("reader", async move {
        let mut frames = 0;
        let mut frame = Vec::new();
        while frames < 2 {
            let read = cancellable(async {
                while frame.len() < 2 {
                    frame.push(receiver.recv().await.unwrap_or(-1));
                }
            });
            if read.await.is_some() {
                assert_eq!(frame, [2 * frames, 2 * frames + 1], "half a frame was lost");
                frames += 1;
                frame.clear();
            }
        }
    });
    all_end([sends, reads]).await;
}
