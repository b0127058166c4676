//! What is done with a schedule that failed: it is replayed, told from its like,
//! and shrunk.

use super::engine::{Engine, Plan, Purpose, Run, Scenario};
use super::schedule::Schedule;
use super::shrink::shrink;
use super::strategy::{Chooser, Exhaustive, Lenient, Search as _, Strict, Tree};
use super::trace::{Row, Trace};
use super::verdict::{Stuck, Verdict};

/// How many runs the search for fewer deviations may take: a few milliseconds.
const FEWEST_BUDGET: u64 = 2_000;
/// How many steps are looked at for a wake-up that is missing there.
const MOST_PROBES: usize = 1_000;

pub(super) struct Inquest<'a> {
    engine: Engine,
    scenario: Scenario<'a>,
    shrink_runs: u64,
}

/// What an inquest finds.
pub(super) struct Finding {
    pub(super) verdict: Verdict,
    pub(super) schedule: Schedule,
    pub(super) trace: Trace,
    pub(super) shrunk_from: usize,
    pub(super) shrink_runs: u64,
}

impl<'a> Inquest<'a> {
    pub(super) fn new(engine: Engine, scenario: Scenario<'a>) -> Self {
        Self { engine, scenario, shrink_runs: 0 }
    }

    /// `as_it_is`: a schedule that was asked for is not shrunk.
    pub(super) fn hold(mut self, schedule: Schedule, run: Run, as_it_is: bool) -> Finding {
        let shrunk_from = schedule.deviations().len();
        let verdict = run.verdict.expect("only failed runs come to an inquest");
        // What blocks a thread was run twice already, and takes its time.
        if matches!(verdict, Verdict::Nondeterminism { .. } | Verdict::Blocked { .. }) {
            return self.unshrunk(schedule, verdict);
        }
        // Replayed first: a verdict that does not come again is worth nothing,
        // and what differs is worth more.
        let again = Strict::against(&schedule, run.made.clone());
        let again = self.run(&schedule, Box::new(again), false, Purpose::Verdict);
        match again.verdict {
            Some(other @ Verdict::Nondeterminism { .. }) => {
                return self.unshrunk(schedule, other);
            }
            Some(other) if other.is_like(&verdict) && again.made == run.made => {}
            other => {
                let end = |name: &str, steps| format!("{name} in step {steps}");
                let found = end(other.as_ref().map_or("a good end", Verdict::name), again.steps);
                let expected = end(verdict.name(), run.steps);
                let verdict = Verdict::Nondeterminism { step: again.steps, expected, found };
                return self.unshrunk(schedule, verdict);
            }
        }
        let schedule = if as_it_is { schedule } else { self.shrunk(&schedule, &verdict) };
        let last = self.run(&schedule, Box::new(Strict::new(&schedule)), true, Purpose::Verdict);
        let trace = last.trace.unwrap_or_default();
        let steps: Vec<_> = trace.rows().iter().filter(|row| row.step <= last.steps).collect();
        let verdict = self.told_apart(&schedule, last.verdict.unwrap_or(verdict), &steps);
        self.finding(verdict, schedule, trace, shrunk_from)
    }

    /// What is not deterministic can't be shrunk: the trace is one of many.
    fn unshrunk(mut self, schedule: Schedule, verdict: Verdict) -> Finding {
        let run = self.run(&schedule, Box::new(Strict::new(&schedule)), true, Purpose::Verdict);
        let shrunk_from = schedule.deviations().len();
        self.finding(verdict, schedule, run.trace.unwrap_or_default(), shrunk_from)
    }

    fn finding(
        self,
        verdict: Verdict,
        schedule: Schedule,
        trace: Trace,
        shrunk_from: usize,
    ) -> Finding {
        Finding { verdict, schedule, trace, shrunk_from, shrink_runs: self.shrink_runs }
    }

    fn shrunk(&mut self, schedule: &Schedule, verdict: &Verdict) -> Schedule {
        let deviations = shrink(schedule.deviations().to_vec(), |candidate| {
            self.shrink_runs += 1;
            let candidate = schedule.with(candidate);
            let chooser = Box::new(Lenient::new(&candidate));
            let run = self.run(&candidate, chooser, false, Purpose::Verdict);
            let fails = run.verdict.as_ref().is_some_and(|other| other.is_like(verdict));
            fails.then(|| run.deviations())
        });
        self.fewest(schedule.with(deviations), verdict)
    }

    /// Looks for the same failure with fewer deviations: leaving one out renumbers
    /// the choices after it, so that what is left may be more than is needed.
    fn fewest(&mut self, schedule: Schedule, verdict: &Verdict) -> Schedule {
        let Some(fewer) = schedule.deviations().len().checked_sub(1).filter(|n| *n > 0) else {
            return schedule;
        };
        let search = Exhaustive::new(Tree::new(Some(fewer as u32), FEWEST_BUDGET), 0);
        for index in 0..FEWEST_BUDGET {
            let Some(chooser) = search.next(index) else { break };
            self.shrink_runs += 1;
            let run = self.run(&schedule, chooser, false, Purpose::Verdict);
            if run.verdict.as_ref().is_some_and(|other| other.is_like(verdict)) {
                return schedule.with(run.deviations());
            }
        }
        schedule
    }

    /// A standstill in which some task only had to be polled is a lost wake-up.
    /// Each is polled in a replay of its own: one that gets on changes the rest.
    fn told_apart(&mut self, schedule: &Schedule, verdict: Verdict, steps: &[&Row]) -> Verdict {
        let (Verdict::Deadlock { stuck } | Verdict::Horizon { stuck, .. }) = &verdict else {
            return verdict;
        };
        for Stuck { task, last_step, .. } in stuck {
            if self.gets_on(schedule, task.id, None) {
                let missing_after = self.missing_after(schedule, task.id, *last_step, steps);
                let (task, stuck) = (task.clone(), stuck.clone());
                return Verdict::LostWakeup { task, missing_after, stuck };
            }
        }
        // The same, in a replay in which futures that are polled no longer show.
        let chooser = Box::new(Strict::new(schedule));
        let diagnosed = self.run(schedule, chooser, false, Purpose::Registrations).verdict;
        diagnosed.filter(|other| other.is_like(&verdict)).unwrap_or(verdict)
    }

    /// The step after which a task that nobody woke first gets on.
    fn missing_after(
        &mut self,
        schedule: &Schedule,
        task: u32,
        last_step: u64,
        steps: &[&Row],
    ) -> Option<(u64, String)> {
        // Its own last step, too: it may have gone to sleep too late.
        let later = steps.iter().filter(|row| row.step >= last_step).take(MOST_PROBES);
        later
            .map(|row| (row.step, row.task.clone()))
            .find(|(step, _)| self.gets_on(schedule, task, Some(*step)))
    }

    fn gets_on(&mut self, schedule: &Schedule, task: u32, after: Option<u64>) -> bool {
        let chooser = Box::new(Strict::new(schedule));
        self.run(schedule, chooser, false, Purpose::Probe { task, after }).got_on
    }

    fn run(
        &mut self,
        schedule: &Schedule,
        chooser: Box<dyn Chooser>,
        record: bool,
        purpose: Purpose,
    ) -> Run {
        let plan = Plan { record, ..schedule.plan(chooser, purpose) };
        self.engine.run(&self.scenario, plan)
    }
}
