//! Looks from outside at polls that take too long.
#![expect(
    clippy::disallowed_types,
    reason = "it watches real threads from beside the simulation; no loom model sees it"
)]

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::engine::Tower;
use super::notice::notice;

/// How often a poll is looked at within its limit.
const LOOKS: u32 = 4;
/// What takes so many times the limit is taken for endless.
const ENDLESS: u32 = 10;
/// For so many looks the thread stays awake although there is nothing to watch:
/// the next exploration need not wake it.
const IDLE_LOOKS: u32 = 8;

/// Marks polls that take longer than a limit of real time, and ends the process if
/// one takes much longer. Watches until it is dropped.
///
/// It counts its own looks, not the clock: a machine that was suspended has not
/// blocked anything.
pub(super) struct Watchdog {
    limit: Duration,
    towers: Mutex<Vec<Arc<Tower>>>,
}

/// The one thread that looks on behalf of all, since most explorations are over
/// before a thread of their own would have begun.
struct Kennel {
    state: Mutex<State>,
    woken: Condvar,
}

struct State {
    watched: Vec<Watched>,
    has_thread: bool,
    is_asleep: bool,
}

struct Watched {
    tower: Arc<Tower>,
    limit: Duration,
    /// The poll of the last look.
    poll: Option<u64>,
    looks: u32,
}

static KENNEL: Kennel = Kennel {
    state: Mutex::new(State { watched: Vec::new(), has_thread: false, is_asleep: false }),
    woken: Condvar::new(),
};

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Watchdog {
    pub(super) fn new(limit: Duration) -> Self {
        Self { limit, towers: Mutex::default() }
    }

    pub(super) fn watch(&self, tower: Arc<Tower>) {
        let mut state = lock(&KENNEL.state);
        let (poll, looks) = (None, 0);
        state.watched.push(Watched { tower: tower.clone(), limit: self.limit, poll, looks });
        if !state.has_thread {
            // A machine that has no thread to spare goes without.
            let name = "surefoot watchdog".to_owned();
            state.has_thread = thread::Builder::new().name(name).spawn(|| KENNEL.watch()).is_ok();
        }
        let was_asleep = std::mem::take(&mut state.is_asleep);
        drop(state);
        if was_asleep {
            KENNEL.woken.notify_one();
        }
        lock(&self.towers).push(tower);
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        let towers = lock(&self.towers);
        let is_ours = |watched: &Watched| towers.iter().any(|own| Arc::ptr_eq(own, &watched.tower));
        lock(&KENNEL.state).watched.retain(|watched| !is_ours(watched));
    }
}

impl Kennel {
    fn watch(&self) {
        let mut state = lock(&self.state);
        let mut idle = 0;
        // Shorter limits that come meanwhile are kept from the next look on.
        let mut tick = Duration::ZERO;
        loop {
            idle = if state.watched.is_empty() { idle + 1 } else { 0 };
            if idle > IDLE_LOOKS {
                state.is_asleep = true;
                while state.is_asleep {
                    state = self.woken.wait(state).unwrap_or_else(PoisonError::into_inner);
                }
                idle = 0;
            }
            let least = state.watched.iter().map(|watched| watched.limit).min();
            tick = least.map_or(tick, |limit| limit / LOOKS).max(Duration::from_micros(100));
            let waited = self.woken.wait_timeout(state, tick);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            for watched in &mut state.watched {
                watched.look(tick);
            }
        }
    }
}

impl Watched {
    /// One more `tick` has passed.
    fn look(&mut self, tick: Duration) {
        let poll = self.tower.poll_under_way();
        if poll != self.poll {
            // It may have begun at any time since the last look.
            (self.poll, self.looks) = (poll, 0);
            return;
        }
        let Some(poll) = poll else { return };
        self.looks += 1;
        let lasted = tick * self.looks;
        if lasted >= self.limit {
            self.tower.mark_slow(poll);
        }
        if lasted >= self.limit * ENDLESS {
            abort(&self.tower.describe_current(), self.limit * ENDLESS);
        }
    }
}

fn abort(task: &str, after: Duration) -> ! {
    notice(&format!(
        "blocked: a poll of {task} has not returned for {after:?} of real time; no schedule can \
         go on, so the process is aborted"
    ));
    std::process::abort()
}
