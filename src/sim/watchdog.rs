//! Looks from outside at polls that take too long.
#![expect(
    clippy::disallowed_types,
    reason = "it watches real threads from beside the simulation; no loom model sees it"
)]

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::engine::Tower;
use super::notice::notice;

/// How often a poll is looked at within the limit.
const LOOKS: u32 = 4;
/// What takes so many times the limit is taken for endless.
const ENDLESS: u32 = 10;

/// A thread that marks polls that take longer than a limit of real time, and ends
/// the process if one takes much longer.
///
/// It counts its own looks, not the clock: a machine that was suspended has not
/// blocked anything.
pub(super) struct Watchdog {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    state: Mutex<State>,
    ended: Condvar,
    limit: Duration,
}

#[derive(Default)]
struct State {
    watched: Vec<Watched>,
    has_ended: bool,
}

struct Watched {
    tower: Arc<Tower>,
    /// The poll of the last look.
    poll: Option<u64>,
    looks: u32,
}

impl Watchdog {
    pub(super) fn new(limit: Duration) -> Self {
        let state = Mutex::new(State::default());
        let shared = Arc::new(Shared { state, ended: Condvar::new(), limit });
        let dog = shared.clone();
        // A machine that has no thread to spare goes without.
        let thread =
            thread::Builder::new().name("surefoot watchdog".to_owned()).spawn(move || dog.watch());
        Self { shared, thread: thread.ok() }
    }

    pub(super) fn watch(&self, tower: Arc<Tower>) {
        self.shared.lock().watched.push(Watched { tower, poll: None, looks: 0 });
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        self.shared.lock().has_ended = true;
        self.shared.ended.notify_all();
        if let Some(thread) = self.thread.take() {
            // It runs nothing that could panic.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn watch(&self) {
        let mut state = self.lock();
        while !state.has_ended {
            let waited = self.ended.wait_timeout(state, self.limit / LOOKS);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            for watched in &mut state.watched {
                watched.look(self.limit);
            }
        }
    }
}

impl Watched {
    fn look(&mut self, limit: Duration) {
        let poll = self.tower.poll_under_way();
        if poll != self.poll {
            (self.poll, self.looks) = (poll, 0);
        }
        let Some(poll) = poll else { return };
        // The first look may come at any time within the poll.
        if self.looks == LOOKS {
            self.tower.mark_slow(poll);
        }
        if self.looks == LOOKS * ENDLESS {
            abort(&self.tower.describe_current(), limit * ENDLESS);
        }
        self.looks += 1;
    }
}

fn abort(task: &str, after: Duration) -> ! {
    notice(&format!(
        "blocked: a poll of {task} has not returned for {after:?} of real time; no schedule can \
         go on, so the process is aborted"
    ));
    std::process::abort()
}
