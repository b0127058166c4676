//! How schedules are chosen: one small file per strategy.
//!
//! A strategy is a [`Search`]: it hands out one [`Chooser`] per schedule, and a
//! chooser makes that schedule's decisions. Searches are shared by threads.

mod draws;
mod exhaustive;
mod fair;
mod levels;
mod pct;
mod portfolio;
mod pos;
mod random;
mod replay;
mod script;
mod share;
mod surw;
mod text;
mod urw;
mod weights;

pub(crate) use self::exhaustive::{Exhaustive, Tree};
pub(crate) use self::fair::Fair;
pub(crate) use self::random::Random;
pub(crate) use self::replay::{Lenient, Strict};
pub(crate) use self::share::Scout;
pub use self::text::StrategyError;

use self::draws::Source;
use self::fair::FairSearch;
use self::pct::Pct;
use self::portfolio::Portfolio;
use self::pos::Pos;
use self::script::Script;
use self::share::ByIndex;
use self::surw::Surw;
use self::urw::Urw;

use std::panic::Location;

use super::choice::{Bounds, Choice, Kind, Misfit, PerKind};
use super::engine::Run;
use super::schedule::Schedule;
use super::shard::Shard;

/// How an [`Explorer`](super::Explorer) chooses its schedules.
///
/// Those that draw at random begin with a few trial runs, by which they go. Each
/// schedule depends on the seed, its number and those, never on the threads that
/// explore.
///
/// ```
/// use surefoot::sim::Strategy;
///
/// assert_eq!("exhaustive:2".parse(), Ok(Strategy::Exhaustive { deviations: Some(2) }));
/// assert_eq!(Strategy::Pct { depth: 3 }.to_string(), "pct:3");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Strategy {
    /// A little of each, in turn: half of the schedules by [`Random`](Self::Random), a
    /// quarter by growing number of deviations from the fair one on, and a quarter by
    /// [`Pct`](Self::Pct) of depth 2 and 3, [`Pos`](Self::Pos) and [`Urw`](Self::Urw).
    /// Ends early, and says so, where the space is exhausted.
    #[default]
    Portfolio,
    /// One schedule, in which every choice takes its default.
    Fair,
    /// Every choice uniform over what is ready. The baseline: simple, and hard
    /// to beat on shallow bugs.
    Random,
    /// Random priorities that change at `depth - 1` random moments: finds what
    /// takes `depth` orderings of steps with a probability of at least
    /// `1/(n·k^(depth-1))` per schedule, for `n` tasks and `k` steps. Finds what
    /// needs a task to be slow for long, which [`Random`](Self::Random) hardly ever
    /// does.
    ///
    /// Burckhardt, Kothari, Musuvathi, Nagarakatte, "A randomized scheduler with
    /// probabilistic guarantees of finding bugs", ASPLOS 2010. Unlike there, a task
    /// that wakes itself is lowered only if it does so 32 times running.
    Pct {
        /// How many orderings of steps a failure takes; 0 is as 1.
        depth: u32,
    },
    /// A random priority per step, drawn anew only where steps depend on each
    /// other: by who woke whom.
    ///
    /// Yuan, Yang, Gu, "Partial order aware concurrency sampling", CAV 2018.
    Pos,
    /// Every order of polls about equally likely: tasks are drawn in proportion to
    /// the polls that they still need, as estimated from tasks of the same spawn
    /// site.
    ///
    /// Zhao, Wolff, Mathur, Roychoudhury, "Selectively uniform concurrency testing",
    /// ASPLOS 2025.
    Urw,
    /// Every order of the [`interesting`](crate::probe::interesting) steps about
    /// equally likely, and the others anywhere between.
    ///
    /// Source: as of [`Urw`](Self::Urw).
    Surw,
    /// Every schedule with no deviation, then with exactly 1, and so on up to
    /// `deviations`; `None` is the full space, in no certain order. Says whether it
    /// was exhausted.
    Exhaustive {
        /// How many deviations a schedule may have.
        deviations: Option<u32>,
    },
    /// One schedule, read from bytes: a byte per choice, two where there are more
    /// than 256 options, taken modulo the number of options. Choices beyond the last
    /// byte take their default, and bytes beyond the last choice are ignored: every
    /// script fits every scenario, and a prefix of it is a simpler one.
    Script(Vec<u8>),
    /// Just this schedule. What does not fit is
    /// [nondeterminism](super::Verdict::Nondeterminism).
    Replay(Schedule),
}

/// What a search is told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outline {
    pub(crate) seed: u64,
    pub(crate) bounds: Bounds,
    /// How many schedules are run at most, by all shards together.
    pub(crate) schedules: u64,
    /// The index of its first schedule.
    pub(crate) first: u64,
    pub(crate) shard: Shard,
}

/// A source of schedules, shared by the threads that explore.
pub(crate) trait Search: Send + Sync {
    /// Whether the schedule of this index is for this shard.
    fn is_ours(&self, _index: u64) -> bool {
        true
    }

    /// The decisions of schedule `index`, or `None` when there are no more. Asked
    /// for once per index that is [ours](Self::is_ours), from all threads together
    /// without a gap. May wait for the schedules of lower indices to end.
    fn next(&self, index: u64) -> Option<Box<dyn Chooser>>;

    /// A thread that was given an index will not ask for its schedule, since the
    /// exploration is over: who waits for that must not.
    fn close(&self) {}

    /// Whether every schedule within the bounds that is for this shard was handed out.
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
#[derive(Clone, Debug)]
pub(crate) struct Counted {
    pub(crate) site: &'static Location<'static>,
    /// Who spawned it; for the root, itself.
    pub(crate) parent: u32,
    pub(crate) polls: u64,
    /// Which of them, from 1, were [interesting](crate::probe::interesting).
    pub(crate) marks: Vec<u64>,
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
    /// The most of them.
    pub(crate) steps: u64,
    /// The tasks of each, in the order of spawning.
    pub(crate) census: Vec<Vec<Counted>>,
}

impl Estimates {
    pub(crate) fn add(&mut self, run: &Run) {
        for kind in Kind::ALL {
            let most = &mut self.opportunities[kind];
            *most = run.opportunities[kind].max(*most);
        }
        self.steps = self.steps.max(run.steps);
        self.census.push(run.census.clone());
    }
}

impl Strategy {
    /// Whether it goes by what trial runs saw.
    pub(crate) fn needs_trials(&self) -> bool {
        match self {
            Self::Portfolio
            | Self::Random
            | Self::Pct { .. }
            | Self::Pos
            | Self::Urw
            | Self::Surw => true,
            Self::Fair | Self::Exhaustive { .. } | Self::Script(_) | Self::Replay(_) => false,
        }
    }

    /// Its exhaustive part, if it has one.
    pub(crate) fn tree(&self, outline: &Outline) -> Option<Tree> {
        match self {
            Self::Portfolio => Some(Portfolio::tree(outline)),
            Self::Exhaustive { deviations } => {
                // Of a shard's, too: shares differ in size, and which of its schedules
                // would be the first of all nobody knows.
                let budget = outline.schedules.saturating_sub(outline.first);
                Some(Tree::new(*deviations, budget))
            }
            _ => None,
        }
    }

    /// The source of its schedules; `every`: its exhaustive part.
    pub(crate) fn search(
        &self,
        outline: &Outline,
        estimates: &Estimates,
        every: Option<Exhaustive>,
    ) -> Box<dyn Search> {
        let Outline { seed, bounds, first, shard, .. } = *outline;
        let source = Source { seed, bounds, opportunities: estimates.opportunities };
        let census = &estimates.census;
        let search: Box<dyn Search> = match (self, every) {
            (Self::Portfolio, Some(every)) => {
                return Box::new(Portfolio::new(source, outline, estimates, every));
            }
            (Self::Exhaustive { .. }, Some(every)) => return Box::new(every),
            (Self::Fair, _) => Box::new(FairSearch { first }),
            (Self::Random, _) => Box::new(Random { source }),
            (Self::Pct { depth }, _) => Box::new(Pct::new(source, *depth, estimates)),
            (Self::Pos, _) => Box::new(Pos { source }),
            (Self::Urw, _) => Box::new(Urw::new(source, census)),
            (Self::Surw, _) => Box::new(Surw::new(source, census)),
            (Self::Script(bytes), _) => Box::new(Script { bytes: bytes.clone(), first }),
            (Self::Portfolio | Self::Exhaustive { .. }, None) => {
                unreachable!("the exhaustive part comes first")
            }
            (Self::Replay(_), _) => unreachable!("one schedule is no search"),
        };
        Box::new(ByIndex { search, shard, first })
    }
}
