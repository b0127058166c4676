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

/// What the next poll begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// An attempt is to begin.
    Next,
    /// There is an attempt to poll; there is none when the call has ended.
    Attempt,
    /// A sleep is to end.
    Sleep,
}

/// What a call has to remember once it takes time.
struct Books<E> {
    began: Instant,
    deadline: Deadline,
    /// When the attempt that is pending is interrupted, and by what.
    interruption: Option<Interruption>,
    /// When the sleep ends: never, if that is beyond the clock.
    wakes: Option<Instant>,
    delays: Option<Delays>,
    last: Option<AttemptError<E>>,
}

#[derive(Clone, Copy, Debug)]
struct Interruption {
    at: Option<Instant>,
    /// The attempt's own limit, if it is not the deadline.
    after: Option<Duration>,
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
        let (interruption, wakes, delays, last) = (None, None, None, None);
        Self { began: rt::now(), deadline, interruption, wakes, delays, last }
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

/// The end without a value. `cut` if an attempt was interrupted.
struct End {
    stop: Stop,
    cut: bool,
}

impl End {
    fn of(stop: Stop) -> Self {
        Self { stop, cut: false }
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
        Poll::Ready(match ready!(this.poll_value(cx)) {
            Ok(value) => Ok(value),
            Err(end) => Err(this.end(end)),
        })
    }
}

impl<F, Fut, T, E, W, A, N, S> Projected<'_, F, Fut, E, W, A, N, S>
where
    F: FnMut(u32) -> Fut,
    Fut: Future<Output = Result<T, E>>,
    W: FnMut(&E) -> bool,
    A: FnMut(&E) -> Option<Duration>,
    N: FnMut(&Attempt<'_, E>),
    S: Future,
{
    // A first attempt that is ready at once is one straight line through this.
    #[inline]
    fn poll_value(&mut self, cx: &mut Context<'_>) -> Poll<Result<T, End>> {
        loop {
            if self.stage() == Stage::Sleep
                && let Err(end) = ready!(self.poll_sleep(cx))
            {
                return Poll::Ready(Err(end));
            }
            if self.stage() == Stage::Next
                && let Err(end) = ready!(self.poll_begin(cx))
            {
                return Poll::Ready(Err(end));
            }
            let mut state = self.state.as_mut().project();
            let attempt = state.attempt.as_mut().as_pin_mut();
            let attempt = attempt.expect("a future is not polled after its end");
            let failure = match attempt.poll(cx) {
                Poll::Ready(Ok(value)) => {
                    state.attempt.set(None);
                    return Poll::Ready(Ok(value));
                }
                Poll::Ready(Err(error)) => AttemptError::Error(error),
                Poll::Pending => match ready!(self.poll_interrupted(cx)) {
                    Ok(elapsed) => AttemptError::TimedOut(elapsed),
                    Err(stop) => return Poll::Ready(Err(End { stop, cut: true })),
                },
            };
            if let Err(end) = self.failed(failure, cx) {
                return Poll::Ready(Err(end));
            }
        }
    }

    fn stage(&mut self) -> Stage {
        *self.state.as_mut().project().stage
    }

    /// Begins an attempt.
    #[inline]
    fn poll_begin(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), End>> {
        let mut state = self.state.as_mut().project();
        if self.stop_on.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(End::of(Stop::Stopped)));
        }
        // A first attempt alone is no more than its operation. What is ours, to count it
        // and to repeat it, is paid for.
        let is_first = state.core.attempts() == 0;
        if !is_first || self.settings.budget.is_some() {
            ready!(rt::poll_budget(cx)).made_progress();
        }
        if let (true, Some(budget)) = (is_first, &self.settings.budget) {
            budget.note_call();
        }
        let number = state.core.begin();
        state.attempt.set(Some((self.op)(number)));
        *state.stage = Stage::Attempt;
        Poll::Ready(Ok(()))
    }

    #[cold]
    fn poll_sleep(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), End>> {
        let mut state = self.state.as_mut().project();
        if self.stop_on.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(End::of(Stop::Stopped)));
        }
        let books = state.books.as_ref().expect("a sleep is noted");
        ready!(state.timer.as_mut().poll_at(books.wakes, cx));
        state.timer.set(Timer::default());
        if !may_begin(books.left(rt::now())) {
            return Poll::Ready(Err(End::of(Stop::Deadline)));
        }
        *state.stage = Stage::Next;
        Poll::Ready(Ok(()))
    }

    /// The attempt is pending: whether its limit passed, or something else ends it.
    #[cold]
    fn poll_interrupted(&mut self, cx: &mut Context<'_>) -> Poll<Result<Elapsed, Stop>> {
        let state = self.state.as_mut().project();
        let books = state.books.get_or_insert_with(|| Books::open(self.settings));
        let Interruption { at, after } =
            books.interruption.unwrap_or_else(|| books.interruption(self.settings.attempt_timeout));
        books.interruption = Some(Interruption { at, after });
        if self.stop_on.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(Stop::Stopped));
        }
        ready!(state.timer.poll_at(at, cx));
        Poll::Ready(after.map(Elapsed::new).ok_or(Stop::Deadline))
    }

    /// An attempt failed: goes on to a sleep, or says why not.
    #[cold]
    fn failed(&mut self, error: AttemptError<E>, cx: &mut Context<'_>) -> Result<(), End> {
        let mut state = self.state.as_mut().project();
        // What it held is free before anybody is asked. Should one of those panic, the call
        // has ended.
        state.attempt.set(None);
        state.timer.set(Timer::default());
        let books = state.books.get_or_insert_with(|| Books::open(self.settings));
        books.interruption = None;
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
                books.wakes = now.checked_add(delay);
                *state.stage = if delay.is_zero() { Stage::Next } else { Stage::Sleep };
                None
            }
        };
        books.last = Some(error);
        stop.map_or(Ok(()), |stop| Err(End::of(stop)))
    }

    #[cold]
    fn end(&mut self, End { stop, cut }: End) -> RetryError<E> {
        let mut state = self.state.as_mut().project();
        *state.stage = Stage::Attempt;
        state.attempt.set(None);
        state.timer.set(Timer::default());
        let (elapsed, last) = match state.books.take() {
            Some(books) => (rt::now().saturating_duration_since(books.began), books.last),
            None => (Duration::ZERO, None),
        };
        RetryError { attempts: state.core.attempts(), elapsed, stop, last, cut }
    }
}
