//! Which shields run inside which `run`.
//!
//! A `run` that is being polled is on its thread's stack of runs; a shield that
//! begins then is inside all of those. It stays theirs until it ends, wherever
//! that is: in another task, or after they are gone.

use std::cell::RefCell;
use std::task::Waker;

use crate::sync::{Arc, Mutex, of_each_thread};

/// The shields inside one `run`.
#[derive(Clone)]
pub(super) struct Scope(Arc<Inner>);

struct Inner {
    state: Mutex<State>,
    /// Of the `run` around it.
    outer: Option<Scope>,
}

struct State {
    shields: usize,
    /// Of a run that waits for the last of them.
    waker: Option<Waker>,
}

of_each_thread! {
    /// The runs that are being polled, innermost last. One has a scope once a
    /// shield began inside it: most never do.
    static RUNS: RefCell<Vec<Option<Scope>>> = RefCell::new(Vec::new())
}

/// Does something as part of a `run`, whose scope it is.
pub(super) fn inside<R>(scope: &mut Option<Scope>, f: impl FnOnce() -> R) -> R {
    /// Takes the run off the stack, after a panic, too.
    struct OnStack<'a>(&'a mut Option<Scope>);

    impl Drop for OnStack<'_> {
        fn drop(&mut self) {
            *self.0 = RUNS.with(|runs| runs.borrow_mut().pop()).expect("it was pushed");
        }
    }

    RUNS.with(|runs| runs.borrow_mut().push(scope.take()));
    let _on_stack = OnStack(scope);
    f()
}

impl Scope {
    /// That of the innermost run, if there is one.
    fn current() -> Option<Self> {
        RUNS.with(|runs| {
            let mut outer: Option<Self> = None;
            for scope in runs.borrow_mut().iter_mut() {
                let scope = scope.get_or_insert_with(|| {
                    let state = Mutex::new(State { shields: 0, waker: None });
                    Self(Arc::new(Inner { state, outer: outer.take() }))
                });
                outer = Some(scope.clone());
            }
            outer
        })
    }

    fn chain(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |scope| scope.0.outer.as_ref())
    }

    /// Whether a shield runs inside.
    pub(super) fn is_shielded(&self) -> bool {
        self.0.state.with(|state| state.shields > 0)
    }

    /// Waits until none does. Says whether that is so already.
    pub(super) fn is_bare_or_waits(&self, waker: &Waker) -> bool {
        let waker = waker.clone();
        let (is_bare, _unused) = self.0.state.with(|state| {
            if state.shields == 0 {
                return (true, Some(waker));
            }
            (false, state.waker.replace(waker))
        });
        is_bare
    }
}

/// A shield that runs.
pub(super) struct Shielding(Option<Scope>);

impl Shielding {
    /// Begins inside the runs that are being polled.
    pub(super) fn begin() -> Self {
        let scope = Scope::current();
        for scope in scope.iter().flat_map(Scope::chain) {
            scope.0.state.with(|state| state.shields += 1);
        }
        Self(scope)
    }
}

impl Drop for Shielding {
    fn drop(&mut self) {
        for scope in self.0.iter().flat_map(Scope::chain) {
            let waker = scope.0.state.with(|state| {
                state.shields -= 1;
                if state.shields == 0 { state.waker.take() } else { None }
            });
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    }
}
