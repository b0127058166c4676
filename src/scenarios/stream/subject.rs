use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use tokio::sync::{mpsc, oneshot};

use crate::error::{Elapsed, TaskError};
use crate::scenarios::channel::{FAIRNESS, Levels};
use crate::stream::{Interval, Missed, Prioritized, StreamPatterns, prioritized};

/// The work of an item. Says whether it went well.
pub(super) type Job = Pin<Box<dyn Future<Output = bool> + Send>>;

/// Jobs, each made when it is its turn.
pub(super) type Jobs = Box<dyn Iterator<Item = Job> + Send>;

/// Jobs that are worked on beside each other, while something else is done.
pub(super) trait Working: 'static {
    type Outputs: Send;

    fn start(jobs: Jobs, limit: usize) -> Self::Outputs;
    fn next(outputs: &mut Self::Outputs) -> impl Future<Output = Option<bool>> + Send;
}

/// Jobs of which one that does not go well is the end of all.
pub(super) trait Trying: 'static {
    /// Whether all went well.
    fn all(jobs: Jobs, limit: usize) -> impl Future<Output = bool> + Send;
}

/// Items that come several at a time.
pub(super) trait Batching: 'static {
    type Batches: Send;

    fn open(items: Queue<u32>, max_items: usize, max_wait: Duration) -> Self::Batches;
    fn next(batches: &mut Self::Batches) -> impl Future<Output = Option<Vec<u32>>> + Send;
}

/// Something that is to be done once in a period.
pub(super) trait Ticking: 'static {
    type Ticks: Send;

    fn every(period: Duration) -> Self::Ticks;
    fn next(ticks: &mut Self::Ticks) -> impl Future<Output = ()> + Send;
}

/// Items each of which has a limit.
pub(super) trait Limiting: 'static {
    type Items: Send;

    fn open(items: Queue<u32>, limit: Duration) -> Self::Items;
    /// The next item, or the news that it has not come in time.
    fn next(items: &mut Self::Items) -> impl Future<Output = Option<Result<u32, Elapsed>>> + Send;
}

/// Items until a stop, which is a value that comes.
pub(super) trait Stopping: 'static {
    type Items: Send;

    fn open(items: Queue<u32>, stop: oneshot::Receiver<()>) -> Self::Items;
    fn next(items: &mut Self::Items) -> impl Future<Output = Option<u32>> + Send;
}

/// What a channel receives, as a stream.
pub(super) struct Queue<T>(pub(super) mpsc::Receiver<T>);

impl<T> Stream for Queue<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        self.0.poll_recv(cx)
    }
}

/// What an iterator has, as a stream.
pub(super) struct Iter<I>(pub(super) I);

impl<I: Iterator + Unpin> Stream for Iter<I> {
    type Item = I::Item;

    fn poll_next(mut self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Option<I::Item>> {
        Poll::Ready(self.0.next())
    }
}

/// The next item.
pub(super) async fn next<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
    poll_fn(|cx| Pin::new(&mut *stream).poll_next(cx)).await
}

type Boxed<T> = Pin<Box<dyn Stream<Item = T> + Send>>;

/// The production version.
pub(super) enum Production {}

impl Working for Production {
    type Outputs = Boxed<Result<bool, TaskError>>;

    fn start(jobs: Jobs, limit: usize) -> Self::Outputs {
        Box::pin(Iter(jobs).spawn_unordered(limit, |job| job))
    }

    async fn next(outputs: &mut Self::Outputs) -> Option<bool> {
        let next = next(outputs).await?;
        Some(next.expect("no job panics"))
    }
}

impl Trying for Production {
    async fn all(jobs: Jobs, limit: usize) -> bool {
        let mut outputs = until_an_error(jobs, limit);
        while let Some(output) = next(&mut outputs).await {
            if output.is_err() {
                return false;
            }
        }
        true
    }
}

/// Not in the `async fn` above, which would ask of it to be `Send` for every lifetime.
fn until_an_error(jobs: Jobs, limit: usize) -> Boxed<Result<(), ()>> {
    let work = |job: Job| async { job.await.then_some(()).ok_or(()) };
    Box::pin(Iter(jobs.map(Ok)).try_map_unordered(limit, work))
}

impl Batching for Production {
    type Batches = Boxed<Vec<u32>>;

    fn open(items: Queue<u32>, max_items: usize, max_wait: Duration) -> Self::Batches {
        Box::pin(items.batch(max_items, max_wait))
    }

    async fn next(batches: &mut Self::Batches) -> Option<Vec<u32>> {
        next(batches).await
    }
}

impl Ticking for Production {
    type Ticks = Pin<Box<Interval>>;

    fn every(period: Duration) -> Self::Ticks {
        Box::pin(Interval::every(period).missed(Missed::Delay))
    }

    async fn next(ticks: &mut Self::Ticks) {
        next(ticks).await.expect("an interval does not end");
    }
}

impl Limiting for Production {
    type Items = Boxed<Result<u32, Elapsed>>;

    fn open(items: Queue<u32>, limit: Duration) -> Self::Items {
        Box::pin(items.item_timeout(limit))
    }

    async fn next(items: &mut Self::Items) -> Option<Result<u32, Elapsed>> {
        next(items).await
    }
}

impl Stopping for Production {
    type Items = Boxed<u32>;

    fn open(items: Queue<u32>, stop: oneshot::Receiver<()>) -> Self::Items {
        Box::pin(items.until(stop))
    }

    async fn next(items: &mut Self::Items) -> Option<u32> {
        next(items).await
    }
}

impl Levels for Production {
    type Sender = [mpsc::Sender<u32>; 2];
    type Receiver = Prioritized<Queue<u32>>;

    fn open(capacity: usize) -> (Self::Sender, Self::Receiver) {
        let [(urgent, from_urgent), (other, from_other)] = [0; 2].map(|_| mpsc::channel(capacity));
        let streams = prioritized([Queue(from_urgent), Queue(from_other)]);
        ([urgent, other], streams.fairness(FAIRNESS))
    }

    async fn send(sender: &Self::Sender, level: usize, value: u32) -> bool {
        sender[level].send(value).await.is_ok()
    }

    async fn recv(receiver: &mut Self::Receiver) -> Option<(usize, u32)> {
        next(receiver).await
    }
}
