//! A runner of jobs that write files: some fail, some panic, some hang until they are
//! cancelled. None leaves a half-written file behind.
//!
//! [`Runner`] is the part to copy. A job belongs to its batch ([`scope()`]), a batch to
//! the runner, the runner to who [supervises](supervise()) it. The first job that fails
//! or panics cancels the rest of its batch, and the runner is started again, with the
//! next one. Each job's file is in a [bracket]: a cleanup publishes or removes it,
//! however the job ends. What blocks is done by [`Blocking`].
//!
//! Every cleanup writes a line into a journal. In the end the journal, the files that
//! are there and what the library counts have to agree.
//!
//! [`Blocking`]: surefoot::blocking::Blocking
//! [bracket]: surefoot::cleanup::Reaper::bracket
//! [`scope()`]: surefoot::scope::scope()
//! [`supervise()`]: surefoot::spawn::supervise()

mod disk;
mod report;
mod runner;

pub use self::disk::Found;
pub use self::report::Report;
pub use self::runner::{JobError, Runner};

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use surefoot::backoff::Backoff;
use surefoot::shutdown::Shutdown;
use surefoot::spawn::{Restart, supervise};

use self::disk::Disk;
use crate::run::{Error, on_runtime};

/// Runs it all, in a temporary directory.
///
/// # Errors
///
/// If the run could not be made, or did not end in time.
pub fn run() -> Result<Report, Error> {
    let dir = tempfile::tempdir()?;
    let main = jobs(dir.path());
    on_runtime(Duration::from_secs(60), main, || "the jobs do not end".to_owned())
}

async fn jobs(dir: &Path) -> Result<Report, Error> {
    let shutdown = Shutdown::builder().drain_limit(Duration::from_secs(10)).build()?;
    let runner = Arc::new(Runner::new(Disk::open(dir)?, shutdown.token()));
    shutdown.reaper("cleanups", &runner.reaper).map_err(|_| "it is not triggered yet")?;

    let restart = Restart::new()
        .name("runner")
        .backoff(Backoff::constant(Duration::from_millis(1)))
        .at_most(100, Duration::from_secs(60));
    let running = runner.clone();
    let supervised = supervise(restart, move |restarts| {
        running.restarts.store(restarts.into(), SeqCst);
        running.clone().run()
    });
    // Told to stop, this drops the task, and with it the jobs that are under way. Their
    // cleanups are waited for.
    let was_stopped = shutdown.token().run(supervised).await.is_none();
    let drained = shutdown.drain().await.is_clean();

    Ok(Report {
        taken: runner.taken.load(SeqCst),
        restarts: runner.restarts.load(SeqCst),
        was_stopped,
        drained,
        written: runner.disk.written.load(SeqCst),
        blocking: runner.disk.status(),
        cleanups_panicked: runner.reaper.panicked(),
        found: Found::read(dir)?,
    })
}
