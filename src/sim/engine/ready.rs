/// The tasks that were woken and not yet polled, in the order in which a fair
/// scheduler would poll them: least recently polled first, ties by id, those
/// that a deviation postponed behind all others.
///
/// The order depends on what was polled, never on the order of the wake-ups:
/// Tokio wakes the receivers of a `watch` in random order.
#[derive(Debug, Default)]
pub(crate) struct Ready {
    /// Sorted. A vector, since few tasks are ready at a time, and a schedule is
    /// over in a microsecond or two.
    order: Vec<Key>,
    /// By task: when it was polled last and whether it is postponed, or `ABSENT`.
    ranks: Vec<u64>,
    postponed: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    rank: u64,
    task: u32,
}

/// Added to the rank of those that are postponed: later than any step.
const POSTPONED: u64 = 1 << 63;
const ABSENT: u64 = u64::MAX;

impl Ready {
    pub(super) fn clear(&mut self) {
        self.order.clear();
        self.ranks.clear();
        self.postponed = 0;
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
        let key = Key { rank: polled_at, task };
        let at = self.order.partition_point(|other| *other < key);
        self.order.insert(at, key);
        true
    }

    pub(super) fn remove(&mut self, task: u32) {
        let Some(rank) = self.ranks.get_mut(task as usize).filter(|rank| **rank != ABSENT) else {
            return;
        };
        let key = Key { rank: std::mem::replace(rank, ABSENT), task };
        let at = self.order.partition_point(|other| *other < key);
        self.order.remove(at);
        self.postponed -= usize::from(key.rank >= POSTPONED);
        if self.postponed > 0 && self.postponed == self.order.len() {
            // Nothing else is ready: they are as good as any again. The order
            // among them stays.
            for key in &mut self.order {
                key.rank -= POSTPONED;
                self.ranks[key.task as usize] = key.rank;
            }
            self.postponed = 0;
        }
    }

    /// Puts all that stand before `task` behind all others, until nothing else
    /// is ready.
    pub(super) fn postpone_before(&mut self, task: u32) {
        for key in self.order.iter_mut().take_while(|key| key.task != task) {
            if key.rank < POSTPONED {
                key.rank += POSTPONED;
                self.ranks[key.task as usize] = key.rank;
                self.postponed += 1;
            }
        }
        self.order.sort_unstable();
    }

    pub(crate) fn len(&self) -> usize {
        self.order.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    pub(crate) fn contains(&self, task: u32) -> bool {
        self.ranks.get(task as usize).is_some_and(|rank| *rank != ABSENT)
    }

    /// Whom a fair scheduler would poll.
    pub(crate) fn first(&self) -> Option<u32> {
        self.order.first().map(|key| key.task)
    }

    /// The task at that place of the fair order.
    ///
    /// # Panics
    ///
    /// If there are not so many.
    pub(crate) fn nth(&self, place: usize) -> u32 {
        self.order[place].task
    }

    /// In the fair order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> {
        self.order.iter().map(|key| key.task)
    }
}
