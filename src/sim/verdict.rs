//! What a schedule can come to, other than a good end.

use std::fmt;
use std::panic::Location;
use std::time::Duration;

use crate::error::Panicked;

/// A task, as reports name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct TaskInfo {
    /// Its number, from 0, the root, in the order of spawning.
    pub id: u32,
    /// What its spawner called it.
    pub name: String,
    /// Where it was spawned.
    pub spawned_at: &'static Location<'static>,
}

impl fmt::Display for TaskInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.id == 0 { f.write_str("root") } else { write!(f, "{}#{}", self.name, self.id) }
    }
}

/// A task that waits for something that never comes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stuck {
    /// The task.
    pub task: TaskInfo,
    /// The step in which it was polled last; 0 if it never was.
    pub last_step: u64,
    /// Which task woke it last.
    pub woken_by: Option<TaskInfo>,
}

impl fmt::Display for Stuck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { task, last_step, woken_by } = self;
        write!(f, "`{task}` (spawned at {}, last polled in step {last_step}", task.spawned_at)?;
        match woken_by {
            Some(waker) => write!(f, ", last woken by `{waker}`)"),
            None => f.write_str(", never woken by a task)"),
        }
    }
}

/// Why a schedule failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// A task panicked, and no [`panic_point`](crate::probe::panic_point) asked
    /// it to.
    Panic {
        /// Which task.
        task: TaskInfo,
        /// What it said, and where.
        panicked: Panicked,
    },
    /// Nothing is ready, and no timer is armed that could change that.
    Deadlock {
        /// Every task that has not ended, but for daemons.
        stuck: Vec<Stuck>,
    },
    /// As [`Deadlock`](Self::Deadlock) or [`Horizon`](Self::Horizon), but a
    /// stuck task gets on when it is polled once more: somebody did not wake it.
    LostWakeup {
        /// The task that only had to be polled.
        task: TaskInfo,
        /// Every task that has not ended, but for daemons.
        stuck: Vec<Stuck>,
    },
    /// The limit of steps was reached.
    Livelock {
        /// The limit.
        steps: u64,
        /// The tasks of the last steps.
        busy: Vec<TaskInfo>,
        /// Whether virtual time moved in the second half of them.
        time_moved: bool,
    },
    /// The limit of virtual time was reached, and timers still fire.
    Horizon {
        /// The limit.
        horizon: Duration,
        /// Every task that has not ended, but for daemons.
        stuck: Vec<Stuck>,
    },
    /// What [`always`](crate::probe::always) claims was false.
    Broken {
        /// The claim's label.
        label: String,
        /// The task that had just been polled.
        task: TaskInfo,
    },
    /// A replay met other choices than the schedule foresaw.
    Nondeterminism {
        /// In which step.
        step: u64,
        /// What the schedule foresaw.
        expected: String,
        /// What was there.
        found: String,
    },
}

impl Verdict {
    /// The verdict's name, as the variant spells it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Panic { .. } => "Panic",
            Self::Deadlock { .. } => "Deadlock",
            Self::LostWakeup { .. } => "LostWakeup",
            Self::Livelock { .. } => "Livelock",
            Self::Horizon { .. } => "Horizon",
            Self::Broken { .. } => "Broken",
            Self::Nondeterminism { .. } => "Nondeterminism",
        }
    }

    /// Whether another run failed in the same way, as far as shrinking cares:
    /// the same panic location, claim or stuck tasks.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        fn names(stuck: &[Stuck]) -> Vec<&TaskInfo> {
            stuck.iter().map(|stuck| &stuck.task).collect()
        }
        match (self, other) {
            (Self::Panic { panicked: a, .. }, Self::Panic { panicked: b, .. }) => {
                match (a.location(), b.location()) {
                    (Some(a), Some(b)) => a == b,
                    _ => a.message() == b.message(),
                }
            }
            (Self::Broken { label: a, .. }, Self::Broken { label: b, .. }) => a == b,
            (Self::Deadlock { stuck: a }, Self::Deadlock { stuck: b })
            | (Self::Horizon { stuck: a, .. }, Self::Horizon { stuck: b, .. })
            | (Self::LostWakeup { stuck: a, .. }, Self::LostWakeup { stuck: b, .. }) => {
                names(a) == names(b)
            }
            (Self::Livelock { .. }, Self::Livelock { .. })
            | (Self::Nondeterminism { .. }, Self::Nondeterminism { .. }) => true,
            _ => false,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, stuck: &[Stuck]| {
            stuck.iter().try_for_each(|stuck| write!(f, "\n  stuck: {stuck}"))
        };
        match self {
            Self::Panic { task, panicked } => {
                write!(f, "task `{task}` (spawned at {}) panicked", task.spawned_at)?;
                if let Some(location) = panicked.location() {
                    write!(f, " at {location}")?;
                }
                write!(f, ": {}", panicked.message())
            }
            Self::Deadlock { stuck } => {
                f.write_str("deadlock: nothing is ready, and no timer is armed")?;
                list(f, stuck)
            }
            Self::LostWakeup { task, stuck } => {
                write!(f, "lost wake-up: `{task}` gets on when it is polled, but nobody woke it")?;
                list(f, stuck)
            }
            Self::Livelock { steps, busy, time_moved } => {
                let time = if *time_moved { "time moves on" } else { "time stands still" };
                write!(f, "livelock: {steps} steps, and no end; {time}; busy:")?;
                busy.iter().try_for_each(|task| write!(f, " `{task}`"))
            }
            Self::Horizon { horizon, stuck } => {
                write!(f, "horizon: {horizon:?} of virtual time, and timers still fire")?;
                list(f, stuck)
            }
            Self::Broken { label, task } => {
                write!(f, "broken after a step of `{task}`: always \"{label}\"")
            }
            Self::Nondeterminism { step, expected, found } => write!(
                f,
                "nondeterminism in step {step}: expected {expected}, found {found}\n  \
                 likely causes: `select!` without `biased;`, the order of a `HashMap`, the real \
                 clock, threads"
            ),
        }
    }
}
