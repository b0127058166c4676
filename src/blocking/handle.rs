use std::fmt;
use std::future::Future;
use std::panic::Location;

use super::overrun::Watch;
use super::shared::Shared;
use super::wait::Wait;
use super::work::Work;
use super::{BlockingError, Builder, Status, Stop};

/// Runs closures that block, a limited number at a time, in order of arrival.
/// Clones are handles of the same.
///
/// See the [module](super) for what it is and what it guarantees.
#[derive(Clone)]
pub struct Blocking {
    shared: Shared,
}

impl Blocking {
    /// Sets up the limits.
    ///
    /// ```
    /// use std::time::Duration;
    /// use surefoot::blocking::Blocking;
    ///
    /// let images = Blocking::builder()
    ///     .name("thumbnails")
    ///     .threads(4)
    ///     .queue(100)
    ///     .warn_after(Duration::from_secs(2))
    ///     .build()?;
    /// assert_eq!(images.status().threads, 4);
    /// # Ok::<(), surefoot::error::ConfigError>(())
    /// ```
    pub fn builder() -> Builder {
        Builder::new()
    }

    pub(super) fn new(shared: Shared) -> Self {
        Self { shared }
    }

    /// Runs `f` on one of the runtime's threads for code that blocks, when its turn
    /// comes. Nothing happens before the first poll.
    ///
    /// # Errors
    ///
    /// [`BlockingError::Full`] at once, if as many wait as may;
    /// [`BlockingError::Panicked`]; [`BlockingError::Shutdown`] if the runtime shut
    /// down before `f` began.
    ///
    /// # Panics
    ///
    /// Outside a runtime, when its turn has come; or if the system has no
    /// thread to give.
    ///
    /// # Cancel safety
    ///
    /// Dropped while it waits, `f` never runs, and its place in the queue is free.
    /// Dropped while `f` runs, `f` is told by its [`Stop`], and keeps its thread
    /// until it returns; its output is dropped.
    ///
    /// Keep polling it: a caller whose turn has come and that is not polled keeps a
    /// thread from everybody.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use surefoot::blocking::Blocking;
    ///
    /// let blocking = Blocking::builder().threads(2).build().unwrap();
    /// let digits = blocking
    ///     .run(|stop| (0..1_000_u32).take_while(|_| !stop.is_set()).filter(|n| n % 7 == 0).count())
    ///     .await;
    /// assert_eq!(digits, Ok(143));
    /// # }
    /// ```
    #[track_caller]
    pub fn run<F, T>(
        &self,
        f: F,
    ) -> impl Future<Output = Result<T, BlockingError>> + Send + use<F, T>
    where
        F: FnOnce(&Stop) -> T + Send + 'static,
        T: Send + 'static,
    {
        let (shared, at) = (self.shared.clone(), Location::caller());
        async move {
            let thread = Wait::new(&shared).await?;
            let (stop, watched) = (Stop::new(), shared.clone());
            let caller_stop = stop.clone();
            let work = Work::begin(shared.name.clone(), at, move || {
                // Named in the order in which they are dropped if this never runs: a
                // thread is given back when the closure is gone, with all that it held.
                let f = f;
                let _thread = thread;
                let _watch = Watch::begin(&watched, at);
                f(&stop)
            });
            Caller { shared: &shared, stop: caller_stop, is_served: false }.served_by(work).await
        }
    }

    /// What goes on, and what happened so far.
    #[must_use]
    pub fn status(&self) -> Status {
        self.shared.status()
    }
}

/// A caller whose closure has a thread. Dropped before it is served, it is gone.
struct Caller<'a> {
    shared: &'a Shared,
    stop: Stop,
    is_served: bool,
}

impl Caller<'_> {
    async fn served_by<T>(mut self, work: Work<T>) -> Result<T, BlockingError> {
        let output = work.await;
        self.is_served = true;
        output
    }
}

impl Drop for Caller<'_> {
    fn drop(&mut self) {
        if !self.is_served {
            self.stop.set();
            self.shared.core.with(|core| core.counters.abandoned += 1);
        }
    }
}

impl fmt::Debug for Blocking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blocking")
            .field("name", &self.shared.name)
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}
