#![expect(
    clippy::disallowed_types,
    reason = "the search runs on real threads beside the simulation; no loom model sees it"
)]

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::levels::{Branching, Levels, Next, Node, Stack, depth};
use super::{Choice, Chooser, Misfit, Search};
use crate::sim::choice::{Deviation, Kind, Options};
use crate::sim::shard::Shard;

/// Every schedule once, ordered by the number of deviations.
///
/// A schedule's parent is itself without its last deviation. Running a schedule
/// shows the choices that come after its last deviation; each other option of
/// each of them is a child. So every schedule has exactly one parent, and is
/// run exactly once; the number of deviations grows along the way, hence
/// bounding it is delay bounding: Emmi, Qadeer, Rakamarić, "Delay-bounded
/// scheduling", POPL 2011.
///
/// With a bound, each index is the same schedule for any number of threads. The
/// full space is searched depth first, so that few schedules wait at a time: which
/// of them a budget cuts off depends on the threads, and what is exhausted does
/// not.
pub(crate) struct Exhaustive {
    shared: Arc<Shared>,
    /// The index of the first schedule.
    first: u64,
}

/// What an exhaustive search is of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tree {
    /// How many deviations a schedule may have.
    pub(crate) deviations: Option<u32>,
    /// How many schedules are run at most.
    pub(crate) budget: u64,
    /// And by a shard.
    pub(crate) budget_of_shard: u64,
    /// Those in which time jumps come after all others. Needs a bound.
    pub(crate) stalls_last: bool,
}

impl Tree {
    pub(crate) fn new(deviations: Option<u32>, budget: u64) -> Self {
        Self { deviations, budget, budget_of_shard: budget, stalls_last: false }
    }

    /// Whether [`Scout`](super::Scout) runs it for its children.
    pub(super) fn is_scouted(&self, node: &Branching) -> bool {
        let most = self.deviations.map_or(2, |most| most.min(2));
        let is_late = |node: &Node| self.stalls_last && node.deviation.kind == Kind::Stall;
        depth(node) < most && !node.as_deref().is_some_and(is_late)
    }
}

struct Shared {
    frontier: Mutex<Frontier>,
    grown: Condvar,
    tree: Tree,
    /// The children of what was scouted are there from the start.
    is_share: bool,
}

struct Frontier {
    order: Order,
    /// A choice was too wide to take all of its options.
    sampled: bool,
    /// No more is asked for.
    closed: bool,
}

enum Order {
    Levels(Levels),
    Stack(Stack),
}

impl Exhaustive {
    /// Of the whole tree.
    pub(crate) fn new(tree: Tree, first: u64) -> Self {
        // Without a bound, the last level would hold nearly the whole space.
        let order = match tree.deviations {
            Some(_) => Order::Levels(Levels::new(tree.budget, tree.stalls_last)),
            None => Order::Stack(Stack::new(vec![None], tree.budget)),
        };
        Self::with(Frontier { order, sampled: false, closed: false }, tree, false, first)
    }

    fn with(frontier: Frontier, tree: Tree, is_share: bool, first: u64) -> Self {
        let (frontier, grown) = (Mutex::new(frontier), Condvar::new());
        Self { shared: Arc::new(Shared { frontier, grown, tree, is_share }), first }
    }

    /// What `shard` owns of this search, as far as it was scouted: `owned`, what
    /// descends from that, and of what comes last its share.
    pub(super) fn share(
        &self,
        tree: Tree,
        shard: Shard,
        owned: Vec<Branching>,
        first: u64,
        is_known: bool,
    ) -> Self {
        let whole = self.shared.lock();
        let Order::Levels(row) = &whole.order else {
            unreachable!("what is scouted has an order");
        };
        let is_whole = is_known && row.is_complete();
        let budget = tree.budget_of_shard;
        let order = match tree.deviations {
            Some(_) => Order::Levels(row.share(shard, owned, budget, is_whole)),
            None => Order::Stack(Stack::share(owned, budget, is_whole)),
        };
        Self::with(Frontier { order, sampled: whole.sampled, closed: false }, tree, true, first)
    }

    /// The schedule at that place, if it is known yet.
    pub(super) fn known(&self, place: u64) -> Option<Branching> {
        match &self.shared.lock().order {
            Order::Levels(levels) => match levels.at(place) {
                Next::Run(node) => Some(node),
                Next::Wait | Next::End => None,
            },
            Order::Stack(_) => unreachable!("what is scouted has an order"),
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Frontier> {
        self.frontier.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Until more is known.
    fn wait<'a>(&self, frontier: MutexGuard<'a, Frontier>) -> MutexGuard<'a, Frontier> {
        self.grown.wait(frontier).unwrap_or_else(PoisonError::into_inner)
    }
}

impl Exhaustive {
    /// The schedule at that place, or `None` if there are fewer. Waits until that is
    /// known.
    fn node(&self, place: u64) -> Option<Branching> {
        let mut frontier = self.shared.lock();
        loop {
            if frontier.closed {
                return None;
            }
            let next = match &mut frontier.order {
                Order::Levels(levels) => levels.at(place),
                Order::Stack(stack) => stack.take(),
            };
            match next {
                Next::Run(node) => return Some(node),
                Next::End => return None,
                Next::Wait => frontier = self.shared.wait(frontier),
            }
        }
    }

    /// Whether there are more than so many schedules, for a search with a bound.
    /// Waits until that is known.
    pub(super) fn has_more_than(&self, place: u64) -> bool {
        let mut frontier = self.shared.lock();
        loop {
            let known = match &frontier.order {
                _ if frontier.closed => Some(false),
                Order::Levels(levels) => levels.has_more_than(place),
                Order::Stack(_) => unreachable!("a search without a bound has no certain order"),
            };
            match known {
                Some(has_more) => return has_more,
                None => frontier = self.shared.wait(frontier),
            }
        }
    }

    /// The schedule at that place, or `None` if there are fewer: to be run.
    pub(super) fn at(&self, place: u64) -> Option<Box<dyn Chooser>> {
        Some(self.branch(place, self.node(place)?))
    }

    pub(super) fn branch(&self, place: u64, node: Branching) -> Box<dyn Chooser> {
        let Shared { tree, is_share, .. } = *self.shared;
        let is_within = tree.deviations.is_none_or(|most| depth(&node) < most);
        let mut foreseen: Vec<_> =
            std::iter::successors(node.as_deref(), |node| node.parent.as_deref())
                .map(|node| node.deviation)
                .collect();
        foreseen.reverse();
        Box::new(Branch {
            shared: self.shared.clone(),
            place,
            grows: is_within && !(is_share && tree.is_scouted(&node)),
            node,
            foreseen,
            at: 0,
            children: Vec::new(),
            sampled: false,
        })
    }
}

impl Search for Exhaustive {
    fn next(&self, index: u64) -> Option<Box<dyn Chooser>> {
        self.at(index - self.first)
    }

    fn close(&self) {
        self.shared.lock().closed = true;
        self.shared.grown.notify_all();
    }

    fn is_exhausted(&self) -> bool {
        let frontier = self.shared.lock();
        let is_exhausted = match &frontier.order {
            Order::Levels(levels) => levels.is_exhausted(),
            Order::Stack(stack) => stack.is_exhausted(),
        };
        is_exhausted && !frontier.sampled
    }
}

struct Branch {
    shared: Arc<Shared>,
    place: u64,
    node: Branching,
    foreseen: Vec<Deviation>,
    at: usize,
    /// Whether there are children, and it is not known yet which.
    grows: bool,
    children: Vec<Deviation>,
    sampled: bool,
}

/// A choice of values wider than this is sampled.
const WIDEST: u64 = 64;
const SAMPLES: u64 = 16;

impl Branch {
    fn note_children(&mut self, choice: &Choice<'_>) {
        let (kind, number) = (choice.kind, choice.number);
        let others = choice.options.len() - 1;
        let mut note = |option| self.children.push(Deviation { kind, number, option });
        if kind == Kind::Value && others >= WIDEST {
            self.sampled = true;
            // Both ends, and evenly between.
            for i in 0..SAMPLES {
                let rank = u128::from(others - 1) * u128::from(i) / u128::from(SAMPLES - 1);
                note(choice.options.deviation(rank as u64));
            }
        } else if let Options::Tasks(ready) = choice.options {
            ready.iter().skip(1).for_each(|task| note(u64::from(task)));
        } else {
            (0..others).for_each(|rank| note(choice.options.deviation(rank)));
        }
    }
}

impl Chooser for Branch {
    fn choose(&mut self, choice: &Choice<'_>) -> Result<Option<u64>, Misfit> {
        let Some(next) = self.foreseen.get(self.at) else {
            if self.grows {
                self.note_children(choice);
            }
            return Ok(None);
        };
        if (next.kind, next.number) != (choice.kind, choice.number) {
            return Ok(None);
        }
        self.at += 1;
        if choice.options.offers(next.option) {
            Ok(Some(next.option))
        } else {
            Err(Misfit { expected: next.to_string(), found: choice.options.to_string() })
        }
    }

    fn finish(&mut self) -> Result<(), Misfit> {
        match self.foreseen.get(self.at) {
            None => Ok(()),
            Some(next) => Err(Misfit {
                expected: next.to_string(),
                found: "the end of the scenario".to_owned(),
            }),
        }
    }
}

impl Drop for Branch {
    /// However the schedule ended: what it showed is still to be run, and who
    /// waits for it must not wait for ever.
    fn drop(&mut self) {
        let (node, found) = (self.node.take(), std::mem::take(&mut self.children));
        let mut frontier = self.shared.lock();
        frontier.sampled |= self.sampled;
        match &mut frontier.order {
            Order::Levels(levels) => levels.end(self.place, found),
            Order::Stack(stack) => stack.end(node, found),
        }
        drop(frontier);
        self.shared.grown.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::{Exhaustive, Search as _, Tree};

    #[test]
    fn who_waits_for_a_schedule_that_nobody_will_run_is_told() {
        let search = Exhaustive::new(Tree::new(Some(9), 100), 0);
        let running = search.next(0);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| search.next(1).is_none());
            search.close();
            assert!(waiting.join().unwrap());
        });
        assert!(running.is_some() && !search.is_exhausted());
    }
}
