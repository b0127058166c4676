//! A task that works on one item after the other.
//!
//! # Invariants
//!
//! 1. A worker has one item at a time: it is in the mailbox, or under way, until its
//!    output is on the desk; and the next comes only when that was taken.
//! 2. A worker leaves its waker at the mailbox before it looks there: what is put there
//!    wakes it, or is seen.
//! 3. Each item that was put comes to something on the desk: a worker that is dropped
//!    with an item leaves word of it, and closes its mailbox.

use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use pin_project_lite::pin_project;

use crate::deadline::Scoped;
use crate::error::{CatchPanic, Caught, Panicked, TaskError, catch_future};
use crate::inflight::Desk;
use crate::sync::{Arc, Mutex};

/// An item's future, and its key.
pub(super) type Work<Fut> = (usize, Scoped<Fut>);

/// What came of an item, and who worked on it.
pub(super) struct Done<T> {
    pub(super) worker: usize,
    pub(super) key: usize,
    pub(super) output: Result<T, TaskError>,
}

/// Where the next item of a worker is put.
pub(super) struct Mailbox<Fut>(Mutex<Letter<Fut>>);

struct Letter<Fut> {
    work: Option<Work<Fut>>,
    /// Nobody takes anything any more.
    is_closed: bool,
    /// The worker's, if who puts items there has not got it yet.
    worker: Option<Arc<Waker>>,
}

impl<Fut> Mailbox<Fut> {
    /// With a worker's first item.
    pub(super) fn new(work: Work<Fut>) -> Self {
        Self(Mutex::new(Letter { work: Some(work), is_closed: false, worker: None }))
    }

    /// Puts an item there, whose worker is to be woken. Gives back its waker, if that is
    /// not the one from the last time; or the item, if nobody takes it.
    pub(super) fn put(&self, work: Work<Fut>) -> Result<Option<Arc<Waker>>, Work<Fut>> {
        self.0.with(|letter| {
            if letter.is_closed {
                return Err(work);
            }
            letter.work = Some(work);
            Ok(letter.worker.take())
        })
    }

    /// Nothing is put there any more. Gives back what is, to be dropped outside the lock.
    pub(super) fn close(&self) -> Option<Work<Fut>> {
        self.0.with(|letter| {
            letter.is_closed = true;
            letter.work.take()
        })
    }

    fn take(&self) -> Option<Work<Fut>> {
        self.0.with(|letter| letter.work.take())
    }

    /// `worker` is to be woken from now on. Gives back one that nobody has got.
    fn register(&self, worker: Arc<Waker>) -> Option<Arc<Waker>> {
        self.0.with(|letter| letter.worker.replace(worker))
    }
}

pin_project! {
    /// The body of the task.
    pub(super) struct Worker<Fut: Future> {
        at: usize,
        mailbox: Arc<Mailbox<Fut>>,
        desk: Arc<Desk<Done<Fut::Output>>>,
        spawned_at: &'static Location<'static>,
        // The waker that the mailbox has.
        waker: Option<Arc<Waker>>,
        key: usize,
        #[pin]
        work: Option<CatchPanic<Scoped<Fut>, Box<Caught>>>,
    }

    impl<Fut: Future> PinnedDrop for Worker<Fut> {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            let unread = this.mailbox.close();
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
        mailbox: Arc<Mailbox<Fut>>,
        desk: Arc<Desk<Done<Fut::Output>>>,
        spawned_at: &'static Location<'static>,
    ) -> Self {
        Self { at, mailbox, desk, spawned_at, waker: None, key: 0, work: None }
    }
}

impl<Fut: Future> Future for Worker<Fut> {
    type Output = ();

    /// One item at most, and so no budget is needed: its next one is put there when this
    /// one's output was taken, and wakes it.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        // Invariant 2.
        if !this.waker.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
            let waker = Arc::new(cx.waker().clone());
            *this.waker = Some(waker.clone());
            let _replaced = this.mailbox.register(waker);
        }
        if this.work.is_none() {
            let Some((key, future)) = this.mailbox.take() else {
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
