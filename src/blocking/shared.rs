use std::borrow::Cow;
use std::ops::Deref;
use std::time::Duration;

use super::Status;
use super::core::{Core, Limits};
use crate::sync::{Arc, Mutex};

/// What the handles, the callers and the closures share.
#[derive(Clone)]
pub(super) struct Shared(Arc<Inner>);

pub(super) struct Inner {
    pub(super) name: Cow<'static, str>,
    pub(super) warn_after: Option<Duration>,
    pub(super) core: Mutex<Core>,
}

impl Shared {
    pub(super) fn new(
        name: Cow<'static, str>,
        limits: Limits,
        warn_after: Option<Duration>,
    ) -> Self {
        Self(Arc::new(Inner { name, warn_after, core: Mutex::new(Core::new(limits)) }))
    }

    pub(super) fn status(&self) -> Status {
        self.core.with(|core| Status::new(core))
    }
}

impl Deref for Shared {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}
