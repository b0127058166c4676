use std::future::Future;
use std::io;
use std::ops::Deref;
use std::time::Duration;

use super::server::{Conn, Server};
use crate::pool::{AcquireError, Manage, Pool, Pooled};

/// A pool, as the bodies of the claims see it.
pub(super) trait Subject: Clone + Send + Sync + 'static {
    type Guard: Deref<Target = Conn> + Send;

    fn new(server: &Server, max_size: usize) -> Self;
    /// A connection, or none if the pool is closed, or ran out of time, or could
    /// not connect.
    fn acquire(&self) -> impl Future<Output = Option<Self::Guard>> + Send;
}

/// A pool that can be closed.
pub(super) trait Closing: Subject {
    fn close(&self) -> impl Future<Output = ()> + Send;
}

/// A pool whose limit can be changed.
pub(super) trait Resizable: Subject {
    fn resize(&self, max_size: usize);
}

/// A pool that lets its idle connections be looked at.
pub(super) trait Retaining: Subject {
    fn retain(&self, keep: impl FnMut(&Conn) -> bool);
}

/// A pool that knows how many wait.
pub(super) trait Counting: Subject {
    fn waiting(&self) -> usize;
}

/// How old a connection may be when it is handed out.
pub(super) const MAX_LIFETIME: Duration = Duration::from_secs(10);

/// The production version.
#[derive(Clone)]
pub(super) struct Production(Pool<Manager>);

pub(super) struct Manager(Server);

impl Manage for Manager {
    type Conn = Conn;
    type Error = io::Error;

    async fn connect(&self) -> io::Result<Conn> {
        self.0.connect().await
    }

    fn is_broken(&self, conn: &Conn) -> bool {
        !conn.is_up()
    }
}

impl Subject for Production {
    type Guard = Pooled<Manager>;

    fn new(server: &Server, max_size: usize) -> Self {
        let pool = Pool::builder(Manager(server.clone()))
            .max_size(max_size)
            .max_lifetime(server.limits_lifetime().then_some(MAX_LIFETIME))
            .connect_timeout(Duration::from_secs(1))
            .build();
        Self(pool.expect("the claims ask for nothing impossible"))
    }

    async fn acquire(&self) -> Option<Self::Guard> {
        match self.0.acquire().await {
            Ok(conn) => Some(conn),
            Err(
                AcquireError::Timeout { .. } | AcquireError::Closed | AcquireError::Panicked(_),
            ) => None,
            Err(error) => panic!("{error}"),
        }
    }
}

impl Closing for Production {
    async fn close(&self) {
        self.0.close().await;
    }
}

impl Resizable for Production {
    fn resize(&self, max_size: usize) {
        self.0.resize(max_size).expect("the claims resize to nothing impossible");
    }
}

impl Retaining for Production {
    fn retain(&self, mut keep: impl FnMut(&Conn) -> bool) {
        self.0.retain(|conn, _info| keep(conn));
    }
}

impl Counting for Production {
    fn waiting(&self) -> usize {
        self.0.status().waiting
    }
}
