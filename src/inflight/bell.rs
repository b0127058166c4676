use std::task::Wake;

use super::desk::Desk;
use crate::sync::{Arc, AtomicBool, Ordering};

/// The waker of whichever future is at a place.
pub(super) struct Bell {
    place: usize,
    is_rung: AtomicBool,
    desk: Arc<Desk<usize>>,
}

impl Bell {
    pub(super) fn new(place: usize, desk: Arc<Desk<usize>>) -> Self {
        Self { place, is_rung: AtomicBool::new(false), desk }
    }

    /// Makes it the bell of another place. Nobody else has it.
    pub(super) fn move_to(&mut self, place: usize) {
        self.place = place;
        self.is_rung = AtomicBool::new(false);
    }

    /// Lets it ring again. What was done before it rang is visible afterwards.
    pub(super) fn answer(&self) {
        // Acquires what each ring released, those included that found it up; a
        // store would not read theirs.
        self.is_rung.swap(false, Ordering::AcqRel);
    }
}

// The standard library wakes by its own reference count only.
impl Wake for Bell {
    fn wake(self: std::sync::Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &std::sync::Arc<Self>) {
        // Pairs with `answer`.
        if !self.is_rung.swap(true, Ordering::AcqRel) {
            self.desk.ring(self.place);
        }
    }
}
