//! A task that works on one item after the other.
//!
//! # Invariants
//!
//! 1. A worker has one item at a time: it is in the mailbox, or under way, until its
//!    output is on the desk; and the next comes only when that was taken.
//! 2. Each item that was put comes to something on the desk: a worker that is dropped
//!    with an item leaves word of it, and closes its mailbox.

use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::mailbox::Inbox;
use crate::deadline::Scoped;
use crate::error::{CatchPanic, Caught, Panicked, TaskError, catch_future};
use crate::inflight::Desk;
use crate::sync::Arc;

/// An item's future, and its key.
pub(super) type Work<Fut> = (usize, Scoped<Fut>);

/// What came of an item, and who worked on it.
pub(super) struct Done<T> {
    pub(super) worker: usize,
    pub(super) key: usize,
    pub(super) output: Result<T, TaskError>,
}

pin_project! {
    /// The body of the task.
    pub(super) struct Worker<Fut: Future> {
        at: usize,
        inbox: Inbox<Work<Fut>>,
        desk: Arc<Desk<Done<Fut::Output>>>,
        spawned_at: &'static Location<'static>,
        key: usize,
        #[pin]
        work: Option<CatchPanic<Scoped<Fut>, Box<Caught>>>,
    }

    impl<Fut: Future> PinnedDrop for Worker<Fut> {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            let unread = this.inbox.close();
            let under_way = this.work.is_some().then_some(*this.key);
            if let Some(key) = unread.as_ref().map(|(key, _)| *key).or(under_way) {
                let output = Err(TaskError::Cancelled);
                this.desk.ring(Done { worker: *this.at, key, output });
            }
        }
    }
}

impl<Fut: Future> Worker<Fut> {
    pub(super) fn new(
        at: usize,
        inbox: Inbox<Work<Fut>>,
        desk: Arc<Desk<Done<Fut::Output>>>,
        spawned_at: &'static Location<'static>,
    ) -> Self {
        Self { at, inbox, desk, spawned_at, key: 0, work: None }
    }
}

impl<Fut: Future> Future for Worker<Fut> {
    type Output = ();

    /// One item at most, and so no budget is needed: its next one is put there when this
    /// one's output was taken, and wakes it.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        // While it works, too: the waker of its last poll is the one to wake.
        this.inbox.register(cx);
        if this.work.is_none() {
            let Some((key, future)) = this.inbox.take() else {
                return Poll::Pending;
            };
            *this.key = key;
            this.work.set(Some(catch_future(future)));
        }
        let work = this.work.as_mut().as_pin_mut();
        let ended = ready!(work.expect("it was seen or set above").poll(cx));
        this.work.set(None);
        let panicked = |caught| TaskError::Panicked(Panicked::new(caught, this.spawned_at));
        let output = ended.map_err(panicked);
        this.desk.ring(Done { worker: *this.at, key: *this.key, output });
        Poll::Pending
    }
}
