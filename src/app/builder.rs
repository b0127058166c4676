use std::error::Error;
use std::fmt;
use std::future::Future;
use std::process::ExitCode;
use std::time::Duration;

use super::run;
use crate::error::{BadField, ConfigError};
use crate::shutdown::{self, DrainReport, Shutdown};

/// More threads than any machine has use for; Tokio would start them all.
const MOST_WORKERS: usize = 1024;

/// Sets up the entry point of a service.
///
/// ```
/// use std::io;
/// use std::process::ExitCode;
/// use std::time::Duration;
/// use surefoot::app::App;
///
/// fn main() -> ExitCode {
///     App::new()
///         .workers(2)
///         .drain_limit(Duration::from_secs(20))
///         .on_report(|report| println!("{} finished", report.finished))
///         .run(|_shutdown| async { Ok::<_, io::Error>(()) })
/// }
/// ```
#[must_use = "an app does nothing until `run` is called"]
pub struct App {
    pub(super) workers: Option<usize>,
    pub(super) pre_stop_delay: Duration,
    pub(super) limits: shutdown::Builder,
    pub(super) on_report: Option<OnReport>,
}

pub(super) type OnReport = Box<dyn FnOnce(&DrainReport) + Send>;

impl App {
    /// With the default of every option.
    pub fn new() -> Self {
        Self {
            workers: None,
            pre_stop_delay: Duration::ZERO,
            limits: Shutdown::builder(),
            on_report: None,
        }
    }

    /// How many threads the service's tasks run on, 1 to 1024. Default: one for
    /// each processor, or what `TOKIO_WORKER_THREADS` says.
    pub fn workers(mut self, n: usize) -> Self {
        self.workers = Some(n);
        self
    }

    /// For how long everything goes on as before after the first signal: what
    /// balances the load needs that time to learn that this instance goes. Default:
    /// zero. A second signal does not wait for it, nor does a `main` that returns.
    pub fn pre_stop_delay(mut self, delay: Duration) -> Self {
        self.pre_stop_delay = delay;
        self
    }

    /// How long acceptors may take to close, once there is a reason to stop. The
    /// default of this and of the other limits is that of [`shutdown::Builder`].
    pub fn accept_limit(mut self, limit: Duration) -> Self {
        self.limits = self.limits.accept_limit(limit);
        self
    }

    /// How long what has begun may take to end, after that, before it is aborted.
    pub fn drain_limit(mut self, limit: Duration) -> Self {
        self.limits = self.limits.drain_limit(limit);
        self
    }

    /// How long what is aborted may take to end before it is left behind.
    pub fn abort_limit(mut self, limit: Duration) -> Self {
        self.limits = self.limits.abort_limit(limit);
        self
    }

    /// Is told how the drain ended, after it, on a thread that may block: the process
    /// ends when it has returned. A second signal does not wait for it, and a forced
    /// exit has no report.
    pub fn on_report(mut self, told: impl FnOnce(&DrainReport) + Send + 'static) -> Self {
        self.on_report = Some(Box::new(told));
        self
    }

    /// Runs `main`, and everything that is started through its
    /// [`Shutdown`], until all of it has ended; see [`app`](crate::app) for how,
    /// and for the exit codes.
    ///
    /// `main` is part of what is drained: it should end once its token is
    /// triggered, and not wait for the drain itself.
    ///
    /// # Errors
    ///
    /// All of them are in the exit code and on stderr. Options that can't work are
    /// named there, every one, `main` is not called, and the code is 1.
    ///
    /// # Panics
    ///
    /// If it is called inside a runtime. A panic of `main`'s, or of
    /// [`on_report`](Self::on_report)'s, is an exit code.
    #[track_caller]
    pub fn run<F, Fut, E>(self, main: F) -> ExitCode
    where
        F: FnOnce(Shutdown) -> Fut + Send + 'static,
        Fut: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        run::to_the_end(self, main)
    }

    /// The shutdown that it asks for, or all that can't work.
    pub(super) fn shutdown(&self) -> Result<Shutdown, ConfigError> {
        let mut bad = Vec::new();
        if self.workers.is_some_and(|n| !(1..=MOST_WORKERS).contains(&n)) {
            let why = format!("must be at least 1 and at most {MOST_WORKERS}");
            bad.push(BadField::new("workers", why));
        }
        let shutdown = self.limits.clone().build();
        if let Err(error) = &shutdown {
            bad.extend_from_slice(error.bad());
        }
        ConfigError::check(bad).and(shutdown)
    }
}

impl Default for App {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("workers", &self.workers)
            .field("pre_stop_delay", &self.pre_stop_delay)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
