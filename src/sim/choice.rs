//! Choices as data: what a schedule decides, and how a decision is written.

use std::fmt;

use super::engine::Ready;

/// What a choice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// Which ready task is polled.
    Task,
    /// Whether a cancellable task or future is dropped now.
    Cancel,
    /// Whether a [`fault`](crate::probe::fault) strikes.
    Fault,
    /// What [`choose`](crate::probe::choose) or [`pick`](crate::probe::pick)
    /// gives.
    Value,
    /// Whether time jumps to the next timer although tasks are ready, as it does
    /// where they take long.
    Stall,
    /// Whether a task is polled that was not woken, as a future must stand.
    Spurious,
    /// Whether a task is polled with Tokio's [budget](tokio::task::coop) spent, so
    /// that what it asks of Tokio is pending although it is ready.
    Coop,
    /// Which of the tasks that are left at the end is dropped next.
    DropOrder,
}

impl Kind {
    /// All kinds, in the order of their declaration.
    pub const ALL: [Self; 8] = [
        Self::Task,
        Self::Cancel,
        Self::Fault,
        Self::Value,
        Self::Stall,
        Self::Spurious,
        Self::Coop,
        Self::DropOrder,
    ];

    /// How schedules spell it.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Self::Task => 't',
            Self::Cancel => 'c',
            Self::Fault => 'f',
            Self::Value => 'v',
            Self::Stall => 's',
            Self::Spurious => 'p',
            Self::Coop => 'b',
            Self::DropOrder => 'd',
        }
    }

    pub(super) fn of_letter(letter: char) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.letter() == letter)
    }

    /// Whether a schedule has at most so many deviations of this kind as it was
    /// allowed.
    #[must_use]
    pub fn is_bounded(self) -> bool {
        !matches!(self, Self::Task | Self::Value)
    }
}

/// One value per kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PerKind<T>([T; Kind::ALL.len()]);

impl<T> std::ops::Index<Kind> for PerKind<T> {
    type Output = T;

    fn index(&self, kind: Kind) -> &T {
        &self.0[kind as usize]
    }
}

impl<T> std::ops::IndexMut<Kind> for PerKind<T> {
    fn index_mut(&mut self, kind: Kind) -> &mut T {
        &mut self.0[kind as usize]
    }
}

/// How many deviations of the bounded kinds one schedule may have.
pub(crate) type Bounds = PerKind<u32>;

/// A choice that did not take its default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Deviation {
    /// What was chosen about.
    pub kind: Kind,
    /// Which choice of its kind it was, from 1.
    pub number: u64,
    /// What was taken: a task, a cancellable place, or an option: 1 where there
    /// is but one.
    pub option: u64,
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}={}", self.kind.letter(), self.number, self.option)
    }
}

/// A choice that a schedule must make now.
pub(crate) struct Choice<'a> {
    pub(crate) kind: Kind,
    /// From 1, within its kind.
    pub(crate) number: u64,
    pub(crate) options: Options<'a>,
}

/// What there is to choose from. `None` is the default of each.
pub(crate) enum Options<'a> {
    /// One of the ready tasks, by its id; the default is the first.
    Tasks(&'a Ready),
    /// One of these, ascending, which are what the text says; the default is none of
    /// them.
    Ids(&'a [u32], &'static str),
    /// One of `1..n`; the default is 0.
    Count(u64),
}

impl Options<'_> {
    /// How many there are, the default included.
    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::Tasks(ready) => ready.len() as u64,
            Self::Ids(ids, _) => ids.len() as u64 + 1,
            Self::Count(n) => *n,
        }
    }

    /// The `rank`th deviation, from 0: one fewer than `len`.
    pub(crate) fn deviation(&self, rank: u64) -> u64 {
        match self {
            Self::Tasks(ready) => u64::from(ready.nth(rank as usize + 1)),
            Self::Ids(ids, _) => u64::from(ids[rank as usize]),
            Self::Count(_) => rank + 1,
        }
    }

    /// How a choice says that this ready task is polled: the first of them is the
    /// default.
    pub(crate) fn of_task(&self, task: u32) -> Option<u64> {
        let first = if let Self::Tasks(ready) = self { ready.first() } else { None };
        (first != Some(task)).then_some(u64::from(task))
    }

    /// Whether `option` is one of the deviations.
    pub(crate) fn offers(&self, option: u64) -> bool {
        match self {
            Self::Tasks(ready) => u32::try_from(option)
                .is_ok_and(|id| ready.contains(id) && ready.first() != Some(id)),
            Self::Ids(ids, _) => {
                u32::try_from(option).is_ok_and(|id| ids.binary_search(&id).is_ok())
            }
            Self::Count(n) => (1..*n).contains(&option),
        }
    }
}

impl fmt::Display for Options<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, ids): (_, Vec<u32>) = match self {
            Self::Count(n) => return write!(f, "options 0 to {}", n - 1),
            Self::Tasks(ready) => ("ready tasks", ready.iter().collect()),
            Self::Ids(ids, what) => (*what, ids.to_vec()),
        };
        write!(f, "{what}")?;
        for (i, id) in ids.iter().enumerate() {
            write!(f, "{} {id}", if i == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

/// A choice that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Made {
    pub(crate) kind: Kind,
    pub(crate) number: u64,
    /// How many options there were.
    pub(crate) options: u64,
    /// The task that the default would have polled; 0 for the other kinds.
    pub(crate) default: u32,
    pub(crate) taken: Option<u64>,
}

impl Made {
    pub(crate) fn deviation(&self) -> Option<Deviation> {
        let option = self.taken?;
        Some(Deviation { kind: self.kind, number: self.number, option })
    }
}

/// A choice that a schedule foresaw otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Misfit {
    pub(crate) expected: String,
    pub(crate) found: String,
}
