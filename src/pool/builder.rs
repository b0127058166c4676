use std::fmt;
use std::panic::Location;
use std::time::Duration;

use super::core::Limits;
use super::shared::{Config, Shared};
use super::{Manage, Pool};
use crate::error::{BadField, ConfigError};

/// Sets up a [`Pool`]. See [`Pool::builder`].
#[must_use = "a builder does nothing until `build` is called"]
pub struct Builder<M> {
    manager: M,
    limits: Limits,
    config: Config,
}

impl<M: Manage> Builder<M> {
    #[track_caller]
    pub(super) fn new(manager: M) -> Self {
        Self {
            manager,
            limits: Limits { max_size: 10, max_connecting: 4, max_waiters: usize::MAX },
            config: Config {
                acquire_timeout: Some(Duration::from_secs(30)),
                connect_timeout: Some(Duration::from_secs(10)),
                check_timeout: Some(Duration::from_secs(5)),
                close_timeout: Some(Duration::from_secs(5)),
                built_at: Location::caller(),
            },
        }
    }

    /// How many connections the pool has at most, in whatever state. Default:
    /// 10. At least 1.
    pub fn max_size(mut self, n: usize) -> Self {
        self.limits.max_size = n;
        self
    }

    /// How many connections are made at a time. Default: 4. At least 1. A burst
    /// of callers then opens a few connections and shares them, rather than one
    /// each.
    pub fn max_connecting(mut self, n: usize) -> Self {
        self.limits.max_connecting = n;
        self
    }

    /// How many callers may wait, beyond those that a connection is being made
    /// for. Default: no limit. More get
    /// [`TooManyWaiters`](super::AcquireError::TooManyWaiters) at once; with 0,
    /// nobody waits for a return.
    pub fn max_waiters(mut self, n: usize) -> Self {
        self.limits.max_waiters = n;
        self
    }

    /// How long [`acquire`](Pool::acquire) takes at most, over all its phases.
    /// Default: 30 s. `None`: no limit.
    pub fn acquire_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.config.acquire_timeout = limit.into();
        self
    }

    /// How long one connect may take before its slot is given to another.
    /// Default: 10 s. `None`: no limit, and a connect that hangs keeps its slot.
    pub fn connect_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.config.connect_timeout = limit.into();
        self
    }

    /// How long one check may take before the connection is given up. Default:
    /// 5 s. `None`: no limit but the caller's.
    pub fn check_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.config.check_timeout = limit.into();
        self
    }

    /// How long closing one connection may take before it is dropped. Default:
    /// 5 s. `None`: no limit.
    pub fn close_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.config.close_timeout = limit.into();
        self
    }

    /// Makes the pool. Connects nothing, and needs no runtime.
    ///
    /// # Errors
    ///
    /// Names every field with a value that can't work.
    pub fn build(self) -> Result<Pool<M>, ConfigError> {
        let mut bad = Vec::new();
        for (field, value) in
            [("max_size", self.limits.max_size), ("max_connecting", self.limits.max_connecting)]
        {
            if value == 0 {
                bad.push(BadField::new(field, "must be at least 1"));
            }
        }
        ConfigError::check(bad)?;
        Ok(Pool::new(Shared::new(self.manager, self.limits, self.config)))
    }
}

impl<M> fmt::Debug for Builder<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("limits", &self.limits)
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}
