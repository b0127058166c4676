//! A pool of `TcpStream`s to a server of lines that drops them at random.
//!
//! Many tasks send requests over few connections. The server counts what is open
//! on its side, from accept to the end; the connections' `close` ends only when
//! the server has seen the end, so its count and the pool's can be compared to the
//! last connection. Every request is answered, or its error is surfaced, counted,
//! and the request tried again.

mod client;
mod report;
mod server;

pub use self::client::{Line, Lines};
pub use self::report::Report;
pub use self::server::{Server, Tally};

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::{Duration, Instant};

use surefoot::pool::{AcquireError, Pool};
use surefoot::spawn::{Task, spawn};

use crate::audit::{Kinds, count, merge};
use crate::draw::Draw;
use crate::run::{Error, on_runtime, settle};

/// How much to do.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// What the server draws from. Threads race, so a seed does not repeat a run;
    /// it repeats the server's mood.
    pub seed: u64,
    /// Tasks that send requests, all at once.
    pub tasks: u64,
    /// Requests of each task.
    pub requests: u64,
    /// The pool's size.
    pub max_size: usize,
    /// When the run is given up.
    pub limit: Duration,
}

impl Settings {
    /// 64 tasks with 200 requests each, over at most 8 connections.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self { seed, tasks: 64, requests: 200, max_size: 8, limit: Duration::from_secs(60) }
    }
}

/// Runs it all.
///
/// # Errors
///
/// If the run could not be made, or did not end in time. Books that do not agree
/// are no error: they are in the [`Report`].
pub fn run(settings: &Settings) -> Result<Report, Error> {
    let limit = settings.limit;
    on_runtime(limit, requests(*settings), || "the requests do not end".to_owned())
}

async fn requests(settings: Settings) -> Result<Report, Error> {
    let began = Instant::now();
    let server = Server::start(Draw::seeded(settings.seed)).await?;
    let connects_failed = Arc::new(AtomicU64::new(0));
    let pool = Pool::builder(Lines::new(server.addr(), connects_failed.clone()))
        .max_size(settings.max_size)
        .build()?;

    let tasks: Vec<_> =
        (0..settings.tasks).map(|task| client(pool.clone(), task, settings.requests)).collect();
    let mut work = Work::default();
    for task in tasks {
        work.add(task.await?);
    }

    let at_rest = settle(&pool).await?;
    let open_at_rest = server.tally().open;
    pool.close().await;
    Ok(Report {
        settings,
        took: began.elapsed(),
        work,
        connects_failed: connects_failed.load(SeqCst),
        at_rest,
        open_at_rest,
        closed: pool.status(),
        server: server.tally(),
    })
}

/// What a task did, or all of them.
#[derive(Clone, Debug, Default)]
pub struct Work {
    /// Connections that the pool handed out.
    pub handed_out: u64,
    /// Requests with the right answer.
    pub answered: u64,
    /// Requests with another answer.
    pub wrong: u64,
    /// Healthy connections that were given up.
    pub discarded: u64,
    /// Errors of requests.
    pub request_errors: Kinds,
    /// Errors of the pool.
    pub acquire_errors: Kinds,
}

impl Work {
    fn add(&mut self, other: Self) {
        self.handed_out += other.handed_out;
        self.answered += other.answered;
        self.wrong += other.wrong;
        self.discarded += other.discarded;
        merge(&mut self.request_errors, other.request_errors);
        merge(&mut self.acquire_errors, other.acquire_errors);
    }
}

/// A task that sends its requests one after the other, each until it is answered.
fn client(pool: Pool<Lines>, task: u64, requests: u64) -> Task<Work> {
    spawn(async move {
        let mut work = Work::default();
        for request in 0..requests {
            let text = format!("request {request} of task {task}");
            while !answered(&pool, &text, &mut work).await {}
        }
        work
    })
}

async fn answered(pool: &Pool<Lines>, text: &str, work: &mut Work) -> bool {
    let mut line = match pool.acquire().await {
        Ok(line) => line,
        Err(error) => {
            let kind = match error {
                AcquireError::Connect(error) => format!("connect: {}", error.kind()),
                other => other.to_string(),
            };
            count(&mut work.acquire_errors, kind);
            return false;
        }
    };
    work.handed_out += 1;
    match line.echo(text).await {
        Ok(reply) if reply == text => work.answered += 1,
        Ok(_) => work.wrong += 1,
        Err(error) => {
            count(&mut work.request_errors, error.kind().to_string());
            return false;
        }
    }
    // The server has it open still: a slot that is free too early shows there.
    if work.handed_out.is_multiple_of(20) {
        work.discarded += 1;
        line.discard();
    }
    true
}
