//! The ready set against a sorted list.
//!
//! 1. The fair order: least recently polled first, ties by id, the postponed
//!    behind all others.
//! 2. A postponement holds until nothing else is ready.
//! 3. It makes no difference how many are ready, nor how many were.

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

use crate::ready_set::Ready;

#[derive(Clone, Debug)]
enum Action {
    /// Wakes so many tasks, from this one on.
    Wake(u32, u32),
    /// Polls the task at this place; whether it wakes itself.
    Poll(usize, bool),
    /// As a deviation does: those before it are postponed.
    Prefer(usize, bool),
    /// Polls as many as this without a deviation.
    Drain(usize),
    Clear,
}

const TASKS: u32 = 500;

fn action() -> impl Strategy<Value = Action> {
    let place = || 0..TASKS as usize;
    prop_oneof![
        8 => (0..TASKS, 1..9_u32).prop_map(|(task, n)| Action::Wake(task, n)),
        2 => (0..TASKS, 1..TASKS).prop_map(|(task, n)| Action::Wake(task, n)),
        8 => (place(), any::<bool>()).prop_map(|(place, again)| Action::Poll(place, again)),
        12 => (place(), any::<bool>()).prop_map(|(place, again)| Action::Prefer(place, again)),
        2 => (0..200_usize).prop_map(Action::Drain),
        1 => Just(Action::Clear),
    ]
}

struct Entry {
    is_postponed: bool,
    polled_at: u64,
    task: u32,
}

/// The set, and the reference.
struct World {
    ready: Ready,
    /// By task.
    polled_at: Vec<u64>,
    step: u64,

    /// Sorted after every change.
    order: Vec<Entry>,
}

impl World {
    fn new() -> Self {
        let polled_at = vec![0; TASKS as usize];
        Self { ready: Ready::default(), polled_at, step: 0, order: Vec::new() }
    }

    fn wake(&mut self, task: u32) {
        let polled_at = self.polled_at[task as usize];
        let is_new = !self.order.iter().any(|entry| entry.task == task);
        assert_eq!(self.ready.insert(task, polled_at), is_new);
        if is_new {
            self.order.push(Entry { is_postponed: false, polled_at, task });
            self.settle();
        }
    }

    fn poll(&mut self, place: usize, again: bool) {
        let Some(at) = place.checked_rem(self.order.len()) else { return };
        let task = self.ready.nth(at);
        assert_eq!(task, self.order[at].task);
        self.ready.remove(task);
        self.ready.remove(task);
        self.order.remove(at);
        self.settle();
        self.step += 1;
        self.polled_at[task as usize] = self.step;
        if again {
            self.wake(task);
        }
    }

    fn prefer(&mut self, place: usize, again: bool) {
        let Some(at) = place.checked_rem(self.order.len()) else { return };
        let task = self.order[at].task;
        self.ready.postpone_before(task);
        self.order[..at].iter_mut().for_each(|entry| entry.is_postponed = true);
        self.settle();
        self.compare();
        let at = self.order.iter().position(|entry| entry.task == task).unwrap();
        self.poll(at, again);
    }

    fn settle(&mut self) {
        if self.order.iter().all(|entry| entry.is_postponed) {
            self.order.iter_mut().for_each(|entry| entry.is_postponed = false);
        }
        self.order.sort_by_key(|entry| (entry.is_postponed, entry.polled_at, entry.task));
    }

    fn compare(&self) {
        let expected: Vec<_> = self.order.iter().map(|entry| entry.task).collect();
        assert_eq!(self.ready.iter().collect::<Vec<_>>(), expected);
        assert_eq!(self.ready.len(), expected.len());
        assert_eq!(self.ready.is_empty(), expected.is_empty());
        assert_eq!(self.ready.first(), expected.first().copied());
        for task in [0, TASKS / 2, TASKS - 1, TASKS] {
            assert_eq!(self.ready.contains(task), expected.contains(&task));
        }
    }

    fn run(&mut self, action: &Action) {
        match *action {
            Action::Wake(task, n) => (task..TASKS.min(task + n)).for_each(|task| self.wake(task)),
            Action::Poll(place, again) => self.poll(place, again),
            Action::Prefer(place, again) => self.prefer(place, again),
            Action::Drain(n) => (0..n).for_each(|_| self.poll(0, false)),
            Action::Clear => {
                self.ready.clear();
                self.order.clear();
            }
        }
        self.compare();
    }
}

fn config() -> ProptestConfig {
    let file = FileFailurePersistence::Direct("proptest-regressions/ready.txt");
    ProptestConfig {
        cases: 1_024,
        failure_persistence: Some(Box::new(file)),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_fair_order_is_that_of_a_sorted_list(
        actions in prop::collection::vec(action(), 0..40),
    ) {
        let mut world = World::new();
        for action in &actions {
            world.run(action);
        }
    }
}
