//! Runtimes of our own, for an entry point.

use std::io;

use tokio::runtime::{Builder, Handle, Runtime};

/// One whose worker threads are there at once; `None`: one for each processor.
pub(crate) fn multi_thread(workers: Option<usize>) -> io::Result<Runtime> {
    let mut builder = Builder::new_multi_thread();
    if let Some(workers) = workers {
        builder.worker_threads(workers);
    }
    builder.enable_all().build()
}

/// One that runs on the thread that blocks on it, and nowhere else.
pub(crate) fn current_thread() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

/// Whether this thread is inside a runtime.
pub(crate) fn is_inside() -> bool {
    Handle::try_current().is_ok()
}
