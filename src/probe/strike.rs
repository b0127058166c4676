//! A cancellable place's line to the schedule; empty without the simulator.

use std::panic::Location;
use std::task::Waker;

#[cfg(feature = "sim")]
use crate::rt::hook;

#[derive(Default)]
pub(super) struct Strike {
    /// Its number in the simulation, once it was polled in one.
    #[cfg(feature = "sim")]
    place: Option<u32>,
}

#[cfg(feature = "sim")]
impl Strike {
    /// Whether the schedule cancels the place before this poll of it.
    pub(super) fn strikes(&mut self, at: &'static Location<'static>) -> bool {
        let Some(hook) = hook::current() else {
            return false;
        };
        let place = *self.place.get_or_insert_with(|| hook.open_place(at));
        hook.is_struck(place)
    }

    pub(super) fn pending(&self, waker: &Waker) {
        if let (Some(place), Some(hook)) = (self.place, hook::current()) {
            hook.place_is_pending(place, waker);
        }
    }
}

#[cfg(feature = "sim")]
impl Drop for Strike {
    fn drop(&mut self) {
        if let (Some(place), Some(hook)) = (self.place, hook::current()) {
            hook.close_place(place);
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
