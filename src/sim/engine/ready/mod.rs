//! The ready set. Every operation takes logarithmic time at most, expected and
//! on average, but for [`Ready::iter`]; on a few tasks, a vector is faster.

mod treaps;

use self::treaps::{Treaps, Tree};

/// The tasks that were woken and not yet polled, in the order in which a fair
/// scheduler would poll them: least recently polled first, ties by id, those
/// that a deviation postponed behind all others.
///
/// The order depends on what was polled, never on the order of the wake-ups:
/// Tokio wakes the receivers of a `watch` in random order.
///
/// # Invariants
///
/// 1. Not all are postponed: once nothing else is ready, they are as good as
///    any again.
/// 2. One of `few` and `many` is empty.
#[derive(Debug, Default)]
pub(crate) struct Ready {
    /// Sorted. A vector, since few tasks are ready at a time, and a schedule is
    /// over in a microsecond or two.
    few: Vec<Key>,
    /// How many of `few` are postponed.
    postponed: usize,
    /// From more than `FEW` tasks on, until none is ready; then kept for its
    /// memory. Boxed, since most sets never have it.
    many: Option<Box<Many>>,
    /// By task: when it was polled last, or `ABSENT`. With `POSTPONED`, if it is
    /// one of `few` and postponed.
    ranks: Vec<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    rank: u64,
    task: u32,
}

/// Added to the rank of those that are postponed: later than any step.
const POSTPONED: u64 = 1 << 63;
const ABSENT: u64 = u64::MAX;

/// So many are sorted in less time than trees are climbed.
const FEW: usize = 20;

impl Ready {
    pub(super) fn clear(&mut self) {
        self.few.clear();
        self.postponed = 0;
        if let Some(many) = &mut self.many {
            (many.fresh, many.postponed) = (Tree::EMPTY, Tree::EMPTY);
        }
        self.ranks.clear();
    }

    /// Adds a task that was last polled in step `polled_at`; `false` if it is
    /// there already.
    pub(super) fn insert(&mut self, task: u32, polled_at: u64) -> bool {
        let index = task as usize;
        if self.ranks.len() <= index {
            self.ranks.resize(index + 1, ABSENT);
        }
        if self.ranks[index] != ABSENT {
            return false;
        }
        self.ranks[index] = polled_at;
        let beyond_few = match self.few.len() {
            0 => self.many.as_ref().is_some_and(|many| many.len() > 0),
            n => n == FEW,
        };
        if beyond_few {
            self.insert_beyond_few(task, polled_at);
        } else {
            let key = Key { rank: polled_at, task };
            let at = self.few.partition_point(|other| *other < key);
            self.few.insert(at, key);
        }
        true
    }

    fn insert_beyond_few(&mut self, task: u32, polled_at: u64) {
        let many = self.many.get_or_insert_default();
        for Key { rank, task } in self.few.drain(..) {
            let polled_at = rank & !POSTPONED;
            self.ranks[task as usize] = polled_at;
            let half = if rank == polled_at { &mut many.fresh } else { &mut many.postponed };
            many.treaps.insert(half, task, polled_at);
        }
        self.postponed = 0;
        many.insert(task, polled_at);
    }

    pub(super) fn remove(&mut self, task: u32) {
        let Some(rank) = self.ranks.get_mut(task as usize).filter(|rank| **rank != ABSENT) else {
            return;
        };
        let key = Key { rank: std::mem::replace(rank, ABSENT), task };
        if self.few.is_empty() {
            if let Some(many) = &mut self.many {
                many.remove(task);
            }
            return;
        }
        let at = self.few.partition_point(|other| *other < key);
        self.few.remove(at);
        self.postponed -= usize::from(key.rank >= POSTPONED);
        if self.postponed > 0 && self.postponed == self.few.len() {
            self.forgive();
        }
    }

    /// Puts all that stand before `task` behind all others, until nothing else
    /// is ready.
    pub(super) fn postpone_before(&mut self, task: u32) {
        if self.few.is_empty() {
            if let Some(many) = &mut self.many {
                many.postpone_before(task);
            }
            return;
        }
        let fresh = self.few.len() - self.postponed;
        let before = self.few[..fresh].iter().position(|key| key.task == task);
        let before = before.unwrap_or(fresh);
        for key in &mut self.few[..before] {
            key.rank += POSTPONED;
            self.ranks[key.task as usize] = key.rank;
        }
        self.postponed += before;
        self.few.sort_unstable();
        if before == fresh {
            self.forgive();
        }
    }

    /// All of the few are postponed: then none is. The order among them stays.
    fn forgive(&mut self) {
        for key in &mut self.few {
            key.rank -= POSTPONED;
            self.ranks[key.task as usize] = key.rank;
        }
        self.postponed = 0;
    }

    pub(crate) fn len(&self) -> usize {
        self.few.len() + self.many.as_ref().map_or(0, |many| many.len())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn contains(&self, task: u32) -> bool {
        self.ranks.get(task as usize).is_some_and(|rank| *rank != ABSENT)
    }

    /// Whom a fair scheduler would poll.
    pub(crate) fn first(&self) -> Option<u32> {
        match self.few.first() {
            Some(key) => Some(key.task),
            None => self.many.as_ref()?.nth(0),
        }
    }

    /// The task at that place of the fair order.
    ///
    /// # Panics
    ///
    /// If there are not so many.
    pub(crate) fn nth(&self, place: usize) -> u32 {
        match &self.many {
            Some(many) if self.few.is_empty() => many.nth(place).expect("there are so many"),
            _ => self.few[place].task,
        }
    }

    /// In the fair order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> + Clone {
        (0..self.len()).map(|place| self.nth(place))
    }
}

/// The ready set when it is large.
///
/// In the order of ranks, runs of fresh and of postponed tasks alternate. A
/// postponement makes one run of all that it passes, at the cost of a climb for
/// each; every operation adds at most two runs. So the climbs are, on average, a
/// constant number per operation.
#[derive(Debug)]
struct Many {
    treaps: Treaps,
    /// Those that are not postponed. Empty only if nobody is ready.
    fresh: Tree,
    postponed: Tree,
}

impl Default for Many {
    fn default() -> Self {
        Self { treaps: Treaps::default(), fresh: Tree::EMPTY, postponed: Tree::EMPTY }
    }
}

impl Many {
    fn len(&self) -> usize {
        self.fresh.len + self.postponed.len
    }

    fn insert(&mut self, task: u32, polled_at: u64) {
        self.treaps.insert(&mut self.fresh, task, polled_at);
    }

    fn remove(&mut self, task: u32) {
        if let Some(place) = self.treaps.place(self.fresh, task) {
            self.treaps.remove(&mut self.fresh, place);
        } else if let Some(place) = self.treaps.place(self.postponed, task) {
            self.treaps.remove(&mut self.postponed, place);
        }
        self.forgive();
    }

    fn postpone_before(&mut self, task: u32) {
        let passed = self.treaps.place(self.fresh, task).unwrap_or(self.fresh.len);
        let passed = self.treaps.split(&mut self.fresh, passed);
        self.postponed = self.treaps.union(self.postponed, passed);
        self.forgive();
    }

    /// All are postponed: then none is.
    fn forgive(&mut self) {
        if self.fresh.len == 0 {
            std::mem::swap(&mut self.fresh, &mut self.postponed);
        }
    }

    fn nth(&self, place: usize) -> Option<u32> {
        match place.checked_sub(self.fresh.len) {
            None => self.treaps.nth(self.fresh, place),
            Some(place) => self.treaps.nth(self.postponed, place),
        }
    }
}
