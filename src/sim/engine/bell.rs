use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::Wake;

use super::tower::{NOBODY, Tower};
use crate::rt::hook::Control;

/// The waker of one task, and its abort switch.
pub(super) struct Bell {
    task: u32,
    epoch: u64,
    tower: Arc<Tower>,
    rung: AtomicBool,
    aborted: AtomicBool,
    ended: AtomicBool,
    last_rung_by: AtomicU32,
}

impl Bell {
    pub(super) fn new(task: u32, tower: &Arc<Tower>) -> Self {
        Self {
            task,
            epoch: tower.epoch(),
            tower: tower.clone(),
            rung: AtomicBool::new(false),
            aborted: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            last_rung_by: AtomicU32::new(NOBODY),
        }
    }

    /// Its task is about to be polled: a wake-up from now on is a new one.
    pub(super) fn silence(&self) {
        self.rung.store(false, Ordering::Relaxed);
    }

    /// Whether it was rung since it was silenced.
    pub(super) fn is_rung(&self) -> bool {
        self.rung.load(Ordering::Relaxed)
    }

    pub(super) fn is_aborted(&self) -> bool {
        self.aborted.load(Ordering::Relaxed)
    }

    /// Its task has ended.
    pub(super) fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
    }

    /// Which task woke it last.
    pub(super) fn last_rung_by(&self) -> Option<u32> {
        let task = self.last_rung_by.load(Ordering::Relaxed);
        (task != NOBODY).then_some(task)
    }

    pub(super) fn ring(&self) {
        // No swap: a task that two threads report at once is woken once.
        let was_rung = self.is_rung();
        if was_rung && !self.tower.is_stalling() || self.epoch != self.tower.epoch() {
            return;
        }
        if was_rung {
            self.tower.stir();
        } else {
            self.rung.store(true, Ordering::Relaxed);
            self.last_rung_by.store(self.tower.current(), Ordering::Relaxed);
            self.tower.hear(self.task);
        }
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.ring();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.ring();
    }
}

impl Control for Bell {
    fn abort(&self) {
        self.aborted.store(true, Ordering::Relaxed);
        self.ring();
    }

    fn is_finished(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }

    fn id(&self) -> u32 {
        self.task
    }
}
