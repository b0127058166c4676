#![expect(
    clippy::disallowed_types,
    reason = "wakers may be called from any thread; no loom model sees the simulator"
)]

use std::borrow::Cow;
use std::cell::RefCell;
use std::panic::Location;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;

/// Nobody: no task is being polled, or none has been woken.
pub(super) const NOBODY: u32 = u32::MAX;

/// Where wakers report to.
///
/// The orderings are relaxed where nothing says otherwise: those fields are written
/// by the engine's thread alone, and what other threads' wakers publish goes through
/// a lock.
#[derive(Debug)]
pub(crate) struct Tower {
    /// Tells it from those of other engines on the same thread.
    id: u64,
    /// Counts the schedules: a waker that outlives its own is ignored.
    epoch: AtomicU64,
    /// Woken by other threads since it was last emptied.
    from_outside: Mutex<Vec<u32>>,
    has_outside: AtomicBool,
    /// Of the `block_on` in which time passes, while it waits.
    parked: Mutex<Option<Waker>>,
    is_parked: AtomicBool,
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
}

/// What the wakers of this thread report, nearly all: without a lock, which would
/// be a good part of a step.
struct Here {
    /// Whose engine runs on this thread.
    tower: u64,
    rung: Vec<u32>,
}

thread_local! {
    static HERE: RefCell<Here> = const { RefCell::new(Here { tower: 0, rung: Vec::new() }) };
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Default for Tower {
    fn default() -> Self {
        static TOWERS: AtomicU64 = AtomicU64::new(1);
        Self {
            id: TOWERS.fetch_add(1, Ordering::Relaxed),
            epoch: AtomicU64::default(),
            from_outside: Mutex::default(),
            has_outside: AtomicBool::default(),
            parked: Mutex::default(),
            is_parked: AtomicBool::default(),
            stalling: AtomicBool::default(),
            stirred: AtomicBool::default(),
            current: AtomicU32::new(NOBODY),
            beat: AtomicU64::default(),
            slow: AtomicU64::new(u64::MAX),
            names: Mutex::default(),
        }
    }
}

impl Tower {
    /// Begins a schedule, on the thread that is to run it.
    pub(super) fn begin(&self) {
        self.epoch.store(self.epoch() + 1, Ordering::Relaxed);
        self.end_poll();
        HERE.with_borrow_mut(|here| {
            here.tower = self.id;
            here.rung.clear();
        });
        lock(&self.from_outside).clear();
        lock(&self.names).clear();
    }

    pub(super) fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Relaxed)
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

    /// A task was woken.
    pub(super) fn hear(&self, task: u32) {
        let is_here = HERE.try_with(|here| {
            let mut here = here.borrow_mut();
            let is_here = here.tower == self.id;
            if is_here {
                here.rung.push(task);
            }
            is_here
        });
        if !is_here.unwrap_or(false) {
            lock(&self.from_outside).push(task);
            // Before the look at `is_parked`, as `park` comes before the last look at
            // this one: one of the two sees the other.
            self.has_outside.store(true, Ordering::SeqCst);
        }
        self.stir();
    }

    /// Somebody was woken: the `block_on` that waits for that need not wait on.
    pub(super) fn stir(&self) {
        self.stirred.store(true, Ordering::Relaxed);
        if self.is_parked.load(Ordering::SeqCst) {
            let parked = lock(&self.parked).take();
            if let Some(parked) = parked {
                parked.wake();
            }
        }
    }

    /// Moves the woken to `into`.
    pub(super) fn take_rung(&self, into: &mut Vec<u32>) {
        HERE.with_borrow_mut(|here| into.append(&mut here.rung));
        if self.has_outside.load(Ordering::Relaxed) {
            self.has_outside.store(false, Ordering::Relaxed);
            into.append(&mut lock(&self.from_outside));
        }
    }

    /// Whether nobody was woken.
    pub(super) fn is_silent(&self) -> bool {
        if self.is_stalling() {
            return !self.stirred.load(Ordering::Relaxed);
        }
        let is_silent_here = HERE.with_borrow(|here| here.rung.is_empty());
        is_silent_here && !self.has_outside.load(Ordering::SeqCst)
    }

    pub(super) fn is_stalling(&self) -> bool {
        self.stalling.load(Ordering::Relaxed)
    }

    pub(super) fn set_stalling(&self, stalling: bool) {
        self.stalling.store(stalling, Ordering::Relaxed);
        self.stirred.store(false, Ordering::Relaxed);
    }

    pub(super) fn park(&self, waker: Option<Waker>) {
        let is_parked = waker.is_some();
        let _replaced = std::mem::replace(&mut *lock(&self.parked), waker);
        self.is_parked.store(is_parked, Ordering::SeqCst);
    }
}
