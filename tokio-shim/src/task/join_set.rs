#![expect(
    clippy::disallowed_types,
    reason = "outside a simulation it is Tokio's set; no loom model sees the lock"
)]

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use surefoot::probe::is_simulated;
use surefoot::spawn::Task;

use super::spawn::simulate;
use super::{AbortHandle, Id, JoinError};

/// [`tokio::task::JoinSet`], or a set of simulated tasks: outputs come in the order
/// in which the tasks end. Dropping it aborts them.
pub struct JoinSet<T> {
    /// What was spawned outside a simulation.
    tokio: tokio::task::JoinSet<T>,
    /// What was spawned inside one.
    simulated: Simulated<T>,
}

impl<T> JoinSet<T> {
    /// An empty set.
    #[must_use]
    pub fn new() -> Self {
        Self { tokio: tokio::task::JoinSet::new(), simulated: Simulated::new() }
    }

    /// How many tasks are in it, ended ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tokio.len() + self.simulated.tasks.len()
    }

    /// Whether no task is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<T: 'static> JoinSet<T> {
    /// Starts a task in the set.
    ///
    /// # Panics
    ///
    /// Outside a runtime.
    #[track_caller]
    pub fn spawn<F>(&mut self, future: F) -> AbortHandle
    where
        F: Future<Output = T> + Send + 'static,
        T: Send,
    {
        if is_simulated() {
            self.simulated.spawn(future)
        } else {
            AbortHandle::tokio(self.tokio.spawn(future))
        }
    }

    /// Starts blocking work in the set; see
    /// [`spawn_blocking`](super::spawn_blocking).
    ///
    /// # Panics
    ///
    /// Outside a runtime.
    #[track_caller]
    pub fn spawn_blocking<F>(&mut self, f: F) -> AbortHandle
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send,
    {
        if is_simulated() {
            self.simulated.spawn(async { f() })
        } else {
            AbortHandle::tokio(self.tokio.spawn_blocking(f))
        }
    }

    /// The output of the next task that ends; `None` if the set is empty.
    ///
    /// # Cancel safety
    ///
    /// Dropping it loses nothing.
    pub async fn join_next(&mut self) -> Option<Result<T, JoinError>> {
        poll_fn(|cx| self.poll_join_next(cx)).await
    }

    /// [`join_next`](Self::join_next), with the task's identity.
    ///
    /// # Cancel safety
    ///
    /// Dropping it loses nothing.
    pub async fn join_next_with_id(&mut self) -> Option<Result<(Id, T), JoinError>> {
        poll_fn(|cx| self.poll_join_next_with_id(cx)).await
    }

    /// The output of a task that has ended; `None` if there is none.
    pub fn try_join_next(&mut self) -> Option<Result<T, JoinError>> {
        self.try_join_next_with_id().map(without_id)
    }

    /// [`try_join_next`](Self::try_join_next), with the task's identity.
    pub fn try_join_next_with_id(&mut self) -> Option<Result<(Id, T), JoinError>> {
        let simulated = self.simulated.try_next(&mut Context::from_waker(Waker::noop()));
        simulated.or_else(|| self.tokio.try_join_next_with_id().map(from_tokio))
    }

    /// Polls for the next task that ends: `None` if the set is empty.
    pub fn poll_join_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, JoinError>>> {
        self.poll_join_next_with_id(cx).map(|next| next.map(without_id))
    }

    /// [`poll_join_next`](Self::poll_join_next), with the task's identity.
    pub fn poll_join_next_with_id(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<(Id, T), JoinError>>> {
        if let Some(next) = self.simulated.poll_next(cx) {
            return Poll::Ready(Some(next));
        }
        match self.tokio.poll_join_next_with_id(cx) {
            Poll::Ready(Some(next)) => Poll::Ready(Some(from_tokio(next))),
            Poll::Ready(None) if self.simulated.tasks.is_empty() => Poll::Ready(None),
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }

    /// Waits for all tasks, and gives their outputs in the order in which they
    /// ended.
    ///
    /// # Panics
    ///
    /// If one of them panicked or was aborted.
    pub async fn join_all(mut self) -> Vec<T> {
        let mut outputs = Vec::with_capacity(self.len());
        while let Some(next) = self.join_next().await {
            match next {
                Ok(output) => outputs.push(output),
                Err(error) if error.is_panic() => {
                    std::panic::resume_unwind(error.into_panic());
                }
                Err(error) => panic!("{error}"),
            }
        }
        outputs
    }

    /// Aborts all tasks, and waits for them to end.
    ///
    /// # Cancel safety
    ///
    /// When it is dropped, the tasks are aborted, and those that were not waited
    /// for are still in the set.
    pub async fn shutdown(&mut self) {
        self.abort_all();
        while self.join_next().await.is_some() {}
    }

    /// Aborts all tasks. They stay in the set until they are joined.
    pub fn abort_all(&mut self) {
        self.tokio.abort_all();
        self.simulated.tasks.values().for_each(Task::abort);
    }

    /// Takes all tasks out of the set, and lets them run on.
    pub fn detach_all(&mut self) {
        self.tokio.detach_all();
        std::mem::take(&mut self.simulated.tasks).into_values().for_each(Task::detach);
    }
}

impl<T> Default for JoinSet<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> fmt::Debug for JoinSet<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinSet").field("len", &self.len()).finish()
    }
}

impl<T: Send + 'static, F: Future<Output = T> + Send + 'static> FromIterator<F> for JoinSet<T> {
    fn from_iter<I: IntoIterator<Item = F>>(futures: I) -> Self {
        let mut set = Self::new();
        futures.into_iter().for_each(|future| {
            set.spawn(future);
        });
        set
    }
}

fn from_tokio<T>(
    joined: Result<(tokio::task::Id, T), tokio::task::JoinError>,
) -> Result<(Id, T), JoinError> {
    joined.map(|(id, output)| (Id::tokio(id), output)).map_err(JoinError::tokio)
}

fn without_id<T>(joined: Result<(Id, T), JoinError>) -> Result<T, JoinError> {
    joined.map(|(_, output)| output)
}

struct Simulated<T> {
    /// By the order in which they were spawned.
    tasks: BTreeMap<u64, Task<T>>,
    next_key: u64,
    ended: Arc<Mutex<Ended>>,
}

/// The tasks that have ended, in that order.
#[derive(Default)]
struct Ended {
    keys: VecDeque<u64>,
    /// Of whoever waits for the next.
    waker: Option<Waker>,
}

fn lock(ended: &Mutex<Ended>) -> MutexGuard<'_, Ended> {
    ended.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Goes with a task's future, and so tells of its end, whatever that is.
struct Reports {
    key: u64,
    to: Arc<Mutex<Ended>>,
}

impl Drop for Reports {
    fn drop(&mut self) {
        let waker = {
            let mut ended = lock(&self.to);
            ended.keys.push_back(self.key);
            ended.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl<T> Simulated<T> {
    fn new() -> Self {
        Self { tasks: BTreeMap::new(), next_key: 0, ended: Arc::default() }
    }

    #[track_caller]
    fn spawn<F>(&mut self, future: F) -> AbortHandle
    where
        F: Future<Output = T> + Send + 'static,
        T: Send + 'static,
    {
        let key = self.next_key;
        self.next_key += 1;
        let reports = Reports { key, to: self.ended.clone() };
        let task = simulate(async move {
            let _reports = reports;
            future.await
        });
        let handle = AbortHandle::simulated(task.abort_handle());
        self.tasks.insert(key, task);
        handle
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Option<Result<(Id, T), JoinError>> {
        if self.tasks.is_empty() {
            return None;
        }
        let waker = cx.waker().clone();
        let _replaced = lock(&self.ended).waker.replace(waker);
        self.try_next(cx)
    }

    fn try_next(&mut self, cx: &mut Context<'_>) -> Option<Result<(Id, T), JoinError>> {
        loop {
            let key = lock(&self.ended).keys.pop_front()?;
            // Not there if it was detached.
            let Some(task) = self.tasks.get_mut(&key) else { continue };
            let id = Id::simulated(task.id());
            let Poll::Ready(output) = Pin::new(task).poll(cx) else {
                // This is asked by what the task still drops on its way out.
                lock(&self.ended).keys.push_front(key);
                return None;
            };
            self.tasks.remove(&key);
            let joined = output.map(|output| (id, output));
            return Some(joined.map_err(|error| JoinError::simulated(id, error)));
        }
    }
}
