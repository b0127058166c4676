//! An axum service that is told to stop under load, as a process of its own.
//!
//! Many clients send requests over keep-alive connections, some connections are
//! idle, some never send a byte, some stall in the middle of a request. Then the
//! process gets SIGTERM. The books of both sides say whether a request that the
//! service had accepted was lost, whether it accepted one after it had said that
//! it was closed, and whether it ended in time.
//!
//! [`service`] is the part to copy. The same router under axum's own graceful
//! shutdown, and nothing else, is [`alone`]: its books do not add up.
//!
//! # What "accepted" means
//!
//! A client's connection is complete once the *kernel* has taken it, and a listener
//! that is closed resets those that nobody has taken from it yet. So the service
//! takes them all before it closes: those that were complete before the signal, of
//! which some are made while the process stands still, are served, every one. What
//! completes in the moment between its last look and the close it can't see: such a
//! connection is counted here, by its absence from the service's books, and only on
//! such a connection a request may be lost. On a connection that it has accepted, a
//! request may be on its way when the service decides that the connection is idle; so
//! it goes on to serve idle connections for a while, and every answer tells the
//! client to go.

mod alone;
mod child;
mod load;
mod report;
mod service;
mod wire;

pub use self::alone::alone;
pub use self::load::{Load, Queued, Tried};
pub use self::report::{Ended, Report, Told};
pub use self::service::{DRAIN_LIMIT, service};

use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::draw::Draw;
use crate::run::{Error, on_runtime};

use self::child::Child;
use self::load::Clients;

/// How much to do.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// What the clients draw from. Threads and processes race, so a seed does not
    /// repeat a run; it repeats the clients' mood.
    pub seed: u64,
    /// Clients that send requests, each over a connection of its own.
    pub clients: u64,
    /// Connections of each kind of idleness: idle after a request, silent, stalled
    /// in a head, stalled in a body.
    pub idle: u64,
    /// How many requests of each client are answered when the signal is sent.
    pub warm: u64,
    /// Connections that the kernel completes for the service while it stands still,
    /// just before the signal: it finds both at once.
    pub queued: u64,
    /// By when the process has to be gone after the signal.
    pub exit_limit: Duration,
}

impl Settings {
    /// 200 clients, 10 connections of each kind of idleness, 100 that wait to be
    /// accepted, a signal once each client has 10 answers, and a second more than the
    /// service takes itself.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        let exit_limit = DRAIN_LIMIT + Duration::from_secs(1);
        Self { seed, clients: 200, idle: 10, warm: 10, queued: 100, exit_limit }
    }
}

/// Runs the service as `program` with the argument `mode`, and stops it under
/// load.
///
/// # Errors
///
/// If the run could not be made, or did not end in time. Books that do not agree
/// are no error: they are in the [`Report`].
pub fn run(program: &Path, mode: &str, settings: &Settings) -> Result<Report, Error> {
    let main = stop_under_load(program, mode, *settings);
    on_runtime(Duration::from_secs(60), main, || "the clients do not end".to_owned())
}

async fn stop_under_load(program: &Path, mode: &str, settings: Settings) -> Result<Report, Error> {
    let (mut child, addr) = Child::start(program, mode).await?;
    let mut clients = Clients::start(addr, &settings, Draw::seeded(settings.seed));
    clients.warmed_up().await;
    clients.idle(settings.idle).await?;

    let idle_at_signal = clients.still_idle();
    child.gets(Signal::STOP)?;
    clients.queue_up(settings.queued).await?;
    child.gets(Signal::TERM)?;
    let signalled = Instant::now();
    child.gets(Signal::CONT)?;
    let in_flight = child.told("stopping").await?;
    child.told::<u64>("closed").await?;
    let late = clients.try_late().await;
    let ended = child.ends_by(signalled + settings.exit_limit).await?;
    let ended_after = signalled.elapsed();
    let told = child.books().await?;
    let queued = clients.queue_has_ended().await?;
    Ok(Report {
        mode: mode.to_owned(),
        settings,
        in_flight,
        idle_at_signal,
        queued,
        late,
        ended,
        ended_after,
        told,
        load: clients.all_ended().await?,
    })
}
