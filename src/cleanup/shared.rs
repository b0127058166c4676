use std::ops::Deref;

use super::core::Core;
use super::job::Work;
use crate::sync::{Arc, Mutex};

/// What the reaper's handles, brackets and tasks share.
#[derive(Clone)]
pub(super) struct Shared(Arc<Inner>);

pub(super) struct Inner {
    pub(super) core: Mutex<Core<Work>>,
}

impl Shared {
    pub(super) fn new() -> Self {
        Self(Arc::new(Inner { core: Mutex::new(Core::new()) }))
    }
}

impl Deref for Shared {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

#[cfg(feature = "tracing")]
impl Drop for Inner {
    fn drop(&mut self) {
        let lost = self.core.with(|core| core.queued());
        if lost > 0 {
            tracing::error!(lost, "cleanups had no runtime, and nobody waited for them");
        }
    }
}
