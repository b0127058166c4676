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
    fn acquire(&self) -> impl Future<Output = Option<Self::Guard>> + Send;
    fn close(&self) -> impl Future<Output = ()> + Send;
}

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
            .connect_timeout(Duration::from_secs(1))
            .build();
        Self(pool.expect("the claims ask for nothing impossible"))
    }

    async fn acquire(&self) -> Option<Self::Guard> {
        match self.0.acquire().await {
            Ok(conn) => Some(conn),
            Err(AcquireError::Timeout { .. } | AcquireError::Closed) => None,
            Err(error) => panic!("{error}"),
        }
    }

    async fn close(&self) {
        self.0.close().await;
    }
}
