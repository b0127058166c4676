use std::sync::{Arc, Weak};
use std::task::{Wake, Waker};

use super::bell::Bell;

/// The wakers that tasks left somewhere, by the step in which they did.
///
/// In a diagnostic replay every poll gets a waker of its own, so that its count of
/// references tells whether it is registered anywhere. A task that is polled anew
/// registers anew: what is left of an older poll belongs to a future that the task
/// owns and no longer polls.
#[derive(Default)]
pub(super) struct Registrations {
    is_on: bool,
    made: Vec<Registration>,
}

struct Registration {
    task: u32,
    step: u64,
    waker: Weak<OfPoll>,
}

/// The waker of one poll.
struct OfPoll(Arc<Bell>);

impl Wake for OfPoll {
    fn wake(self: Arc<Self>) {
        self.0.ring();
    }
}

impl Registrations {
    pub(super) fn new(is_on: bool) -> Self {
        Self { is_on, made: Vec::new() }
    }

    /// A waker for this poll, if each is to have its own.
    pub(super) fn waker(&mut self, task: u32, step: u64, bell: &Arc<Bell>) -> Option<Waker> {
        self.is_on.then(|| {
            let waker = Arc::new(OfPoll(bell.clone()));
            self.made.push(Registration { task, step, waker: Arc::downgrade(&waker) });
            Waker::from(waker)
        })
    }

    /// The first step of which a registration of the task's is left, although it
    /// was polled later, in `last_step`.
    pub(super) fn left_of(&self, task: u32, last_step: u64) -> Option<u64> {
        let is_left = |made: &&Registration| {
            made.task == task && made.step < last_step && made.waker.strong_count() > 0
        };
        self.made.iter().find(is_left).map(|made| made.step)
    }
}
