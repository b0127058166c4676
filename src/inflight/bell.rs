use std::collections::VecDeque;
use std::task::{Wake, Waker};

use crate::sync::{Arc, AtomicBool, Mutex, Ordering};

/// What the wakers of a set's futures share.
pub(super) struct Desk {
    state: Mutex<State>,
    /// Whether any bell has rung since the last look: spares the lock where none
    /// has.
    any: AtomicBool,
}

struct State {
    rung: VecDeque<usize>,
    /// The waker of the task. Counted, since a waker of the caller's must not be
    /// cloned under a lock.
    task: Option<Arc<Waker>>,
}

impl Desk {
    pub(super) fn new() -> Self {
        let state = State { rung: VecDeque::new(), task: None };
        Self { state: Mutex::new(state), any: AtomicBool::new(false) }
    }

    /// From now on wakes `task`; gives back whom it woke before, to be dropped
    /// outside the lock.
    pub(super) fn register(&self, task: Option<Arc<Waker>>) -> Option<Arc<Waker>> {
        self.state.with(|state| std::mem::replace(&mut state.task, task))
    }

    /// Swaps the rung places, in the order in which they rang, for the empty
    /// `into`.
    pub(super) fn collect(&self, into: &mut VecDeque<usize>) {
        debug_assert!(into.is_empty());
        self.state.with(|state| {
            // Inside the lock, so that it never says no while somebody is there.
            self.any.store(false, Ordering::Relaxed);
            std::mem::swap(&mut state.rung, into);
        });
    }

    /// Whether there is something to collect. May miss what rings meanwhile,
    /// which wakes the task.
    pub(super) fn has_rung(&self) -> bool {
        // Relaxed: who rings takes the lock, wakes the task, and so comes before
        // its next poll.
        self.any.load(Ordering::Relaxed)
    }

    fn ring(&self, place: usize) {
        let task = self.state.with(|state| {
            state.rung.push_back(place);
            self.any.store(true, Ordering::Relaxed);
            if state.rung.len() == 1 { state.task.clone() } else { None }
        });
        if let Some(task) = task {
            task.wake_by_ref();
        }
    }
}

/// The waker of whichever future is at a place.
pub(super) struct Bell {
    place: usize,
    is_rung: AtomicBool,
    desk: Arc<Desk>,
}

impl Bell {
    pub(super) fn new(place: usize, desk: Arc<Desk>) -> Self {
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
