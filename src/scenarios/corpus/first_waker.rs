//! A future by hand keeps the waker of its first poll, and is then moved to another
//! task.

use std::future::{Future as _, poll_fn};
use std::sync::Arc;
use std::task::{Poll, Waker};

use super::{all_end, task, yields};
use crate::sync::Mutex;

#[derive(Default)]
struct Event {
    happened: bool,
    waker: Option<Waker>,
}

pub(super) async fn bug() {
    let event = Arc::new(Mutex::new(Event::default()));
    let seen = event.clone();
    let mut happens = Box::pin(poll_fn(move |cx| {
        let waker = cx.waker().clone();
        let happened = seen.with(|event| {
            event.waker.get_or_insert(waker);
            event.happened
        });
        if happened { Poll::Ready(()) } else { Poll::Pending }
    }));
    let fires = task("event", async move {
        yields(4).await;
        let waker = event.with(|event| {
            event.happened = true;
            event.waker.take()
        });
        waker.into_iter().for_each(Waker::wake);
    });
    let early = poll_fn(|cx| Poll::Ready(happens.as_mut().poll(cx).is_ready())).await;
    let waits = task("waiter", async move {
        yields(6).await;
        if !early {
            happens.await;
        }
    });
    all_end([fires, waits]).await;
}

pub(super) async fn fixed() {
    let event = Arc::new(Mutex::new(Event::default()));
    let seen = event.clone();
    let mut happens = Box::pin(poll_fn(move |cx| {
        let waker = cx.waker().clone();
        let happened = seen.with(|event| {
            event.waker = Some(waker);
            event.happened
        });
        if happened { Poll::Ready(()) } else { Poll::Pending }
    }));
    let fires = task("event", async move {
        yields(4).await;
        let waker = event.with(|event| {
            event.happened = true;
            event.waker.take()
        });
        waker.into_iter().for_each(Waker::wake);
    });
    let early = poll_fn(|cx| Poll::Ready(happens.as_mut().poll(cx).is_ready())).await;
    let waits = task("waiter", async move {
        yields(6).await;
        if !early {
            happens.await;
        }
    });
    all_end([fires, waits]).await;
}
