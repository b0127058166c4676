//! What an explorer was told, by its builder and by the environment.

use std::error::Error as _;
use std::num::NonZeroU64;
use std::path::PathBuf;
use std::time::Duration;

use super::choice::Bounds;
use super::choice::PerKind;
use super::progress::Progress;
use super::report;
use super::schedule::{Schedule, ScheduleError};
use super::shard::{Shard, ShardError};
use super::stop::Stop;
use super::strategy::{Strategy, StrategyError};

/// What a panic in a task other than the root means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TaskPanics {
    /// It fails the schedule, unless a
    /// [`panic_point`](crate::probe::panic_point) asked for it.
    #[default]
    Fail,
    /// It is delivered to who awaits the task, as on Tokio.
    Deliver,
}

#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) name: Option<String>,
    pub(super) strategy: Strategy,
    pub(super) seed: u64,
    pub(super) schedules: u64,
    pub(super) for_at_most: Option<Duration>,
    pub(super) max_steps: u64,
    pub(super) horizon: Duration,
    pub(super) bounds: Bounds,
    /// Whether the bound of stalls was asked for.
    pub(super) stalls_are_set: bool,
    pub(super) task_panics: TaskPanics,
    pub(super) deny_leaks: bool,
    pub(super) poll_limit: Duration,
    pub(super) threads: usize,
    pub(super) shard: Shard,
    pub(super) stop: Stop,
    /// Who looks on.
    pub(super) progress: Option<Progress>,
    /// After how many schedules it is said how far the exploration is.
    pub(super) told_every: Option<NonZeroU64>,
    pub(super) regressions: Vec<Schedule>,
    /// Whether a failure is looked into, or reported as it was found.
    pub(super) inquires: bool,
    /// `name@schedule`: for the explorer of that name.
    pub(super) replay: Option<(String, Schedule)>,
    /// Where the picture of a failure is written.
    pub(super) report_dir: PathBuf,
}

impl Settings {
    pub(super) fn new() -> Self {
        Self {
            name: None,
            strategy: Strategy::default(),
            seed: 0,
            schedules: 1_000,
            for_at_most: None,
            max_steps: 100_000,
            horizon: Duration::from_secs(3_600),
            bounds: PerKind::default(),
            stalls_are_set: false,
            task_panics: TaskPanics::default(),
            deny_leaks: false,
            poll_limit: Duration::from_secs(1),
            threads: 1,
            shard: Shard::WHOLE,
            stop: Stop::new(),
            progress: None,
            told_every: None,
            regressions: Vec::new(),
            inquires: true,
            replay: None,
            report_dir: report::default_folder(),
        }
    }
}

impl Settings {
    /// Whether time may jump if the scenario has timers: nobody said, and the
    /// strategy is one of all trades.
    pub(super) fn tries_stalls(&self) -> bool {
        self.strategy == Strategy::Portfolio && !self.stalls_are_set
    }
}

/// What the environment says; it outranks the builder, so that a deeper run
/// needs no change of code.
#[derive(Clone, Debug, Default)]
pub(super) struct Overrides {
    strategy: Option<Strategy>,
    seed: Option<u64>,
    schedules: Option<u64>,
    seconds: Option<u64>,
    threads: Option<usize>,
    shard: Option<Shard>,
    replay: Option<(String, Schedule)>,
    report_dir: Option<PathBuf>,
    told_every: Option<NonZeroU64>,
}

/// A `SUREFOOT_*` variable that does not parse.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{variable}={value}: {why}")]
pub(super) struct EnvError {
    variable: &'static str,
    value: String,
    why: String,
}

impl Overrides {
    pub(super) fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, EnvError> {
        let get = |variable| get(variable).filter(|value| !value.is_empty());
        let number = |variable, least: u64| {
            let Some(value) = get(variable) else {
                return Ok(None);
            };
            match value.parse() {
                Ok(n) if n >= least => Ok(Some(n)),
                _ => {
                    let why = format!("expected a whole number from {least}");
                    Err(EnvError { variable, value, why })
                }
            }
        };
        Ok(Self {
            schedules: number("SUREFOOT_SCHEDULES", 1)?,
            seconds: number("SUREFOOT_SECONDS", 1)?,
            seed: number("SUREFOOT_SEED", 0)?,
            threads: number("SUREFOOT_THREADS", 1)?.map(|n| n as usize),
            strategy: parsed("SUREFOOT_STRATEGY", get("SUREFOOT_STRATEGY"), |text| {
                text.parse().map_err(|error: StrategyError| match error.source() {
                    Some(source) => format!("{error}: {source}"),
                    None => error.to_string(),
                })
            })?,
            shard: parsed("SUREFOOT_SHARD", get("SUREFOOT_SHARD"), |text| {
                text.parse().map_err(|error: ShardError| error.to_string())
            })?,
            replay: parsed("SUREFOOT_REPLAY", get("SUREFOOT_REPLAY"), |text| {
                let (name, schedule) =
                    text.rsplit_once('@').ok_or("expected NAME@SCHEDULE, found no `@`")?;
                let schedule =
                    schedule.parse().map_err(|error: ScheduleError| error.to_string())?;
                Ok((name.to_owned(), schedule))
            })?,
            report_dir: get("SUREFOOT_REPORT_DIR").map(PathBuf::from),
            told_every: number("SUREFOOT_PROGRESS", 1)?.and_then(NonZeroU64::new),
        })
    }

    pub(super) fn apply(self, settings: &mut Settings) {
        fn set<T>(setting: &mut T, value: Option<T>) {
            if let Some(value) = value {
                *setting = value;
            }
        }
        set(&mut settings.strategy, self.strategy);
        set(&mut settings.seed, self.seed);
        set(&mut settings.schedules, self.schedules);
        set(&mut settings.threads, self.threads);
        set(&mut settings.shard, self.shard);
        set(&mut settings.for_at_most, self.seconds.map(|s| Some(Duration::from_secs(s))));
        set(&mut settings.replay, self.replay.map(Some));
        set(&mut settings.report_dir, self.report_dir);
        set(&mut settings.told_every, self.told_every.map(Some));
    }
}

fn parsed<T>(
    variable: &'static str,
    value: Option<String>,
    parse: impl FnOnce(&str) -> Result<T, String>,
) -> Result<Option<T>, EnvError> {
    let Some(value) = value else {
        return Ok(None);
    };
    match parse(&value) {
        Ok(parsed) => Ok(Some(parsed)),
        Err(why) => Err(EnvError { variable, value, why }),
    }
}

#[cfg(test)]
mod tests {
    use super::{NonZeroU64, Overrides, Settings, Shard, Strategy};

    fn read(variable: &str, value: &str) -> Result<Settings, String> {
        let get = |name: &str| (name == variable).then(|| value.to_owned());
        let mut settings = Settings::new();
        let overrides = Overrides::read(get).map_err(|error| error.to_string())?;
        overrides.apply(&mut settings);
        Ok(settings)
    }

    #[test]
    fn each_variable_sets_its_setting() {
        assert_eq!(read("SUREFOOT_SCHEDULES", "12").unwrap().schedules, 12);
        assert_eq!(read("SUREFOOT_SECONDS", "3").unwrap().for_at_most.unwrap().as_secs(), 3);
        assert_eq!(read("SUREFOOT_SEED", "0").unwrap().seed, 0);
        assert_eq!(read("SUREFOOT_THREADS", "2").unwrap().threads, 2);
        assert_eq!(read("SUREFOOT_PROGRESS", "500").unwrap().told_every, NonZeroU64::new(500));
        assert_eq!(read("SUREFOOT_SHARD", "2/4").unwrap().shard, Shard::new(2, 4));
        assert_eq!(read("SUREFOOT_STRATEGY", "fair").unwrap().strategy, Strategy::Fair);
        let folder = read("SUREFOOT_REPORT_DIR", "a/b").unwrap().report_dir;
        assert_eq!(folder, std::path::Path::new("a/b"));
        let (name, schedule) = read("SUREFOOT_REPLAY", "a@b@v1;seed=7").unwrap().replay.unwrap();
        assert_eq!((name.as_str(), schedule.to_string().as_str()), ("a@b", "v1;seed=7"));
    }

    #[test]
    fn a_value_that_does_not_parse_names_its_variable() {
        for (variable, value, expected) in [
            ("SUREFOOT_SCHEDULES", "many", "expected a whole number from 1"),
            ("SUREFOOT_SCHEDULES", "0", "expected a whole number from 1"),
            ("SUREFOOT_SECONDS", "1.5", "expected a whole number from 1"),
            ("SUREFOOT_SEED", "-1", "expected a whole number from 0"),
            ("SUREFOOT_THREADS", "0", "expected a whole number from 1"),
            ("SUREFOOT_PROGRESS", "0", "expected a whole number from 1"),
            ("SUREFOOT_SHARD", "0/4", "shard, position 0: expected a number from 1 to 4"),
            ("SUREFOOT_SHARD", "2/x", "shard, position 2: expected how many shards there are"),
            ("SUREFOOT_STRATEGY", "exhaustive:x", "`exhaustive:x` is no strategy: position 11: "),
            (
                "SUREFOOT_STRATEGY",
                "replay:v1",
                "`replay:v1` is no strategy: position 9: expected a schedule: schedule, position 2",
            ),
            ("SUREFOOT_REPLAY", "v1;seed=7", "expected NAME@SCHEDULE"),
            ("SUREFOOT_REPLAY", "a@v1;seed=7;t0=1", "schedule, position 11: choices are numbered"),
        ] {
            let error = read(variable, value).unwrap_err();
            let start = format!("{variable}={value}: {expected}");
            assert!(error.starts_with(&start), "{error}");
        }
    }

    #[test]
    fn an_empty_value_is_as_none() {
        assert_eq!(read("SUREFOOT_SEED", "").unwrap().seed, 0);
    }
}
