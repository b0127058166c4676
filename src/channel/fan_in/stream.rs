use std::collections::VecDeque;
use std::fmt;
use std::future::{Future, poll_fn};
use std::mem;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use tokio::sync::mpsc;

use super::Sender;
use crate::error::{Panicked, catch_future};
use crate::spawn::{Spawner, Task};

/// The stream of what several producers send.
///
/// It ends when its producers have ended and what they sent was taken. Dropping it
/// aborts them.
pub struct FanIn<T> {
    items: mpsc::Receiver<Result<T, Panicked>>,
    /// Those before it, which have ended, and may not have given all.
    earlier: VecDeque<mpsc::Receiver<Result<T, Panicked>>>,
    /// The last sender, until the first poll: from then on, only producers keep the
    /// stream from ending.
    first: Option<mpsc::Sender<Result<T, Panicked>>>,
    more: mpsc::WeakSender<Result<T, Panicked>>,
    producers: Vec<Task<()>>,
    capacity: usize,
}

/// A stream of what producers send, with room for `capacity` values. It begins
/// without producers.
///
/// # Panics
///
/// If `capacity` is 0, or above Tokio's limit (`Semaphore::MAX_PERMITS`).
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use surefoot::channel::fan_in;
///
/// let mut numbers = fan_in::channel(16);
/// for i in 0..3 {
///     numbers.producer(async move |sender| {
///         let _ = sender.send(i).await; // fails once the stream is gone
///     });
/// }
/// let mut sum = 0;
/// while let Some(number) = numbers.next().await {
///     sum += number.expect("no producer panics");
/// }
/// assert_eq!(sum, 3);
/// # }
/// ```
#[must_use]
#[track_caller]
pub fn channel<T>(capacity: usize) -> FanIn<T> {
    let (first, items) = mpsc::channel(capacity);
    let more = first.downgrade();
    FanIn {
        items,
        earlier: VecDeque::new(),
        first: Some(first),
        more,
        producers: Vec::new(),
        capacity,
    }
}

impl<T: Send + 'static> FanIn<T> {
    /// Adds a producer: a task, which may send as long as it runs. If it panics, the
    /// panic is an item of the stream, after what it had sent.
    ///
    /// May be called at any time. A stream that had ended goes on.
    ///
    /// # Panics
    ///
    /// Outside a runtime.
    #[track_caller]
    pub fn producer<F, Fut>(&mut self, produce: F) -> &mut Self
    where
        F: FnOnce(Sender<T>) -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let items = self.sender();
        let sender = Sender::new(items.downgrade());
        let place = Location::caller();
        let task = Spawner::new().name("producer").spawn(async move {
            // The closure runs in the task, too: its panic is the producer's.
            let produced = catch_future(async move { produce(sender).await }).await;
            if let Err(caught) = produced {
                // Fails if the stream is gone: then nobody is there to be told.
                let _ = items.send(Err(Panicked::new(caught, place))).await;
            }
        });
        if self.producers.len() == self.producers.capacity() {
            self.producers.retain(|task| !task.is_finished());
        }
        self.producers.push(task);
        self
    }

    /// A sender that keeps the stream from ending.
    fn sender(&mut self) -> mpsc::Sender<Result<T, Panicked>> {
        if let Some(sender) = self.more.upgrade() {
            return sender;
        }
        // It has ended.
        let (sender, items) = mpsc::channel(self.capacity);
        self.earlier.push_back(mem::replace(&mut self.items, items));
        self.more = sender.downgrade();
        sender
    }
}

impl<T> FanIn<T> {
    /// The next value; `None` when all producers have ended.
    ///
    /// # Errors
    ///
    /// [`Panicked`] where a producer did. The others go on.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: no value is lost.
    pub async fn next(&mut self) -> Option<Result<T, Panicked>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl<T> Stream for FanIn<T> {
    type Item = Result<T, Panicked>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.first = None;
        while let Some(earlier) = self.earlier.front_mut() {
            if let Some(item) = ready!(earlier.poll_recv(cx)) {
                return Poll::Ready(Some(item));
            }
            self.earlier.pop_front();
        }
        self.items.poll_recv(cx)
    }
}

impl<T> fmt::Debug for FanIn<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let running = self.producers.iter().filter(|task| !task.is_finished()).count();
        f.debug_struct("FanIn").field("running", &running).finish_non_exhaustive()
    }
}
