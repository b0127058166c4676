//! A task's output on its way to whoever waits for it, for the runtimes that
//! are ours: the simulator and loom.

use std::future::Future;
use std::panic::{self, AssertUnwindSafe, Location};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use pin_project_lite::pin_project;

use crate::error::{Panicked, TaskError, catch};
use crate::sync::{Arc, Mutex};

/// How a task's body ended, as far as its scheduler is concerned.
#[derive(Debug)]
#[cfg_attr(loom, expect(dead_code, reason = "a model does not ask how"))]
pub(crate) enum Ended {
    Returned,
    Panicked { panicked: Panicked, injected: bool },
}

/// Splits a future into a body for the scheduler and a receiver of its output.
pub(crate) fn pair<F: Future>(
    future: F,
    spawned_at: &'static Location<'static>,
) -> (Body<F>, Receiver<F::Output>) {
    let slot = Arc::new(Mutex::new(State { output: None, finished: false, waker: None }));
    let body = Body { future: Some(future), sender: Sender(slot.clone()), spawned_at };
    (body, Receiver(slot))
}

/// The body of a future whose output nobody waits for.
#[cfg(feature = "sim")]
#[track_caller]
pub(crate) fn root_body(future: impl Future<Output = ()> + 'static) -> super::hook::Body {
    Box::pin(pair(future, Location::caller()).0)
}

struct State<T> {
    output: Option<Result<T, TaskError>>,
    /// Stays set when the output was taken.
    finished: bool,
    waker: Option<Waker>,
}

struct Sender<T>(Arc<Mutex<State<T>>>);

impl<T> Sender<T> {
    /// Only the first output counts.
    fn send(&self, output: Result<T, TaskError>) {
        let (unused, waker) = self.0.with(|state| {
            if state.finished {
                return (Some(output), None);
            }
            state.finished = true;
            state.output = Some(output);
            (None, state.waker.take())
        });
        drop(unused);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

pub(crate) struct Receiver<T>(Arc<Mutex<State<T>>>);

impl<T> Receiver<T> {
    pub(crate) fn is_finished(&self) -> bool {
        self.0.with(|state| state.finished)
    }

    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<T, TaskError>> {
        let waker = cx.waker().clone();
        let (output, _replaced) = self.0.with(|state| match state.output.take() {
            Some(output) => (Some(output), Some(waker)),
            None => (None, state.waker.replace(waker)),
        });
        output.map_or(Poll::Pending, Poll::Ready)
    }
}

pin_project! {
    /// Runs the future, and sends what becomes of it: output, panic or drop.
    pub(crate) struct Body<F: Future> {
        #[pin]
        future: Option<F>,
        sender: Sender<F::Output>,
        spawned_at: &'static Location<'static>,
    }

    impl<F: Future> PinnedDrop for Body<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            // Whoever waits learns of it even when the future's drop panics.
            let dropped = panic::catch_unwind(AssertUnwindSafe(|| this.future.set(None)));
            this.sender.send(Err(TaskError::Cancelled));
            if let Err(payload) = dropped && !std::thread::panicking() {
                panic::resume_unwind(payload);
            }
        }
    }
}

impl<F: Future> Future for Body<F> {
    type Output = Ended;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Ended> {
        let mut this = self.project();
        let polled = catch(|| {
            let future = this.future.as_mut().as_pin_mut();
            let poll = future.expect("a body is not polled after its end").poll(cx);
            if poll.is_ready() {
                // Dropped before its output is seen, as by Tokio.
                this.future.set(None);
            }
            poll
        });
        match polled {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(output)) => {
                this.sender.send(Ok(output));
                Poll::Ready(Ended::Returned)
            }
            Err(caught) => {
                let injected = caught.injected;
                let panicked = Panicked::new(caught, this.spawned_at);
                // A second panic, while the first one's wreck is cleared away,
                // adds nothing.
                let _ = catch(|| this.future.set(None));
                this.sender.send(Err(TaskError::Panicked(panicked.clone())));
                Poll::Ready(Ended::Panicked { panicked, injected })
            }
        }
    }
}
