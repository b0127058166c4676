use std::collections::BTreeSet;

use super::draws::{Draws, Source};
use super::{Choice, Chooser, Misfit, Search, Spawned, Stepped};
use crate::sim::choice::Options;

/// Partial order sampling: Yuan, Yang, Gu, "Partial order aware concurrency
/// sampling", CAV 2018.
///
/// The next step of each task holds a priority, and the highest of those that are
/// ready runs. Then priorities are drawn anew for the task that ran, and for those
/// whose next step may depend on what it did: here, those that woke it or that it
/// woke, so far. Orders that differ only in how independent steps are interleaved
/// are so sampled more nearly as one.
pub(crate) struct Pos {
    pub(super) source: Source,
}

impl Search for Pos {
    fn next(&self, index: u64) -> Option<Box<dyn Chooser>> {
        let draws = self.source.of_schedule(index);
        Some(Box::new(Sampled { draws, priorities: Vec::new(), links: BTreeSet::new() }))
    }
}

struct Sampled {
    draws: Draws,
    /// By task.
    priorities: Vec<u64>,
    /// Who woke whom, in both directions.
    links: BTreeSet<(u32, u32)>,
}

impl Sampled {
    fn redraw(&mut self, task: u32) {
        self.priorities[task as usize] = self.draws.rng.next_u64();
    }
}

impl Chooser for Sampled {
    fn choose(&mut self, choice: &Choice<'_>) -> Result<Option<u64>, Misfit> {
        let Options::Tasks(ready) = choice.options else {
            return Ok(self.draws.choose(choice));
        };
        let highest = ready.iter().max_by_key(|&task| self.priorities[task as usize]);
        Ok(highest.and_then(|task| choice.options.of_task(task)))
    }

    fn observes(&self) -> bool {
        true
    }

    fn spawned(&mut self, _spawned: Spawned) {
        self.priorities.push(self.draws.rng.next_u64());
    }

    fn stepped(&mut self, stepped: &Stepped<'_>) {
        let Stepped { task, woke, .. } = *stepped;
        for &other in woke.iter().filter(|&&other| other != task) {
            self.links.extend([(task, other), (other, task)]);
        }
        self.redraw(task);
        // Those that are not ready, too: a priority that nothing was compared with
        // is as good as a new one.
        let linked: Vec<_> = self.links.range((task, 0)..=(task, u32::MAX)).copied().collect();
        linked.into_iter().for_each(|(_, other)| self.redraw(other));
    }
}
