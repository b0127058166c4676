use std::fmt;

use crate::sync::{Arc, AtomicBool, Ordering};

/// Tells a closure that its caller is gone: nobody waits for its output.
///
/// A closure can't be stopped from outside. One that takes long should ask now
/// and then, and return early. Clones are the same.
#[derive(Clone)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    pub(super) fn new() -> Self {
        Self(Arc::new(AtomicBool::new(false)))
    }

    /// Whether the caller is gone.
    #[must_use]
    pub fn is_set(&self) -> bool {
        // Acquire: sees what the caller wrote before `set`.
        self.0.load(Ordering::Acquire)
    }

    pub(super) fn set(&self) {
        // Release: for `is_set`.
        self.0.store(true, Ordering::Release);
    }
}

impl fmt::Debug for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Stop").field(&self.is_set()).finish()
    }
}
