//! Broken pools.

use std::collections::VecDeque;
use std::ops::Deref;
use std::sync::Arc;

use tokio::sync::{Mutex, Notify, OwnedSemaphorePermit, Semaphore, oneshot};

use super::server::{Conn, Server};
use super::subject::Subject;
use crate::spawn::Spawner;

/// The pool of the guides: a semaphore, and a list of idle connections behind an
/// async mutex.
///
/// Three defects. A lock that is taken by awaiting can't be taken in `Drop`, so
/// the return is spawned; the permit is a field, so it is released before the
/// connection is back; and nobody looks whether a connection still works. It
/// also has no time limit, and loses a connect with the caller.
#[derive(Clone)]
pub(super) struct Textbook {
    server: Server,
    idle: Arc<Mutex<Vec<Conn>>>,
    permits: Arc<Semaphore>,
}

pub(super) struct TextbookGuard {
    conn: Option<Conn>,
    idle: Arc<Mutex<Vec<Conn>>>,
    _permit: OwnedSemaphorePermit,
}

impl Subject for Textbook {
    type Guard = TextbookGuard;

    fn new(server: &Server, max_size: usize) -> Self {
        Self {
            server: server.clone(),
            idle: Arc::default(),
            permits: Arc::new(Semaphore::new(max_size)),
        }
    }

    async fn acquire(&self) -> Option<TextbookGuard> {
        let permit = self.permits.clone().acquire_owned().await.ok()?;
        let idle = self.idle.lock().await.pop();
        let conn = match idle {
            Some(conn) => conn,
            None => self.server.connect().await.ok()?,
        };
        Some(TextbookGuard { conn: Some(conn), idle: self.idle.clone(), _permit: permit })
    }

    async fn close(&self) {
        self.permits.close();
        self.idle.lock().await.clear();
    }
}

impl Deref for TextbookGuard {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        self.conn.as_ref().expect("it is taken in drop only")
    }
}

impl Drop for TextbookGuard {
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take() {
            let idle = self.idle.clone();
            let give_back = async move { idle.lock().await.push(conn) };
            Spawner::new().name("return").spawn(give_back).detach();
        }
    }
}

/// A pool that returns to a list and wakes a waiter, which then has to be faster
/// than everybody else: a task that asks again and again wins each time.
#[derive(Clone)]
pub(super) struct Barging {
    server: Server,
    state: Arc<BargingState>,
}

struct BargingState {
    idle: crate::sync::Mutex<Vec<Conn>>,
    slots: Semaphore,
    returned: Notify,
}

pub(super) struct BargingGuard {
    conn: Option<Conn>,
    state: Arc<BargingState>,
}

impl Subject for Barging {
    type Guard = BargingGuard;

    fn new(server: &Server, max_size: usize) -> Self {
        let state = BargingState {
            idle: crate::sync::Mutex::new(Vec::new()),
            slots: Semaphore::new(max_size),
            returned: Notify::new(),
        };
        Self { server: server.clone(), state: Arc::new(state) }
    }

    async fn acquire(&self) -> Option<BargingGuard> {
        let guard = |conn| BargingGuard { conn: Some(conn), state: self.state.clone() };
        loop {
            if let Some(conn) = self.state.idle.with(Vec::pop) {
                return Some(guard(conn));
            }
            if let Ok(slot) = self.state.slots.try_acquire() {
                let conn = self.server.connect().await.ok()?;
                slot.forget();
                return Some(guard(conn));
            }
            self.state.returned.notified().await;
        }
    }

    async fn close(&self) {
        self.state.idle.with(Vec::clear);
    }
}

impl Deref for BargingGuard {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        self.conn.as_ref().expect("it is taken in drop only")
    }
}

impl Drop for BargingGuard {
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take() {
            self.state.idle.with(|idle| idle.push(conn));
            self.state.returned.notify_one();
        }
    }
}

/// A pool that hands a returned connection to the first waiter through a channel.
/// A waiter that is dropped with the connection already in its channel takes it
/// along, and the slot with it.
#[derive(Clone)]
pub(super) struct Handover {
    server: Server,
    state: Arc<crate::sync::Mutex<HandoverState>>,
}

#[derive(Default)]
struct HandoverState {
    free: usize,
    idle: Vec<Conn>,
    waiting: VecDeque<oneshot::Sender<Conn>>,
}

pub(super) struct HandoverGuard {
    conn: Option<Conn>,
    state: Arc<crate::sync::Mutex<HandoverState>>,
}

impl Subject for Handover {
    type Guard = HandoverGuard;

    fn new(server: &Server, max_size: usize) -> Self {
        let state = HandoverState { free: max_size, ..HandoverState::default() };
        Self { server: server.clone(), state: Arc::new(crate::sync::Mutex::new(state)) }
    }

    async fn acquire(&self) -> Option<HandoverGuard> {
        let mut returned = None;
        let conn = self.state.with(|state| {
            let conn = state.idle.pop();
            if conn.is_none() && state.free > 0 {
                state.free -= 1;
            } else if conn.is_none() {
                let (sender, receiver) = oneshot::channel();
                state.waiting.push_back(sender);
                returned = Some(receiver);
            }
            conn
        });
        let conn = match (conn, returned) {
            (Some(conn), _) => conn,
            (None, Some(returned)) => returned.await.ok()?,
            (None, None) => self.server.connect().await.ok()?,
        };
        Some(HandoverGuard { conn: Some(conn), state: self.state.clone() })
    }

    async fn close(&self) {
        drop(self.state.with(|state| std::mem::take(&mut state.idle)));
    }
}

impl Deref for HandoverGuard {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        self.conn.as_ref().expect("it is taken in drop only")
    }
}

impl Drop for HandoverGuard {
    fn drop(&mut self) {
        let Some(mut conn) = self.conn.take() else {
            return;
        };
        while let Some(waiter) = self.state.with(|state| state.waiting.pop_front()) {
            match waiter.send(conn) {
                Ok(()) => return,
                Err(back) => conn = back,
            }
        }
        self.state.with(|state| state.idle.push(conn));
    }
}
