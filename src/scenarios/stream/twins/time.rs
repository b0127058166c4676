use std::time::Duration;

use tokio::sync::oneshot;

use crate::deadline::timeout;
use crate::error::Elapsed;
use crate::rt::{self, Instant};
use crate::scenarios::stream::subject::{Batching, Limiting, Queue, Stopping, Ticking, next};

/// A batch is collected by the future that gives it.
pub(in crate::scenarios::stream) enum Local {}

impl Local {
    pub(in crate::scenarios::stream) const NAME: &str = "local";
}

impl Batching for Local {
    type Batches = (Queue<u32>, usize, Duration);

    fn open(items: Queue<u32>, max_items: usize, max_wait: Duration) -> Self::Batches {
        (items, max_items, max_wait)
    }

    async fn next((items, max_items, max_wait): &mut Self::Batches) -> Option<Vec<u32>> {
        let mut batch = vec![next(items).await?];
        let rest = async {
            while batch.len() < *max_items
                && let Some(item) = next(items).await
            {
                batch.push(item);
            }
        };
        // What has come by then is the batch.
        let _ = timeout(*max_wait, rest).await;
        Some(batch)
    }
}

/// Ticks that are due one period after the other, whatever was missed.
pub(in crate::scenarios::stream) enum Burst {}

impl Burst {
    pub(in crate::scenarios::stream) const NAME: &str = "burst";
}

pub(in crate::scenarios::stream) struct Ticks {
    due: Instant,
    period: Duration,
}

impl Ticking for Burst {
    type Ticks = Ticks;

    fn every(period: Duration) -> Ticks {
        Ticks { due: rt::now(), period }
    }

    async fn next(ticks: &mut Ticks) {
        rt::sleep_until(ticks.due).await;
        ticks.due += ticks.period;
    }
}

/// A limit around each wait for an item.
pub(in crate::scenarios::stream) enum Restarted {}

impl Restarted {
    pub(in crate::scenarios::stream) const NAME: &str = "restarted";
}

impl Limiting for Restarted {
    type Items = (Queue<u32>, Duration);

    fn open(items: Queue<u32>, limit: Duration) -> Self::Items {
        (items, limit)
    }

    async fn next((items, limit): &mut Self::Items) -> Option<Result<u32, Elapsed>> {
        timeout(*limit, next(items)).await.transpose()
    }
}

/// A look at the stop between two items.
pub(in crate::scenarios::stream) enum Between {}

impl Between {
    pub(in crate::scenarios::stream) const NAME: &str = "between";
}

impl Stopping for Between {
    type Items = (Queue<u32>, oneshot::Receiver<()>);

    fn open(items: Queue<u32>, stop: oneshot::Receiver<()>) -> Self::Items {
        (items, stop)
    }

    async fn next((items, stop): &mut Self::Items) -> Option<u32> {
        let item = next(items).await?;
        stop.try_recv().is_err().then_some(item)
    }
}
