use std::collections::BTreeMap;
use std::panic::Location;
use std::sync::Arc;

use super::draws::{Draws, Source};
use super::weights::{Foreseen, ONE, Weights};
use super::{Choice, Chooser, Counted, Misfit, Search, Spawned, Stepped};
use crate::sim::choice::Options;
use crate::sim::engine::Ready;

/// The selectively uniform random walk: Zhao, Wolff, Mathur, Roychoudhury,
/// "Selectively uniform concurrency testing", ASPLOS 2025.
///
/// As [`Urw`](super::Urw), over the [interesting](crate::probe::interesting) steps
/// only: which task makes the next of them is drawn in proportion to how many it
/// and its descendants still have. Until it has made it, any task may run that is
/// not about to make one. That is not known before the step: a task is taken to be
/// about to if one of its site was, in a trial run, after as many polls.
pub(crate) struct Surw {
    source: Source,
    marks: Arc<Foreseen>,
    gaps: Arc<Gaps>,
}

/// By spawn site: how many polls there are at least from one interesting step to
/// the next, the latter included.
type Gaps = BTreeMap<&'static Location<'static>, Vec<u64>>;

impl Surw {
    pub(super) fn new(source: Source, census: &[Vec<Counted>]) -> Self {
        let mut gaps = Gaps::new();
        for task in census.iter().flatten() {
            let known = gaps.entry(task.site).or_default();
            let mut last = 0;
            for (mark, &poll) in task.marks.iter().enumerate() {
                known.resize(known.len().max(mark + 1), u64::MAX);
                known[mark] = known[mark].min(poll - last);
                last = poll;
            }
        }
        let marks = Foreseen::new(census, |task| task.marks.len() as u64);
        Self { source, marks: Arc::new(marks), gaps: Arc::new(gaps) }
    }
}

impl Search for Surw {
    fn next(&self, index: u64) -> Option<Box<dyn Chooser>> {
        Some(Box::new(Selective {
            draws: self.source.of_schedule(index),
            marks: Weights::new(self.marks.clone(), 0),
            gaps: self.gaps.clone(),
            tasks: Vec::new(),
            intended: None,
        }))
    }
}

struct Selective {
    draws: Draws,
    marks: Weights,
    gaps: Arc<Gaps>,
    tasks: Vec<Task>,
    /// Who makes the next interesting step.
    intended: Option<u32>,
}

struct Task {
    site: &'static Location<'static>,
    marks: usize,
    /// Since the last of them.
    polls: u64,
}

impl Selective {
    fn is_about_to_mark(&self, task: u32) -> bool {
        let Task { site, marks, polls } = &self.tasks[task as usize];
        let gap = self.gaps.get(site).and_then(|gaps| gaps.get(*marks));
        gap.is_some_and(|gap| polls + 1 >= *gap)
    }

    fn pick(&mut self, ready: &Ready) -> Option<u32> {
        if self.intended.is_none() {
            self.intended = self.marks.draw(&mut self.draws.rng, self.marks.tasks());
        }
        let may_run = |&task: &u32| self.intended == Some(task) || !self.is_about_to_mark(task);
        let free: Vec<_> = ready.iter().filter(may_run).collect();
        if free.is_empty() {
            // Whose turn it is waits for one of those whose turn it is not.
            self.intended = self.marks.draw(&mut self.draws.rng, ready.iter());
            return self.intended;
        }
        Some(free[self.draws.rng.below(free.len() as u64) as usize])
    }
}

impl Chooser for Selective {
    fn choose(&mut self, choice: &Choice<'_>) -> Result<Option<u64>, Misfit> {
        if let Options::Tasks(ready) = choice.options
            && let Some(task) = self.pick(ready)
        {
            return Ok(choice.options.of_task(task));
        }
        Ok(self.draws.choose(choice))
    }

    fn observes(&self) -> bool {
        true
    }

    fn spawned(&mut self, spawned: Spawned) {
        let Spawned { task, parent, site } = spawned;
        self.tasks.push(Task { site, marks: 0, polls: 0 });
        self.marks.spawned(spawned);
        if self.intended == Some(parent) {
            // Its turn was that of its descendants, too.
            let family = [parent, task].into_iter();
            self.intended = self.marks.draw(&mut self.draws.rng, family);
        }
    }

    fn stepped(&mut self, stepped: &Stepped<'_>) {
        let task = &mut self.tasks[stepped.task as usize];
        task.polls += 1;
        if stepped.is_marked {
            task.polls = 0;
            task.marks += 1;
            self.marks.take(stepped.task, ONE);
            self.intended = None;
        }
        if stepped.has_ended {
            self.marks.end(stepped.task);
            self.intended = self.intended.filter(|&intended| intended != stepped.task);
        }
    }
}
