use std::collections::VecDeque;
use std::fmt;
use std::future::{Future, poll_fn};
use std::panic::Location;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use super::check::{self, Checked, First, Place, Review, Unchecked};
use super::config::Config;
use super::core::{Core, Event, Reason};
use super::error::{AcquireError, Failure, Phase};
use super::shared::Shared;
use super::wait::{self, Acquired, Wait};
use super::watch::Watch;
use super::{Builder, CloseReport, Info, Manage, Pooled, Status, closing, upkeep};
use crate::deadline::{Bound, Deadline, Limit};
use crate::error::{BadField, ConfigError, Panicked};
use crate::sync::Arc;
use crate::waiters::Arrival;

/// A pool of connections. Clones are handles of the same pool.
///
/// Dropping the last handle [closes](Self::close) the pool, without waiting.
/// See the [module](super) for what it is and what it guarantees.
pub struct Pool<M: Manage> {
    handle: Arc<Handle<M>>,
}

/// What all handles share, and connections on loan do not: it goes with the last
/// handle.
struct Handle<M: Manage> {
    shared: Shared<M>,
}

impl<M: Manage> Drop for Handle<M> {
    fn drop(&mut self) {
        self.shared.close();
    }
}

impl<M: Manage> Pool<M> {
    /// A pool of the connections that `manager` makes.
    ///
    /// ```
    /// use std::time::Duration;
    /// use surefoot::pool::{Pool, manage_fn};
    ///
    /// let manager = manage_fn(|| async { Ok::<_, std::io::Error>(()) });
    /// let pool = Pool::builder(manager)
    ///     .max_size(20)
    ///     .acquire_timeout(Duration::from_secs(2))
    ///     .build()?;
    /// assert_eq!(pool.status().max_size, 20);
    /// # Ok::<(), surefoot::error::ConfigError>(())
    /// ```
    #[track_caller]
    pub fn builder(manager: M) -> Builder<M> {
        Builder::new(manager)
    }

    pub(super) fn new(shared: Shared<M>) -> Self {
        Self { handle: Arc::new(Handle { shared }) }
    }

    fn shared(&self) -> &Shared<M> {
        &self.handle.shared
    }

    /// A connection, in order of arrival: one that is idle and healthy, one that
    /// is returned, or a new one, whichever comes first.
    ///
    /// # Errors
    ///
    /// See [`AcquireError`]. The time limit is that of
    /// [`Builder::acquire_timeout`], over all phases together.
    ///
    /// # Panics
    ///
    /// Outside a Tokio runtime, if a connection has to be made or a limit kept.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: no connection, slot or wake-up is lost. The place in the
    /// queue is. A connect that was begun goes on and serves the next caller; a
    /// connection whose check was cut half-way is closed.
    ///
    /// Keep polling it: a caller that was granted a connection and is not polled
    /// keeps it from everybody. Beside other work, poll both, or spawn it.
    #[track_caller]
    pub fn acquire(&self) -> impl Future<Output = Acquired<M>> + Send {
        let limit = |config: &Config| Limit::optional(config.acquire_timeout);
        self.acquire_limited(limit, Location::caller())
    }

    /// As [`acquire`](Self::acquire), with a limit of its own instead of the
    /// pool's.
    ///
    /// # Errors
    ///
    /// See [`AcquireError`].
    ///
    /// # Panics
    ///
    /// Outside a Tokio runtime, if a connection has to be made or a limit kept.
    ///
    /// # Cancel safety
    ///
    /// As [`acquire`](Self::acquire).
    #[track_caller]
    pub fn acquire_within(&self, deadline: Deadline) -> impl Future<Output = Acquired<M>> + Send {
        self.acquire_limited(move |_: &Config| Limit::At(deadline), Location::caller())
    }

    #[expect(
        clippy::manual_async_fn,
        reason = "the arguments of an async function are copied once more, on every acquire"
    )]
    fn acquire_limited(
        &self,
        limit: impl FnOnce(&Config) -> Limit + Send,
        place: Place,
    ) -> impl Future<Output = Acquired<M>> + Send {
        async move {
            let shared = self.shared();
            upkeep::ensure(shared);
            // What most calls come to, without the state that a wait needs.
            let mut idle = poll_fn(|cx| Poll::Ready(wait::idle(shared, cx))).await;
            let mut limit = limit(&shared.config);
            let mut arrival = None;
            loop {
                let entry = match idle.take() {
                    Some(entry) => entry,
                    None => {
                        let waited = Wait::new(shared, &mut limit, arrival).await?;
                        if waited.is_new {
                            return Ok(Pooled::new(shared.clone(), waited.entry, place));
                        }
                        arrival = waited.arrival;
                        waited.entry
                    }
                };
                let mut unchecked = Unchecked::new(shared, entry);
                let checked = {
                    let (mut question, mut slot) = (unchecked.question(), pin!(None));
                    match poll_fn(|cx| Poll::Ready(question.ask(slot.as_mut(), M::check, cx))).await
                    {
                        First::Ended(checked) => checked,
                        First::Pending => {
                            check::check(shared, slot, &mut limit, &mut arrival).await
                        }
                    }
                };
                if matches!(checked, Checked::Healthy) {
                    return Ok(unchecked.pass(place));
                }
                drop(unchecked);
                arrival = Some(self.after_check(checked, &mut limit, arrival)?);
            }
        }
    }

    /// After a connection that was not healthy: the place to ask again from, which
    /// is the one that the caller had, or why it ends here.
    #[cold]
    fn after_check(
        &self,
        checked: Checked,
        limit: &mut Limit,
        came: Option<Arrival>,
    ) -> Result<Arrival, AcquireError<M::Error>> {
        let shared = self.shared();
        match checked {
            Checked::Healthy | Checked::Unfit => {
                Ok(came.unwrap_or_else(|| shared.core.with(Core::arrive)))
            }
            Checked::OutOfTime => {
                let last_error = shared.core.with(Core::timed_out);
                Err(AcquireError::Timeout {
                    phase: Phase::Check,
                    after: limit.begin().limit(),
                    last_error: last_error.and_then(Failure::into_inner),
                })
            }
            Checked::Panicked(caught) => {
                Err(AcquireError::Panicked(Panicked::new(caught, shared.config.built_at)))
            }
        }
    }

    /// An idle connection, if there is one. It is not [checked](Manage::check),
    /// which could take time; a [broken](Manage::is_broken) one is not handed
    /// out.
    #[must_use]
    #[track_caller]
    pub fn try_acquire(&self) -> Option<Pooled<M>> {
        let (shared, place) = (self.shared(), Location::caller());
        while let Some(entry) = shared.take_idle() {
            if let Some(pooled) = check::unless_broken(shared, entry, place) {
                return Some(pooled);
            }
        }
        None
    }

    /// What the pool holds, and what it did so far.
    #[must_use]
    pub fn status(&self) -> Status {
        self.shared().status()
    }

    /// Ends the pool. Who waits gets [`AcquireError::Closed`] at once, as does
    /// everybody who comes later; idle connections are closed, connects are
    /// stopped; connections on loan are closed when they are returned. Ends when
    /// nothing is left.
    ///
    /// # Cancel safety
    ///
    /// Once polled, the pool is closed, whether this is awaited to its end or
    /// not. Calling it again waits again.
    pub async fn close(&self) {
        self.shared().close();
        Watch::new(self.shared(), Event::Ended).await;
    }

    /// As [`close`](Self::close), but waits for `limit` at most, and says what is
    /// left by then: the pool stays closed either way.
    ///
    /// # Panics
    ///
    /// Outside a Tokio runtime, if something is left to wait for.
    ///
    /// # Cancel safety
    ///
    /// As [`close`](Self::close).
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
    /// use std::time::Duration;
    /// use surefoot::pool::{Pool, manage_fn};
    ///
    /// let manager = manage_fn(|| async { Ok::<_, std::io::Error>(()) });
    /// let pool = Pool::builder(manager).leak_after(Duration::from_secs(60)).build().unwrap();
    /// let _forgotten = pool.acquire().await.unwrap();
    /// let report = pool.close_within(Duration::from_secs(5)).await;
    /// assert!(!report.is_complete());
    /// assert_eq!(report.left.in_use, 1);
    /// assert!(report.holders[0].acquired_at.file().ends_with(".rs"));
    /// # }
    /// ```
    pub async fn close_within(&self, limit: Duration) -> CloseReport {
        let _ = Bound::new(Limit::After(limit), self.close()).await;
        CloseReport::new(self.shared())
    }

    /// Makes as many connections as are missing to `n`, or to `max_size` if that
    /// is less, so that the first callers need not wait for them. What is lost
    /// meanwhile is not made up for.
    ///
    /// # Errors
    ///
    /// That of the last connect that failed meanwhile, if no caller was told of
    /// it; [`AcquireError::Closed`].
    ///
    /// # Panics
    ///
    /// Outside a Tokio runtime.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: connects that were begun go on.
    pub async fn warm_up(&self, n: usize) -> Result<(), AcquireError<M::Error>> {
        let shared = self.shared();
        upkeep::ensure(shared);
        let failures = shared.core.with(|core| core.all_failures());
        let mut enough = None;
        loop {
            let Some(connects) = shared.core.with(|core| core.warm_up(n, &mut enough)) else {
                return if self.is_closed() { Err(AcquireError::Closed) } else { Ok(()) };
            };
            shared.begin_connects(connects);
            Watch::new(shared, Event::SlotChanged).await;
            let failed = shared.core.with(|core| {
                (core.all_failures() > failures).then(|| core.take_last_error()).flatten()
            });
            if let Some(failure) = failed {
                return Err(failure.into_error());
            }
        }
    }

    /// Changes `max_size`. After a shrink, idle connections are closed at once,
    /// and those on loan when they come back, until no more than that are left;
    /// after a growth, callers that wait get new connections at once.
    ///
    /// # Errors
    ///
    /// If `max_size` is 0.
    pub fn resize(&self, max_size: usize) -> Result<(), ConfigError> {
        if max_size == 0 {
            ConfigError::check(vec![BadField::new("max_size", "must be at least 1")])?;
        }
        let shared = self.shared();
        let (close, wakers) = shared.core.with(|core| core.resize(max_size));
        wakers.wake();
        for entry in close {
            closing::close(shared, entry);
        }
        Ok(())
    }

    /// Closes the idle connections for which `keep` says `false`. Gives back how
    /// many. Connections on loan are not asked about.
    ///
    /// # Panics
    ///
    /// If `keep` does. The connection that it was asked about is closed, the rest
    /// goes back.
    pub fn retain(&self, mut keep: impl FnMut(&M::Conn, &Info) -> bool) -> usize {
        let shared = self.shared();
        // All in guards first: whatever panics, none is lost.
        let reviews: Vec<_> = shared.core.with(Core::take_for_review).into_iter().collect();
        let review = |entry| Review::new(shared, entry, Reason::Retain);
        let mut reviews = Kept(reviews.into_iter().map(review).collect());
        let mut closed = 0;
        while let Some(mut review) = reviews.0.pop_front() {
            let (conn, info) = review.look();
            let keeps = keep(conn, &info);
            if keeps {
                review.keep();
            } else {
                closed += 1;
                drop(review);
            }
        }
        closed
    }

    /// Whether the pool was closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.shared().core.with(|core| core.is_closed())
    }
}

/// Connections that go back, unless they are taken out.
struct Kept<M: Manage>(VecDeque<Review<M>>);

impl<M: Manage> Drop for Kept<M> {
    fn drop(&mut self) {
        self.0.drain(..).for_each(Review::keep);
    }
}

impl<M: Manage> Clone for Pool<M> {
    fn clone(&self) -> Self {
        Self { handle: self.handle.clone() }
    }
}

impl<M: Manage> fmt::Debug for Pool<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("status", &self.status()).finish_non_exhaustive()
    }
}
