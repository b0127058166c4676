#![expect(clippy::disallowed_methods, reason = "outside a simulation it is Tokio that spawns")]

use std::future::Future;
use std::panic::Location;

use surefoot::probe::is_simulated;
use surefoot::spawn::{Spawner, Task};

use super::JoinHandle;

/// [`tokio::task::spawn`]; inside a simulation, the simulator runs the task.
///
/// # Panics
///
/// Outside a runtime.
#[track_caller]
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    if is_simulated() {
        JoinHandle::simulated(simulate(future))
    } else {
        JoinHandle::tokio(tokio::task::spawn(future))
    }
}

/// [`tokio::task::spawn_blocking`]; inside a simulation, the closure is one step
/// of a task of its own, and must not wait for another.
///
/// # Panics
///
/// Outside a runtime.
#[track_caller]
pub fn spawn_blocking<F, R>(f: F) -> JoinHandle<R>
where
    F: FnOnce() -> R + Send + 'static,
    R: Send + 'static,
{
    if is_simulated() {
        JoinHandle::simulated(simulate(async { f() }))
    } else {
        JoinHandle::tokio(tokio::task::spawn_blocking(f))
    }
}

/// Starts a simulated task, named after the caller's line.
#[track_caller]
pub(super) fn simulate<F>(future: F) -> Task<F::Output>
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    let at = Location::caller();
    let file = at.file().rsplit(['/', '\\']).next().unwrap_or_default();
    Spawner::new().name(format!("{file}:{}", at.line())).spawn(future)
}
