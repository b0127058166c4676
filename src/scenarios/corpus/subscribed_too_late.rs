//! A value is looked at, and then subscribed to: what came between counts as seen.

use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::yield_now;

use super::{all_end, task, yields};

pub(super) async fn bug() {
    let is_up = Arc::new(watch::Sender::new(false));
    let starts = task("server", {
        let is_up = is_up.clone();
        async move {
            yields(3).await;
            is_up.send_replace(true);
        }
    });
    let waits = task("client", async move {
        let was_up = *is_up.borrow();
        yield_now().await;
        let mut changes = is_up.subscribe();
        if !was_up {
            changes.changed().await.expect("the sender is there");
        }
        assert!(*changes.borrow());
    });
    all_end([starts, waits]).await;
}

pub(super) async fn fixed() {
    let is_up = Arc::new(watch::Sender::new(false));
    let starts = task("server", {
        let is_up = is_up.clone();
        async move {
            yields(3).await;
            is_up.send_replace(true);
        }
    });
    let waits = task("client", async move {
        let mut changes = is_up.subscribe();
        let was_up = *changes.borrow_and_update();
        yield_now().await;
        if !was_up {
            changes.changed().await.expect("the sender is there");
        }
        assert!(*changes.borrow());
    });
    all_end([starts, waits]).await;
}
