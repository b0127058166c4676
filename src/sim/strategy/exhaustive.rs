#![expect(
    clippy::disallowed_types,
    reason = "the search runs on real threads beside the simulation; no loom model sees it"
)]

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::{Choice, Chooser, Misfit, Search};
use crate::sim::choice::{Deviation, Kind, Options};

/// Every schedule once, ordered by the number of deviations.
///
/// A schedule's parent is itself without its last deviation. Running a schedule
/// shows the choices that come after its last deviation; each other option of
/// each of them is a child. So every schedule has exactly one parent, and is
/// run exactly once; the number of deviations grows along the way, hence
/// bounding it is delay bounding: Emmi, Qadeer, Rakamarić, "Delay-bounded
/// scheduling", POPL 2011.
pub(crate) struct Exhaustive {
    shared: Arc<Shared>,
}

struct Shared {
    frontier: Mutex<Frontier>,
    grown: Condvar,
    deviations: Option<u32>,
    /// More than this is never handed out, so more is never kept.
    budget: u64,
}

struct Frontier {
    /// Found and not yet run.
    waiting: VecDeque<Option<Arc<Node>>>,
    /// Handed out and not ended: they may have children.
    running: usize,
    handed_out: u64,
    /// Some schedules were left out: the search is not exhaustive.
    incomplete: bool,
}

/// A schedule, as its last deviation and the way there.
struct Node {
    parent: Option<Arc<Node>>,
    deviation: Deviation,
    depth: u32,
}

impl Exhaustive {
    pub(crate) fn new(deviations: Option<u32>, budget: u64) -> Self {
        let frontier = Frontier {
            waiting: VecDeque::from([None]),
            running: 0,
            handed_out: 0,
            incomplete: false,
        };
        let frontier = Mutex::new(frontier);
        let shared = Shared { frontier, grown: Condvar::new(), deviations, budget };
        Self { shared: Arc::new(shared) }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Frontier> {
        self.frontier.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Search for Exhaustive {
    fn next(&self, _index: u64) -> Option<Box<dyn Chooser>> {
        let mut frontier = self.shared.lock();
        let node = loop {
            // Without a bound the order does not matter, and depth first keeps
            // the frontier small.
            let node = match self.shared.deviations {
                Some(_) => frontier.waiting.pop_front(),
                None => frontier.waiting.pop_back(),
            };
            match node {
                Some(node) => break node,
                None if frontier.running == 0 => return None,
                None => {
                    frontier =
                        self.shared.grown.wait(frontier).unwrap_or_else(PoisonError::into_inner);
                }
            }
        };
        frontier.running += 1;
        frontier.handed_out += 1;
        drop(frontier);
        let depth = node.as_ref().map_or(0, |node| node.depth);
        let mut foreseen: Vec<_> =
            std::iter::successors(node.as_deref(), |node| node.parent.as_deref())
                .map(|node| node.deviation)
                .collect();
        foreseen.reverse();
        Some(Box::new(Branch {
            shared: self.shared.clone(),
            grows: self.shared.deviations.is_none_or(|most| depth < most),
            node,
            foreseen,
            at: 0,
            children: Vec::new(),
            incomplete: false,
        }))
    }

    fn is_exhausted(&self) -> bool {
        let frontier = self.shared.lock();
        frontier.waiting.is_empty() && frontier.running == 0 && !frontier.incomplete
    }
}

struct Branch {
    shared: Arc<Shared>,
    node: Option<Arc<Node>>,
    foreseen: Vec<Deviation>,
    at: usize,
    /// Whether children are within the bound.
    grows: bool,
    children: Vec<Deviation>,
    incomplete: bool,
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
            self.incomplete = true;
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
        let parent = self.node.take();
        let depth = parent.as_ref().map_or(1, |node| node.depth + 1);
        let mut frontier = self.shared.lock();
        frontier.running -= 1;
        frontier.incomplete |= self.incomplete;
        let left = self.shared.budget.saturating_sub(frontier.handed_out);
        for deviation in self.children.drain(..) {
            if frontier.waiting.len() as u64 >= left {
                frontier.incomplete = true;
                break;
            }
            let node = Node { parent: parent.clone(), deviation, depth };
            frontier.waiting.push_back(Some(Arc::new(node)));
        }
        drop(frontier);
        self.shared.grown.notify_all();
    }
}
