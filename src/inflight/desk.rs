use std::collections::VecDeque;
use std::task::Waker;

use crate::sync::{Arc, AtomicBool, Mutex, Ordering};

/// Where others leave what one task is to look at: the bells of a set's futures their
/// places, say.
pub(crate) struct Desk<T> {
    state: Mutex<State<T>>,
    /// Whether any has rung since the last look: spares the lock where none has.
    any: AtomicBool,
}

struct State<T> {
    rung: VecDeque<T>,
    /// The waker of the task. Counted, since a waker of the caller's must not be
    /// cloned under a lock.
    task: Option<Arc<Waker>>,
}

impl<T> Desk<T> {
    pub(crate) fn new() -> Self {
        let state = State { rung: VecDeque::new(), task: None };
        Self { state: Mutex::new(state), any: AtomicBool::new(false) }
    }

    /// From now on wakes `task`; gives back whom it woke before, to be dropped
    /// outside the lock.
    pub(crate) fn register(&self, task: Option<Arc<Waker>>) -> Option<Arc<Waker>> {
        self.state.with(|state| std::mem::replace(&mut state.task, task))
    }

    /// Swaps what was left, in the order in which it was, for the empty `into`.
    pub(crate) fn collect(&self, into: &mut VecDeque<T>) {
        debug_assert!(into.is_empty());
        self.state.with(|state| {
            // Inside the lock, so that it never says no while somebody is there.
            self.any.store(false, Ordering::Relaxed);
            std::mem::swap(&mut state.rung, into);
        });
    }

    /// Whether there is something to collect. May miss what rings meanwhile,
    /// which wakes the task.
    pub(crate) fn has_rung(&self) -> bool {
        // Relaxed: who rings takes the lock, wakes the task, and so comes before
        // its next poll.
        self.any.load(Ordering::Relaxed)
    }

    /// Leaves something, and wakes the task if it is the first.
    pub(crate) fn ring(&self, what: T) {
        let task = self.state.with(|state| {
            state.rung.push_back(what);
            self.any.store(true, Ordering::Relaxed);
            if state.rung.len() == 1 { state.task.clone() } else { None }
        });
        if let Some(task) = task {
            task.wake_by_ref();
        }
    }
}
