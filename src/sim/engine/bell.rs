#![expect(
    clippy::disallowed_types,
    reason = "wakers may be called from any thread; no loom model sees the simulator"
)]

use std::borrow::Cow;
use std::panic::Location;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Wake, Waker};

use crate::rt::hook::Control;

/// Nobody: no task is being polled, or none has been woken.
pub(super) const NOBODY: u32 = u32::MAX;

/// Where wakers report to.
#[derive(Debug)]
pub(crate) struct Tower {
    /// Woken since it was last emptied.
    rung: Mutex<Vec<u32>>,
    /// Of the `block_on` in which time passes, while it waits.
    parked: Mutex<Option<Waker>>,
    /// Whether a stall is under way, in which the wake-up of a task that is ready
    /// anyway counts, too: a timer of its own may have fired.
    stalling: AtomicBool,
    stirred: AtomicBool,
    /// Which task is being polled.
    current: AtomicU32,
    /// Counts the polls, of all schedules.
    beat: AtomicU64,
    /// The poll that a watchdog found to take too long.
    slow: AtomicU64,
    /// What the tasks are called and where they were spawned, for a watchdog.
    names: Mutex<Vec<(Cow<'static, str>, &'static Location<'static>)>>,
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

impl Default for Tower {
    fn default() -> Self {
        Self {
            rung: Mutex::default(),
            parked: Mutex::default(),
            stalling: AtomicBool::default(),
            stirred: AtomicBool::default(),
            current: AtomicU32::new(NOBODY),
            beat: AtomicU64::default(),
            slow: AtomicU64::new(u64::MAX),
            names: Mutex::default(),
            epoch: AtomicU64::default(),
        }
    }
}

impl Tower {
    /// Begins a schedule.
    pub(super) fn begin(&self) {
        self.epoch.fetch_add(1, Ordering::Relaxed);
        self.end_poll();
        lock(&self.rung).clear();
        lock(&self.names).clear();
    }

    pub(super) fn name(&self, name: Cow<'static, str>, spawned_at: &'static Location<'static>) {
        lock(&self.names).push((name, spawned_at));
    }

    pub(super) fn begin_poll(&self, task: u32) {
        self.beat.store(self.beat.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        self.current.store(task, Ordering::Relaxed);
    }

    pub(super) fn end_poll(&self) {
        self.current.store(NOBODY, Ordering::Relaxed);
    }

    /// Whether a watchdog found the poll that just ended to take too long.
    pub(super) fn was_slow(&self) -> bool {
        self.slow.load(Ordering::Relaxed) == self.beat.load(Ordering::Relaxed)
    }

    /// The poll that is under way.
    pub(crate) fn poll_under_way(&self) -> Option<u64> {
        (self.current() != NOBODY).then(|| self.beat.load(Ordering::Relaxed))
    }

    /// Notes that this poll takes too long.
    pub(crate) fn mark_slow(&self, poll: u64) {
        self.slow.store(poll, Ordering::Relaxed);
    }

    /// The task that is being polled, as reports name it.
    pub(crate) fn describe_current(&self) -> String {
        match lock(&self.names).get(self.current() as usize) {
            Some((name, at)) => format!("task `{name}` (spawned at {at})"),
            None => "a task".to_owned(),
        }
    }

    pub(super) fn current(&self) -> u32 {
        self.current.load(Ordering::Relaxed)
    }

    /// Moves the woken to `into`.
    pub(super) fn take_rung(&self, into: &mut Vec<u32>) {
        into.append(&mut lock(&self.rung));
    }

    /// Whether nobody was woken.
    pub(super) fn is_silent(&self) -> bool {
        if self.stalling.load(Ordering::Relaxed) {
            !self.stirred.load(Ordering::Relaxed)
        } else {
            lock(&self.rung).is_empty()
        }
    }

    pub(super) fn set_stalling(&self, stalling: bool) {
        self.stalling.store(stalling, Ordering::Relaxed);
        self.stirred.store(false, Ordering::Relaxed);
    }

    /// Somebody was woken: the `block_on` that waits for that need not wait on.
    fn stir(&self) {
        self.stirred.store(true, Ordering::Relaxed);
        let parked = lock(&self.parked).take();
        if let Some(parked) = parked {
            parked.wake();
        }
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
    ended: AtomicBool,
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
        let was_rung = self.rung.swap(true, Ordering::Relaxed);
        if was_rung && !self.tower.stalling.load(Ordering::Relaxed)
            || self.epoch != self.tower.epoch.load(Ordering::Relaxed)
        {
            return;
        }
        if !was_rung {
            self.last_rung_by.store(self.tower.current(), Ordering::Relaxed);
            lock(&self.tower.rung).push(self.task);
        }
        self.tower.stir();
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
