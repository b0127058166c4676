//! How much a property was put to the test: no property of a lock is to hold for
//! want of callers that wait.

#![expect(clippy::disallowed_types, reason = "what is noted is no part of the scenario")]

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use proptest::prelude::*;
use surefoot::sim::{Explorer, Strategy as Schedule};
use surefoot::spawn::spawn;

use crate::law::{CROWDED, Law};

/// What a property says of its case: the most that waited at once.
pub(super) type Waited = Result<usize, TestCaseError>;

/// Runs `property` on 1,000 inputs; in at least `percent` of them, three or more have to
/// have waited at once.
pub(super) fn contended<S: Strategy>(
    name: &'static str,
    percent: u32,
    inputs: &S,
    property: impl Fn(S::Value) -> Waited,
) {
    let (regressions, telling) = ("proptest-regressions/lock.txt", CROWDED);
    let law = Law { name, regressions, cases: 1_000, percent, telling };
    law.holds(inputs, |input| Ok(property(input)? >= 3));
}

/// Runs `scenario` under the one schedule that `script` means.
pub(super) fn under<F, Fut>(script: &Schedule, scenario: F) -> Result<(), TestCaseError>
where
    F: Fn() -> Fut + Send + Sync,
    Fut: Future<Output = ()> + 'static,
{
    let ran = Explorer::new().strategy(script.clone()).run(scenario);
    ran.map(drop).map_err(|failure| TestCaseError::fail(failure.to_string()))
}

/// Runs tasks, each with its steps, on one and the same `T`, of which nothing must be
/// left in the end. Gives back what they noted.
pub(super) fn visits<T, S, N, Fut>(
    tasks: &[Vec<S>],
    script: &Schedule,
    visit: fn(T, Notes<N>, Vec<S>) -> Fut,
    is_empty: fn(&T) -> bool,
) -> Result<Notes<N>, TestCaseError>
where
    T: Clone + Default + 'static,
    S: Clone + Send + Sync + 'static,
    N: Default + Send + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let noted = Notes::<N>::new();
    under(script, || {
        let (tasks, notes) = (tasks.to_vec(), noted.clone());
        // A failure is replayed.
        notes.with(|notes| *notes = N::default());
        async move {
            let visited = T::default();
            let start = |steps| spawn(visit(visited.clone(), notes.clone(), steps));
            let visits: Vec<_> = tasks.into_iter().map(start).collect();
            for visit in visits {
                visit.await.expect("no visit panics");
            }
            assert!(is_empty(&visited), "something is left");
        }
    })?;
    Ok(noted)
}

/// `future`, for so many turns; `None` if it is not done by then. Each turn is woken
/// at once, so that its task runs when the schedule says.
pub(super) async fn for_turns<F: Future>(turns: Option<u8>, future: F) -> Option<F::Output> {
    let (mut future, mut left) = (pin!(future), turns);
    poll_fn(|cx| {
        if let Poll::Ready(output) = future.as_mut().poll(cx) {
            return Poll::Ready(Some(output));
        }
        match &mut left {
            None => Poll::Pending,
            Some(0) => Poll::Ready(None),
            Some(left) => {
                *left -= 1;
                cx.waker().wake_by_ref();
                Poll::Pending
            }
        }
    })
    .await
}

/// What the tasks of a scenario note, and what is left of it afterwards.
pub(super) struct Notes<T>(Arc<Mutex<T>>);

impl<T> Clone for Notes<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Default> Notes<T> {
    pub(super) fn new() -> Self {
        Self(Arc::default())
    }

    pub(super) fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Who waits, in order of arrival, and how many at most did at once.
#[derive(Debug, Default)]
pub(super) struct Crowd {
    waiting: Vec<u32>,
    most: usize,
}

impl Crowd {
    pub(super) fn comes(&mut self, who: u32) {
        self.waiting.push(who);
        self.most = self.most.max(self.waiting.len());
    }

    /// Who came first among those that wait.
    pub(super) fn first(&self) -> Option<u32> {
        self.waiting.first().copied()
    }

    pub(super) fn leaves(&mut self, who: u32) {
        self.waiting.retain(|other| *other != who);
    }

    /// All that wait leave.
    pub(super) fn all_leave(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.waiting)
    }

    pub(super) fn most(&self) -> usize {
        self.most
    }
}
