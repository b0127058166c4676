//! A cancellable place's line to the schedule; empty without the simulator.

use std::panic::Location;
use std::task::Waker;

#[cfg(feature = "sim")]
use crate::rt::hook;

#[derive(Default)]
pub(super) struct Strike {
    #[cfg(feature = "sim")]
    target: Option<Box<dyn hook::Target>>,
}

#[cfg(feature = "sim")]
impl Strike {
    /// Whether the schedule cancels the place before this poll of it.
    pub(super) fn strikes(&mut self, at: &'static Location<'static>) -> bool {
        if self.target.is_none() {
            self.target = hook::current().map(|hook| hook.target(at));
        }
        self.target.as_ref().is_some_and(|target| target.is_struck())
    }

    pub(super) fn pending(&self, waker: &Waker) {
        if let Some(target) = &self.target {
            target.pending(waker);
        }
    }
}

#[cfg(not(feature = "sim"))]
impl Strike {
    pub(super) fn strikes(&mut self, _at: &'static Location<'static>) -> bool {
        false
    }

    pub(super) fn pending(&self, _waker: &Waker) {}
}
