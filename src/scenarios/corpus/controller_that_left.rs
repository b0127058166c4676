//! A worker looks whether it is to stop, and not whether anybody is left to say so.

use tokio::sync::watch;
use tokio::task::yield_now;

use super::{all_end, fickle, task, yields};

pub(super) async fn bug() {
    let (stop, mut stopped) = watch::channel(false);
    let controls = fickle("controller", async move {
        yields(2).await;
        let _ = stop.send(true);
    });
    let works = task("worker", async move {
        loop {
            let _ = stopped.changed().await;
            if *stopped.borrow() {
                break;
            }
            yield_now().await;
        }
    });
    let _ = controls.await;
    all_end([works]).await;
}

pub(super) async fn fixed() {
    let (stop, mut stopped) = watch::channel(false);
    let controls = fickle("controller", async move {
        yields(2).await;
        let _ = stop.send(true);
    });
    let works = task("worker", async move {
        loop {
            let told = stopped.changed().await;
            if told.is_err() || *stopped.borrow() {
                break;
            }
            yield_now().await;
        }
    });
    let _ = controls.await;
    all_end([works]).await;
}
