use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;

use super::builder::{Hooks, Projected, Retry, Settings};
use super::core::{Core, Next, Outcome, may_begin};
use super::{Attempt, AttemptError, RetryError, Stop};
use crate::backoff::Delays;
use crate::deadline::{Deadline, Limit, Timer};
use crate::error::Elapsed;
use crate::rt::{self, Instant};

pin_project! {
    /// Where a call stands.
    pub(super) struct State<Fut, E> {
        stage: Stage,
        pub(super) core: Core,
        #[pin]
        attempt: Option<Fut>,
        #[pin]
        timer: Timer,
        // Most calls end before there is anything to write into them.
        books: Option<Books<E>>,
    }
}

#[derive(Clone, Copy, Debug)]
enum Stage {
    /// An attempt is to begin.
    Next,
    /// An attempt runs. Once it was pending, it is known when it is interrupted.
    Running(Option<Interruption>),
    Sleeping {
        until: Option<Instant>,
    },
    Ended,
}

/// When an attempt is interrupted, and by what.
#[derive(Clone, Copy, Debug)]
struct Interruption {
    at: Option<Instant>,
    /// The attempt's own limit, if it is not the deadline.
    after: Option<Duration>,
}

/// What a call has to remember once it takes time.
struct Books<E> {
    began: Instant,
    deadline: Deadline,
    delays: Option<Delays>,
    last: Option<AttemptError<E>>,
}

impl<Fut, E> State<Fut, E> {
    pub(super) fn new(core: Core) -> Self {
        Self { stage: Stage::Next, core, attempt: None, timer: Timer::default(), books: None }
    }
}

impl<E> Books<E> {
    /// Nothing was awaited until now, so now is when the first poll was.
    fn open(settings: &Settings) -> Self {
        let deadline = Limit::optional(settings.deadline).begin();
        Self { began: rt::now(), deadline, delays: None, last: None }
    }

    fn left(&self, now: Instant) -> Option<Duration> {
        self.deadline.instant().map(|at| at.saturating_duration_since(now))
    }

    /// The nearer of the attempt's limit, which begins now, and the deadline.
    fn interruption(&self, attempt_timeout: Option<Duration>) -> Interruption {
        let deadline = self.deadline.instant();
        let Some((limit, at)) =
            attempt_timeout.and_then(|limit| Some((limit, rt::now().checked_add(limit)?)))
        else {
            return Interruption { at: deadline, after: None };
        };
        match deadline {
            Some(deadline) if deadline <= at => Interruption { at: Some(deadline), after: None },
            _ => Interruption { at: Some(at), after: Some(limit) },
        }
    }
}

impl<F, Fut, T, E, W, A, N, S> Future for Retry<F, Fut, E, W, A, N, S>
where
    F: FnMut(u32) -> Fut,
    Fut: Future<Output = Result<T, E>>,
    W: FnMut(&E) -> bool,
    A: FnMut(&E) -> Option<Duration>,
    N: FnMut(&Attempt<'_, E>),
    S: Future,
{
    type Output = Result<T, RetryError<E>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            let mut state = this.state.as_mut().project();
            match *state.stage {
                Stage::Next => {
                    if this.stop_on.as_mut().poll(cx).is_ready() {
                        return Poll::Ready(Err(this.end(Stop::Stopped, false)));
                    }
                    ready!(rt::poll_budget(cx)).made_progress();
                    let number = state.core.begin();
                    if let (1, Some(budget)) = (number, &this.settings.budget) {
                        budget.note_call();
                    }
                    state.attempt.set(Some((this.op)(number)));
                    *state.stage = Stage::Running(None);
                }
                Stage::Running(interruption) => {
                    let attempt = state.attempt.as_mut().as_pin_mut();
                    let failure = match attempt.expect("an attempt runs").poll(cx) {
                        Poll::Ready(Ok(value)) => {
                            state.attempt.set(None);
                            *state.stage = Stage::Ended;
                            return Poll::Ready(Ok(value));
                        }
                        Poll::Ready(Err(error)) => AttemptError::Error(error),
                        Poll::Pending => {
                            let interrupted = ready!(this.poll_interrupted(interruption, cx));
                            match interrupted {
                                Ok(elapsed) => AttemptError::TimedOut(elapsed),
                                Err(stop) => return Poll::Ready(Err(this.end(stop, true))),
                            }
                        }
                    };
                    if let Some(stop) = this.failed(failure, cx) {
                        return Poll::Ready(Err(this.end(stop, false)));
                    }
                }
                Stage::Sleeping { until } => {
                    if this.stop_on.as_mut().poll(cx).is_ready() {
                        return Poll::Ready(Err(this.end(Stop::Stopped, false)));
                    }
                    ready!(state.timer.as_mut().poll_at(until, cx));
                    state.timer.set(Timer::default());
                    let left = state.books.as_ref().and_then(|books| books.left(rt::now()));
                    if !may_begin(left) {
                        return Poll::Ready(Err(this.end(Stop::Deadline, false)));
                    }
                    *state.stage = Stage::Next;
                }
                Stage::Ended => panic!("a future is not polled after its end"),
            }
        }
    }
}

impl<F, Fut, E, W, A, N, S> Projected<'_, F, Fut, E, W, A, N, S>
where
    W: FnMut(&E) -> bool,
    A: FnMut(&E) -> Option<Duration>,
    N: FnMut(&Attempt<'_, E>),
    S: Future,
{
    /// The attempt is pending: whether its limit passed, or something else ends it.
    fn poll_interrupted(
        &mut self,
        known: Option<Interruption>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Elapsed, Stop>> {
        let state = self.state.as_mut().project();
        let Interruption { at, after } = known.unwrap_or_else(|| {
            let books = state.books.get_or_insert_with(|| Books::open(self.settings));
            let interruption = books.interruption(self.settings.attempt_timeout);
            *state.stage = Stage::Running(Some(interruption));
            interruption
        });
        if self.stop_on.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(Stop::Stopped));
        }
        ready!(state.timer.poll_at(at, cx));
        Poll::Ready(after.map(Elapsed::new).ok_or(Stop::Deadline))
    }

    /// An attempt failed: goes on to a sleep, or says why not.
    #[cold]
    fn failed(&mut self, error: AttemptError<E>, cx: &mut Context<'_>) -> Option<Stop> {
        let mut state = self.state.as_mut().project();
        // What it held is free before anybody is asked. Should one of those panic, this
        // has ended.
        *state.stage = Stage::Ended;
        state.attempt.set(None);
        state.timer.set(Timer::default());
        let books = state.books.get_or_insert_with(|| Books::open(self.settings));
        let Hooks { when, retry_after, notify } = self.hooks;
        let outcome = match &error {
            AttemptError::Error(error) if !when(error) => Outcome::Permanent,
            AttemptError::Error(_) | AttemptError::TimedOut(_) => Outcome::Failed,
        };
        let now = rt::now();
        let next = state.core.ended(outcome, books.left(now), || {
            let least = match &error {
                AttemptError::Error(error) => retry_after(error),
                AttemptError::TimedOut(_) => None,
            };
            let delays = books.delays.get_or_insert_with(|| self.settings.delays());
            delays.next_delay_from(least.unwrap_or_default())
        });
        let stop = match next {
            Next::Stop(stop) => Some(stop),
            Next::Sleep(_) if self.stop_on.as_mut().poll(cx).is_ready() => Some(Stop::Stopped),
            Next::Sleep(_) if !self.settings.may_retry() => Some(Stop::Budget),
            Next::Sleep(delay) => {
                let elapsed = now.saturating_duration_since(books.began);
                let number = state.core.attempts();
                notify(&Attempt { number, error: &error, delay, elapsed });
                *state.stage = match delay {
                    Duration::ZERO => Stage::Next,
                    delay => Stage::Sleeping { until: now.checked_add(delay) },
                };
                None
            }
        };
        books.last = Some(error);
        stop
    }

    /// The end without a value. `cut` if an attempt was interrupted.
    #[cold]
    fn end(&mut self, stop: Stop, cut: bool) -> RetryError<E> {
        let mut state = self.state.as_mut().project();
        *state.stage = Stage::Ended;
        state.attempt.set(None);
        state.timer.set(Timer::default());
        let (elapsed, last) = match state.books.take() {
            Some(books) => (rt::now().saturating_duration_since(books.began), books.last),
            None => (Duration::ZERO, None),
        };
        RetryError { attempts: state.core.attempts(), elapsed, stop, last, cut }
    }
}
