//! Sealed: tasks that work on one item after the other.

use std::collections::VecDeque;
use std::future::Future;
use std::panic::Location;
use std::task::{Context, Poll, Waker, ready};

use super::hands::Hands;
use super::mailbox::{Outbox, mailbox};
use super::worker::{Done, Work, Worker};
use crate::deadline::Deadline;
use crate::error::TaskError;
use crate::inflight::Desk;
use crate::rt;
use crate::spawn::{Spawner, Task};
use crate::sync::Arc;

/// Tasks, each of which works on one item at a time, and is kept for the next: an item
/// costs a wake-up, and not a new task.
pub struct Tasks<Fut: Future> {
    /// How many items were begun and not taken.
    len: usize,
    workers: Vec<Hand<Fut>>,
    /// Those whose output was taken.
    idle: Vec<usize>,
    desk: Arc<Desk<Done<Fut::Output>>>,
    /// What was collected from the desk.
    done: VecDeque<Done<Fut::Output>>,
    /// The waker that the desk has.
    task: Option<Arc<Waker>>,
    spawned_at: &'static Location<'static>,
}

/// Dropped in this order: what the task has not taken does not wait for its end.
struct Hand<Fut: Future> {
    outbox: Outbox<Work<Fut>>,
    _task: Task<()>,
}

impl<Fut: Future> Tasks<Fut> {
    pub(super) fn new(spawned_at: &'static Location<'static>) -> Self {
        Self {
            len: 0,
            workers: Vec::new(),
            idle: Vec::new(),
            desk: Arc::new(Desk::new()),
            done: VecDeque::new(),
            task: None,
            spawned_at,
        }
    }

    /// Makes sure that the desk wakes this task. Says whether it woke another before.
    fn register(&mut self, cx: &Context<'_>) -> bool {
        if self.task.as_ref().is_some_and(|task| task.will_wake(cx.waker())) {
            return false;
        }
        let task = Arc::new(cx.waker().clone());
        self.task = Some(task.clone());
        let _replaced = self.desk.register(Some(task));
        true
    }

    /// Aborts all tasks, and drops what none of them has begun.
    fn abort(&mut self) {
        self.len = 0;
        self.idle.clear();
        let _replaced = self.desk.register(None);
        self.task = None;
        self.workers.clear();
    }
}

impl<Fut> Hands for Tasks<Fut>
where
    Fut: Future<Output: Send + 'static> + Send + 'static,
{
    type Future = Fut;
    type Output = Result<Fut::Output, TaskError>;

    #[inline]
    fn len(&self) -> usize {
        self.len
    }

    fn begin(&mut self, key: usize, future: Fut, cx: &mut Context<'_>) -> Option<Self::Output> {
        if self.len == 0 {
            // Else `poll_next` has, in this poll.
            self.register(cx);
        }
        let mut work = (key, Deadline::current().scope(future));
        let at = self.idle.pop();
        if let Some(at) = at {
            match self.workers[at].outbox.put(work) {
                Ok(()) => {
                    self.len += 1;
                    return None;
                }
                // Its runtime is gone, and with it the task.
                Err(back) => work = back,
            }
        }
        let at = at.unwrap_or(self.workers.len());
        let (outbox, inbox) = mailbox(work);
        let worker = Worker::new(at, inbox, self.desk.clone(), self.spawned_at);
        let spawner = Spawner::new().name("map").deadline(Deadline::never());
        let Ok(task) = spawner.try_spawn_at(self.spawned_at, worker) else {
            panic!("an item of a stream was spawned outside a Tokio runtime");
        };
        let hand = Hand { outbox, _task: task };
        match self.workers.get_mut(at) {
            Some(gone) => *gone = hand,
            None => self.workers.push(hand),
        }
        self.len += 1;
        None
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<(usize, Self::Output)>> {
        if self.len == 0 {
            return Poll::Ready(None);
        }
        if self.done.is_empty() {
            if self.register(cx) || self.desk.has_rung() {
                self.desk.collect(&mut self.done);
            }
            if self.done.is_empty() {
                return Poll::Pending;
            }
        }
        ready!(rt::poll_budget(cx)).made_progress();
        let Some(Done { worker, key, output }) = self.done.pop_front() else {
            return Poll::Pending;
        };
        self.len -= 1;
        self.idle.push(worker);
        Poll::Ready(Some((key, output)))
    }

    fn lost(&self) -> Option<usize> {
        // A task's panic is its output.
        None
    }

    fn clear(&mut self) {
        self.abort();
    }
}

impl<Fut: Future> Drop for Tasks<Fut> {
    fn drop(&mut self) {
        self.abort();
    }
}
