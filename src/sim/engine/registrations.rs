use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::task::{Wake, Waker};

use super::bell::Bell;

/// What became of the wakers that tasks handed out, poll by poll.
///
/// In a diagnostic replay every poll gets a waker of its own, and each step that
/// ends pending is two polls. A task that is polled anew registers anew. So a waker
/// of an older poll that is still registered, or was called, belongs to a future
/// that the task owns and no longer polls.
#[derive(Default)]
pub(super) struct Registrations {
    made: Vec<Registration>,
}

struct Registration {
    task: u32,
    waker: Weak<OfPoll>,
    /// Outlives the waker.
    fate: Arc<Fate>,
}

/// What is known of one poll's waker.
struct Fate {
    step: u64,
    /// The task was polled again since.
    is_old: AtomicBool,
    /// It was called although it was old.
    called_late: AtomicBool,
}

/// The waker of one poll.
struct OfPoll {
    bell: Arc<Bell>,
    fate: Arc<Fate>,
}

impl Wake for OfPoll {
    fn wake(self: Arc<Self>) {
        // Relaxed: all of a schedule runs on one thread.
        if self.fate.is_old.load(Ordering::Relaxed) {
            self.fate.called_late.store(true, Ordering::Relaxed);
        }
        self.bell.ring();
    }
}

impl Registrations {
    pub(super) fn clear(&mut self) {
        self.made.clear();
    }

    /// A waker for this poll.
    pub(super) fn waker(&mut self, task: u32, step: u64, bell: &Arc<Bell>) -> Waker {
        if let Some(previous) = self.made.iter().rev().find(|made| made.task == task) {
            previous.fate.is_old.store(true, Ordering::Relaxed);
        }
        let (is_old, called_late) = (AtomicBool::new(false), AtomicBool::new(false));
        let fate = Arc::new(Fate { step, is_old, called_late });
        let waker = Arc::new(OfPoll { bell: bell.clone(), fate: fate.clone() });
        self.made.push(Registration { task, waker: Arc::downgrade(&waker), fate });
        Waker::from(waker)
    }

    /// The step in which the task polled a future last that it still owns, if it
    /// was polled without that one since.
    pub(super) fn unpolled_since(&self, task: u32) -> Option<u64> {
        let is_unpolled = |made: &&Registration| {
            let is_left = made.waker.strong_count() > 0;
            let is_late = is_left && made.fate.is_old.load(Ordering::Relaxed);
            made.task == task && (is_late || made.fate.called_late.load(Ordering::Relaxed))
        };
        self.made.iter().find(is_unpolled).map(|made| made.fate.step)
    }
}
