use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Poll, Waker};

use super::guard::{Guard, Home};
use crate::scenarios::pool::server::{Conn, Server};
use crate::scenarios::pool::subject::{Counting, Subject};
use crate::sync::Mutex;

/// A pool whose waiters leave their wakers in a queue. One that is dropped leaves
/// its waker there: the wake-up that it gets is lost for the one behind it. And it
/// is counted as waiting for ever.
#[derive(Clone)]
pub(in crate::scenarios::pool) struct Wakers {
    server: Server,
    state: Arc<State>,
}

pub(in crate::scenarios::pool) struct State(Mutex<Inner>);

struct Inner {
    free: usize,
    idle: Vec<Conn>,
    waiting: usize,
    wakers: VecDeque<Waker>,
}

impl Home for State {
    fn take_back(&self, conn: Conn) {
        let waker = self.0.with(|inner| {
            inner.idle.push(conn);
            inner.wakers.pop_front()
        });
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl Wakers {
    pub(in crate::scenarios::pool) const NAME: &str = "wakers";
}

impl Subject for Wakers {
    type Guard = Guard<State>;

    fn new(server: &Server, max_size: usize) -> Self {
        let (idle, wakers) = (Vec::new(), VecDeque::new());
        let inner = Inner { free: max_size, idle, waiting: 0, wakers };
        Self { server: server.clone(), state: Arc::new(State(Mutex::new(inner))) }
    }

    async fn acquire(&self) -> Option<Self::Guard> {
        let mut waits = false;
        let found = poll_fn(|cx| {
            self.state.0.with(|inner| {
                let (conn, slot) = (inner.idle.pop(), inner.free.checked_sub(1));
                if conn.is_none() && slot.is_none() {
                    inner.waiting += usize::from(!std::mem::replace(&mut waits, true));
                    inner.wakers.push_back(cx.waker().clone());
                    return Poll::Pending;
                }
                inner.waiting -= usize::from(std::mem::take(&mut waits));
                if conn.is_none() {
                    inner.free -= 1;
                }
                Poll::Ready(conn)
            })
        })
        .await;
        let conn = match found {
            Some(conn) => conn,
            None => self.server.connect().await.ok()?,
        };
        Some(Guard::new(conn, &self.state))
    }
}

impl Counting for Wakers {
    fn waiting(&self) -> usize {
        self.state.0.with(|inner| inner.waiting)
    }
}
