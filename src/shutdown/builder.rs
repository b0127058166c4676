use std::time::Duration;

use super::Shutdown;
use super::core::Limits;
use crate::error::{BadField, ConfigError};

/// Sets up a [`Shutdown`]. See [`Shutdown::builder`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct Builder {
    limits: Limits,
}

impl Builder {
    pub(super) fn new() -> Self {
        Self {
            limits: Limits {
                accept: Duration::from_secs(5),
                drain: Duration::from_secs(20),
                abort: Duration::from_secs(3),
            },
        }
    }

    /// How long acceptors may take to hand over what they accepted. Default: 5 s.
    pub fn accept_limit(mut self, limit: Duration) -> Self {
        self.limits.accept = limit;
        self
    }

    /// How long work may take to end by itself. Default: 20 s. With the other two
    /// it stays below the 30 s after which orchestrators kill.
    pub fn drain_limit(mut self, limit: Duration) -> Self {
        self.limits.drain = limit;
        self
    }

    /// How long aborted tasks may take to come to an await and be dropped. Default:
    /// 3 s. More than zero: in no time, no task is dropped.
    pub fn abort_limit(mut self, limit: Duration) -> Self {
        self.limits.abort = limit;
        self
    }

    /// Makes the shutdown. Needs no runtime.
    ///
    /// # Errors
    ///
    /// Names every field with a value that can't work.
    pub fn build(self) -> Result<Shutdown, ConfigError> {
        let mut bad = Vec::new();
        if self.limits.abort.is_zero() {
            let why = "must be more than zero: in no time, no aborted task is dropped";
            bad.push(BadField::new("abort_limit", why));
        }
        ConfigError::check(bad)?;
        Ok(Shutdown::with_limits(self.limits))
    }

    pub(super) fn limits(self) -> Limits {
        self.limits
    }
}
