//! A cleanup that has begun, and that nothing stops but its own end.

use std::borrow::Cow;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::shared::Shared;
use crate::error::{Held, hold_future};
use crate::rt;

/// A cleanup, in a box from its beginning: wherever it is under way, it can be
/// moved elsewhere to go on.
pub(super) struct Work {
    future: Pin<Box<dyn Future<Output = Result<(), Held>> + Send>>,
    begun_at: &'static Location<'static>,
}

impl Work {
    pub(super) fn new<F>(begun_at: &'static Location<'static>, future: F) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Self { future: Box::pin(hold_future(future)), begun_at }
    }
}

/// A cleanup that is under way, and counted. Dropped before its end, it is kept
/// for whoever waits for the reaper.
pub(super) struct Job {
    shared: Shared,
    work: Option<Work>,
}

impl Job {
    pub(super) fn new(shared: &Shared, work: Work) -> Self {
        Self { shared: shared.clone(), work: Some(work) }
    }

    /// Lets it go on as a task, or where no runtime is, keeps it for whoever
    /// waits.
    pub(super) fn hand_over(self) {
        let Some(work) = &self.work else {
            return;
        };
        let meta = rt::Meta {
            name: Cow::Borrowed("cleanup"),
            cancellable: false,
            daemon: false,
            spawned_at: work.begun_at,
        };
        // A task that is not spawned is dropped, which is the other way. So is one
        // whose runtime ends.
        drop(rt::try_spawn(meta, self.run()));
    }

    async fn run(self) {
        if let Err(panic) = self.await {
            panic.resume();
        }
    }
}

/// Its end, or the panic that was its end.
impl Future for Job {
    type Output = Result<(), Held>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let work = self.work.as_mut().expect("a job is not polled after its end");
        let ended = ready!(work.future.as_mut().poll(cx));
        self.work = None;
        self.shared.core.with(|core| core.end(ended.is_err())).wake();
        Poll::Ready(ended)
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        if let Some(work) = self.work.take() {
            let waker = self.shared.core.with(|core| core.enqueue(work));
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    }
}

/// A job in the future of whom it concerns. Dropped before its end, it goes on
/// elsewhere.
pub(super) struct Here(Option<Job>);

impl Here {
    pub(super) fn new(job: Job) -> Self {
        Self(Some(job))
    }
}

impl Future for Here {
    type Output = Result<(), Held>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let job = self.0.as_mut().expect("it is taken in drop only");
        Pin::new(job).poll(cx)
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        if let Some(job) = self.0.take() {
            job.hand_over();
        }
    }
}
