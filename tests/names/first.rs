//! As it was first written.

use std::collections::BTreeMap;
use std::sync::Mutex;

/// What the service talks to.
pub(crate) trait Database {
    async fn read(&self, user: u64) -> String;
    async fn write(&self, user: u64, name: &str);
}

/// The names of users. Those that were asked for are kept in memory.
pub(crate) struct Names<D> {
    database: D,
    cached: Mutex<BTreeMap<u64, String>>,
}

impl<D: Database> Names<D> {
    pub(crate) fn new(database: D) -> Self {
        Self { database, cached: Mutex::default() }
    }

    pub(crate) async fn get(&self, user: u64) -> String {
        if let Some(name) = self.cached.lock().unwrap().get(&user) {
            return name.clone();
        }
        let name = self.database.read(user).await;
        self.cached.lock().unwrap().insert(user, name.clone());
        name
    }

    pub(crate) async fn set(&self, user: u64, name: &str) {
        self.database.write(user, name).await;
        self.cached.lock().unwrap().remove(&user);
    }
}

#[path = "tests.rs"]
mod tests;
