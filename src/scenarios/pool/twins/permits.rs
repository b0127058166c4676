#![expect(
    clippy::disallowed_types,
    clippy::unwrap_used,
    reason = "a mutex that can be poisoned is one of the defects"
)]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::sync::Semaphore;

use super::guard::{Guard, Home};
use crate::scenarios::pool::server::{Conn, Server};
use crate::scenarios::pool::subject::{Resizable, Retaining, Subject};

/// A pool that counts in permits, and keeps its connections behind a mutex that
/// can be poisoned.
///
/// A shrink withdraws the permits that are there at that moment, and forgets about
/// those on loan; the growth after it adds what it took to have been withdrawn. A
/// predicate runs under the lock, so its panic poisons it. And a caller counts its
/// connect itself, and does not count it off when it panics.
#[derive(Clone)]
pub(in crate::scenarios::pool) struct Permits {
    server: Server,
    state: Arc<State>,
}

pub(in crate::scenarios::pool) struct State {
    idle: Mutex<Vec<Conn>>,
    permits: Semaphore,
    max_size: AtomicUsize,
}

impl Home for State {
    fn take_back(&self, conn: Conn) {
        self.idle.lock().unwrap().push(conn);
        self.permits.add_permits(1);
    }
}

impl Permits {
    pub(in crate::scenarios::pool) const NAME: &str = "permits";
}

impl Subject for Permits {
    type Guard = Guard<State>;

    fn new(server: &Server, max_size: usize) -> Self {
        let (idle, permits) = (Mutex::default(), Semaphore::new(max_size));
        let state = State { idle, permits, max_size: AtomicUsize::new(max_size) };
        Self { server: server.clone(), state: Arc::new(state) }
    }

    async fn acquire(&self) -> Option<Self::Guard> {
        self.state.permits.acquire().await.ok()?.forget();
        let idle = self.state.idle.lock().unwrap().pop();
        let conn = match idle {
            Some(conn) => conn,
            None => self.server.connect().await.ok()?,
        };
        Some(Guard::new(conn, &self.state))
    }
}

impl Resizable for Permits {
    fn resize(&self, max_size: usize) {
        let before = self.state.max_size.swap(max_size, Ordering::Relaxed);
        if let Some(more) = max_size.checked_sub(before) {
            self.state.permits.add_permits(more);
            return;
        }
        for _ in max_size..before {
            if let Ok(permit) = self.state.permits.try_acquire() {
                permit.forget();
                drop(self.state.idle.lock().unwrap().pop());
            }
        }
    }
}

impl Retaining for Permits {
    fn retain(&self, keep: impl FnMut(&Conn) -> bool) {
        self.state.idle.lock().unwrap().retain(keep);
    }
}
