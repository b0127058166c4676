use std::collections::VecDeque;
use std::sync::Arc;

use tokio::sync::oneshot;

use super::guard::{Guard, Home};
use crate::scenarios::pool::server::{Conn, Server};
use crate::scenarios::pool::subject::Subject;
use crate::sync::Mutex;

/// A pool that hands a returned connection to the first waiter through a channel.
/// A waiter that is dropped with the connection already in its channel takes it
/// along, and the slot with it.
#[derive(Clone)]
pub(in crate::scenarios::pool) struct Handover {
    server: Server,
    state: Arc<State>,
}

pub(in crate::scenarios::pool) struct State(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    free: usize,
    idle: Vec<Conn>,
    waiting: VecDeque<oneshot::Sender<Conn>>,
}

enum Found {
    Idle(Conn),
    Slot,
    Nothing(oneshot::Receiver<Conn>),
}

impl Home for State {
    fn take_back(&self, mut conn: Conn) {
        while let Some(waiter) = self.0.with(|inner| inner.waiting.pop_front()) {
            match waiter.send(conn) {
                Ok(()) => return,
                Err(back) => conn = back,
            }
        }
        self.0.with(|inner| inner.idle.push(conn));
    }
}

impl Handover {
    pub(in crate::scenarios::pool) const NAME: &str = "handover";
}

impl Subject for Handover {
    type Guard = Guard<State>;

    fn new(server: &Server, max_size: usize) -> Self {
        let inner = Inner { free: max_size, ..Inner::default() };
        Self { server: server.clone(), state: Arc::new(State(Mutex::new(inner))) }
    }

    async fn acquire(&self) -> Option<Self::Guard> {
        let found = self.state.0.with(|inner| {
            if let Some(conn) = inner.idle.pop() {
                return Found::Idle(conn);
            }
            if let Some(free) = inner.free.checked_sub(1) {
                inner.free = free;
                return Found::Slot;
            }
            let (sender, receiver) = oneshot::channel();
            inner.waiting.push_back(sender);
            Found::Nothing(receiver)
        });
        let conn = match found {
            Found::Idle(conn) => conn,
            Found::Slot => self.server.connect().await.ok()?,
            Found::Nothing(receiver) => receiver.await.ok()?,
        };
        Some(Guard::new(conn, &self.state))
    }
}
