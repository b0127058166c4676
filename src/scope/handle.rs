use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::time::Duration;

use super::child::Child;
use super::shared::{Seat, Shared};
use super::turn::{Limit, Turn};
use super::{Refused, ScopedTask};
use crate::deadline::Deadline;
use crate::spawn::Spawner;
use crate::sync::Arc;

/// A handle of a scope that runs: it spawns children.
///
/// Clones are handles of the same scope; give one to a child that is to spawn
/// children of its own.
pub struct Scope<E> {
    shared: Arc<Shared<E>>,
    spawner: Spawner,
    limit: Option<Limit>,
}

impl<E> Scope<E> {
    pub(super) fn new(shared: Arc<Shared<E>>) -> Self {
        Self { shared, spawner: Spawner::new().name("child"), limit: None }
    }

    /// A handle of the same scope whose children run at most `n` at a time. The
    /// others wait for their turn, in the order in which they were spawned.
    ///
    /// The limit is of the children that this handle and its clones spawn, and of
    /// nobody else; one that was there before no longer counts.
    ///
    /// A child that waits for its turn waits for others to end. If one of those
    /// waits for it in turn, nothing goes on any more. So spawn what waits for its
    /// own children by a handle without this limit:
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use surefoot::scope::{Scope, scope};
    ///
    /// let sum = scope(|s: Scope<&str>| async move {
    ///     let leaves = s.limit(1);
    ///     let branch = s.spawn(async move {
    ///         let leaf = leaves.spawn(async { Ok(1) }).map_err(|_| "too late")?;
    ///         leaf.await.map_err(|_| "no leaf")
    ///     });
    ///     branch.map_err(|_| "too late")?.await.map_err(|_| "no branch")
    /// });
    /// assert_eq!(sum.await, Ok(1));
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If `n` is 0.
    #[must_use = "the limit is that of the new handle's children"]
    #[track_caller]
    pub fn limit(&self, n: usize) -> Self {
        assert!(n > 0, "with a limit of 0 no child ever runs");
        Self { limit: Some(Limit::new(n)), ..self.clone() }
    }

    /// A handle of the same scope, with the same limit, whose children reports call
    /// `name`. Default: `child`.
    #[must_use = "the name is that of the new handle's children"]
    pub fn name(&self, name: impl Into<Cow<'static, str>>) -> Self {
        Self { spawner: self.spawner.clone().name(name), ..self.clone() }
    }

    /// Gives the whole scope no longer than `limit` from now. When it passes, the
    /// scope fails with [`ScopeError::Elapsed`](super::ScopeError::Elapsed): body
    /// and children are cancelled, and waited for. Of several the nearest counts.
    ///
    /// A scope that comes to its end at that moment has ended in time.
    pub fn deadline(&self, limit: Duration) {
        self.shared.bring_forward(Deadline::after(limit));
    }

    /// Starts a child, as a task. If it returns an error or panics, the scope fails.
    ///
    /// # Errors
    ///
    /// [`Refused`], with the future, once the scope has ended, or has failed and is
    /// ending.
    ///
    /// # Panics
    ///
    /// Outside a runtime.
    #[track_caller]
    pub fn spawn<F, T>(&self, future: F) -> Result<ScopedTask<T>, Refused<F>>
    where
        F: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: Send + 'static,
    {
        self.start(|| self.limit.as_ref().map(Limit::queue_up), Location::caller(), future)
    }

    /// Starts a child that has a turn already, on behalf of a caller further up.
    #[track_caller]
    pub(super) fn start<F, T>(
        &self,
        turn: impl FnOnce() -> Option<Turn>,
        spawned_at: &'static Location<'static>,
        future: F,
    ) -> Result<ScopedTask<T>, Refused<F>>
    where
        F: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: Send + 'static,
    {
        let Some(seat) = Seat::of(&self.shared) else {
            return Err(Refused(future));
        };
        let key = seat.key;
        let (outlet, scoped) = ScopedTask::new();
        let child = Child::new(future, outlet, turn(), seat, spawned_at);
        match self.spawner.try_spawn_at(spawned_at, child) {
            Ok(task) => {
                self.shared.settle(key, task);
                Ok(scoped)
            }
            Err(child) => {
                child.call_off();
                panic!("a child was spawned outside a Tokio runtime");
            }
        }
    }
}

impl<E> Clone for Scope<E> {
    fn clone(&self) -> Self {
        Self {
            shared: self.shared.clone(),
            spawner: self.spawner.clone(),
            limit: self.limit.clone(),
        }
    }
}

impl<E> fmt::Debug for Scope<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").field("live", &self.shared.live()).finish_non_exhaustive()
    }
}
