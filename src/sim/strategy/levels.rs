use std::collections::BTreeMap;
use std::sync::Arc;

use crate::sim::choice::{Deviation, Kind};
use crate::sim::shard::Shard;

/// A schedule, as its last deviation and the way there.
pub(super) struct Node {
    pub(super) parent: Option<Arc<Node>>,
    pub(super) deviation: Deviation,
    pub(super) depth: u32,
}

/// `None` is the schedule without deviations.
pub(super) type Branching = Option<Arc<Node>>;

pub(super) fn depth(node: &Branching) -> u32 {
    node.as_ref().map_or(0, |node| node.depth)
}

/// The children of `parent`, in order.
pub(super) fn children(
    parent: Branching,
    deviations: Vec<Deviation>,
) -> impl Iterator<Item = Branching> {
    let depth = 1 + depth(&parent);
    deviations
        .into_iter()
        .map(move |deviation| Some(Arc::new(Node { parent: parent.clone(), deviation, depth })))
}

/// What an exhaustive search asks for next.
pub(super) enum Next {
    Run(Branching),
    /// Some schedules that are under way must end first.
    Wait,
    End,
}

/// Schedules level by level: the next begins when all of this one have ended, and
/// holds their children in the order of their parents. So each place holds the
/// same schedule whoever runs which, and however fast.
pub(super) struct Levels {
    /// How many schedules came before this level.
    begun: u64,
    level: Vec<Branching>,
    /// So many from the level's start have ended.
    ended: usize,
    /// What those came to that ended before one that stands before them.
    early: BTreeMap<usize, Vec<Deviation>>,
    next: Vec<Branching>,
    /// Jumps of time, if they come last.
    stalls: Option<Vec<Branching>>,
    /// More than this is never asked for, so more is never kept.
    budget: u64,
    /// Some schedules were left out.
    incomplete: bool,
}

impl Levels {
    pub(super) fn new(budget: u64, stalls_last: bool) -> Self {
        Self {
            begun: 0,
            level: vec![None],
            ended: 0,
            early: BTreeMap::new(),
            next: Vec::new(),
            stalls: stalls_last.then(Vec::new),
            budget,
            incomplete: false,
        }
    }

    /// Of these, what `shard` owns: it begins with `owned`. `is_whole`: nothing that it
    /// owns was left out.
    pub(super) fn share(
        &self,
        shard: Shard,
        owned: Vec<Branching>,
        budget: u64,
        is_whole: bool,
    ) -> Self {
        let stalls = self.stalls.as_ref().map(|stalls| {
            let placed = (0..).zip(stalls).filter(|(place, _)| shard.owns(*place));
            placed.map(|(_, stall)| stall.clone()).collect()
        });
        let (level, incomplete) = (owned, !is_whole);
        let mut share = Self { level, stalls, incomplete, ..Self::new(budget, false) };
        if share.level.is_empty() {
            share.begin_next();
        }
        share
    }

    /// Whether no schedule was left out so far.
    pub(super) fn is_complete(&self) -> bool {
        !self.incomplete
    }

    pub(super) fn at(&self, place: u64) -> Next {
        if self.level.is_empty() {
            return Next::End;
        }
        let offset = place.checked_sub(self.begun).and_then(|offset| usize::try_from(offset).ok());
        let node = offset.and_then(|offset| self.level.get(offset));
        node.map_or(Next::Wait, |node| Next::Run(node.clone()))
    }

    /// Whether there are more than so many schedules; `None` as long as that is not
    /// known.
    pub(super) fn has_more_than(&self, place: u64) -> Option<bool> {
        if place < self.begun + self.level.len() as u64 {
            return Some(true);
        }
        self.level.is_empty().then_some(false)
    }

    /// Takes in the children of the schedule at that place, which has ended.
    pub(super) fn end(&mut self, place: u64, found: Vec<Deviation>) {
        self.early.insert((place - self.begun) as usize, found);
        while let Some(found) = self.early.remove(&self.ended) {
            self.adopt(found);
            self.ended += 1;
        }
        if self.ended == self.level.len() {
            self.begin_next();
        }
    }

    fn left(&self) -> usize {
        let left = self.budget.saturating_sub(self.begun + self.level.len() as u64);
        usize::try_from(left).unwrap_or(usize::MAX)
    }

    /// Of the schedule that is the next to end in order.
    fn adopt(&mut self, found: Vec<Deviation>) {
        let left = self.left();
        for child in children(self.level[self.ended].clone(), found) {
            let is_stall = child.as_ref().is_some_and(|node| node.deviation.kind == Kind::Stall);
            let into = match &mut self.stalls {
                Some(stalls) if is_stall => stalls,
                _ => &mut self.next,
            };
            if into.len() < left {
                into.push(child);
            } else {
                self.incomplete = true;
            }
        }
    }

    fn begin_next(&mut self) {
        let left = self.left();
        self.begun += self.level.len() as u64;
        self.level = std::mem::take(&mut self.next);
        self.ended = 0;
        if self.level.is_empty()
            && let Some(stalls) = &mut self.stalls
        {
            self.level = std::mem::take(stalls);
            self.incomplete |= self.level.len() > left;
            self.level.truncate(left);
        }
    }

    pub(super) fn is_exhausted(&self) -> bool {
        self.level.is_empty() && self.is_complete()
    }
}

/// Schedules depth first, which keeps few waiting; in no certain order where
/// several are under way.
pub(super) struct Stack {
    waiting: Vec<Branching>,
    running: usize,
    begun: u64,
    budget: u64,
    incomplete: bool,
}

impl Stack {
    /// `waiting`: what it begins with.
    pub(super) fn new(waiting: Vec<Branching>, budget: u64) -> Self {
        Self { waiting, running: 0, begun: 0, budget, incomplete: false }
    }

    /// `is_whole`: nothing was left out of `owned`.
    pub(super) fn share(owned: Vec<Branching>, budget: u64, is_whole: bool) -> Self {
        Self { incomplete: !is_whole, ..Self::new(owned, budget) }
    }

    pub(super) fn take(&mut self) -> Next {
        let Some(node) = self.waiting.pop() else {
            return if self.running == 0 { Next::End } else { Next::Wait };
        };
        self.running += 1;
        self.begun += 1;
        Next::Run(node)
    }

    pub(super) fn end(&mut self, node: Branching, found: Vec<Deviation>) {
        self.running -= 1;
        let left = self.budget.saturating_sub(self.begun);
        let room = left.saturating_sub(self.waiting.len() as u64);
        self.incomplete |= found.len() as u64 > room;
        let room = usize::try_from(room).unwrap_or(usize::MAX);
        self.waiting.extend(children(node, found).take(room));
    }

    pub(super) fn is_exhausted(&self) -> bool {
        self.waiting.is_empty() && self.running == 0 && !self.incomplete
    }
}

#[cfg(test)]
mod tests {
    use super::{Deviation, Kind, Levels, Next, Shard};

    /// The deviations that it begins with, one schedule each.
    fn begins(levels: &Levels) -> Vec<Deviation> {
        let at = |place| match levels.at(place) {
            Next::Run(node) => node.map(|node| node.deviation),
            Next::Wait | Next::End => None,
        };
        (0..).map_while(at).collect()
    }

    /// They are not in the row of those that come first.
    #[test]
    fn jumps_of_time_are_divided_too() {
        let jump = |number| Deviation { kind: Kind::Stall, number, option: 1 };
        let jumps: Vec<_> = (1..=5).map(jump).collect();
        let mut whole = Levels::new(100, true);
        whole.end(0, vec![Deviation { kind: Kind::Task, number: 1, option: 1 }]);
        whole.stalls.as_mut().expect("they come last").extend(super::children(None, jumps.clone()));
        let share = |number| {
            let share = whole.share(Shard::new(number, 2), Vec::new(), 100, true);
            assert!(share.is_complete());
            begins(&share)
        };
        let (first, second) = (share(1), share(2));
        assert_eq!((first.len(), second.len()), (3, 2));
        assert!(jumps.iter().all(|jump| first.contains(jump) != second.contains(jump)));
        let cut = whole.share(Shard::new(1, 2), Vec::new(), 2, true);
        assert_eq!((begins(&cut).len(), cut.is_complete()), (2, false));
    }
}
