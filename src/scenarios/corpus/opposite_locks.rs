//! Two transfers lock the same two accounts, each its own first.

use std::sync::Arc;

use tokio::sync::Mutex;
use tokio::task::yield_now;

use super::{all_end, task, yields};

pub(super) async fn bug() {
    let (ann, bob) = (Arc::new(Mutex::new(10)), Arc::new(Mutex::new(10)));
    let transfer = |name, after, from: &Arc<Mutex<i32>>, to: &Arc<Mutex<i32>>| {
        let (from, to) = (from.clone(), to.clone());
        task(name, async move {
            yields(after).await;
            let mut from = from.lock().await;
            yield_now().await;
            let mut to = to.lock().await;
            *from -= 1;
            *to += 1;
        })
    };
    let there = transfer("there", 0, &ann, &bob);
    let back = transfer("back", 3, &bob, &ann);
    all_end([there, back]).await;
    assert_eq!(*ann.lock().await + *bob.lock().await, 20);
}

pub(super) async fn fixed() {
    let (ann, bob) = (Arc::new(Mutex::new(10)), Arc::new(Mutex::new(10)));
    let transfer = |name, after, lower: &Arc<Mutex<i32>>, upper: &Arc<Mutex<i32>>, sum| {
        let (lower, upper) = (lower.clone(), upper.clone());
        task(name, async move {
            yields(after).await;
            let mut lower = lower.lock().await;
            yield_now().await;
            let mut upper = upper.lock().await;
            *lower -= sum;
            *upper += sum;
        })
    };
    let there = transfer("there", 0, &ann, &bob, 1);
    let back = transfer("back", 3, &ann, &bob, -1);
    all_end([there, back]).await;
    assert_eq!(*ann.lock().await + *bob.lock().await, 20);
}
