//! Two fetches are polled together; while the first one's answer is worked on,
//! nobody polls the second, which holds what the work needs.

use std::future::{Future as _, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use tokio::sync::{Notify, Semaphore};

use super::{all_end, task, yields};

pub(super) async fn bug() {
    let (permits, asked) = (Arc::new(Semaphore::new(1)), Arc::new(Notify::new()));
    let asks = task("client", {
        let asked = asked.clone();
        async move {
            yields(8).await;
            asked.notify_one();
        }
    });
    let serves = task("server", async move {
        let mut first = pin!(async {
            let _permit = permits.acquire().await;
            yields(2).await;
        });
        let mut second = pin!(async {
            asked.notified().await;
            let _permit = permits.acquire().await;
            yields(1).await;
        });
        poll_fn(|cx| {
            let ready = first.as_mut().poll(cx);
            if ready.is_pending() && second.as_mut().poll(cx).is_ready() {
                return Poll::Ready(());
            }
            ready
        })
        .await;
        let work = permits.acquire().await;
        drop(work);
        second.await;
    });
    all_end([asks, serves]).await;
}

pub(super) async fn fixed() {
    let (permits, asked) = (Arc::new(Semaphore::new(1)), Arc::new(Notify::new()));
    let asks = task("client", {
        let asked = asked.clone();
        async move {
            yields(8).await;
            asked.notify_one();
        }
    });
    let serves = task("server", async move {
        let mut first = pin!(async {
            let _permit = permits.acquire().await;
            yields(2).await;
        });
        let mut second = pin!(async {
            asked.notified().await;
            let _permit = permits.acquire().await;
            yields(1).await;
        });
        poll_fn(|cx| {
            let ready = first.as_mut().poll(cx);
            if ready.is_pending() && second.as_mut().poll(cx).is_ready() {
                return Poll::Ready(());
            }
            ready
        })
        .await;
        let work = async { drop(permits.acquire().await) };
        tokio::join!(work, second);
    });
    all_end([asks, serves]).await;
}
