//! One place between who has items and a task that works on them: its own half each.
//!
//! # Invariants
//!
//! 1. There is one item at most: the next is put only when what came of the one before
//!    was seen.
//! 2. A worker leaves its waker before it looks: what is put wakes it, or is seen.
//! 3. An item that was put is taken, given back to who put it, or given back to who
//!    closes, and so is never dropped under the lock.

use std::task::{Context, Waker};

use crate::sync::{Arc, Mutex};

/// A worker's mailbox, with its first item.
pub(super) fn mailbox<T>(first: T) -> (Outbox<T>, Inbox<T>) {
    let letter = Letter { item: Some(first), is_closed: false, worker: None };
    let mailbox = Arc::new(Mutex::new(letter));
    (Outbox { mailbox: mailbox.clone(), worker: None }, Inbox { mailbox, registered: None })
}

struct Letter<T> {
    item: Option<T>,
    /// Nobody takes anything any more.
    is_closed: bool,
    /// The worker's, if the outbox has not got it yet.
    worker: Option<Arc<Waker>>,
}

impl<T> Letter<T> {
    fn close(&mut self) -> Option<T> {
        self.is_closed = true;
        self.item.take()
    }
}

/// Where items are put. Dropped, it closes the mailbox.
pub(super) struct Outbox<T> {
    mailbox: Arc<Mutex<Letter<T>>>,
    /// `None` if the worker was never polled, as far as is known.
    worker: Option<Arc<Waker>>,
}

impl<T> Outbox<T> {
    /// Puts an item there, and wakes the worker; or gives it back, if nobody takes it.
    pub(super) fn put(&mut self, item: T) -> Result<(), T> {
        let newer = self.mailbox.with(|letter| {
            if letter.is_closed {
                return Err(item);
            }
            letter.item = Some(item);
            Ok(letter.worker.take())
        })?;
        if newer.is_some() {
            self.worker = newer;
        }
        // One that was never polled is about to be.
        if let Some(worker) = &self.worker {
            worker.wake_by_ref();
        }
        Ok(())
    }
}

impl<T> Drop for Outbox<T> {
    fn drop(&mut self) {
        drop(self.mailbox.with(Letter::close));
    }
}

/// Where the worker takes them.
pub(super) struct Inbox<T> {
    mailbox: Arc<Mutex<Letter<T>>>,
    /// The waker that the mailbox has.
    registered: Option<Arc<Waker>>,
}

impl<T> Inbox<T> {
    /// Makes sure that what is put from now on wakes this task.
    pub(super) fn register(&mut self, cx: &Context<'_>) {
        if self.registered.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
            return;
        }
        let waker = Arc::new(cx.waker().clone());
        self.registered = Some(waker.clone());
        let _replaced = self.mailbox.with(|letter| letter.worker.replace(waker));
    }

    pub(super) fn take(&self) -> Option<T> {
        self.mailbox.with(|letter| letter.item.take())
    }

    /// Nothing is put there any more. Gives back what is.
    pub(super) fn close(&self) -> Option<T> {
        self.mailbox.with(Letter::close)
    }
}
