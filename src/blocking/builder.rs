use std::borrow::Cow;
use std::time::Duration;

use super::Blocking;
use super::core::Limits;
use super::shared::Shared;
use crate::error::{BadField, ConfigError};

/// Sets up a [`Blocking`]. See [`Blocking::builder`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct Builder {
    name: Cow<'static, str>,
    limits: Limits,
    warn_after: Option<Duration>,
}

impl Builder {
    pub(super) fn new() -> Self {
        let limits = Limits { threads: 8, queue: 1_000 };
        Self { name: Cow::Borrowed("blocking"), limits, warn_after: None }
    }

    /// What reports call the closures. Default: `blocking`.
    pub fn name(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.name = name.into();
        self
    }

    /// How many closures run at a time. Default: 8. At least 1. For those that
    /// compute, no more than the cores; for those that wait, on a disk or a driver,
    /// as many as the other side can take. The runtime's own limit (512 by default)
    /// holds, too.
    pub fn threads(mut self, n: usize) -> Self {
        self.limits.threads = n;
        self
    }

    /// How many callers may wait for a thread. Default: 1,000. More get
    /// [`Full`](super::BlockingError::Full) at once; with 0, nobody waits.
    pub fn queue(mut self, n: usize) -> Self {
        self.limits.queue = n;
        self
    }

    /// After how long a closure that runs is counted as
    /// [`overran`](super::Status::overran), and reported as a `tracing` event with
    /// the place where it was handed in. Default: never; then no clock is read.
    /// The runtime must have its timer enabled.
    pub fn warn_after(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.warn_after = limit.into();
        self
    }

    /// Makes it. Starts no thread, and needs no runtime.
    ///
    /// # Errors
    ///
    /// Names every field with a value that can't work.
    pub fn build(self) -> Result<Blocking, ConfigError> {
        let mut bad = Vec::new();
        if self.limits.threads == 0 {
            bad.push(BadField::new("threads", "must be at least 1"));
        }
        if self.warn_after.is_some_and(|limit| limit.is_zero()) {
            bad.push(BadField::new("warn_after", "must be longer than zero"));
        }
        ConfigError::check(bad)?;
        Ok(Blocking::new(Shared::new(self.name, self.limits, self.warn_after)))
    }
}
