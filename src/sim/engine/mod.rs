//! Runs one schedule: polls the tasks of a scenario, one at a time, as a
//! chooser decides, and lets time pass when nothing is ready.
//!
//! # Invariants
//!
//! 1. `State` is never borrowed while code of the scenario's runs: polls, drops,
//!    claims and wakers come back in through the hook.
//! 2. A task is in `ready` if and only if it was woken, or spawned, and neither
//!    polled since nor ended.
//! 3. What happens depends on the scenario and the choices only: the order of
//!    wake-ups within a step, which Tokio does not fix, is never looked at.

mod bell;
mod clock;
mod core;
mod hook;
mod places;
mod ready;
mod recorder;
mod state;

pub use self::places::CancelPoints;
pub(crate) use self::ready::Ready;

use std::panic::Location;
use std::rc::Rc;
use std::time::Duration;

use self::clock::Clock;
use self::core::Core;
use super::choice::{Bounds, Deviation, Made};
use super::explorer::TaskPanics;
use super::strategy::{Chooser, Opportunities};
use super::trace::Trace;
use super::verdict::Verdict;
use crate::rt::hook::{Body, Installed};

/// Far beyond the horizon, and just short of where Tokio puts timers that never
/// fire.
const NEVER: Duration = Duration::from_secs(29 * 365 * 86_400);

/// What ends a schedule that does not end by itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) max_steps: u64,
    pub(crate) horizon: Duration,
    pub(crate) task_panics: TaskPanics,
}

/// What is run: the closure that makes the root's future, and where it was handed
/// in.
#[derive(Clone, Copy)]
pub(crate) struct Scenario<'a> {
    pub(crate) make: &'a (dyn Fn() -> Body + Sync),
    pub(crate) at: &'static Location<'static>,
}

/// How one schedule is run.
pub(crate) struct Plan {
    pub(crate) chooser: Box<dyn Chooser>,
    pub(crate) bounds: Bounds,
    /// Of what is drawn and not chosen.
    pub(crate) seed: u64,
    /// Keep a trace.
    pub(crate) record: bool,
    /// If it comes to a standstill, poll this task once more, and see.
    pub(crate) probe: Option<u32>,
}

/// What came of one schedule.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) verdict: Option<Verdict>,
    /// Every choice between at least two options.
    pub(crate) made: Vec<Made>,
    /// Of all that was chosen.
    pub(crate) hash: u64,
    pub(crate) steps: u64,
    pub(crate) opportunities: Opportunities,
    pub(crate) unexplored_tasks: u64,
    pub(crate) trace: Option<Trace>,
    /// Whether the probed task got on.
    pub(crate) got_on: bool,
}

impl Run {
    /// The choices that did not take their default, in order.
    pub(crate) fn deviations(&self) -> Vec<Deviation> {
        self.made.iter().filter_map(Made::deviation).collect()
    }
}

/// Runs schedules, one after the other, on the thread that it was made on.
pub(crate) struct Engine {
    core: Rc<Core>,
    clock: Option<Clock>,
    limits: Limits,
}

impl Engine {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { core: Rc::new(Core::new(limits.task_panics)), clock: None, limits }
    }

    pub(crate) fn run(&mut self, scenario: &Scenario<'_>, plan: Plan) -> Run {
        let mut clock = self.clock.take().unwrap_or_else(Clock::new);
        clock.begin();
        let probe = plan.probe;
        let (core, limits) = (self.core.clone(), self.limits);
        core.begin(plan, clock.epoch());
        let runtime = clock.runtime().handle().clone();
        let entered = runtime.enter();
        let installed = Installed::new(core.clone());

        let mut schedule = Schedule { core: &core, clock: &mut clock, limits, unexplored: 0 };
        let mut got_on = false;
        let verdict = match schedule.drive(scenario) {
            End::Returned => None,
            End::Failed(verdict) => Some(verdict),
            End::Stuck => {
                got_on = probe.is_some_and(|task| core.gets_on(task));
                Some(schedule.name_the_standstill())
            }
        };
        let unexplored_tasks = schedule.unexplored;
        let wreck = core.drop_the_rest();
        let verdict = verdict.or(wreck).or_else(|| core.finish_chooser());

        drop(installed);
        drop(entered);
        // A runtime is used again unless something of this schedule may live on
        // in it.
        if verdict.is_none() && unexplored_tasks == 0 {
            self.clock = Some(clock);
        }
        core.end(verdict, unexplored_tasks, got_on)
    }

    /// Where cancellations could strike in all runs so far, and did.
    pub(crate) fn take_cancel_points(&mut self) -> CancelPoints {
        self.core.take_cancel_points()
    }

    /// Gives a run's log back, so that its memory is used again.
    pub(crate) fn recycle(&mut self, made: Vec<Made>) {
        self.core.recycle(made);
    }
}

enum End {
    Returned,
    Failed(Verdict),
    /// Nothing is ready before the horizon.
    Stuck,
}

/// What the engine does next.
enum Next {
    Poll(u32),
    /// Cancels this place.
    Strike(u32),
    /// Nothing is ready.
    Wait,
}

/// One schedule on its way.
struct Schedule<'a> {
    core: &'a Core,
    clock: &'a mut Clock,
    limits: Limits,
    unexplored: u64,
}

impl Schedule<'_> {
    fn drive(&mut self, scenario: &Scenario<'_>) -> End {
        if let Some(verdict) = self.core.spawn_root(scenario) {
            return End::Failed(verdict);
        }
        loop {
            match self.core.decide() {
                Next::Poll(task) => self.core.step(task),
                Next::Strike(place) => self.core.strike(place),
                Next::Wait => {
                    if self.clock.pass(self.core.tower(), self.limits.horizon) {
                        self.core.hear();
                        continue;
                    }
                    return End::Stuck;
                }
            }
            if let Some(verdict) = self.core.verdict_of_step(&self.limits) {
                return End::Failed(verdict);
            }
            if self.core.root_has_returned() {
                return End::Returned;
            }
            self.run_bare_tasks();
        }
    }

    /// What the scenario gave to Tokio itself runs between our steps, in Tokio's
    /// own order: unexplored, but not starved.
    fn run_bare_tasks(&mut self) {
        let bare = self.clock.bare_tasks();
        if bare > 0 {
            self.unexplored = self.unexplored.max(bare as u64);
            self.clock.run_bare_tasks();
            self.core.hear();
        }
    }

    fn name_the_standstill(&mut self) -> Verdict {
        let fires = self.clock.pass(self.core.tower(), NEVER);
        let stuck = self.core.stuck();
        // A daemon's timer is no progress of the scenario's.
        if fires && self.core.heard_more_than_daemons() {
            Verdict::Horizon { horizon: self.limits.horizon, stuck }
        } else {
            Verdict::Deadlock { stuck }
        }
    }
}
