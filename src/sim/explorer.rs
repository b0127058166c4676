//! The builder, and the loop over schedules.
#![expect(
    clippy::disallowed_types,
    reason = "the search runs on real threads beside the simulation; no loom model sees it"
)]

use std::collections::HashSet;
use std::future::Future;
use std::ops::ControlFlow;
use std::panic::Location;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::choice::Kind;
use super::engine::{Engine, Limits, Run, Scenario};
use super::failure::Failure;
use super::inquest::Inquest;
use super::panic_hook::Silence;
use super::schedule::Schedule;
pub use super::settings::TaskPanics;
use super::settings::{Overrides, Settings};
use super::stats::{Stats, Tally};
use super::strategy::{
    Chooser, Exhaustive, Fair, Lenient, Opportunities, Random, Search, Strategy, Strict,
};
use crate::rt::root_body;

/// Runs a scenario under many schedules, and says which fails.
///
/// ```
/// use surefoot::sim::{Explorer, Strategy};
/// use surefoot::spawn::spawn;
///
/// let stats = Explorer::new()
///     .strategy(Strategy::Exhaustive { deviations: None })
///     .run(|| async {
///         let ours = spawn(async { 1 });
///         let theirs = spawn(async { 2 });
///         assert_eq!(ours.await.unwrap() + theirs.await.unwrap(), 3);
///     })?;
/// assert!(stats.exhausted);
/// # Ok::<(), Box<surefoot::sim::Failure>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "an explorer does nothing until it runs"]
pub struct Explorer {
    settings: Settings,
    overrides: Overrides,
}

impl Default for Explorer {
    /// Reads the [environment](super#environment), which outranks what the
    /// builder says.
    ///
    /// # Panics
    ///
    /// If a variable does not parse; the message names it.
    #[track_caller]
    fn default() -> Self {
        match Overrides::read(|variable| std::env::var(variable).ok()) {
            Ok(overrides) => Self { overrides, ..Self::new() },
            Err(error) => panic!("{error}"),
        }
    }
}

impl Explorer {
    /// Ignores the environment.
    pub fn new() -> Self {
        Self { settings: Settings::new(), overrides: Overrides::default() }
    }

    /// What the scenario is called. Default: the thread's name, which in a test
    /// is the test's.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.settings.name = Some(name.into());
        self
    }

    /// How schedules are chosen. Default: [`Strategy::Random`].
    pub fn strategy(mut self, strategy: Strategy) -> Self {
        self.settings.strategy = strategy;
        self
    }

    /// What random choices are drawn from. Default: 0.
    pub fn seed(mut self, seed: u64) -> Self {
        self.settings.seed = seed;
        self
    }

    /// How many schedules are run at most. Default: 1,000.
    pub fn schedules(mut self, n: u64) -> Self {
        self.settings.schedules = n;
        self
    }

    /// How much real time the exploration may take. Default: no limit.
    pub fn for_at_most(mut self, real_time: Duration) -> Self {
        self.settings.for_at_most = Some(real_time);
        self
    }

    /// How many steps a schedule may have. Default: 100,000. More is a
    /// [livelock](super::Verdict::Livelock).
    pub fn max_steps(mut self, n: u64) -> Self {
        self.settings.max_steps = n.max(1);
        self
    }

    /// How much virtual time a schedule may take. Default: one hour. At most 20
    /// years.
    pub fn horizon(mut self, virtual_time: Duration) -> Self {
        const TWENTY_YEARS: Duration = Duration::from_secs(20 * 365 * 86_400);
        self.settings.horizon = virtual_time.min(TWENTY_YEARS);
        self
    }

    /// How many times per schedule a cancellable task or future is dropped.
    /// Default: 0.
    pub fn cancellations(mut self, n: u32) -> Self {
        self.settings.bounds[Kind::Cancel] = n;
        self
    }

    /// How many faults strike per schedule. Default: 0.
    pub fn faults(mut self, n: u32) -> Self {
        self.settings.bounds[Kind::Fault] = n;
        self
    }

    /// What a panic in a task other than the root means. Default: it fails the
    /// schedule.
    pub fn task_panics(mut self, panics: TaskPanics) -> Self {
        self.settings.task_panics = panics;
        self
    }

    /// How many OS threads explore side by side. Default: 1.
    pub fn threads(mut self, n: usize) -> Self {
        self.settings.threads = n.max(1);
        self
    }

    /// Runs this schedule first, always. One that does not fit any more is run
    /// as far as it does.
    ///
    /// # Panics
    ///
    /// If the text is no schedule; the message says at which position.
    #[track_caller]
    pub fn regression(mut self, schedule: &str) -> Self {
        match schedule.parse() {
            Ok(schedule) => self.settings.regressions.push(schedule),
            Err(error) => panic!("{error}"),
        }
        self
    }

    /// Explores.
    ///
    /// # Errors
    ///
    /// The first schedule that failed, shrunk.
    ///
    /// # Panics
    ///
    /// Inside a simulation.
    #[track_caller]
    pub fn run<F, Fut>(&self, scenario: F) -> Result<Stats, Box<Failure>>
    where
        F: Fn() -> Fut + Send + Sync,
        Fut: Future<Output = ()> + 'static,
    {
        let mut settings = self.settings.clone();
        self.overrides.clone().apply(&mut settings);
        let name = settings
            .name
            .clone()
            .unwrap_or_else(|| std::thread::current().name().unwrap_or("scenario").to_owned());
        if let Some((whose, schedule)) = settings.replay.take()
            && whose == name
        {
            settings.strategy = Strategy::Replay(schedule);
        }
        let make = || root_body(scenario());
        let scenario = Scenario { make: &make, at: Location::caller() };
        Exploration::new(name, settings).run(scenario)
    }

    /// Explores, and panics with the report if a schedule fails.
    ///
    /// # Panics
    ///
    /// If a schedule fails.
    #[track_caller]
    pub fn check<F, Fut>(&self, scenario: F)
    where
        F: Fn() -> Fut + Send + Sync,
        Fut: Future<Output = ()> + 'static,
    {
        if let Err(failure) = self.run(scenario) {
            panic!("{failure}");
        }
    }
}

/// `Explorer::default().check(scenario)`.
///
/// # Panics
///
/// If a schedule fails, with the report.
#[track_caller]
pub fn check<F, Fut>(scenario: F)
where
    F: Fn() -> Fut + Send + Sync,
    Fut: Future<Output = ()> + 'static,
{
    Explorer::default().check(scenario);
}

/// Runs one schedule, to the letter.
///
/// # Errors
///
/// How it failed; [`Nondeterminism`](super::Verdict::Nondeterminism) if it does
/// not fit the scenario.
#[track_caller]
pub fn replay<F, Fut>(schedule: &Schedule, scenario: F) -> Result<Stats, Box<Failure>>
where
    F: Fn() -> Fut + Send + Sync,
    Fut: Future<Output = ()> + 'static,
{
    Explorer::new().strategy(Strategy::Replay(schedule.clone())).run(scenario)
}

/// How many trial runs tell the random strategies what to expect.
const TRIALS: u64 = 3;
/// One schedule in so many is run twice, and must be the same both times.
const RECHECKED: u64 = 1_024;

/// One call of [`Explorer::run`].
struct Exploration {
    name: String,
    settings: Settings,
    begun: Instant,
    index: AtomicU64,
    shared: Mutex<Shared>,
}

/// What the threads gather.
#[derive(Default)]
struct Shared {
    tally: Tally,
    seen: HashSet<u64>,
    /// The failing run of the lowest index.
    failed: Option<(u64, Schedule, Run)>,
}

impl Exploration {
    fn new(name: String, settings: Settings) -> Self {
        #[expect(clippy::disallowed_methods, reason = "the limit is one of real time")]
        let begun = Instant::now();
        let (index, shared) = (AtomicU64::new(0), Mutex::new(Shared::default()));
        Self { name, settings, begun, index, shared }
    }

    fn run(self, scenario: Scenario<'_>) -> Result<Stats, Box<Failure>> {
        let search = {
            let _silence = Silence::new();
            let mut engine = self.engine();
            let search = match self.first(&mut engine, scenario) {
                ControlFlow::Continue(search) => search,
                ControlFlow::Break(()) => Box::new(Fair),
            };
            self.note_points(&mut engine);
            search
        };
        if self.lock().failed.is_none() {
            std::thread::scope(|scope| {
                for _ in 1..self.settings.threads {
                    scope.spawn(|| self.work(&*search, scenario));
                }
                self.work(&*search, scenario);
            });
        }
        let exhausted = search.is_exhausted();
        drop(search);
        let real_time = self.begun.elapsed();
        let Shared { tally, seen, failed } =
            self.shared.into_inner().unwrap_or_else(PoisonError::into_inner);
        let stats = tally.stats(seen.len() as u64, exhausted && failed.is_none(), real_time);
        let Some((index, schedule, run)) = failed else {
            return Ok(stats);
        };
        let is_replay = matches!(self.settings.strategy, Strategy::Replay(_));
        let _silence = Silence::new();
        let inquest = Inquest::new(limits(&self.settings), scenario);
        let found = inquest.hold(schedule, run, is_replay);
        Err(Box::new(Failure {
            name: self.name,
            verdict: found.verdict,
            schedule: found.schedule,
            trace: found.trace,
            stats,
            index: index + 1,
            of: self.settings.schedules.max(index + 1),
            shrunk_from: found.shrunk_from,
            shrink_runs: found.shrink_runs,
        }))
    }

    /// Runs what comes before all else, and makes the search.
    fn first(
        &self,
        engine: &mut Engine,
        scenario: Scenario<'_>,
    ) -> ControlFlow<(), Box<dyn Search>> {
        let Settings { seed, schedules, bounds, .. } = self.settings;
        let frame = self.frame();
        for schedule in &self.settings.regressions {
            let chooser = Box::new(Lenient::new(schedule));
            let index = self.next_index();
            self.run_one(engine, scenario, index, schedule, chooser)?;
        }
        ControlFlow::Continue(match &self.settings.strategy {
            Strategy::Fair => Box::new(Fair),
            Strategy::Exhaustive { deviations } => {
                Box::new(Exhaustive::new(*deviations, schedules))
            }
            Strategy::Random => {
                let blind = Random { seed, bounds, opportunities: Opportunities::default() };
                let mut opportunities = Opportunities::default();
                for _ in 0..TRIALS.min(schedules) {
                    let index = self.next_index();
                    let Some(chooser) = blind.next(index) else { break };
                    let seen = self.run_one(engine, scenario, index, &frame, chooser)?;
                    for kind in Kind::ALL {
                        opportunities[kind] = opportunities[kind].max(seen[kind]);
                    }
                }
                Box::new(Random { seed, bounds, opportunities })
            }
            Strategy::Replay(schedule) => {
                let chooser = Box::new(Strict::new(schedule));
                let index = self.next_index();
                self.run_one(engine, scenario, index, schedule, chooser)?;
                return ControlFlow::Break(());
            }
        })
    }

    /// What each thread does.
    fn work(&self, search: &dyn Search, scenario: Scenario<'_>) {
        let _silence = Silence::new();
        let mut engine = self.engine();
        let frame = self.frame();
        loop {
            let index = self.next_index();
            if index >= self.settings.schedules || self.is_over(index) {
                break;
            }
            let Some(chooser) = search.next(index) else { break };
            let ran = self.run_one(&mut engine, scenario, index, &frame, chooser);
            if ran.is_break() {
                break;
            }
        }
        self.note_points(&mut engine);
    }

    fn is_over(&self, index: u64) -> bool {
        let out_of_time =
            || self.settings.for_at_most.is_some_and(|most| self.begun.elapsed() >= most);
        self.lock().failed.as_ref().is_some_and(|(failed, ..)| *failed < index) || out_of_time()
    }

    fn run_one(
        &self,
        engine: &mut Engine,
        scenario: Scenario<'_>,
        index: u64,
        frame: &Schedule,
        chooser: Box<dyn Chooser>,
    ) -> ControlFlow<(), Opportunities> {
        let mut run = engine.run(&scenario, frame.plan(chooser));
        let opportunities = run.opportunities;
        if run.verdict.is_none() && index % RECHECKED == RECHECKED - 1 {
            let schedule = frame.with(run.deviations());
            let again = Strict::against(&schedule, run.made.clone());
            let again = engine.run(&scenario, frame.plan(Box::new(again)));
            if again.verdict.is_some() {
                run = again;
            }
        }
        let mut shared = self.lock();
        shared.tally.add(&run);
        shared.seen.insert(run.hash);
        if run.verdict.is_none() {
            engine.recycle(run.made);
            return ControlFlow::Continue(opportunities);
        }
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

    fn engine(&self) -> Engine {
        Engine::new(limits(&self.settings))
    }

    fn next_index(&self) -> u64 {
        // Relaxed: only that every index is given once matters.
        self.index.fetch_add(1, Ordering::Relaxed)
    }

    fn note_points(&self, engine: &mut Engine) {
        self.lock().tally.add_points(&engine.take_cancel_points());
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn limits(settings: &Settings) -> Limits {
    let Settings { max_steps, horizon, task_panics, .. } = *settings;
    Limits { max_steps, horizon, task_panics }
}
