//! A value to every subscriber.

use std::future::Future;
use std::hint::black_box;

use surefoot::channel::publish::{self, Policy};
use tokio::sync::broadcast;
use tokio::task::{JoinHandle, yield_now};

use super::super::{Peer, Work, block_on, spawn};
use crate::table::Goal;

pub(super) const DROPPING_1: Work =
    dropping::<1, 1>("publish one by one, dropping the oldest, subscribers: 1");
pub(super) const DROPPING_10: Work =
    dropping::<10, 1>("publish one by one, dropping the oldest, subscribers: 10");
pub(super) const DROPPING_100: Work =
    dropping::<100, 1>("publish one by one, dropping the oldest, subscribers: 100");
pub(super) const BLOCKING_1: Work =
    blocking::<1, 1>("publish one by one, blocking, subscribers: 1");
pub(super) const BLOCKING_10: Work =
    blocking::<10, 1>("publish one by one, blocking, subscribers: 10");
pub(super) const BLOCKING_100: Work =
    blocking::<100, 1>("publish one by one, blocking, subscribers: 100");

pub(super) const DROPPING_BURSTS_1: Work =
    dropping::<1, 32>("publish in bursts, dropping the oldest, subscribers: 1");
pub(super) const DROPPING_BURSTS_10: Work =
    dropping::<10, 32>("publish in bursts, dropping the oldest, subscribers: 10");
pub(super) const DROPPING_BURSTS_100: Work =
    dropping::<100, 32>("publish in bursts, dropping the oldest, subscribers: 100");
pub(super) const BLOCKING_BURSTS_1: Work =
    blocking::<1, 32>("publish in bursts, blocking, subscribers: 1");
pub(super) const BLOCKING_BURSTS_10: Work =
    blocking::<10, 32>("publish in bursts, blocking, subscribers: 10");
pub(super) const BLOCKING_BURSTS_100: Work =
    blocking::<100, 32>("publish in bursts, blocking, subscribers: 100");

/// What each subscriber has room for.
const ROOM: usize = 64;

/// Beside the peer that drops as well. What is dropped is never missed here: no
/// subscriber falls behind by more than a burst.
const fn dropping<const SUBSCRIBERS: usize, const BURST: u64>(name: &'static str) -> Work {
    Work {
        name,
        pieces: 1,
        threads: 1,
        ours: |times| block_on(published(times, SUBSCRIBERS, BURST, Policy::DropOldest)),
        peers: &[Peer {
            name: "tokio broadcast",
            run: |times| block_on(broadcasted(times, SUBSCRIBERS, BURST)),
            goal: Goal::Ratio(1.0),
        }],
    }
}

/// Beside the peer that waits as well.
const fn blocking<const SUBSCRIBERS: usize, const BURST: u64>(name: &'static str) -> Work {
    Work {
        name,
        pieces: 1,
        threads: 1,
        ours: |times| block_on(published(times, SUBSCRIBERS, BURST, Policy::Block)),
        peers: &[Peer {
            name: "async-broadcast",
            run: |times| block_on(awaited(times, SUBSCRIBERS, BURST)),
            goal: Goal::Ratio(1.0),
        }],
    }
}

async fn published(values: u64, subscribers: usize, burst: u64, policy: Policy) {
    let publisher = publish::channel(ROOM);
    let listeners = listen(subscribers, || {
        let mut subscriber = publisher.subscribe(policy);
        async move {
            while let Some(next) = subscriber.next().await {
                black_box(next.expect("nobody is too slow"));
            }
        }
    });
    bursts(values, burst, async |value| {
        publisher.publish(value).await;
    })
    .await;
    drop(publisher);
    ended(listeners).await;
}

async fn broadcasted(values: u64, subscribers: usize, burst: u64) {
    let (publisher, _) = broadcast::channel(ROOM);
    let listeners = listen(subscribers, || {
        let mut subscriber = publisher.subscribe();
        async move {
            while let Ok(next) = subscriber.recv().await {
                black_box(next);
            }
        }
    });
    bursts(values, burst, async |value| {
        publisher.send(value).expect("somebody listens");
    })
    .await;
    drop(publisher);
    ended(listeners).await;
}

async fn awaited(values: u64, subscribers: usize, burst: u64) {
    let (publisher, first) = async_broadcast::broadcast(ROOM);
    let listeners = listen(subscribers, || {
        let mut subscriber = first.new_receiver();
        async move {
            while let Ok(next) = subscriber.recv_direct().await {
                black_box(next);
            }
        }
    });
    drop(first);
    bursts(values, burst, async |value| {
        publisher.broadcast_direct(value).await.expect("somebody listens");
    })
    .await;
    drop(publisher);
    ended(listeners).await;
}

fn listen<L: Future<Output = ()> + Send + 'static>(
    subscribers: usize,
    listener: impl Fn() -> L,
) -> Vec<JoinHandle<()>> {
    (0..subscribers).map(|_| spawn(listener())).collect()
}

/// Lets the subscribers run after each burst.
async fn bursts(values: u64, burst: u64, publish: impl AsyncFn(u64)) {
    for value in 0..values {
        publish(value).await;
        if value % burst == burst - 1 {
            yield_now().await;
        }
    }
}

async fn ended(listeners: Vec<JoinHandle<()>>) {
    for listener in listeners {
        listener.await.expect("no listener panics");
    }
}
