//! The pools, behind one small face.
//!
//! Each pools counters, with a manager whose methods do nothing: what is measured
//! is the pool.

mod bb8;
mod deadpool;
mod mobc;
mod surefoot;

pub use self::bb8::Bb8;
pub use self::deadpool::Deadpool;
pub use self::mobc::Mobc;
pub use self::surefoot::Surefoot;

use std::future::{Future, ready};
use std::hint::black_box;
use std::sync::Arc;

/// Which time options are set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// None that can be left out.
    Unset,
    /// Those of a service: a limit to the wait, and where the pool has them, an
    /// idle time-out and a lifetime.
    Set,
}

/// A pool of counters.
pub trait Contender: Clone + Send + Sync + 'static {
    /// Its name in the table.
    const NAME: &'static str;

    /// A pool of at most `size`, with nothing in it. Called inside a runtime.
    fn new(size: usize, times: Times) -> impl Future<Output = Self> + Send;

    /// Takes a connection, counts up, waits for `held`, gives it back.
    fn hold<F>(&self, held: impl FnOnce() -> F + Send) -> impl Future<Output = ()> + Send
    where
        F: Future<Output = ()> + Send;
}

/// Takes a connection and gives it back, `times` times.
pub async fn use_times<C: Contender>(pool: &C, times: u64) {
    for _ in 0..times {
        pool.hold(|| ready(())).await;
    }
}

/// A connection of every one that the pool may have is made, by holding all of
/// them at a time.
pub async fn warm<C: Contender>(pool: &C, size: usize) {
    let all = Arc::new(tokio::sync::Barrier::new(size));
    let mut tasks = Vec::new();
    for _ in 0..size {
        let (pool, all) = (pool.clone(), all.clone());
        tasks.push(spawn(async move {
            pool.hold(|| async move {
                all.wait().await;
            })
            .await;
        }));
    }
    for task in tasks {
        task.await.expect("it does not panic");
    }
}

/// Tokio's own: surefoot's tasks would be a race of their own.
#[expect(clippy::disallowed_methods, reason = "all sides run on the same tasks")]
pub fn spawn(task: impl Future<Output = ()> + Send + 'static) -> tokio::task::JoinHandle<()> {
    tokio::spawn(task)
}

/// What no pool behind one lock, whose guards know their pool, can do without.
///
/// # Panics
///
/// Never: nothing panics under the lock.
#[expect(clippy::disallowed_types, reason = "the limit is that of std's own mutex")]
pub fn limit(times: u64) {
    let shared = Arc::new(std::sync::Mutex::new(0_u64));
    for _ in 0..times {
        let shared = black_box(&shared).clone();
        for _ in 0..2 {
            *shared.lock().expect("nothing panics inside") += 1;
        }
        black_box(shared);
    }
}
