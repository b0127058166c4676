//! How schedules are chosen: one small file per strategy.
//!
//! A strategy is a [`Search`]: it hands out one [`Chooser`] per schedule, and a
//! chooser makes that schedule's decisions. Searches are shared by threads.

mod exhaustive;
mod fair;
mod random;
mod replay;

pub(crate) use self::exhaustive::Exhaustive;
pub(crate) use self::fair::Fair;
pub(crate) use self::random::Random;
pub(crate) use self::replay::{Lenient, Strict};

use std::fmt;
use std::panic::Location;
use std::str::FromStr;

use super::choice::{Bounds, Choice, Kind, Misfit, PerKind};
use super::engine::Run;
use super::schedule::Schedule;

/// How an [`Explorer`](super::Explorer) chooses its schedules.
///
/// ```
/// use surefoot::sim::Strategy;
///
/// assert_eq!("exhaustive:2".parse(), Ok(Strategy::Exhaustive { deviations: Some(2) }));
/// assert_eq!(Strategy::Random.to_string(), "random");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Strategy {
    /// One schedule, in which every choice takes its default.
    Fair,
    /// Every choice uniform over what is ready. The baseline: simple, and hard
    /// to beat on shallow bugs.
    #[default]
    Random,
    /// Every schedule with no deviation, then with exactly 1, and so on up to
    /// `deviations`; `None` is the full space. Says whether it was exhausted.
    Exhaustive {
        /// How many deviations a schedule may have.
        deviations: Option<u32>,
    },
    /// Just this schedule. What does not fit is
    /// [nondeterminism](super::Verdict::Nondeterminism).
    Replay(Schedule),
}

/// A source of schedules, shared by the threads that explore.
pub(crate) trait Search: Send + Sync {
    /// The decisions of schedule `index`, or `None` when there are no more. May
    /// wait for other threads' schedules to end.
    fn next(&self, index: u64) -> Option<Box<dyn Chooser>>;

    /// Whether every schedule within the bounds was handed out.
    fn is_exhausted(&self) -> bool {
        false
    }
}

/// A task that was spawned.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spawned {
    pub(crate) task: u32,
    /// Who spawned it; for the root, itself.
    pub(crate) parent: u32,
    pub(crate) site: &'static Location<'static>,
}

/// What came of a step.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stepped<'a> {
    pub(crate) task: u32,
    /// The tasks that were woken in it and may have been ready already, in
    /// ascending order; itself among them if it woke itself.
    pub(crate) woke: &'a [u32],
    pub(crate) has_ended: bool,
    /// It was [interesting](crate::probe::interesting).
    pub(crate) is_marked: bool,
}

/// What a task of a trial run came to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counted {
    pub(crate) site: &'static Location<'static>,
    /// Who spawned it; for the root, itself.
    pub(crate) parent: u32,
    pub(crate) polls: u64,
    /// How many of them were [interesting](crate::probe::interesting).
    pub(crate) marks: u64,
}

/// The decisions of one schedule.
pub(crate) trait Chooser {
    /// An option, or `None` for the default. Only called where there are at
    /// least two.
    fn choose(&mut self, choice: &Choice<'_>) -> Result<Option<u64>, Misfit>;

    /// Whether it is to be told of [spawned](Self::spawned) tasks and of
    /// [steps](Self::stepped).
    fn observes(&self) -> bool {
        false
    }

    fn spawned(&mut self, _spawned: Spawned) {}

    fn stepped(&mut self, _stepped: &Stepped<'_>) {}

    /// Called when the scenario has ended well.
    fn finish(&mut self) -> Result<(), Misfit> {
        Ok(())
    }
}

/// How many choices of each kind a schedule makes.
pub(crate) type Opportunities = PerKind<u64>;

/// What the trial runs saw.
#[derive(Debug, Default)]
pub(crate) struct Estimates {
    /// The most of them.
    pub(crate) opportunities: Opportunities,
    /// The tasks of each, in the order of spawning.
    pub(crate) census: Vec<Vec<Counted>>,
}

impl Estimates {
    pub(crate) fn add(&mut self, run: &Run) {
        for kind in Kind::ALL {
            let most = &mut self.opportunities[kind];
            *most = run.opportunities[kind].max(*most);
        }
        self.census.push(run.census.clone());
    }
}

impl Strategy {
    /// Whether it goes by what trial runs saw.
    pub(crate) fn needs_trials(&self) -> bool {
        match self {
            Self::Random => true,
            Self::Fair | Self::Exhaustive { .. } | Self::Replay(_) => false,
        }
    }

    /// The source of its schedules.
    pub(crate) fn search(
        &self,
        seed: u64,
        bounds: Bounds,
        schedules: u64,
        estimates: &Estimates,
    ) -> Box<dyn Search> {
        match self {
            Self::Fair => Box::new(Fair),
            Self::Exhaustive { deviations } => Box::new(Exhaustive::new(*deviations, schedules)),
            Self::Random => {
                Box::new(Random { seed, bounds, opportunities: estimates.opportunities })
            }
            Self::Replay(_) => unreachable!("one schedule is no search"),
        }
    }
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fair => f.write_str("fair"),
            Self::Random => f.write_str("random"),
            Self::Exhaustive { deviations: None } => f.write_str("exhaustive"),
            Self::Exhaustive { deviations: Some(n) } => write!(f, "exhaustive:{n}"),
            Self::Replay(schedule) => write!(f, "replay:{schedule}"),
        }
    }
}

/// A text that names no strategy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is no strategy: expected `fair`, `random`, `exhaustive`, `exhaustive:N` or `replay:SCHEDULE`"
)]
pub struct StrategyError {
    text: String,
    #[source]
    source: Option<super::ScheduleError>,
}

impl FromStr for Strategy {
    type Err = StrategyError;

    fn from_str(text: &str) -> Result<Self, StrategyError> {
        let error = |source| StrategyError { text: text.to_owned(), source };
        match text.split_once(':') {
            None => match text {
                "fair" => Ok(Self::Fair),
                "random" => Ok(Self::Random),
                "exhaustive" => Ok(Self::Exhaustive { deviations: None }),
                _ => Err(error(None)),
            },
            Some(("exhaustive", bound)) => {
                let bound = bound.parse().map_err(|_| error(None))?;
                Ok(Self::Exhaustive { deviations: Some(bound) })
            }
            Some(("replay", schedule)) => {
                schedule.parse().map(Self::Replay).map_err(|source| error(Some(source)))
            }
            Some(_) => Err(error(None)),
        }
    }
}
