//! What was read before a change is not kept after it.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::first::Database;

pub(crate) struct Names<D> {
    database: D,
    cached: Mutex<Cached>,
}

#[derive(Default)]
struct Cached {
    names: BTreeMap<u64, String>,
    changes: u64,
}

impl<D: Database> Names<D> {
    pub(crate) fn new(database: D) -> Self {
        Self { database, cached: Mutex::default() }
    }

    pub(crate) async fn get(&self, user: u64) -> String {
        let changes = {
            let cached = self.cached.lock().unwrap();
            if let Some(name) = cached.names.get(&user) {
                return name.clone();
            }
            cached.changes
        };
        let name = self.database.read(user).await;
        let mut cached = self.cached.lock().unwrap();
        if cached.changes == changes {
            cached.names.insert(user, name.clone());
        }
        name
    }

    pub(crate) async fn set(&self, user: u64, name: &str) {
        self.database.write(user, name).await;
        self.forget(user);
    }

    fn forget(&self, user: u64) {
        let mut cached = self.cached.lock().unwrap();
        cached.names.remove(&user);
        cached.changes += 1;
    }
}

#[path = "tests.rs"]
mod tests;
