use std::fmt;
use std::future::Future;
use std::marker::{PhantomData, PhantomPinned};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;

use super::kind::{All, Kind, Settle, TryAll, Within};
use super::set::{Futures, Set};
use crate::deadline::{LastCall, Limit, Timer};
use crate::rt;

/// Waits for all futures, and gives their outputs in the order of the futures.
///
/// Nothing is polled before the join is, and everything is polled inside the task
/// that polls it: the futures may borrow, and need not be `Send`. From a tuple
/// it gives a tuple, from an iterator a `Vec`.
///
/// # Panics
///
/// If one of the futures panics, when it is polled: the panic goes on, and the
/// others are dropped with the join.
///
/// # Cancel safety
///
/// Dropping it drops the futures, and the outputs of those that have ended.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use surefoot::join;
///
/// let words = ["to", "be"];
/// let lengths = join::all(words.iter().map(|word| async { word.len() })).await;
/// assert_eq!(lengths, [2, 2]);
///
/// let (number, text) = join::all((async { 7 }, async { "seven" })).await;
/// assert_eq!((number, text), (7, "seven"));
/// # }
/// ```
pub fn all<S, M>(futures: S) -> Join<S, M, All>
where
    S: Futures<M, All>,
{
    Join::new(futures)
}

/// Waits for all futures to succeed. The first error ends it: the others are
/// dropped, and then the error is given.
///
/// For the rest as [`all`].
///
/// # Errors
///
/// The error that came first in time, not in the order of the futures.
///
/// # Panics
///
/// If one of the futures panics.
///
/// # Cancel safety
///
/// Dropping it drops the futures, and the outputs of those that have ended.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use std::future::pending;
/// use surefoot::join;
///
/// let failed = join::try_all((pending::<Result<(), &str>>(), async { Err::<u8, _>("no") })).await;
/// assert_eq!(failed, Err("no"));
/// # }
/// ```
pub fn try_all<S, M>(futures: S) -> Join<S, M, TryAll>
where
    S: Futures<M, TryAll>,
{
    Join::new(futures)
}

/// Waits for all futures to end, whether they succeed or fail.
///
/// For the rest as [`all`], which it is without a deadline. With one, those that
/// have not ended are an [`Unsettled`](super::Unsettled) each, and the outputs of
/// the others are kept.
///
/// # Panics
///
/// If one of the futures panics.
///
/// # Cancel safety
///
/// Dropping it drops the futures, and the outputs of those that have ended.
///
/// ```
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// use std::{future::pending, time::Duration};
/// use surefoot::{error::Elapsed, join::{self, Unsettled}};
///
/// let limit = Duration::from_secs(1);
/// let (a, b) = join::settle((async { Ok::<_, ()>(7) }, pending::<Result<(), ()>>()))
///     .deadline(limit)
///     .await;
/// assert_eq!(a, Ok(7));
/// assert_eq!(b, Err(Unsettled::Cut(Elapsed::new(limit))));
/// # }
/// ```
pub fn settle<S, M>(futures: S) -> Join<S, M, Settle>
where
    S: Futures<M, Settle>,
{
    Join::new(futures)
}

pin_project! {
    /// The future of [`all`], [`try_all`] and [`settle`]; `K` says of which.
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct Join<S, M, K>
    where
        S: Futures<M, K>,
    {
        #[pin]
        state: State<S, S::Set>,
        limit: usize,
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
    enum State<S, T> {
        Idle { futures: S },
        Running { #[pin] set: T },
        Over,
    }
}

impl<S: Futures<M, K>, M, K> Join<S, M, K> {
    fn new(futures: S) -> Self {
        Self::idle(futures, usize::MAX, None)
    }

    fn idle(futures: S, limit: usize, deadline: Option<Limit>) -> Self {
        let state = State::Idle { futures };
        let (last_call, timer) = (LastCall::default(), Timer::default());
        Self { state, limit, deadline, last_call, timer, kind: PhantomData, pinned: PhantomPinned }
    }

    /// At most `limit` futures run at a time: the next is started when one ends, in
    /// their order. An iterator is asked for a future when that may run, if it
    /// does not say that it has few. Default: all at once.
    ///
    /// # Panics
    ///
    /// If `limit` is 0.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
    /// use std::time::Duration;
    /// use surefoot::join;
    /// use tokio::time::{Instant, sleep};
    ///
    /// let start = Instant::now();
    /// join::all((0..10_000).map(|_| sleep(Duration::from_millis(10)))).limit(1_000).await;
    /// assert_eq!(start.elapsed(), Duration::from_millis(100));
    /// # }
    /// ```
    #[track_caller]
    pub fn limit(mut self, limit: usize) -> Self {
        assert!(limit > 0, "with a limit of 0, no future would ever run");
        self.limit = limit;
        self
    }

    /// Ends it when `limit` has passed. The limit begins when something is first found
    /// pending: the time that the futures take before that, inside the first poll, is not
    /// counted. A future that is ready at the limit still counts.
    ///
    /// | | gives, in place of |
    /// |---|---|
    /// | [`all`] | `Result<Vec<T>, Elapsed>`, in place of `Vec<T>` |
    /// | [`try_all`] | `Result<Vec<T>, TryError<E>>`, in place of `Result<Vec<T>, E>` |
    /// | [`settle`] | `Vec<Result<T, Unsettled<E>>>`, in place of `Vec<Result<T, E>>` |
    ///
    /// At the limit, [`settle`] takes the rest of its iterator, to say of each future
    /// that it was not started: with an iterator without end, it never ends.
    ///
    /// # Panics
    ///
    /// When it is polled outside a Tokio runtime and has to keep the time limit.
    pub fn deadline(self, limit: Duration) -> Join<S, M, Within<K>>
    where
        S: Futures<M, Within<K>>,
    {
        match self.state {
            State::Idle { futures } => Join::idle(futures, self.limit, Some(Limit::After(limit))),
            _ => unreachable!("once polled, a join is pinned"),
        }
    }
}

impl<S, M, K> Future for Join<S, M, K>
where
    S: Futures<M, K>,
    K: Kind<<S::Set as Set<K>>::Stop>,
{
    type Output = K::Output<<S::Set as Set<K>>::Outputs>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // Without a budget nobody can be asked, nor told that it is too late. Each turn
        // spends its own.
        ready!(rt::poll_has_budget(cx));
        let mut this = self.project();
        if let StateProjection::Idle { .. } = this.state.as_mut().project()
            && let StateOwned::Idle { futures } = this.state.as_mut().project_replace(State::Over)
        {
            this.state.set(State::Running { set: futures.start() });
        }
        let StateProjection::Running { mut set } = this.state.as_mut().project() else {
            panic!("a future is not polled after its end");
        };
        let limit = if this.last_call.has_begun() { 0 } else { *this.limit };
        let result = match set.as_mut().poll(cx, limit) {
            Poll::Ready(result) => result,
            Poll::Pending => {
                // Without a limit of its own it has none: that of the scope cuts nobody who
                // asks for no time.
                let Some(deadline) = this.deadline else { return Poll::Pending };
                let elapsed = ready!(this.timer.poll_elapsed(deadline, cx));
                ready!(this.last_call.poll(set.turns(), cx));
                set.expire(elapsed)
            }
        };
        // Those that are left end before the caller learns of it.
        this.state.set(State::Over);
        Poll::Ready(K::finish(result))
    }
}

impl<S: Futures<M, K>, M, K> fmt::Debug for Join<S, M, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Join")
            .field("limit", &self.limit)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}
