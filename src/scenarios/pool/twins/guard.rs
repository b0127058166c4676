use std::ops::Deref;
use std::sync::Arc;

use crate::scenarios::pool::server::Conn;

/// What takes a twin's connections back.
pub(in crate::scenarios::pool) trait Home: Send + Sync {
    fn take_back(&self, conn: Conn);
}

/// A connection on loan from a twin.
pub(in crate::scenarios::pool) struct Guard<H: Home> {
    conn: Option<Conn>,
    home: Arc<H>,
}

impl<H: Home> Guard<H> {
    pub(super) fn new(conn: Conn, home: &Arc<H>) -> Self {
        Self { conn: Some(conn), home: home.clone() }
    }
}

impl<H: Home> Deref for Guard<H> {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        self.conn.as_ref().expect("it is taken in drop only")
    }
}

impl<H: Home> Drop for Guard<H> {
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take() {
            self.home.take_back(conn);
        }
    }
}
