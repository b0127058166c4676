use std::ops::Deref;
use std::sync::Arc;

use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};

use crate::scenarios::pool::server::{Conn, Server};
use crate::scenarios::pool::subject::{Closing, Subject};
use crate::spawn::Spawner;

/// The pool of the guides: a semaphore, and a list of idle connections behind an
/// async mutex.
///
/// Three defects. A lock that is taken by awaiting can't be taken in `Drop`, so
/// the return is spawned; the permit is a field, so it is released before the
/// connection is back; and nobody looks whether a connection still works. It
/// also has no time limit, and loses a connect with the caller.
#[derive(Clone)]
pub(in crate::scenarios::pool) struct Textbook {
    server: Server,
    idle: Arc<Mutex<Vec<Conn>>>,
    permits: Arc<Semaphore>,
}

pub(in crate::scenarios::pool) struct TextbookGuard {
    conn: Option<Conn>,
    idle: Arc<Mutex<Vec<Conn>>>,
    _permit: OwnedSemaphorePermit,
}

impl Textbook {
    pub(in crate::scenarios::pool) const NAME: &str = "textbook";
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
}

impl Closing for Textbook {
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
