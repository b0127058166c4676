//! What the scope, its handles and its children share: the roster and its lock.

use std::task::Waker;

use super::ScopeError;
use super::core::{Fallout, Key, Rest, Roster};
use crate::deadline::Deadline;
use crate::spawn::Task;
use crate::sync::{Arc, Mutex};

pub(super) struct Shared<E>(Mutex<State<E>>);

struct State<E> {
    roster: Roster<Task<()>, ScopeError<E>>,
    deadline: Deadline,
}

impl<E> Shared<E> {
    pub(super) fn new() -> Arc<Self> {
        let (roster, deadline) = (Roster::new(), Deadline::never());
        Arc::new(Self(Mutex::new(State { roster, deadline })))
    }

    fn with<R>(&self, f: impl FnOnce(&mut Roster<Task<()>, ScopeError<E>>) -> R) -> R {
        self.0.with(|state| f(&mut state.roster))
    }

    pub(super) fn live(&self) -> usize {
        self.with(|roster| roster.live())
    }

    /// A child's task is started.
    pub(super) fn settle(&self, key: Key, task: Task<()>) {
        // Dropped, it is aborted: nothing is lost if it has ended.
        drop(self.with(|roster| roster.settle(key, task)));
    }

    pub(super) fn fail(&self, failure: ScopeError<E>) {
        carry_out(self.with(|roster| roster.fail(failure)));
    }

    /// See [`Roster::attend`].
    pub(super) fn attend(&self, waker: Waker) -> bool {
        let (is_open, _replaced) = self.with(|roster| roster.attend(waker));
        is_open
    }

    /// See [`Roster::rest`].
    pub(super) fn rest(&self, waker: Waker) -> Rest<ScopeError<E>> {
        let (rest, _spare) = self.with(|roster| roster.rest(waker));
        rest
    }

    pub(super) fn deadline(&self) -> Deadline {
        self.0.with(|state| state.deadline)
    }

    /// The nearest counts.
    pub(super) fn bring_forward(&self, deadline: Deadline) {
        let waker = self.0.with(|state| {
            state.deadline = state.deadline.min(deadline);
            state.roster.nudge()
        });
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// Aborts first: a waker that panics must keep no child running.
fn carry_out<F>(fallout: Fallout<Task<()>, F>) {
    let Fallout { abort, waker, unheard } = fallout;
    drop(abort);
    drop(unheard);
    if let Some(waker) = waker {
        waker.wake();
    }
}

/// A child's seat in the roster. Dropped when the child has ended.
pub(super) struct Seat<E> {
    pub(super) shared: Arc<Shared<E>>,
    pub(super) key: Key,
}

impl<E> Seat<E> {
    /// A seat for another child; `None` once the scope fails or has ended.
    pub(super) fn of(shared: &Arc<Shared<E>>) -> Option<Self> {
        let key = shared.with(Roster::admit)?;
        Some(Self { shared: shared.clone(), key })
    }
}

impl<E> Drop for Seat<E> {
    fn drop(&mut self) {
        let (task, waker) = self.shared.with(|roster| roster.end(self.key));
        // This is what it runs: there is nothing to abort.
        if let Some(task) = task {
            task.detach();
        }
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// The scope itself. Dropped before its end, it aborts its children.
pub(super) struct Owner<E>(pub(super) Arc<Shared<E>>);

impl<E> Drop for Owner<E> {
    fn drop(&mut self) {
        carry_out(self.0.with(Roster::abandon));
    }
}
