use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime, RuntimeMetrics};

use super::tower::Tower;
use crate::rt::{self, Instant, Sleep};

/// A paused runtime, and what makes its time pass.
///
/// Tasks are polled outside of `block_on`, which is entered only when nothing
/// is ready: then Tokio's clock jumps to the next timer.
pub(super) struct Clock {
    runtime: Runtime,
    metrics: RuntimeMetrics,
    /// When the schedule began. A runtime is used for many.
    epoch: Instant,
    /// The most bare tasks that a step inside `block_on` left: they ran before it
    /// ended.
    bare_inside: Cell<usize>,
    /// Fires if nothing else does: Tokio does not tell whether a timer is armed.
    guard: Pin<Box<Sleep>>,
}

impl Clock {
    /// `seed` is that of what the runtime draws itself, where Tokio lets it be set.
    pub(super) fn new(seed: u64) -> Self {
        let mut builder = Builder::new_current_thread();
        builder.enable_time().start_paused(true);
        #[cfg(tokio_unstable)]
        builder.rng_seed(tokio::runtime::RngSeed::from_bytes(&seed.to_le_bytes()));
        #[cfg(not(tokio_unstable))]
        let _ = seed;
        let runtime =
            builder.build().expect("a runtime without I/O needs nothing that could be missing");
        let (epoch, guard) = {
            let _entered = runtime.enter();
            (rt::now(), Box::pin(rt::sleep_until(rt::now())))
        };
        let bare_inside = Cell::new(0);
        Self { metrics: runtime.metrics(), runtime, epoch, bare_inside, guard }
    }

    pub(super) fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// Begins a schedule: its time is zero.
    pub(super) fn begin(&mut self) {
        // Inside: outside a runtime, Tokio's clock is the real one.
        let _entered = self.runtime.enter();
        self.epoch = rt::now();
    }

    pub(super) fn epoch(&self) -> Instant {
        self.epoch
    }

    /// Lets time pass until a task is woken: `true`; or, if none is by then,
    /// until `limit` after the schedule's beginning: `false`.
    pub(super) fn pass(&mut self, tower: &Tower, limit: Duration) -> bool {
        let deadline = self.epoch + limit;
        if self.guard.deadline() != deadline {
            self.guard.as_mut().reset(deadline);
        }
        let guard = &mut self.guard;
        let woken = self.runtime.block_on(poll_fn(|cx| {
            if !tower.is_silent() {
                return Poll::Ready(true);
            }
            tower.park(Some(cx.waker().clone()));
            // Another thread may have woken somebody meanwhile.
            if !tower.is_silent() {
                return Poll::Ready(true);
            }
            // What fires on the same tick as the guard counts.
            guard.as_mut().poll(cx).map(|()| !tower.is_silent())
        }));
        tower.park(None);
        woken
    }

    /// Lets time pass although tasks are ready, until a timer of the scenario's
    /// fires: `true`; or, if none does by then, until `limit` after the schedule's
    /// beginning: `false`.
    pub(super) fn stall(&mut self, tower: &Tower, limit: Duration) -> bool {
        tower.set_stalling(true);
        let fired = self.pass(tower, limit);
        tower.set_stalling(false);
        fired
    }

    /// Calls `step` inside `block_on`, where Tokio keeps count of the budget of a
    /// task, and with that budget spent if `spent`.
    ///
    /// Wakers that Tokio defers until its task has returned have been called by
    /// the end: one call per step, or two steps would be one.
    pub(super) fn inside(&self, spent: bool, step: impl FnOnce()) {
        let mut step = Some(step);
        self.runtime.block_on(poll_fn(|cx| {
            let Some(step) = step.take() else {
                return Poll::Ready(());
            };
            if spent {
                while let Poll::Ready(coop) = rt::poll_budget(cx) {
                    coop.made_progress();
                }
            }
            step();
            self.bare_inside.set(self.metrics.num_alive_tasks());
            cx.waker().wake_by_ref();
            Poll::Pending
        }));
    }

    /// Runs what the code under test gave to Tokio itself, without letting time
    /// pass.
    pub(super) fn run_bare_tasks(&self) {
        self.runtime.block_on(tokio::task::yield_now());
    }

    /// How many tasks Tokio itself runs, or ran in the last step: the engine gives
    /// it none.
    pub(super) fn bare_tasks(&self) -> usize {
        self.metrics.num_alive_tasks().max(self.bare_inside.take())
    }
}
