//! What the programs have in common: a runtime with a time limit, and an exit
//! code from books.

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use surefoot::deadline::{Deadline, timeout};
use surefoot::pool::{Manage, Pool, Status};
use tokio::runtime;
use tokio::signal::unix::{SignalKind, signal};

use crate::audit::Books;

/// Anything that may go wrong in a program.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// Runs `main` on a runtime of four threads, whatever the machine has, so that
/// threads race. It is given up at `limit`, and when the process is told to stop.
///
/// Returns when the runtime is gone: what `main` started is not running any more,
/// and what it borrowed from its caller can be cleaned up.
///
/// # Errors
///
/// Those of `main`; what `stuck` says, at the limit.
pub fn on_runtime<T>(
    limit: Duration,
    main: impl Future<Output = Result<T, Error>>,
    stuck: impl FnOnce() -> String,
) -> Result<T, Error> {
    let runtime = runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build()?;
    let ended = runtime.block_on(async {
        tokio::select! {
            biased;
            ended = timeout(limit, main) => ended,
            () = told_to_stop() => Ok(Err("told to stop".into())),
        }
    });
    // A task that never yields would hold up a plain drop for ever.
    runtime.shutdown_timeout(Duration::from_secs(90));
    ended.unwrap_or_else(|elapsed| Err(format!("{elapsed}: {}", stuck()).into()))
}

/// Ends with SIGINT and SIGTERM, whose default would leave behind what the program
/// has started. Where they can't be had, it does not end.
async fn told_to_stop() {
    let signals = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    let (Ok(mut interrupt), Ok(mut terminate)) = signals else {
        return std::future::pending().await;
    };
    tokio::select! {
        biased;
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

/// Prints how a run ended: its ledger and every breach in it, or why there is
/// none. Only if everything adds up, the program has succeeded.
pub fn conclude(seed: u64, ended: Result<impl Books, Error>) -> ExitCode {
    let books = match ended {
        Ok(books) => books,
        Err(error) => {
            println!("FAILED, seed {seed}: {error}");
            return ExitCode::FAILURE;
        }
    };
    print!("{books}");
    let breaches = books.breaches();
    for breach in &breaches {
        println!("BROKEN: {breach}");
    }
    if !breaches.is_empty() {
        return ExitCode::FAILURE;
    }
    println!("everything adds up");
    ExitCode::SUCCESS
}

/// Waits until the pool has nothing under way: no connect, no check, no close, no
/// loan. Connects that nobody waits for any more end on their own.
///
/// # Errors
///
/// If it does not come to rest within 30 s.
pub async fn settle<M: Manage>(pool: &Pool<M>) -> Result<Status, Error> {
    let deadline = Deadline::after(Duration::from_secs(30));
    loop {
        let status = pool.status();
        if status.idle == status.size && status.waiting == 0 {
            return Ok(status);
        }
        if deadline.is_past() {
            let why = format!("the pool does not come to rest: {status:?}");
            return Err(io::Error::new(io::ErrorKind::TimedOut, why).into());
        }
        // Nothing tells of it: rest is not an event of the pool's.
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
