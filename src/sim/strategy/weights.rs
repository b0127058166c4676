use std::collections::BTreeMap;
use std::panic::Location;
use std::sync::Arc;

use super::{Counted, Spawned};
use crate::rt::draw::SplitMix64;

type Site = &'static Location<'static>;

/// One unit of weight, in the fractions that averages come in.
pub(super) const ONE: u64 = 1 << 16;

/// By spawn site: what a task that is spawned there and all that descends from it
/// came to in the trial runs, on average.
#[derive(Debug, Default)]
pub(super) struct Foreseen(BTreeMap<Site, u64>);

impl Foreseen {
    /// `own`: what a task comes to without its descendants.
    pub(super) fn new(census: &[Vec<Counted>], own: impl Fn(&Counted) -> u64) -> Self {
        let mut sums: BTreeMap<Site, (u64, u64)> = BTreeMap::new();
        for tasks in census {
            let mut totals: Vec<_> = tasks.iter().map(&own).collect();
            // Parents come before their children.
            for (id, task) in tasks.iter().enumerate().rev() {
                if task.parent as usize != id {
                    totals[task.parent as usize] += totals[id];
                }
                let (sum, count) = sums.entry(task.site).or_default();
                *sum += totals[id];
                *count += 1;
            }
        }
        let average = |(site, (sum, count))| (site, sum * ONE / count);
        Self(sums.into_iter().map(average).collect())
    }
}

/// What each task of a schedule is still to come to, with its descendants.
pub(super) struct Weights {
    foreseen: Arc<Foreseen>,
    /// By task.
    left: Vec<u64>,
    /// Of a task that lives.
    least: u64,
}

impl Weights {
    pub(super) fn new(foreseen: Arc<Foreseen>, least: u64) -> Self {
        Self { foreseen, left: Vec::new(), least }
    }

    /// What the child is foreseen to come to passes from the parent to it.
    pub(super) fn spawned(&mut self, spawned: Spawned) {
        let foreseen = self.foreseen.0.get(&spawned.site).copied().unwrap_or(self.least);
        if spawned.parent != spawned.task {
            self.take(spawned.parent, foreseen);
        }
        self.left.push(foreseen.max(self.least));
    }

    pub(super) fn take(&mut self, task: u32, weight: u64) {
        let left = &mut self.left[task as usize];
        *left = left.saturating_sub(weight).max(self.least);
    }

    pub(super) fn end(&mut self, task: u32) {
        self.left[task as usize] = 0;
    }

    pub(super) fn of(&self, task: u32) -> u64 {
        self.left[task as usize]
    }

    /// One of `tasks`, each with a probability in proportion to its weight; `None`
    /// if they have none.
    pub(super) fn draw(
        &self,
        rng: &mut SplitMix64,
        tasks: impl Iterator<Item = u32> + Clone,
    ) -> Option<u32> {
        let total: u64 = tasks.clone().map(|task| self.of(task)).sum();
        let mut at = if total > 0 { rng.below(total) } else { return None };
        for task in tasks {
            match at.checked_sub(self.of(task)) {
                Some(rest) => at = rest,
                None => return Some(task),
            }
        }
        None
    }

    /// All tasks, ended or not.
    pub(super) fn tasks(&self) -> std::ops::Range<u32> {
        0..self.left.len() as u32
    }
}
