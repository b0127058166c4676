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
    /// The step in which it polled a future last that still waits, if it was
    /// polled later without polling that one: it may hold what others wait for (a
    /// *futurelock*).
    pub unpolled_since: Option<u64>,
}

impl fmt::Display for Stuck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { task, last_step, woken_by, unpolled_since } = self;
        write!(f, "`{task}` (spawned at {}, last polled in step {last_step}", task.spawned_at)?;
        match woken_by {
            Some(waker) => write!(f, ", last woken by `{waker}`)"),
            None => f.write_str(", never woken by a task)"),
        }?;
        if let Some(step) = unpolled_since {
            write!(
                f,
                "\n    hint: it owns a future that still waits and that it polled last in step \
                 {step}: what that one was given meanwhile, nobody else gets (a futurelock)"
            )?;
        }
        Ok(())
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
        /// The step after which polling it first helps, and whose that was: there
        /// the wake-up is missing. `None` if it helps only once all stand still.
        missing_after: Option<(u64, String)>,
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
    /// Tasks were left when the root returned, or values that
    /// [`track`](crate::probe::track) watches were held after all was dropped.
    Leak {
        /// Every task that had neither ended nor been aborted, but for daemons.
        tasks: Vec<TaskInfo>,
        /// What was still held, by type.
        values: Vec<String>,
    },
    /// A poll took longer than the limit, in the schedule and in its replay: it
    /// blocks its thread.
    Blocked {
        /// The task that was polled.
        task: TaskInfo,
        /// The limit, of real time.
        limit: Duration,
    },
    /// What [`sometimes`](crate::probe::sometimes) claims was true in no schedule:
    /// the test does not see what it is about.
    Never {
        /// The claim's label.
        label: String,
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
            Self::Leak { .. } => "Leak",
            Self::Blocked { .. } => "Blocked",
            Self::Never { .. } => "Never",
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
            (Self::Broken { label: a, .. }, Self::Broken { label: b, .. })
            | (Self::Never { label: a }, Self::Never { label: b }) => a == b,
            (Self::Leak { tasks: a, values: x }, Self::Leak { tasks: b, values: y }) => {
                (a, x) == (b, y)
            }
            (Self::Blocked { task: a, .. }, Self::Blocked { task: b, .. }) => a == b,
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
            Self::LostWakeup { task, missing_after, stuck } => {
                write!(f, "lost wake-up: `{task}` gets on when it is polled, but nobody woke it")?;
                if let Some((step, culprit)) = missing_after {
                    write!(f, "; it is missing since step {step}, of `{culprit}`")?;
                }
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
            Self::Leak { tasks, values } => {
                f.write_str("leak: at the end there are still")?;
                let tasks = tasks
                    .iter()
                    .map(|task| format!(" task `{task}` (spawned at {})", task.spawned_at));
                let values = values.iter().map(|value| format!(" a `{value}`"));
                f.write_str(&tasks.chain(values).collect::<Vec<_>>().join(","))
            }
            Self::Blocked { task, limit } => write!(
                f,
                "task `{task}` (spawned at {}) blocks its thread: a poll took longer than \
                 {limit:?} of real time, twice",
                task.spawned_at
            ),
            Self::Never { label } => write!(f, "never: sometimes \"{label}\""),
            Self::Nondeterminism { step, expected, found } => write!(
                f,
                "nondeterminism in step {step}: expected {expected}, found {found}\n  \
                 likely causes: `select!` without `biased;`, the order of a `HashMap`, the real \
                 clock, threads"
            ),
        }
    }
}
