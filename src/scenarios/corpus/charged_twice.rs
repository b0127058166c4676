//! A request that took effect is given up before its answer is in, and sent again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::{all_end, task};
use crate::deadline::timeout;

pub(super) async fn bug() {
    let (charges, mut requests) = mpsc::channel::<oneshot::Sender<()>>(4);
    let (charged, seen) = (Arc::new(AtomicU32::new(0)), AtomicBool::new(false));
    let serves = task("server", {
        let charged = charged.clone();
        async move {
            while let Some(answer) = requests.recv().await {
                let _again = seen.swap(true, Ordering::Relaxed);
                charged.fetch_add(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
                let _ = answer.send(());
            }
        }
    });
    let pays = task("client", async move {
        for _ in 0..2 {
            let (answer, answered) = oneshot::channel();
            let _ = charges.send(answer).await;
            if timeout(Duration::from_secs(1), answered).await.is_ok() {
                break;
            }
        }
    });
    all_end([serves, pays]).await;
    assert_eq!(charged.load(Ordering::Relaxed), 1, "charged twice");
}

pub(super) async fn fixed() {
    let (charges, mut requests) = mpsc::channel::<oneshot::Sender<()>>(4);
    let (charged, seen) = (Arc::new(AtomicU32::new(0)), AtomicBool::new(false));
    let serves = task("server", {
        let charged = charged.clone();
        async move {
            while let Some(answer) = requests.recv().await {
                let again = seen.swap(true, Ordering::Relaxed);
                if !again {
                    charged.fetch_add(1, Ordering::Relaxed);
                }
                tokio::task::yield_now().await;
                let _ = answer.send(());
            }
        }
    });
    let pays = task("client", async move {
        for _ in 0..2 {
            let (answer, answered) = oneshot::channel();
            let _ = charges.send(answer).await;
            if timeout(Duration::from_secs(1), answered).await.is_ok() {
                break;
            }
        }
    });
    all_end([serves, pays]).await;
    assert_eq!(charged.load(Ordering::Relaxed), 1, "charged twice");
}
