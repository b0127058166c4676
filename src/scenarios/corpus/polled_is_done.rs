//! A future by hand takes a second poll for the event that it waits for.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Poll, Waker};

use super::{all_end, task, yields};
use crate::sync::Mutex;

pub(super) async fn bug() {
    let (done, waker) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(None)));
    let works = task("worker", {
        let (done, waker) = (done.clone(), waker.clone());
        async move {
            yields(3).await;
            done.store(true, Ordering::Relaxed);
            waker.with(Option::take).into_iter().for_each(Waker::wake);
        }
    });
    let waits = task("waiter", async move {
        let mut was_polled = done.load(Ordering::Relaxed);
        poll_fn(|cx| {
            if was_polled {
                return Poll::Ready(());
            }
            was_polled = true;
            let mine = cx.waker().clone();
            let _replaced = waker.with(|waker| waker.replace(mine));
            Poll::Pending
        })
        .await;
        assert!(done.load(Ordering::Relaxed), "done before it was");
    });
    all_end([works, waits]).await;
}

pub(super) async fn fixed() {
    let (done, waker) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(None)));
    let works = task("worker", {
        let (done, waker) = (done.clone(), waker.clone());
        async move {
            yields(3).await;
            done.store(true, Ordering::Relaxed);
            waker.with(Option::take).into_iter().for_each(Waker::wake);
        }
    });
    let waits = task("waiter", async move {
        poll_fn(|cx| {
            if done.load(Ordering::Relaxed) {
                return Poll::Ready(());
            }
            let mine = cx.waker().clone();
            let _replaced = waker.with(|waker| waker.replace(mine));
            Poll::Pending
        })
        .await;
        assert!(done.load(Ordering::Relaxed), "done before it was");
    });
    all_end([works, waits]).await;
}
