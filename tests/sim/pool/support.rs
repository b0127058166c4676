//! A pool whose other side is scripted, for the scenarios of this folder.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use surefoot::pool::{Manage, Pool};
use surefoot::probe::{always, fault, panic_point};
use tokio::task::yield_now;

/// Connects, checks and closes, each with an await of its own; each may fail, by
/// choice of the schedule.
#[derive(Clone, Default)]
pub(super) struct Scripted {
    open: Arc<AtomicUsize>,
}

pub(super) struct Conn {
    open: Arc<AtomicUsize>,
}

impl Drop for Conn {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
    }
}

fn refused(why: &'static str) -> io::Error {
    io::Error::other(why)
}

impl Manage for Scripted {
    type Conn = Conn;
    type Error = io::Error;

    async fn connect(&self) -> io::Result<Conn> {
        yield_now().await;
        panic_point("connect panics");
        if fault("connect fails") {
            return Err(refused("connect fails"));
        }
        self.open.fetch_add(1, Ordering::Relaxed);
        Ok(Conn { open: self.open.clone() })
    }

    async fn check(&self, _conn: &mut Conn) -> io::Result<()> {
        yield_now().await;
        panic_point("check panics");
        if fault("check fails") { Err(refused("check fails")) } else { Ok(()) }
    }

    fn is_broken(&self, _conn: &Conn) -> bool {
        fault("broken")
    }

    async fn close(&self, conn: Conn) {
        yield_now().await;
        panic_point("close panics");
        drop(conn);
    }
}

/// A pool of at most `max_size`, which is watched: never more connections open
/// than that, and the status always adds up.
pub(super) fn watched_pool(max_size: usize) -> Pool<Scripted> {
    let manager = Scripted::default();
    let open = manager.open.clone();
    let pool = Pool::builder(manager)
        .max_size(max_size)
        .connect_timeout(Duration::from_secs(1))
        .build()
        .unwrap();
    always("at most max_size connections are open", move || {
        open.load(Ordering::Relaxed) <= max_size
    });
    let watched = pool.clone();
    always("the status adds up", move || {
        let s = watched.status();
        let sum = s.idle + s.in_use + s.connecting + s.checking + s.closing;
        s.size == sum && s.size <= max_size && (s.waiting == 0 || s.idle == 0)
    });
    pool
}

/// Whatever happened before, all of the pool can be had, and all comes back.
pub(super) async fn everything_can_be_had(pool: &Pool<Scripted>) {
    let max_size = pool.status().max_size;
    let mut held = Vec::new();
    while held.len() < max_size {
        // A connect or a check may fail: that is an answer, and no slot is lost.
        if let Ok(conn) = pool.acquire().await {
            held.push(conn);
        }
    }
    let status = pool.status();
    assert_eq!((status.in_use, status.waiting), (max_size, 0), "{status:?}");
    drop(held);
    pool.close().await;
    assert_eq!(pool.status().size, 0, "something is left");
}
