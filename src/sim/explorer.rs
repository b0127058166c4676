//! The builder.

use std::future::Future;
use std::panic::Location;
use std::time::Duration;

use super::choice::Kind;
use super::engine::Scenario;
use super::exploration::Exploration;
use super::failure::Failure;
#[cfg(feature = "cli")]
use super::progress::Progress;
use super::report;
use super::schedule::Schedule;
pub use super::settings::TaskPanics;
use super::settings::{Overrides, Settings};
use super::shard::Shard;
use super::stats::Stats;
use super::stop::Stop;
use super::strategy::Strategy;
use crate::rt::{hook, root_body};

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

    /// How schedules are chosen. Default: [`Strategy::default`].
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

    /// How many times per schedule time jumps to the next timer although tasks are
    /// ready, as it does where they take long. Default: 0; 1 under
    /// [`Strategy::Portfolio`] if one of a few trial runs meets a timer.
    pub fn stalls(mut self, n: u32) -> Self {
        self.settings.bounds[Kind::Stall] = n;
        self.settings.stalls_are_set = true;
        self
    }

    /// How many times per schedule a task is polled that was not woken. Default:
    /// 0.
    pub fn spurious_wakes(mut self, n: u32) -> Self {
        self.settings.bounds[Kind::Spurious] = n;
        self
    }

    /// How many steps per schedule run with Tokio's budget spent, so that what they
    /// ask of Tokio is pending although it is ready. Default: 0.
    pub fn coop_exhaustions(mut self, n: u32) -> Self {
        self.settings.bounds[Kind::Coop] = n;
        self
    }

    /// How many times per schedule the tasks that are left at the end are dropped
    /// out of order. Default: 0.
    pub fn drop_orders(mut self, n: u32) -> Self {
        self.settings.bounds[Kind::DropOrder] = n;
        self
    }

    /// Fails a schedule that [leaks](super::Verdict::Leak): tasks that are alive
    /// when the root returns, daemons and aborted ones aside, or a value that
    /// [`track`](super::track) watches and that is held after all was dropped.
    pub fn deny_leaks(mut self) -> Self {
        self.settings.deny_leaks = true;
        self
    }

    /// How much real time one poll may take. Default: 1 s. What takes longer twice
    /// running is [`Blocked`](super::Verdict::Blocked); what takes ten times as long
    /// is named on stderr, and the process is aborted: nothing else gets a thread
    /// back.
    pub fn poll_limit(mut self, real_time: Duration) -> Self {
        self.settings.poll_limit = real_time.max(Duration::from_millis(1));
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

    /// Which [part](super#shards) of the search this is. Default: all of it.
    pub fn shard(mut self, shard: Shard) -> Self {
        self.settings.shard = shard;
        self
    }

    /// Lets the exploration be ended early, from another thread or by the scenario. A
    /// schedule that is under way is run to its end, and a failure that was found is
    /// shrunk.
    pub fn stop(mut self, stop: &Stop) -> Self {
        self.settings.stop = stop.clone();
        self
    }

    /// Shows how far it is.
    #[cfg(feature = "cli")]
    pub(crate) fn progress(mut self, progress: &Progress) -> Self {
        self.settings.progress = Some(progress.clone());
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

    /// Reports a failure as it was found: not replayed, not shrunk, without a trace.
    /// For who counts failures.
    #[cfg(feature = "cli")]
    pub(crate) fn without_inquest(mut self) -> Self {
        self.settings.inquires = false;
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
        // Said here for the caller's line, and before its own simulation is touched.
        assert!(hook::current().is_none(), "a simulation can't be run inside a simulation");
        let mut settings = self.outranked();
        let name = name_of(&settings);
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
    /// A [picture](Failure::timeline) of the failure is written into
    /// `target/surefoot/`, or where `SUREFOOT_REPORT_DIR` says; the report names the
    /// file.
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
        match self.run(scenario) {
            Err(failure) => {
                let folder = self.outranked().report_dir;
                let written = report::write(&failure, &failure.replay_command(), &folder);
                panic!("{failure}\n{}", report::Written(written))
            }
            Ok(stats) => stats.warn(&name_of(&self.settings)),
        }
    }

    /// The settings, as the environment wants them.
    fn outranked(&self) -> Settings {
        let mut settings = self.settings.clone();
        self.overrides.clone().apply(&mut settings);
        settings
    }
}

fn name_of(settings: &Settings) -> String {
    let thread = || std::thread::current().name().unwrap_or("scenario").to_owned();
    settings.name.clone().unwrap_or_else(thread)
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
