use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;

use super::builder::{Hooks, Retry, Settings};
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
    /// Nothing was awaited until now: what took time before took it inside the first poll.
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

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(match ready!(self.as_mut().poll_value(cx)) {
            Ok(value) => Ok(value),
            Err(end) => Err(self.end(end)),
        })
    }
}

// Each step projects anew: what holds all the parts at once is written to memory, on the
// way of a first attempt that is ready at once, too.
impl<F, Fut, T, E, W, A, N, S> Retry<F, Fut, E, W, A, N, S>
where
    F: FnMut(u32) -> Fut,
    Fut: Future<Output = Result<T, E>>,
    W: FnMut(&E) -> bool,
    A: FnMut(&E) -> Option<Duration>,
    N: FnMut(&Attempt<'_, E>),
    S: Future,
{
    // For that, this is one straight line.
    #[inline]
    fn poll_value(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<T, End>> {
        loop {
            if self.state.stage == Stage::Sleep
                && let Err(end) = ready!(self.as_mut().poll_sleep(cx))
            {
                return Poll::Ready(Err(end));
            }
            if self.state.stage == Stage::Next
                && let Err(end) = ready!(self.as_mut().poll_begin(cx))
            {
                return Poll::Ready(Err(end));
            }
            // Without one the attempt could not say that it is ready, and would be too late.
            ready!(rt::poll_has_budget(cx));
            let mut attempt = self.as_mut().project().state.project().attempt;
            let running = attempt.as_mut().as_pin_mut();
            let failure = match running.expect("a future is not polled after its end").poll(cx) {
                Poll::Ready(Ok(value)) => {
                    attempt.set(None);
                    return Poll::Ready(Ok(value));
                }
                Poll::Ready(Err(error)) => AttemptError::Error(error),
                Poll::Pending => match ready!(self.as_mut().poll_interrupted(cx)) {
                    Ok(elapsed) => AttemptError::TimedOut(elapsed),
                    Err(stop) => return Poll::Ready(Err(End { stop, cut: true })),
                },
            };
            if let Err(end) = self.as_mut().failed(failure, cx) {
                return Poll::Ready(Err(end));
            }
        }
    }

    /// Begins an attempt.
    #[inline]
    fn poll_begin(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), End>> {
        let this = self.project();
        let mut state = this.state.project();
        if this.stop_on.poll(cx).is_ready() {
            return Poll::Ready(Err(End::of(Stop::Stopped)));
        }
        // Before the call is counted: a spent budget delays, and nothing else.
        ready!(rt::poll_budget(cx)).made_progress();
        if let Some(books) = state.books
            && !may_begin(books.left(rt::now()))
        {
            return Poll::Ready(Err(End::of(Stop::Deadline)));
        }
        if let (0, Some(budget)) = (state.core.attempts(), &this.settings.budget) {
            budget.note_call();
        }
        let number = state.core.begin();
        state.attempt.set(Some((this.op)(number)));
        *state.stage = Stage::Attempt;
        Poll::Ready(Ok(()))
    }

    #[cold]
    fn poll_sleep(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), End>> {
        let this = self.project();
        let mut state = this.state.project();
        if this.stop_on.poll(cx).is_ready() {
            return Poll::Ready(Err(End::of(Stop::Stopped)));
        }
        let books = state.books.as_ref().expect("a sleep is noted");
        ready!(state.timer.as_mut().poll_at(books.wakes, cx));
        state.timer.set(Timer::default());
        *state.stage = Stage::Next;
        Poll::Ready(Ok(()))
    }

    /// The attempt is pending: whether its limit passed, or something else ends it.
    #[cold]
    fn poll_interrupted(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<Elapsed, Stop>> {
        let this = self.project();
        let state = this.state.project();
        let books = state.books.get_or_insert_with(|| Books::open(this.settings));
        let Interruption { at, after } =
            books.interruption.unwrap_or_else(|| books.interruption(this.settings.attempt_timeout));
        books.interruption = Some(Interruption { at, after });
        if this.stop_on.poll(cx).is_ready() {
            return Poll::Ready(Err(Stop::Stopped));
        }
        ready!(state.timer.poll_at(at, cx));
        Poll::Ready(after.map(Elapsed::new).ok_or(Stop::Deadline))
    }

    /// An attempt failed: goes on to a sleep, or says why not.
    #[cold]
    fn failed(
        self: Pin<&mut Self>,
        error: AttemptError<E>,
        cx: &mut Context<'_>,
    ) -> Result<(), End> {
        let this = self.project();
        let mut state = this.state.project();
        // What it held is free before anybody is asked. Should one of those panic, the call
        // has ended.
        state.attempt.set(None);
        state.timer.set(Timer::default());
        let books = state.books.get_or_insert_with(|| Books::open(this.settings));
        books.interruption = None;
        let Hooks { when, retry_after, notify } = this.hooks;
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
            let delays = books.delays.get_or_insert_with(|| this.settings.delays());
            delays.next_delay_from(least.unwrap_or_default())
        });
        let stop = match next {
            Next::Stop(stop) => Some(stop),
            Next::Sleep(_) if this.stop_on.poll(cx).is_ready() => Some(Stop::Stopped),
            Next::Sleep(_) if !this.settings.may_retry() => Some(Stop::Budget),
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
    fn end(self: Pin<&mut Self>, End { stop, cut }: End) -> RetryError<E> {
        let this = self.project();
        let mut state = this.state.project();
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
