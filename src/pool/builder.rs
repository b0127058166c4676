use std::fmt;
use std::panic::Location;
use std::time::Duration;

use super::config::Config;
use super::core::{Limits, Order};
use super::shared::Shared;
use super::{Manage, Pool};
use crate::backoff::{Backoff, Jitter};
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
            limits: Limits {
                max_size: 10,
                max_connecting: 4,
                max_waiters: usize::MAX,
                min_idle: 0,
                order: Order::Lifo,
            },
            config: Config {
                acquire_timeout: Some(Duration::from_secs(30)),
                connect_timeout: Some(Duration::from_secs(10)),
                check_timeout: Some(Duration::from_secs(5)),
                close_timeout: Some(Duration::from_secs(5)),
                check_after: Duration::ZERO,
                idle_timeout: None,
                max_lifetime: None,
                lifetime_jitter: Duration::ZERO,
                keep_alive: None,
                leak_after: None,
                upkeep_backoff: Backoff::exponential(Duration::from_millis(100))
                    .max_delay(Duration::from_secs(10))
                    .jitter(Jitter::Equal),
                min_idle: 0,
                needs_upkeep: false,
                dates_returns: false,
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

    /// How many connections are kept idle beside those in use, as far as
    /// `max_size` lets them. Default: 0. They are made from the first acquire on.
    pub fn min_idle(mut self, n: usize) -> Self {
        self.limits.min_idle = n;
        self.config.min_idle = n;
        self
    }

    /// For how long a connection may have been idle and is handed out unchecked.
    /// Default: zero, so that each is checked.
    pub fn check_after(mut self, idle: Duration) -> Self {
        self.config.check_after = idle;
        self
    }

    /// After how long idle connections are closed, but for
    /// [`min_idle`](Self::min_idle) of them. Default: never.
    pub fn idle_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.config.idle_timeout = limit.into();
        self
    }

    /// How old a connection may get: it is closed when it is idle, or returned,
    /// after that. Default: no limit.
    pub fn max_lifetime(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.config.max_lifetime = limit.into();
        self
    }

    /// Shortens each connection's lifetime by up to this, at random, so that those
    /// that were made together don't go together. Default: zero.
    pub fn lifetime_jitter(mut self, most: Duration) -> Self {
        self.config.lifetime_jitter = most;
        self
    }

    /// After how long an idle connection is checked, so that the other side, or
    /// a firewall between, does not drop it; and again after each such time.
    /// Default: never.
    pub fn keep_alive(mut self, period: impl Into<Option<Duration>>) -> Self {
        self.config.keep_alive = period.into();
        self
    }

    /// After how long a connection on loan is counted as
    /// [`held_too_long`](super::Status::held_too_long), and reported as a
    /// `tracing` event with the place where it was acquired. Default: never; then
    /// nobody keeps a list of loans.
    pub fn leak_after(mut self, held: impl Into<Option<Duration>>) -> Self {
        self.config.leak_after = held.into();
        self
    }

    /// Which idle connection is handed out. Default: [`Order::Lifo`].
    pub fn order(mut self, order: Order) -> Self {
        self.limits.order = order;
        self
    }

    /// How long to wait after a connect failed that nobody waited for, made for
    /// [`min_idle`](Self::min_idle). Connects that a caller waits for are not held
    /// up. Default: from 100 ms, doubling, to 10 s, with equal jitter.
    pub fn upkeep_backoff(mut self, backoff: Backoff) -> Self {
        self.config.upkeep_backoff = backoff;
        self
    }

    /// Makes the pool. Connects nothing, and needs no runtime.
    ///
    /// # Errors
    ///
    /// Names every field with a value that can't work.
    pub fn build(mut self) -> Result<Pool<M>, ConfigError> {
        let mut bad = Vec::new();
        for (field, value) in
            [("max_size", self.limits.max_size), ("max_connecting", self.limits.max_connecting)]
        {
            if value == 0 {
                bad.push(BadField::new(field, "must be at least 1"));
            }
        }
        self.config.validate(self.limits.max_size, &mut bad);
        ConfigError::check(bad)?;
        self.config.settle();
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
