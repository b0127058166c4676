#![expect(
    clippy::disallowed_types,
    reason = "wakers may be called from any thread; no loom model sees the simulator"
)]

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Wake, Waker};

use crate::rt::hook::Control;

/// Nobody: no task is being polled, or none has been woken.
pub(super) const NOBODY: u32 = u32::MAX;

/// Where wakers report to.
#[derive(Debug, Default)]
pub(super) struct Tower {
    /// Woken since it was last emptied.
    rung: Mutex<Vec<u32>>,
    /// Of the `block_on` in which time passes, while it waits.
    parked: Mutex<Option<Waker>>,
    /// Which task is being polled.
    current: AtomicU32,
    /// Counts the schedules: a waker that outlives its own is ignored.
    ///
    /// All orderings here are relaxed: the fields are written by the engine's
    /// thread alone, and what other threads' wakers publish goes through the
    /// lock of `rung`.
    epoch: AtomicU64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Tower {
    /// Begins a schedule.
    pub(super) fn begin(&self) {
        self.epoch.fetch_add(1, Ordering::Relaxed);
        self.set_current(NOBODY);
        lock(&self.rung).clear();
    }

    pub(super) fn set_current(&self, task: u32) {
        self.current.store(task, Ordering::Relaxed);
    }

    pub(super) fn current(&self) -> u32 {
        self.current.load(Ordering::Relaxed)
    }

    /// Moves the woken to `into`.
    pub(super) fn take_rung(&self, into: &mut Vec<u32>) {
        into.append(&mut lock(&self.rung));
    }

    pub(super) fn is_silent(&self) -> bool {
        lock(&self.rung).is_empty()
    }

    pub(super) fn park(&self, waker: Option<Waker>) {
        let _replaced = std::mem::replace(&mut *lock(&self.parked), waker);
    }
}

/// The waker of one task, and its abort switch.
pub(super) struct Bell {
    task: u32,
    epoch: u64,
    tower: Arc<Tower>,
    rung: AtomicBool,
    aborted: AtomicBool,
    last_rung_by: AtomicU32,
}

impl Bell {
    pub(super) fn new(task: u32, tower: &Arc<Tower>) -> Self {
        Self {
            task,
            epoch: tower.epoch.load(Ordering::Relaxed),
            tower: tower.clone(),
            rung: AtomicBool::new(false),
            aborted: AtomicBool::new(false),
            last_rung_by: AtomicU32::new(NOBODY),
        }
    }

    /// Its task is about to be polled: a wake-up from now on is a new one.
    pub(super) fn silence(&self) {
        self.rung.store(false, Ordering::Relaxed);
    }

    pub(super) fn is_aborted(&self) -> bool {
        self.aborted.load(Ordering::Relaxed)
    }

    /// Which task woke it last.
    pub(super) fn last_rung_by(&self) -> Option<u32> {
        let task = self.last_rung_by.load(Ordering::Relaxed);
        (task != NOBODY).then_some(task)
    }

    pub(super) fn ring(&self) {
        if self.rung.swap(true, Ordering::Relaxed)
            || self.epoch != self.tower.epoch.load(Ordering::Relaxed)
        {
            return;
        }
        self.last_rung_by.store(self.tower.current(), Ordering::Relaxed);
        lock(&self.tower.rung).push(self.task);
        let parked = lock(&self.tower.parked).take();
        if let Some(parked) = parked {
            parked.wake();
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

    fn id(&self) -> u32 {
        self.task
    }
}
