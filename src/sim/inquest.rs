//! What is done with a schedule that failed: it is replayed, told from its like,
//! and shrunk.

use super::engine::{Engine, Limits, Plan, Run, Scenario};
use super::schedule::Schedule;
use super::shrink::shrink;
use super::strategy::{Chooser, Exhaustive, Lenient, Search as _, Strict};
use super::trace::Trace;
use super::verdict::Verdict;

/// How many runs the search for fewer deviations may take: a few milliseconds.
const FEWEST_BUDGET: u64 = 2_000;

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
    pub(super) fn new(limits: Limits, scenario: Scenario<'a>) -> Self {
        Self { engine: Engine::new(limits), scenario, shrink_runs: 0 }
    }

    /// `as_it_is`: a schedule that was asked for is not shrunk.
    pub(super) fn hold(mut self, schedule: Schedule, run: Run, as_it_is: bool) -> Finding {
        let shrunk_from = schedule.deviations().len();
        let verdict = run.verdict.expect("only failed runs come to an inquest");
        if matches!(verdict, Verdict::Nondeterminism { .. }) {
            return self.unshrunk(schedule, verdict);
        }
        // Replayed first: a verdict that does not come again is worth nothing,
        // and what differs is worth more.
        let again = Strict::against(&schedule, run.made);
        let again = self.run(&schedule, Box::new(again), false, None);
        match again.verdict {
            Some(other @ Verdict::Nondeterminism { .. }) => {
                return self.unshrunk(schedule, other);
            }
            Some(other) if other.is_like(&verdict) => {}
            other => {
                let found = other.map_or("a good end".to_owned(), |other| other.name().to_owned());
                let expected = verdict.name().to_owned();
                let verdict = Verdict::Nondeterminism { step: again.steps, expected, found };
                return self.unshrunk(schedule, verdict);
            }
        }
        let schedule = if as_it_is { schedule } else { self.shrunk(&schedule, &verdict) };
        let last = self.run(&schedule, Box::new(Strict::new(&schedule)), true, None);
        let verdict = self.told_apart(&schedule, last.verdict.unwrap_or(verdict));
        self.finding(verdict, schedule, last.trace, shrunk_from)
    }

    /// What is not deterministic can't be shrunk: the trace is one of many.
    fn unshrunk(mut self, schedule: Schedule, verdict: Verdict) -> Finding {
        let run = self.run(&schedule, Box::new(Strict::new(&schedule)), true, None);
        let shrunk_from = schedule.deviations().len();
        self.finding(verdict, schedule, run.trace, shrunk_from)
    }

    fn finding(
        self,
        verdict: Verdict,
        schedule: Schedule,
        trace: Option<Trace>,
        shrunk_from: usize,
    ) -> Finding {
        let trace = trace.unwrap_or_default();
        Finding { verdict, schedule, trace, shrunk_from, shrink_runs: self.shrink_runs }
    }

    fn shrunk(&mut self, schedule: &Schedule, verdict: &Verdict) -> Schedule {
        let deviations = shrink(schedule.deviations().to_vec(), |candidate| {
            self.shrink_runs += 1;
            let candidate = schedule.with(candidate);
            let chooser = Box::new(Lenient::new(&candidate));
            let run = self.run(&candidate, chooser, false, None);
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
        let search = Exhaustive::new(Some(fewer as u32), FEWEST_BUDGET);
        for index in 0..FEWEST_BUDGET {
            let Some(chooser) = search.next(index) else { break };
            self.shrink_runs += 1;
            let run = self.run(&schedule, chooser, false, None);
            if run.verdict.as_ref().is_some_and(|other| other.is_like(verdict)) {
                return schedule.with(run.deviations());
            }
        }
        schedule
    }

    /// A standstill in which some task only had to be polled is a lost wake-up.
    /// Each is polled in a replay of its own: one that gets on changes the rest.
    fn told_apart(&mut self, schedule: &Schedule, verdict: Verdict) -> Verdict {
        let (Verdict::Deadlock { stuck } | Verdict::Horizon { stuck, .. }) = &verdict else {
            return verdict;
        };
        for task in stuck.iter().map(|stuck| &stuck.task) {
            let chooser = Box::new(Strict::new(schedule));
            let probed = self.run(schedule, chooser, false, Some(task.id));
            if probed.got_on {
                return Verdict::LostWakeup { task: task.clone(), stuck: stuck.clone() };
            }
        }
        verdict
    }

    fn run(
        &mut self,
        schedule: &Schedule,
        chooser: Box<dyn Chooser>,
        record: bool,
        probe: Option<u32>,
    ) -> Run {
        let plan = Plan { record, probe, ..schedule.plan(chooser) };
        self.engine.run(&self.scenario, plan)
    }
}
