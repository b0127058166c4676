use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;

use super::AllFailed;
use super::end::Errors;
use crate::deadline::{LastCall, Timer};
use crate::inflight::Inflight;
use crate::rt::{self, Instant};

/// Starts a spare when the first attempt is slow, and gives the first success. The
/// others are dropped before that.
///
/// `make(0)` is the first attempt, made when the hedge is first polled; spare `k`
/// is `make(k)`, made exactly `k` times [`after`](Hedge::after) later, unless
/// there was a success. There are [`max`](Hedge::max) attempts at most, the first
/// included, and so at most that many at a time.
///
/// That timetable is fixed: an attempt that fails does not bring the next one
/// forward, so that a service that is down does not get its load multiplied. To
/// try the next one at once, use [`first_ok`](super::first_ok); to try again after
/// a failure, retry.
///
/// # Errors
///
/// [`AllFailed`] with every error, in the order of the attempts, when all attempts
/// have failed: `max` of them, or fewer if the moment of the next one lies beyond
/// the clock's range, and so never comes.
///
/// # Panics
///
/// If `make` or an attempt panics, when it is polled. When it is polled outside a
/// Tokio runtime and has to wait for the moment of a spare.
///
/// # Cancel safety
///
/// Dropping it drops all attempts. The slower ones are dropped in any case: what
/// is tried must be cancel safe, and safe to do twice.
///
/// ```
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// use std::{convert::Infallible, time::Duration};
/// use surefoot::race;
/// use tokio::time::{Instant, sleep};
///
/// let start = Instant::now();
/// let attempt = |number: u32| async move {
///     let latency = if number == 0 { 900 } else { 20 };
///     sleep(Duration::from_millis(latency)).await;
///     Ok::<_, Infallible>(number)
/// };
/// let answered = race::hedge(attempt).after(Duration::from_millis(100)).max(3).await;
/// assert_eq!(answered, Ok(1));
/// assert_eq!(start.elapsed(), Duration::from_millis(120));
/// # }
/// ```
pub fn hedge<M, F, T, E>(make: M) -> Hedge<M, F, E>
where
    M: FnMut(u32) -> F,
    F: Future<Output = Result<T, E>>,
{
    Hedge {
        make,
        after: Duration::from_secs(1),
        max: 2,
        begun: None,
        made: 0,
        running: None,
        errors: Errors::default(),
        last_call: LastCall::default(),
        timer: Timer::default(),
        is_over: false,
    }
}

pin_project! {
    /// The future of [`hedge`].
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct Hedge<M, F, E> {
        make: M,
        after: Duration,
        max: u32,
        begun: Option<Instant>,
        made: u32,
        running: Option<Inflight<F>>,
        errors: Errors<E>,
        // Before the next spare.
        last_call: LastCall,
        #[pin]
        timer: Timer,
        is_over: bool,
    }
}

impl<M, F, E> Hedge<M, F, E> {
    /// The time from one attempt to the next. Best a little more than most attempts
    /// take. Default: 1 second.
    pub fn after(mut self, after: Duration) -> Self {
        self.after = after;
        self
    }

    /// How many attempts there are at most, the first included. Default: 2.
    ///
    /// # Panics
    ///
    /// If `max` is 0.
    #[track_caller]
    pub fn max(mut self, max: u32) -> Self {
        assert!(max > 0, "with a maximum of 0, nothing would ever be tried");
        self.max = max;
        self
    }
}

/// When the attempt `number` is made; `None` if never.
fn due(begun: Instant, after: Duration, number: u32, max: u32) -> Option<Instant> {
    if number >= max {
        return None;
    }
    begun.checked_add(after.checked_mul(number)?)
}

impl<M, F, T, E> Future for Hedge<M, F, E>
where
    M: FnMut(u32) -> F,
    F: Future<Output = Result<T, E>>,
{
    type Output = Result<T, AllFailed<E>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // Nothing is made while the attempts can't be asked whether they succeeded.
        // Each turn of an attempt spends its own.
        ready!(rt::poll_has_budget(cx));
        let mut this = self.project();
        assert!(!*this.is_over, "a future is not polled after its end");
        let begun = *this.begun.get_or_insert_with(rt::now);
        let max = usize::try_from(*this.max).unwrap_or(usize::MAX);
        let running = this.running.get_or_insert_with(|| Inflight::new(max));
        if *this.made == 0 {
            *this.made = 1;
            running.push(0, (this.make)(0));
        }
        loop {
            while let Poll::Ready(Some((number, output))) = running.poll_next(cx) {
                if let Some((_, value)) = this.errors.judge(number, output) {
                    // The slower ones end before the caller learns of it.
                    *this.is_over = true;
                    running.clear();
                    return Poll::Ready(Ok(value));
                }
            }
            let Some(at) = due(begun, *this.after, *this.made, *this.max) else {
                break;
            };
            // Not a limit, which the scope's could bring forward.
            ready!(this.timer.as_mut().poll_at(Some(at), cx));
            // One of them may have succeeded, and not have been asked with a budget.
            ready!(this.last_call.poll(running.len(), cx));
            this.timer.set(Timer::default());
            *this.last_call = LastCall::default();
            let number = *this.made;
            *this.made += 1;
            running.push(number as usize, (this.make)(number));
        }
        if running.is_empty() {
            *this.is_over = true;
            return Poll::Ready(Err(std::mem::take(this.errors).all()));
        }
        Poll::Pending
    }
}

impl<M, F, E> fmt::Debug for Hedge<M, F, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hedge")
            .field("after", &self.after)
            .field("max", &self.max)
            .field("made", &self.made)
            .finish_non_exhaustive()
    }
}
