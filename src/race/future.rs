use std::fmt;
use std::future::Future;
use std::marker::{PhantomData, PhantomPinned};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;

use super::end::End;
use super::field::{Draw, Field};
use super::kind::{First, FirstOk, Kind, Within};
use super::set::Futures;
use crate::deadline::{LastCall, Limit, Timer};
use crate::rt;

/// Gives the output of the future that is ready first, and its place among the
/// futures. The others are dropped before that.
///
/// If several are ready at the same poll, chance decides, fairly; the outputs of
/// futures that were not polled any more are not lost in them, as far as dropping
/// them loses nothing.
///
/// Nothing is polled before the race is, and everything is polled inside the task
/// that polls it: the futures may borrow, and need not be `Send`.
///
/// # Errors
///
/// [`Empty`](crate::error::Empty) if there is no future.
///
/// # Panics
///
/// If one of the futures panics, when it is polled: the panic goes on, and the
/// others are dropped with the race.
///
/// # Cancel safety
///
/// Dropping it drops the futures. The losers are cancelled too: each should be
/// cancel safe.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use std::future::pending;
/// use surefoot::race;
///
/// assert_eq!(race::first((pending(), async { 7 })).await, Ok((1, 7)));
/// # }
/// ```
pub fn first<S, M>(futures: S) -> Race<S, M, First>
where
    S: Futures<M>,
{
    Race::new(futures)
}

/// Gives the output of the future that *succeeds* first, and its place among the
/// futures, although others failed before. The rest are dropped before that.
///
/// For the rest as [`first`].
///
/// # Errors
///
/// [`AllFailed`](super::AllFailed) with every error, in the order of the futures,
/// when all have failed; with none if there is no future.
///
/// # Panics
///
/// If one of the futures panics.
///
/// # Cancel safety
///
/// Dropping it drops the futures, and the errors of those that have failed.
///
/// ```
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// use std::time::Duration;
/// use surefoot::race;
/// use tokio::time::sleep;
///
/// let mirror = |number: u64, is_up: bool| async move {
///     sleep(Duration::from_millis(number)).await;
///     if is_up { Ok(number) } else { Err(number) }
/// };
/// let fetched = race::first_ok([mirror(9, false), mirror(8, true), mirror(1, false)]).await;
/// assert_eq!(fetched, Ok((1, 8)));
///
/// let failed = race::first_ok([mirror(9, false), mirror(1, false)]).await.unwrap_err();
/// assert_eq!(failed.errors, [9, 1]);
/// # }
/// ```
pub fn first_ok<S, M, T, E>(futures: S) -> Race<S, M, FirstOk>
where
    S: Futures<M, Output = Result<T, E>>,
{
    Race::new(futures)
}

pin_project! {
    /// The future of [`first`] and [`first_ok`]; `K` says of which.
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct Race<S, M, K>
    where
        S: Futures<M>,
        K: Kind<S::Output>,
    {
        #[pin]
        state: State<S, S::Field, K::Losses>,
        seed: Option<u64>,
        deadline: Option<Limit>,
        last_call: LastCall,
        #[pin]
        timer: Timer,
        kind: PhantomData<(M, K)>,
        // Once polled, it can't be moved, and so not be configured.
        #[pin]
        pinned: PhantomPinned,
    }
}

pin_project! {
    #[project = StateProjection]
    #[project_replace = StateOwned]
    enum State<S, F, L> {
        Idle { futures: S },
        Running { #[pin] field: F, draw: Draw, losses: L },
        Over,
    }
}

impl<S: Futures<M>, M, K: Kind<S::Output>> Race<S, M, K> {
    fn new(futures: S) -> Self {
        Self::idle(futures, None, None)
    }

    fn idle(futures: S, seed: Option<u64>, deadline: Option<Limit>) -> Self {
        let state = State::Idle { futures };
        let (last_call, timer) = (LastCall::default(), Timer::default());
        Self { state, seed, deadline, last_call, timer, kind: PhantomData, pinned: PhantomPinned }
    }

    /// Breaks ties as `seed` says, the same way each time: for tests and replays.
    /// In a simulation, the explorer's seed decides without it.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Ends it when `limit` has passed. The limit begins when something is first found
    /// pending: the time that the futures take before that, inside the first poll, is not
    /// counted. A future that is ready at the limit still counts.
    ///
    /// | | gives, in place of |
    /// |---|---|
    /// | [`first`] | [`FirstError`](super::FirstError), in place of [`Empty`](crate::error::Empty) |
    /// | [`first_ok`] | [`FirstOkError`](super::FirstOkError), in place of [`AllFailed`](super::AllFailed) |
    ///
    /// # Panics
    ///
    /// When it is polled outside a Tokio runtime and has to keep the time limit.
    pub fn deadline(self, limit: Duration) -> Race<S, M, Within<K>>
    where
        Within<K>: Kind<S::Output>,
    {
        match self.state {
            State::Idle { futures } => Race::idle(futures, self.seed, Some(Limit::After(limit))),
            _ => unreachable!("once polled, a race is pinned"),
        }
    }
}

impl<S: Futures<M>, M, K: Kind<S::Output>> Future for Race<S, M, K> {
    type Output = K::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // Without a budget nobody can be asked, nor told that it is too late. Each turn
        // spends its own.
        ready!(rt::poll_has_budget(cx));
        let mut this = self.project();
        if let StateProjection::Idle { .. } = this.state.as_mut().project()
            && let StateOwned::Idle { futures } = this.state.as_mut().project_replace(State::Over)
        {
            let field = futures.start();
            let draw = Draw::new(*this.seed);
            this.state.set(State::Running { field, draw, losses: K::Losses::default() });
        }
        let StateProjection::Running { mut field, draw, losses } = this.state.as_mut().project()
        else {
            panic!("a future is not polled after its end");
        };
        let judge = |at, output| K::judge(losses, at, output);
        let end = match field.as_mut().run(cx, draw, judge) {
            Poll::Ready(Some(winner)) => End::Won(winner),
            Poll::Ready(None) => End::Lost,
            Poll::Pending => {
                // Without a limit of its own it has none: that of the scope cuts nobody who
                // asks for no time.
                let Some(deadline) = this.deadline else { return Poll::Pending };
                let elapsed = ready!(this.timer.poll_elapsed(deadline, cx));
                ready!(this.last_call.poll(field.turns(), cx));
                End::Elapsed(elapsed)
            }
        };
        let losses = std::mem::take(losses);
        // The losers end before the caller learns of it.
        this.state.set(State::Over);
        Poll::Ready(K::finish(losses, end))
    }
}

impl<S: Futures<M>, M, K: Kind<S::Output>> fmt::Debug for Race<S, M, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Race")
            .field("seed", &self.seed)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}
