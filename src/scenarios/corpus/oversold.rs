//! The stock is looked at under one lock, and taken from under another.

use std::sync::Arc;

use tokio::sync::RwLock;
use tokio::task::yield_now;

use super::{all_end, task, yields};

pub(super) async fn bug() {
    let stock = Arc::new(RwLock::new(1_i32));
    let buys = |name, after| {
        let stock = stock.clone();
        task(name, async move {
            yields(after).await;
            let in_stock = *stock.read().await > 0;
            yield_now().await;
            if in_stock {
                *stock.write().await -= 1;
            }
        })
    };
    all_end([buys("early", 0), buys("late", 20)]).await;
    assert!(*stock.read().await >= 0, "sold what was not there");
}

pub(super) async fn fixed() {
    let stock = Arc::new(RwLock::new(1_i32));
    let buys = |name, after| {
        let stock = stock.clone();
        task(name, async move {
            yields(after).await;
            let mut stock = stock.write().await;
            yield_now().await;
            if *stock > 0 {
                *stock -= 1;
            }
        })
    };
    all_end([buys("early", 0), buys("late", 20)]).await;
    assert!(*stock.read().await >= 0, "sold what was not there");
}
