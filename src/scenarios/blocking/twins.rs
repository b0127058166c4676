//! Broken versions.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::{Poll, Waker};

use tokio::sync::{Semaphore, oneshot};

use super::subject::Subject;
use crate::spawn::Spawner;
use crate::sync::Mutex;

/// The runtime's threads for code that blocks, without a limit in reach: what was
/// handed to them runs, whether somebody waits for it or not.
#[derive(Clone, Default)]
struct Threads(Arc<AtomicUsize>);

impl Threads {
    /// Runs `f`, and then `end`.
    fn run(
        &self,
        f: impl FnOnce() + Send + 'static,
        end: impl FnOnce() + Send + 'static,
    ) -> oneshot::Receiver<()> {
        let (sender, receiver) = oneshot::channel();
        let taken = self.0.clone();
        taken.fetch_add(1, Relaxed);
        let thread = async move {
            f();
            taken.fetch_sub(1, Relaxed);
            end();
            let _ = sender.send(());
        };
        Spawner::new().name("thread").spawn(thread).detach();
        receiver
    }

    fn taken(&self) -> usize {
        self.0.load(Relaxed)
    }
}

/// The guides' way: a thread for each call.
#[derive(Clone)]
pub(super) struct Textbook(Threads);

impl Textbook {
    pub(super) const NAME: &str = "textbook";
}

impl Subject for Textbook {
    fn new(_queue: usize) -> Self {
        Self(Threads::default())
    }

    fn run(&self, f: impl FnOnce() + Send + 'static) -> impl Future<Output = bool> + Send {
        let threads = self.0.clone();
        async move { threads.run(f, || {}).await.is_ok() }
    }

    fn running(&self) -> usize {
        self.0.taken()
    }
}

/// A semaphore in front of it. The caller holds the permit.
#[derive(Clone)]
pub(super) struct Permits {
    threads: Threads,
    permits: Arc<Semaphore>,
}

impl Permits {
    pub(super) const NAME: &str = "permits";
}

impl Subject for Permits {
    fn new(_queue: usize) -> Self {
        Self { threads: Threads::default(), permits: Arc::new(Semaphore::new(1)) }
    }

    async fn run(&self, f: impl FnOnce() + Send + 'static) -> bool {
        let Ok(_permit) = self.permits.acquire().await else {
            return false;
        };
        self.threads.run(f, || {}).await.is_ok()
    }

    fn running(&self) -> usize {
        self.threads.taken()
    }
}

/// A counter, and a queue of wakers beside it. A caller that leaves is not taken
/// off either.
#[derive(Clone)]
pub(super) struct Wakers {
    threads: Threads,
    queue: usize,
    state: Arc<Mutex<State>>,
}

struct State {
    is_free: bool,
    waiting: usize,
    wakers: VecDeque<Waker>,
}

impl Wakers {
    pub(super) const NAME: &str = "wakers";
}

impl Subject for Wakers {
    fn new(queue: usize) -> Self {
        let state = State { is_free: true, waiting: 0, wakers: VecDeque::new() };
        Self { threads: Threads::default(), queue, state: Arc::new(Mutex::new(state)) }
    }

    async fn run(&self, f: impl FnOnce() + Send + 'static) -> bool {
        let mut waits = false;
        let has_thread = poll_fn(|cx| {
            self.state.with(|state| {
                if state.is_free {
                    state.is_free = false;
                    state.waiting -= usize::from(waits);
                    return Poll::Ready(true);
                }
                if !waits && state.waiting == self.queue {
                    return Poll::Ready(false);
                }
                state.waiting += usize::from(!waits);
                waits = true;
                state.wakers.push_back(cx.waker().clone());
                Poll::Pending
            })
        })
        .await;
        let state = self.state.clone();
        let end = move || {
            let next = state.with(|state| {
                state.is_free = true;
                state.wakers.pop_front()
            });
            next.into_iter().for_each(Waker::wake);
        };
        has_thread && self.threads.run(f, end).await.is_ok()
    }

    fn running(&self) -> usize {
        self.threads.taken()
    }
}
