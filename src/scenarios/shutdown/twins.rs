use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{Notify, watch};

use super::desk::Desk;
use super::subject::{Draining, Subject};
use crate::spawn::{Task, spawn};
use crate::sync::Mutex;

/// The version of the guides: a watched flag, and a list of tasks.
#[derive(Clone)]
pub(super) struct Textbook {
    sender: Arc<watch::Sender<bool>>,
    workers: Arc<Mutex<Vec<Task<()>>>>,
}

impl Textbook {
    pub(super) const NAME: &str = "textbook";
}

impl Subject for Textbook {
    type Stop = watch::Receiver<bool>;

    fn new() -> Self {
        Self {
            sender: Arc::new(watch::Sender::new(false)),
            workers: Arc::new(Mutex::new(Vec::new())),
        }
    }

    fn stop(&self) -> watch::Receiver<bool> {
        self.sender.subscribe()
    }

    fn trigger(&self) {
        self.sender.send_replace(true);
    }

    async fn wait(mut stop: watch::Receiver<bool>) {
        loop {
            // With the sender gone, an error, at once.
            let _ = stop.changed().await;
            if *stop.borrow() {
                return;
            }
            // Tokio's budget does this for it; the simulator's steps have none.
            tokio::task::yield_now().await;
        }
    }
}

impl Draining for Textbook {
    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let task = spawn(work);
        self.workers.with(|workers| workers.push(task));
    }

    async fn drain(&self) {
        for worker in self.workers.with(std::mem::take) {
            worker.await.unwrap_or_else(|error| panic!("{error:?}"));
        }
    }

    async fn work(mut stop: watch::Receiver<bool>, desk: Desk) {
        loop {
            tokio::select! {
                biased;
                _ = stop.changed() => return,
                () = async {
                    desk.next().await;
                    desk.unit().await;
                } => {}
            }
        }
    }
}

/// A flag, and somebody to notify.
#[derive(Clone)]
pub(super) struct Flag(Arc<(AtomicBool, Notify)>);

impl Flag {
    pub(super) const NAME: &str = "flag";
}

impl Subject for Flag {
    type Stop = Self;

    fn new() -> Self {
        Self(Arc::new((AtomicBool::new(false), Notify::new())))
    }

    fn stop(&self) -> Self {
        self.clone()
    }

    fn trigger(&self) {
        let (flag, notify) = &*self.0;
        flag.store(true, Ordering::Relaxed);
        notify.notify_waiters();
    }

    async fn wait(stop: Self) {
        let (flag, notify) = &*stop.0;
        if flag.load(Ordering::Relaxed) {
            return;
        }
        // On several threads, no await is needed for this gap.
        tokio::task::yield_now().await;
        notify.notified().await;
    }
}
