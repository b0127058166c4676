use std::sync::Arc;

use super::draws::{Draws, Source};
use super::weights::{Foreseen, ONE, Weights};
use super::{Choice, Chooser, Counted, Misfit, Search, Spawned, Stepped};
use crate::sim::choice::Options;

/// The uniform random walk: Zhao, Wolff, Mathur, Roychoudhury, "Selectively
/// uniform concurrency testing", ASPLOS 2025.
///
/// A ready task is polled with a probability in proportion to the polls that it
/// and its descendants still need, by what tasks of the same spawn site needed in
/// the trial runs. Where tasks do not wait for each other and the trial runs told
/// the truth, every order of polls is equally likely; a plain random walk prefers
/// those in which short tasks end early.
pub(crate) struct Urw {
    source: Source,
    polls: Arc<Foreseen>,
}

impl Urw {
    pub(super) fn new(source: Source, census: &[Vec<Counted>]) -> Self {
        Self { source, polls: Arc::new(Foreseen::new(census, |task| task.polls)) }
    }
}

impl Search for Urw {
    fn next(&self, index: u64) -> Option<Box<dyn Chooser>> {
        let draws = self.source.of_schedule(index);
        // A task that lives is polled once more at least, whatever was foreseen.
        let polls = Weights::new(self.polls.clone(), ONE);
        Some(Box::new(Weighted { draws, polls }))
    }
}

struct Weighted {
    draws: Draws,
    polls: Weights,
}

impl Chooser for Weighted {
    fn choose(&mut self, choice: &Choice<'_>) -> Result<Option<u64>, Misfit> {
        let Options::Tasks(ready) = choice.options else {
            return Ok(self.draws.choose(choice));
        };
        let drawn = self.polls.draw(&mut self.draws.rng, ready.iter());
        Ok(drawn.and_then(|task| choice.options.of_task(task)))
    }

    fn observes(&self) -> bool {
        true
    }

    fn spawned(&mut self, spawned: Spawned) {
        self.polls.spawned(spawned);
    }

    fn stepped(&mut self, stepped: &Stepped<'_>) {
        if stepped.has_ended {
            self.polls.end(stepped.task);
        } else {
            self.polls.take(stepped.task, ONE);
        }
    }
}
