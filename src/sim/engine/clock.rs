use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime, RuntimeMetrics};

use super::bell::Tower;
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
    /// Fires if nothing else does: Tokio does not tell whether a timer is armed.
    guard: Pin<Box<Sleep>>,
}

impl Clock {
    pub(super) fn new() -> Self {
        let runtime = Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime without I/O needs nothing that could be missing");
        let (epoch, guard) = {
            let _entered = runtime.enter();
            (rt::now(), Box::pin(rt::sleep_until(rt::now())))
        };
        Self { metrics: runtime.metrics(), runtime, epoch, guard }
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
            // What fires on the same tick as the guard counts.
            guard.as_mut().poll(cx).map(|()| !tower.is_silent())
        }));
        tower.park(None);
        woken
    }

    /// Runs what the code under test gave to Tokio itself, without letting time
    /// pass.
    pub(super) fn run_bare_tasks(&self) {
        self.runtime.block_on(tokio::task::yield_now());
    }

    /// How many tasks Tokio itself runs: the engine gives it none.
    pub(super) fn bare_tasks(&self) -> usize {
        self.metrics.num_alive_tasks()
    }
}
