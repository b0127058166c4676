use std::fmt;

use super::check::{self, Checked};
use super::core::{Core, Event};
use super::error::{AcquireError, Failure, Phase};
use super::shared::Shared;
use super::wait::{Wait, Waited};
use super::watch::Watch;
use super::{Builder, Manage, Pooled, Status};
use crate::deadline::{Deadline, Limit};
use crate::error::Panicked;
use crate::sync::Arc;

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
    pub async fn acquire(&self) -> Result<Pooled<M>, AcquireError<M::Error>> {
        self.acquire_limited(Limit::optional(self.shared().config.acquire_timeout)).await
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
    pub async fn acquire_within(
        &self,
        deadline: Deadline,
    ) -> Result<Pooled<M>, AcquireError<M::Error>> {
        self.acquire_limited(Limit::At(deadline)).await
    }

    async fn acquire_limited(&self, mut limit: Limit) -> Result<Pooled<M>, AcquireError<M::Error>> {
        let shared = self.shared();
        let mut arrival = None;
        loop {
            let Waited { entry, arrival: mut came, is_new } =
                Wait::new(shared, &mut limit, arrival).await?;
            if is_new {
                return Ok(Pooled::new(shared.clone(), entry));
            }
            return match check::check(shared, entry, &mut limit, &mut came).await {
                Checked::Healthy(healthy) => Ok(healthy),
                Checked::Unfit => {
                    // Asks again, from the place that it had.
                    arrival = Some(came.unwrap_or_else(|| shared.core.with(Core::arrive)));
                    continue;
                }
                Checked::OutOfTime(deadline) => {
                    let last_error = shared.core.with(Core::timed_out);
                    Err(AcquireError::Timeout {
                        phase: Phase::Check,
                        after: deadline.limit(),
                        last_error: last_error.and_then(Failure::into_inner),
                    })
                }
                Checked::Panicked(caught) => {
                    Err(AcquireError::Panicked(Panicked::new(caught, shared.config.built_at)))
                }
            };
        }
    }

    /// An idle connection, if there is one. It is not [checked](Manage::check),
    /// which could take time; a [broken](Manage::is_broken) one is not handed
    /// out.
    #[must_use]
    pub fn try_acquire(&self) -> Option<Pooled<M>> {
        let shared = self.shared();
        while let Some(entry) = shared.core.with(Core::take_idle) {
            if let Some(pooled) = check::unless_broken(shared, entry) {
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

    /// Whether the pool was closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.shared().core.with(|core| core.is_closed())
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
