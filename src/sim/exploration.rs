//! One call of [`Explorer::run`](super::Explorer::run): the loop over schedules.
#![expect(
    clippy::disallowed_types,
    reason = "the search runs on real threads beside the simulation; no loom model sees it"
)]

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::choice::{Kind, Made};
use super::engine::{Engine, Limits, Purpose, Run, Scenario};
use super::failure::Failure;
use super::inquest::{Finding, Inquest};
use super::notice::notice;
use super::panic_hook::Silence;
use super::schedule::Schedule;
use super::settings::Settings;
use super::shard::Shard;
use super::stats::{Stats, Tally};
use super::strategy::{
    Chooser, Estimates, Exhaustive, Lenient, Outline, Random, Scout, Search, Strategy, Strict, Tree,
};
use super::trace::Trace;
use super::verdict::Verdict;
use super::watchdog::Watchdog;

/// How many trial runs tell the random strategies what to expect.
const TRIALS: u64 = 3;
/// How often it is tried whether time can jump, where nobody said whether it may.
const STALLS: u64 = 16;
/// One schedule in so many is run twice, and must be the same both times.
const RECHECKED: u64 = 1_024;

pub(super) struct Exploration {
    name: String,
    /// The test that explores: libtest names its thread after it.
    test: Option<String>,
    settings: Settings,
    begun: Instant,
    index: AtomicU64,
    /// The lowest index that failed so far.
    failed_at: AtomicU64,
    /// Whether it was stopped with more to run.
    stopped: AtomicBool,
    shared: Mutex<Shared>,
    watchdog: Watchdog,
}

/// What the threads gather. Each keeps a tally of its own until it ends: a lock per
/// schedule would cost as much as the schedule.
#[derive(Default)]
struct Shared {
    tally: Tally,
    /// The failing run of the lowest index.
    failed: Option<(u64, Schedule, Run)>,
}

/// Which schedule of the search it is, and whether it counts in this shard.
#[derive(Clone, Copy)]
struct At {
    index: u64,
    counts: bool,
}

/// What one thread works with.
struct Worker {
    engine: Engine,
    tally: Tally,
    /// How many schedules who looks on was not told of yet.
    untold: u64,
}

/// After so many schedules, who looks on is told.
const TOLD: u64 = 128;

impl Exploration {
    pub(super) fn new(name: String, mut settings: Settings) -> Self {
        if let Strategy::Replay(_) = settings.strategy {
            // One schedule has no parts.
            settings.shard = Shard::WHOLE;
        }
        #[expect(clippy::disallowed_methods, reason = "the limit is one of real time")]
        let begun = Instant::now();
        let watchdog = Watchdog::new(settings.poll_limit);
        let thread = std::thread::current();
        Self {
            name,
            test: thread.name().filter(|name| *name != "main").map(str::to_owned),
            settings,
            begun,
            index: AtomicU64::new(0),
            failed_at: AtomicU64::new(u64::MAX),
            stopped: AtomicBool::new(false),
            shared: Mutex::new(Shared::default()),
            watchdog,
        }
    }

    pub(super) fn run(mut self, scenario: Scenario<'_>) -> Result<Stats, Box<Failure>> {
        let search = {
            let _silence = Silence::new();
            let mut worker = self.worker();
            let search = self.first(&mut worker, scenario).continue_value();
            self.gather(worker);
            search
        };
        if let Some(search) = &search {
            std::thread::scope(|scope| {
                for _ in 1..self.settings.threads {
                    scope.spawn(|| self.work(&**search, scenario));
                }
                self.work(&**search, scenario);
            });
        }
        let is_exhausted = search.is_some_and(|search| search.is_exhausted());
        let Shared { tally, failed } = std::mem::take(&mut *self.lock());
        let is_replay = matches!(self.settings.strategy, Strategy::Replay(_));
        let never = tally.never();
        let mut stats = tally.stats(self.begun.elapsed());
        stats.shard = self.settings.shard;
        stats.share_exhausted = is_exhausted && failed.is_none();
        stats.exhausted = stats.share_exhausted && stats.shard.is_whole();
        stats.stopped = self.stopped.load(Ordering::Relaxed);
        // What else there is may show what was not seen.
        let is_part = stats.stopped || !stats.shard.is_whole();
        if failed.is_none() && is_part {
            stats.never = never;
        } else if let Some(label) = never.first().filter(|_| failed.is_none() && !is_replay) {
            let verdict = Verdict::Never { label: (*label).to_owned() };
            let index = stats.schedules.saturating_sub(1);
            let found = Finding::as_found(verdict, self.frame());
            return Err(self.failure(found, stats, index));
        }
        let Some((index, schedule, run)) = failed else {
            return Ok(stats);
        };
        if !self.settings.inquires
            && let Some(verdict) = run.verdict
        {
            return Err(self.failure(Finding::as_found(verdict, schedule), stats, index));
        }
        let _silence = Silence::new();
        let inquest = Inquest::new(self.engine(), scenario);
        let found = inquest.hold(schedule, run, is_replay);
        Err(self.failure(found, stats, index))
    }

    fn failure(self, found: Finding, stats: Stats, index: u64) -> Box<Failure> {
        Box::new(Failure {
            name: self.name,
            test: self.test,
            verdict: found.verdict,
            schedule: found.schedule,
            trace: found.trace,
            stats,
            index: index + 1,
            shard: self.settings.shard,
            of: self.settings.schedules.max(index + 1),
            shrunk_from: found.shrunk_from,
            shrink_runs: found.shrink_runs,
        })
    }

    /// Runs what comes before all else, and makes the search.
    fn first(
        &mut self,
        worker: &mut Worker,
        scenario: Scenario<'_>,
    ) -> ControlFlow<(), Box<dyn Search>> {
        for schedule in &self.settings.regressions {
            let chooser = Box::new(Lenient::new(schedule));
            let at = self.next_for_all();
            self.run_one(worker, scenario, at, schedule, chooser, Purpose::Verdict)?;
        }
        if let Strategy::Replay(schedule) = &self.settings.strategy {
            let chooser = Box::new(Strict::new(schedule));
            let at = self.next_for_all();
            self.run_one(worker, scenario, at, schedule, chooser, Purpose::Verdict)?;
            return ControlFlow::Break(());
        }
        let mut estimates = Estimates::default();
        if self.settings.strategy.needs_trials() {
            self.make_trials(worker, scenario, &mut estimates)?;
        }
        if self.settings.tries_stalls() && self.meets_timers(worker, scenario, estimates.steps)? {
            self.settings.bounds[Kind::Stall] = 1;
            // Before each step there is one.
            estimates.opportunities[Kind::Stall] = estimates.steps;
        }
        let first = self.index.load(Ordering::Relaxed);
        let Settings { seed, schedules, bounds, shard, ref strategy, .. } = self.settings;
        let outline = Outline { seed, bounds, schedules, first, shard };
        let every = match strategy.tree(&outline) {
            Some(tree) if shard.is_whole() => Some(Exhaustive::new(tree, first)),
            Some(tree) => Some(self.scout(worker, scenario, tree, first)?),
            None => None,
        };
        ControlFlow::Continue(strategy.search(&outline, &estimates, every))
    }

    /// What of an exhaustive search is for this shard.
    fn scout(
        &self,
        worker: &mut Worker,
        scenario: Scenario<'_>,
        tree: Tree,
        first: u64,
    ) -> ControlFlow<(), Exhaustive> {
        let frame = self.frame();
        let mut scout = Scout::new(tree, self.settings.shard);
        while let Some((place, chooser)) = scout.next() {
            let index = first + place;
            if self.is_over(index) {
                drop(chooser);
                return ControlFlow::Continue(scout.share(first, false));
            }
            // It counts when the search that owns it comes to it.
            let at = At { index, counts: false };
            let run = self.run_one(worker, scenario, at, &frame, chooser, Purpose::Verdict)?;
            worker.engine.recycle(run.made);
        }
        ControlFlow::Continue(scout.share(first, true))
    }

    fn make_trials(
        &self,
        worker: &mut Worker,
        scenario: Scenario<'_>,
        estimates: &mut Estimates,
    ) -> ControlFlow<()> {
        let Settings { seed, schedules, bounds, .. } = self.settings;
        let (blind, frame) = (Random::blind(seed, bounds), self.frame());
        for _ in 0..TRIALS.min(schedules) {
            let at = self.next_for_all();
            let Some(chooser) = blind.next(at.index) else { break };
            let run = self.run_one(worker, scenario, at, &frame, chooser, Purpose::Census)?;
            estimates.add(&run);
            worker.engine.recycle(run.made);
        }
        ControlFlow::Continue(())
    }

    /// Whether time can jump anywhere: tried at a few moments of random schedules.
    fn meets_timers(
        &self,
        worker: &mut Worker,
        scenario: Scenario<'_>,
        steps: u64,
    ) -> ControlFlow<(), bool> {
        let Settings { seed, schedules, mut bounds, .. } = self.settings;
        bounds[Kind::Stall] = 1;
        let frame = Schedule::new(seed, bounds, Vec::new());
        let tries = STALLS.min(schedules / STALLS).min(steps);
        for i in 0..tries {
            let at = self.next_for_all();
            // In the middle of as many equal parts.
            let place = 1 + (2 * i + 1) * steps / (2 * tries);
            let chooser = Random::with_place(seed, at.index, (Kind::Stall, place));
            let run = self.run_one(worker, scenario, at, &frame, chooser, Purpose::Verdict)?;
            let jumps = |made: &Made| made.kind == Kind::Stall && made.taken.is_some();
            let met = !run.pruned && run.made.iter().any(jumps);
            worker.engine.recycle(run.made);
            if met {
                return ControlFlow::Continue(true);
            }
        }
        ControlFlow::Continue(false)
    }

    /// What each thread does.
    fn work(&self, search: &dyn Search, scenario: Scenario<'_>) {
        let _silence = Silence::new();
        let mut worker = self.worker();
        let frame = self.frame();
        loop {
            let index = self.next_index();
            if index >= self.settings.schedules {
                break;
            }
            if !search.is_ours(index) {
                continue;
            }
            if self.is_over(index) {
                search.close();
                break;
            }
            let Some(chooser) = search.next(index) else { break };
            let at = At { index, counts: true };
            let ran = self.run_one(&mut worker, scenario, at, &frame, chooser, Purpose::Verdict);
            match ran {
                ControlFlow::Continue(run) => worker.engine.recycle(run.made),
                ControlFlow::Break(()) => break,
            }
            self.tell(&mut worker);
        }
        self.gather(worker);
    }

    fn is_over(&self, index: u64) -> bool {
        let out_of_time =
            || self.settings.for_at_most.is_some_and(|most| self.begun.elapsed() >= most);
        // Relaxed: what is seen late costs a schedule more.
        if self.settings.stop.is_stopped() {
            self.stopped.store(true, Ordering::Relaxed);
            return true;
        }
        self.failed_at.load(Ordering::Relaxed) < index || out_of_time()
    }

    fn run_one(
        &self,
        worker: &mut Worker,
        scenario: Scenario<'_>,
        At { index, counts }: At,
        frame: &Schedule,
        chooser: Box<dyn Chooser>,
        purpose: Purpose,
    ) -> ControlFlow<(), Run> {
        let Worker { engine, tally, .. } = worker;
        let mut run = engine.run(&scenario, frame.plan(chooser, purpose));
        let is_checked = run.verdict.is_none() && index % RECHECKED == RECHECKED - 1;
        let is_blocked = matches!(run.verdict, Some(Verdict::Blocked { .. }));
        if is_checked || is_blocked {
            let schedule = frame.with(run.deviations());
            let again = Strict::against(&schedule, run.made.clone());
            let again = engine.run(&scenario, frame.plan(Box::new(again), Purpose::Verdict));
            // What took long once only is the machine's doing.
            if again.verdict.is_some() || is_blocked {
                run = again;
            }
        }
        if counts {
            tally.add(&run);
        }
        if run.verdict.is_none() {
            return ControlFlow::Continue(run);
        }
        self.failed_at.fetch_min(index, Ordering::Relaxed);
        let mut shared = self.lock();
        if shared.failed.as_ref().is_none_or(|(failed, ..)| index < *failed) {
            let schedule = frame.with(run.deviations());
            shared.failed = Some((index, schedule, run));
        }
        ControlFlow::Break(())
    }

    /// What all schedules of this search have in common.
    fn frame(&self) -> Schedule {
        Schedule::new(self.settings.seed, self.settings.bounds, Vec::new())
    }

    fn worker(&self) -> Worker {
        Worker { engine: self.engine(), tally: Tally::default(), untold: 0 }
    }

    fn engine(&self) -> Engine {
        let engine = Engine::new(limits(&self.settings));
        self.watchdog.watch(engine.tower());
        engine
    }

    fn next_index(&self) -> u64 {
        // Relaxed: only that every index is given once matters.
        self.index.fetch_add(1, Ordering::Relaxed)
    }

    /// That of a schedule that every shard runs, and one counts.
    fn next_for_all(&self) -> At {
        let index = self.next_index();
        At { index, counts: self.settings.shard.owns(index) }
    }

    /// Now and then: the tallies meet under a lock.
    fn tell(&self, worker: &mut Worker) {
        let Settings { progress, told_every, schedules: most, .. } = &self.settings;
        if progress.is_none() && told_every.is_none() {
            return;
        }
        worker.untold += 1;
        if worker.untold < told_every.map_or(TOLD, |every| every.get().min(TOLD)) {
            return;
        }
        worker.untold = 0;
        let mut shared = self.lock();
        let (before, _) = shared.tally.counts();
        shared.tally.merge(std::mem::take(&mut worker.tally));
        let (schedules, distinct) = shared.tally.counts();
        if let Some(progress) = progress {
            progress.set(schedules, distinct);
        }
        if told_every.is_some_and(|every| before / every < schedules / every) {
            let (name, time) = (&self.name, self.begun.elapsed().as_secs());
            notice(&format!(
                "{name}: {schedules} of {most} schedules, {distinct} distinct, after {time} s"
            ));
        }
    }

    fn gather(&self, mut worker: Worker) {
        worker.tally.add_points(&worker.engine.take_cancel_points());
        worker.tally.add_sometimes(worker.engine.take_sometimes());
        self.lock().tally.merge(worker.tally);
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Finding {
    /// A verdict that is not looked into.
    fn as_found(verdict: Verdict, schedule: Schedule) -> Self {
        let shrunk_from = schedule.deviations().len();
        Self { verdict, schedule, trace: Trace::default(), shrunk_from, shrink_runs: 0 }
    }
}

fn limits(settings: &Settings) -> Limits {
    let Settings { max_steps, horizon, task_panics, deny_leaks, poll_limit, .. } = *settings;
    Limits { max_steps, horizon, task_panics, deny_leaks, poll_limit }
}
