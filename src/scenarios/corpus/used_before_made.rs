//! A worker takes it that the set-up, which was spawned before it, has run.

use std::sync::Arc;

use tokio::sync::OnceCell;

use super::{all_end, task, yields};

pub(super) async fn bug() {
    let config = Arc::new(OnceCell::new());
    let sets_up = task("set-up", {
        let config = config.clone();
        async move {
            let _ = config.set(7);
        }
    });
    let works = task("worker", async move {
        yields(18).await;
        let found = config.get().copied();
        assert_eq!(found, Some(7), "there is no configuration");
    });
    all_end([sets_up, works]).await;
}

pub(super) async fn fixed() {
    let config = Arc::new(OnceCell::new());
    let sets_up = task("set-up", {
        let config = config.clone();
        async move {
            let _ = config.set(7);
        }
    });
    let works = task("worker", async move {
        yields(18).await;
        let found = Some(*config.get_or_init(async || 7).await);
        assert_eq!(found, Some(7), "there is no configuration");
    });
    all_end([sets_up, works]).await;
}
