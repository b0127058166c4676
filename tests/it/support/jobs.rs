//! Futures that are watched.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::panic::{self, AssertUnwindSafe};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Poll, Waker};

use tokio::time::Instant;
use tokio_test::task;

use super::{ms, panic_of, wait};

/// Sets of up to so many futures are polled as a whole, larger ones each future
/// by its own waker: what holds for one must hold for the other.
pub(crate) const SIZES: [usize; 2] = [3, 300];

pub(crate) type Job<T> = Pin<Box<dyn Future<Output = T>>>;

/// Sees when jobs begin, run and end.
#[derive(Clone)]
pub(crate) struct Watch(Rc<Seen>);

struct Seen {
    start: Instant,
    running: Cell<usize>,
    most: Cell<usize>,
    polls: Cell<usize>,
    begun_at: RefCell<Vec<(usize, u64)>>,
    dropped: RefCell<Vec<usize>>,
}

impl Watch {
    pub(crate) fn new() -> Self {
        Self(Rc::new(Seen {
            start: Instant::now(),
            running: Cell::new(0),
            most: Cell::new(0),
            polls: Cell::new(0),
            begun_at: RefCell::default(),
            dropped: RefCell::default(),
        }))
    }

    /// Milliseconds since it was made.
    pub(crate) fn clock(&self) -> u64 {
        self.0.start.elapsed().as_millis() as u64
    }

    /// How many have begun and are not dropped.
    pub(crate) fn running(&self) -> usize {
        self.0.running.get()
    }

    /// The most that ever ran.
    pub(crate) fn most(&self) -> usize {
        self.0.most.get()
    }

    /// How often any of them was polled.
    pub(crate) fn polls(&self) -> usize {
        self.0.polls.get()
    }

    /// Who began, and when, in milliseconds.
    pub(crate) fn begun_at(&self) -> Vec<(usize, u64)> {
        self.0.begun_at.borrow().clone()
    }

    /// Who is gone, in that order.
    pub(crate) fn dropped(&self) -> Vec<usize> {
        self.0.dropped.borrow().clone()
    }

    /// `future`, watched as the one of that number.
    pub(crate) fn job<F: Future + 'static>(&self, number: usize, future: F) -> Job<F::Output> {
        /// Gone with the future.
        struct Running(Watch, usize);
        impl Drop for Running {
            fn drop(&mut self) {
                let seen = &self.0.0;
                seen.running.set(seen.running.get() - 1);
                seen.dropped.borrow_mut().push(self.1);
            }
        }
        let watch = self.clone();
        Box::pin(async move {
            let seen = &watch.0;
            seen.running.set(seen.running.get() + 1);
            seen.most.set(seen.most.get().max(seen.running.get()));
            seen.begun_at.borrow_mut().push((number, watch.clock()));
            let _running = Running(watch.clone(), number);
            let mut future = Box::pin(future);
            poll_fn(|cx| {
                seen.polls.set(seen.polls.get() + 1);
                future.as_mut().poll(cx)
            })
            .await
        })
    }

    /// A job that takes so many milliseconds, and gives its number.
    pub(crate) fn takes(&self, number: usize, millis: u64) -> Job<usize> {
        self.job(number, async move {
            wait(millis).await;
            number
        })
    }

    /// A job that takes so many milliseconds, and succeeds or fails with its number.
    pub(crate) fn tries(
        &self,
        number: usize,
        millis: u64,
        succeeds: bool,
    ) -> Job<Result<usize, usize>> {
        self.job(number, async move {
            wait(millis).await;
            if succeeds { Ok(number) } else { Err(number) }
        })
    }
}

/// Something that is opened once, and tells which waker waits for it.
#[derive(Clone, Default)]
pub(crate) struct Gate(Rc<RefCell<(bool, Option<Waker>)>>);

impl Gate {
    pub(crate) async fn passed(self) {
        poll_fn(|cx| {
            let mut gate = self.0.borrow_mut();
            if gate.0 {
                return Poll::Ready(());
            }
            gate.1 = Some(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Opens it without waking anybody.
    pub(crate) fn unlock(&self) {
        self.0.borrow_mut().0 = true;
    }

    /// The waker of who waits.
    pub(crate) fn waker(&self) -> Option<Waker> {
        self.0.borrow_mut().1.take()
    }

    pub(crate) fn open(&self) {
        self.unlock();
        if let Some(waker) = self.waker() {
            waker.wake();
        }
    }
}

/// What `future` gives, and how many milliseconds it took.
pub(crate) async fn timed<F: IntoFuture>(future: F) -> (F::Output, u64) {
    let start = Instant::now();
    let output = future.await;
    let took = start.elapsed();
    assert_eq!(took, ms(took.as_millis() as u64), "a whole number of ticks");
    (output, took.as_millis() as u64)
}

/// What a future panics with when it is polled on, with a fresh budget each time.
pub(crate) async fn panic_of_polls<F: Future>(future: &mut task::Spawn<F>) -> String {
    for _ in 0..100 {
        let polled = panic::catch_unwind(AssertUnwindSafe(|| future.poll().is_ready()));
        match polled {
            Ok(is_ready) => assert!(!is_ready, "it was to panic"),
            Err(payload) => return panic_of(|| panic::resume_unwind(payload)),
        }
        tokio::task::yield_now().await;
    }
    panic!("it was to panic");
}

/// Is always busy, and notes each time that it is asked.
pub(crate) fn noting(asked: &RefCell<Vec<u8>>, name: u8) -> impl Future<Output = ()> {
    poll_fn(move |_| {
        asked.borrow_mut().push(name);
        Poll::Pending
    })
}
