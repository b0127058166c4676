use super::draws::{Draws, Source};
use super::{Choice, Chooser, Estimates, Misfit, Search, Spawned, Stepped};
use crate::sim::choice::Options;
use crate::sim::engine::Ready;

/// Probabilistic concurrency testing: Burckhardt, Kothari, Musuvathi, Nagarakatte,
/// "A randomized scheduler with probabilistic guarantees of finding bugs", ASPLOS
/// 2010.
///
/// Each task draws a priority, and the highest of those that are ready runs. At
/// `depth - 1` change points, drawn from as many choices between tasks as the trial
/// runs had steps, `k`, the task that would run falls below all first priorities. A
/// failure that takes `depth` orderings between steps is found with a probability
/// of at least `1/(n·k^(depth-1))` per schedule, for `n` tasks. (The trial runs'
/// choices would be fewer, but too few: at random, short tasks end early, and then
/// there is nothing left to choose.)
///
/// A task that wakes itself [`PATIENCE`] times running may wait for what only
/// another task does, and falls below all others.
pub(crate) struct Pct {
    source: Source,
    depth: u32,
    steps: u64,
}

/// The paper lowers who yields at once. In async code a yield is also just an
/// await, and lowering at each would make every schedule of tasks that yield a
/// round robin, which finds nothing.
const PATIENCE: u32 = 32;

/// First priorities are above this, change points below, and who waits in vain is
/// below these.
const FIRST: u64 = 1 << 63;
const LOWERED: u64 = 1 << 62;

impl Pct {
    pub(super) fn new(source: Source, depth: u32, estimates: &Estimates) -> Self {
        Self { source, depth, steps: estimates.steps.max(1) }
    }
}

impl Search for Pct {
    fn next(&self, index: u64) -> Option<Box<dyn Chooser>> {
        let mut draws = self.source.of_schedule(index);
        // Not sorted: which of them is the lowest is drawn, too.
        let change_points = (1..self.depth).map(|_| 1 + draws.rng.below(self.steps)).collect();
        let lowest = LOWERED;
        Some(Box::new(Prioritised { draws, change_points, tasks: Vec::new(), lowest }))
    }
}

struct Prioritised {
    draws: Draws,
    /// The `i`th lowers to `LOWERED + i`.
    change_points: Vec<u64>,
    tasks: Vec<Task>,
    /// What was given to a task that waited in vain, last.
    lowest: u64,
}

struct Task {
    priority: u64,
    /// How often running it woke itself.
    self_wakes: u32,
}

impl Prioritised {
    fn highest(&self, ready: &Ready) -> u32 {
        let highest = ready.iter().max_by_key(|&task| self.tasks[task as usize].priority);
        highest.expect("some task is ready")
    }
}

impl Chooser for Prioritised {
    fn choose(&mut self, choice: &Choice<'_>) -> Result<Option<u64>, Misfit> {
        let Options::Tasks(ready) = choice.options else {
            return Ok(self.draws.choose(choice));
        };
        for point in 0..self.change_points.len() {
            if self.change_points[point] == choice.number {
                let task = self.highest(ready);
                self.tasks[task as usize].priority = LOWERED + 1 + point as u64;
            }
        }
        Ok(choice.options.of_task(self.highest(ready)))
    }

    fn observes(&self) -> bool {
        true
    }

    fn spawned(&mut self, _spawned: Spawned) {
        let priority = FIRST | self.draws.rng.next_u64();
        self.tasks.push(Task { priority, self_wakes: 0 });
    }

    fn stepped(&mut self, stepped: &Stepped<'_>) {
        let task = &mut self.tasks[stepped.task as usize];
        if !stepped.woke.contains(&stepped.task) {
            task.self_wakes = 0;
            return;
        }
        task.self_wakes += 1;
        if task.self_wakes == PATIENCE {
            task.self_wakes = 0;
            self.lowest -= 1;
            task.priority = self.lowest;
        }
    }
}
