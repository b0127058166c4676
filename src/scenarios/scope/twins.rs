//! Broken scopes.

use std::future::{Future, poll_fn};
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use tokio::sync::{Semaphore, mpsc};

use super::subject::{Job, Limited, Nesting, PANIC, Subject};
use crate::error::TaskError;
use crate::spawn::{Task, spawn};
use crate::sync::Mutex;

/// A set of tasks like Tokio's: they are joined as they end, and dropping it aborts
/// them and does not wait.
struct Set<T>(Vec<Task<T>>);

impl<T> Set<T> {
    async fn join_next(&mut self) -> Option<Result<T, TaskError>> {
        poll_fn(|cx| {
            for i in 0..self.0.len() {
                if let Poll::Ready(ended) = Pin::new(&mut self.0[i]).poll(cx) {
                    drop(self.0.remove(i));
                    return Poll::Ready(Some(ended));
                }
            }
            if self.0.is_empty() { Poll::Ready(None) } else { Poll::Pending }
        })
        .await
    }
}

/// A set of tasks, and a loop that returns at the first error.
pub(super) struct Textbook;

impl Textbook {
    pub(super) const NAME: &'static str = "textbook";
}

impl Subject for Textbook {
    async fn gather(jobs: Vec<Job>) -> Result<Vec<&'static str>, &'static str> {
        let mut set = Set(jobs.into_iter().map(spawn).collect());
        let mut values = Vec::new();
        while let Some(ended) = set.join_next().await {
            values.push(ended.map_err(|_| PANIC)??);
        }
        Ok(values)
    }
}

/// A list of handles, joined one after the other.
pub(super) struct InTurn;

impl InTurn {
    pub(super) const NAME: &'static str = "in turn";
}

impl Subject for InTurn {
    async fn gather(jobs: Vec<Job>) -> Result<Vec<&'static str>, &'static str> {
        let tasks: Vec<_> = jobs.into_iter().map(spawn).collect();
        let mut values = Vec::new();
        for task in tasks {
            values.push(task.await.map_err(|_| PANIC)??);
        }
        Ok(values)
    }
}

/// Tasks that nobody owns, and a channel for what they return.
pub(super) struct Detached;

impl Detached {
    pub(super) const NAME: &'static str = "detached";
}

impl Subject for Detached {
    async fn gather(jobs: Vec<Job>) -> Result<Vec<&'static str>, &'static str> {
        let (sender, mut receiver) = mpsc::channel(jobs.len());
        for job in jobs {
            let sender = sender.clone();
            spawn(async move {
                // Who would take it may be gone.
                let _ = sender.send(job.await).await;
            })
            .detach();
        }
        drop(sender);
        let mut values = Vec::new();
        while let Some(ended) = receiver.recv().await {
            values.push(ended?);
        }
        Ok(values)
    }
}

/// A list of tasks, which is taken when the body ends.
pub(super) struct Snapshot;

impl Snapshot {
    pub(super) const NAME: &'static str = "snapshot";
}

impl Nesting for Snapshot {
    type Handle = Arc<Mutex<Vec<Task<()>>>>;

    async fn run<F, Fut>(body: F)
    where
        F: FnOnce(Self::Handle) -> Fut,
        Fut: Future<Output = ()>,
    {
        let handle = Self::Handle::new(Mutex::new(Vec::new()));
        body(handle.clone()).await;
        for task in handle.with(mem::take) {
            task.await.expect("no task of the scenario is cancelled or panics");
        }
    }

    fn spawn(handle: &Self::Handle, child: impl Future<Output = ()> + Send + 'static) {
        let task = spawn(child);
        handle.with(|tasks| tasks.push(task));
    }
}

/// A semaphore, whose permit is not moved into the task.
pub(super) struct Permits;

impl Permits {
    pub(super) const NAME: &'static str = "permits";
}

impl Limited for Permits {
    async fn one_by_one(jobs: Vec<Job>) {
        let (permits, mut tasks) = (Semaphore::new(1), Vec::new());
        for job in jobs {
            let _permit = permits.acquire().await;
            tasks.push(spawn(job));
        }
        for task in tasks {
            drop(task.await);
        }
    }
}
