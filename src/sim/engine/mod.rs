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
mod choices;
mod clock;
mod core;
mod hook;
#[cfg(feature = "tracing")]
mod listener;
mod places;
mod ready;
mod recorder;
mod registrations;
mod state;
mod tower;

pub use self::places::CancelPoints;
pub(crate) use self::ready::Ready;
pub(crate) use self::tower::Tower;

use std::collections::BTreeMap;
use std::panic::Location;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use self::clock::Clock;
use self::core::{Budget, Core};
use super::choice::{Bounds, Deviation, Made};
use super::explorer::TaskPanics;
use super::strategy::{Chooser, Counted, Opportunities};
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
    pub(crate) deny_leaks: bool,
    /// Of real time, for one poll.
    pub(crate) poll_limit: Duration,
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
    pub(crate) purpose: Purpose,
}

/// What a run is to find out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// How the scenario ends.
    Verdict,
    /// What it takes: the run gives a census of its tasks.
    Census,
    /// Whether this task, which nobody wakes, gets on when it is polled after
    /// that step, or at the standstill.
    Probe { task: u32, after: Option<u64> },
    /// Where the wakers are that tasks left.
    Registrations,
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
    /// A stall met no timer: the schedule says nothing.
    pub(crate) pruned: bool,
    /// Whether the probed task got on.
    pub(crate) got_on: bool,
    /// Of a run that was for it.
    pub(crate) census: Vec<Counted>,
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
        Self { core: Rc::new(Core::new(limits)), clock: None, limits }
    }

    /// What a watchdog looks at.
    pub(crate) fn tower(&self) -> Arc<Tower> {
        self.core.tower().clone()
    }

    pub(crate) fn run(&mut self, scenario: &Scenario<'_>, plan: Plan) -> Run {
        // A runtime's own random numbers go on from schedule to schedule.
        let kept = self.clock.take().filter(|_| !cfg!(tokio_unstable));
        let mut clock = kept.unwrap_or_else(|| Clock::new(plan.seed));
        clock.begin();
        let purpose = plan.purpose;
        #[cfg(feature = "tracing")]
        let listening = plan.record.then(listener::listen);
        let (core, limits) = (self.core.clone(), self.limits);
        core.begin(plan, clock.epoch());
        let runtime = clock.runtime().handle().clone();
        let entered = runtime.enter();
        let installed = Installed::new(core.clone());

        let mut schedule =
            Schedule { core: &core, clock: &mut clock, limits, purpose, unexplored: 0 };
        let (mut got_on, mut pruned) = (false, false);
        let verdict = match schedule.drive(scenario) {
            End::Returned => None,
            End::Failed(verdict) => Some(verdict),
            End::Pruned => {
                pruned = true;
                None
            }
            End::Probed(it_did) => {
                got_on = it_did;
                None
            }
            End::Stuck => {
                if let Purpose::Probe { task, .. } = purpose {
                    got_on = core.gets_on(task, schedule.clock);
                }
                Some(schedule.name_the_standstill())
            }
        };
        let unexplored_tasks = schedule.unexplored;
        let is_whole = verdict.is_none() && !pruned;
        let leaked = if is_whole && limits.deny_leaks { core.leaked_tasks() } else { Vec::new() };
        let census = if purpose == Purpose::Census { core.census() } else { Vec::new() };
        let wreck = core.drop_the_rest(is_whole);
        let values = core.held_values();
        let leak = || {
            let is_leak = limits.deny_leaks && !(leaked.is_empty() && values.is_empty());
            is_leak.then_some(Verdict::Leak { tasks: leaked, values })
        };
        let verdict =
            if is_whole { wreck.or_else(leak).or_else(|| core.finish_chooser()) } else { verdict };

        #[cfg(feature = "tracing")]
        drop(listening);
        drop(installed);
        drop(entered);
        // A runtime is used again unless something of this schedule may live on
        // in it, or its clock has run far ahead.
        if verdict.is_none() && unexplored_tasks == 0 && !pruned {
            self.clock = Some(clock);
        }
        Run { pruned, got_on, census, ..core.end(verdict, unexplored_tasks) }
    }

    /// What each claim of `probe::sometimes` came to, in all runs so far.
    pub(crate) fn take_sometimes(&mut self) -> BTreeMap<&'static str, bool> {
        self.core.take_sometimes()
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
    /// A stall met no timer.
    Pruned,
    /// It was run up to a step, to see whether a task gets on there.
    Probed(bool),
}

/// What the engine does next.
enum Next {
    Poll(u32),
    /// The same, with the budget spent.
    PollSpent(u32),
    /// Lets time pass although tasks are ready.
    Stall,
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
    purpose: Purpose,
    unexplored: u64,
}

impl Schedule<'_> {
    fn drive(&mut self, scenario: &Scenario<'_>) -> End {
        if let Some(verdict) = self.core.spawn_root(scenario) {
            return End::Failed(verdict);
        }
        loop {
            match self.core.decide() {
                Next::Poll(task) => self.core.step(task, self.clock, Budget::Uncounted),
                Next::PollSpent(task) => self.core.step(task, self.clock, Budget::Spent),
                Next::Strike(place) => self.core.strike(place, self.clock),
                Next::Stall => {
                    if !self.clock.stall(self.core.tower(), self.limits.horizon) {
                        return End::Pruned;
                    }
                    self.core.note_stall();
                    self.core.hear();
                    continue;
                }
                Next::Wait => {
                    if self.clock.pass(self.core.tower(), self.limits.horizon) {
                        self.core.hear();
                        continue;
                    }
                    return End::Stuck;
                }
            }
            if let Some(verdict) = self.core.verdict_of_step() {
                return End::Failed(verdict);
            }
            if let Purpose::Probe { task, after: Some(step) } = self.purpose
                && self.core.steps() == step
            {
                return End::Probed(self.core.gets_on(task, self.clock));
            }
            let bare = self.count_bare_tasks();
            if self.core.root_has_returned() {
                return End::Returned;
            }
            if bare > 0 {
                self.clock.run_bare_tasks();
                self.core.hear();
            }
        }
    }

    /// What the scenario gave to Tokio itself runs between our steps, in Tokio's
    /// own order: unexplored, but not starved.
    fn count_bare_tasks(&mut self) -> usize {
        let bare = self.clock.bare_tasks();
        self.unexplored = self.unexplored.max(bare as u64);
        bare
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
