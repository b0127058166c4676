use std::sync::Arc;

use tokio::sync::{Notify, Semaphore};

use super::guard::{Guard, Home};
use crate::scenarios::pool::server::{Conn, Server};
use crate::scenarios::pool::subject::Subject;
use crate::sync::Mutex;

/// A pool that returns to a list and wakes a waiter, which then has to be faster
/// than everybody else: a task that asks again and again wins each time.
#[derive(Clone)]
pub(in crate::scenarios::pool) struct Barging {
    server: Server,
    state: Arc<State>,
}

pub(in crate::scenarios::pool) struct State {
    idle: Mutex<Vec<Conn>>,
    slots: Semaphore,
    returned: Notify,
}

impl Home for State {
    fn take_back(&self, conn: Conn) {
        self.idle.with(|idle| idle.push(conn));
        self.returned.notify_one();
    }
}

impl Barging {
    pub(in crate::scenarios::pool) const NAME: &str = "barging";
}

impl Subject for Barging {
    type Guard = Guard<State>;

    fn new(server: &Server, max_size: usize) -> Self {
        let (idle, returned) = (Mutex::new(Vec::new()), Notify::new());
        let state = State { idle, slots: Semaphore::new(max_size), returned };
        Self { server: server.clone(), state: Arc::new(state) }
    }

    async fn acquire(&self) -> Option<Self::Guard> {
        loop {
            if let Some(conn) = self.state.idle.with(Vec::pop) {
                return Some(Guard::new(conn, &self.state));
            }
            if let Ok(slot) = self.state.slots.try_acquire() {
                let conn = self.server.connect().await.ok()?;
                slot.forget();
                return Some(Guard::new(conn, &self.state));
            }
            self.state.returned.notified().await;
        }
    }
}
