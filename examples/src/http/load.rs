//! The clients: some that ask and ask, some that are idle in one way or another.

use std::fmt::Display;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use surefoot::spawn::{Task, spawn};
use tokio::sync::Notify;
use tokio::time::sleep;

use super::Settings;
use super::wire::{Answer, Wire};
use crate::audit::{Kinds, count, merge};
use crate::draw::Draw;
use crate::run::Error;

/// What the clients did, and what became of it.
#[derive(Clone, Debug, Default)]
pub struct Load {
    /// Connections that were made.
    pub connected: u64,
    /// How clients were turned away: each ends with it.
    pub turned_away: Kinds,
    /// Requests that were begun to be sent.
    pub asked: u64,
    /// Requests answered in full.
    pub answered: u64,
    /// Of these, answers that told a client to go that would have stayed.
    pub goodbyes: u64,
    /// Answers that are not those of the request.
    pub wrong: u64,
    /// Requests without an answer, by what was seen instead.
    pub lost: Kinds,
}

impl Load {
    fn add(&mut self, other: Self) {
        let Self { connected, turned_away, asked, answered, goodbyes, wrong, lost } = other;
        self.connected += connected;
        merge(&mut self.turned_away, turned_away);
        self.asked += asked;
        self.answered += answered;
        self.goodbyes += goodbyes;
        self.wrong += wrong;
        merge(&mut self.lost, lost);
    }

    /// Asks for `id`. Says whether the connection is good for more.
    async fn ask(&mut self, wire: &mut Wire, id: u64, ms: u64, keeps_alive: bool) -> bool {
        self.asked += 1;
        match wire.get(&format!("/work/{id}/{ms}"), keeps_alive).await {
            Ok(Answer { status, body, goodbye }) => {
                self.answered += 1;
                self.wrong += u64::from(status != 200 || body != id.to_string());
                self.goodbyes += u64::from(goodbye && keeps_alive);
                !goodbye
            }
            Err(error) => {
                count(&mut self.lost, error.kind().to_string());
                false
            }
        }
    }
}

/// Connects after the service had said that it was closed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tried {
    /// Were tried.
    pub tried: u64,
    /// Were refused.
    pub refused: u64,
}

/// Connections that were complete before the signal and that the service had not
/// accepted then, with a request on each.
#[derive(Clone, Copy, Debug, Default)]
pub struct Queued {
    /// Were made.
    pub made: u64,
    /// Had their answer.
    pub answered: u64,
}

/// How many clients have not had the answers that are to come before the signal.
struct Warm {
    cold: AtomicU64,
    reached: Notify,
}

pub(super) struct Clients {
    addr: SocketAddr,
    warm: Arc<Warm>,
    asking: Vec<Task<Load>>,
    idle: Vec<Wire>,
    queued: Vec<Task<Load>>,
    /// What the idle ones did before they were, and those that queued up.
    load: Load,
}

impl Clients {
    pub(super) fn start(addr: SocketAddr, settings: &Settings, mut draw: Draw) -> Self {
        let Settings { clients, warm: answers, .. } = *settings;
        let warm = Arc::new(Warm { cold: AtomicU64::new(clients), reached: Notify::new() });
        let client = |n| spawn(asks(addr, n, draw.split(), answers, warm.clone()));
        let asking = (0..clients).map(client).collect();
        Self { addr, warm, asking, idle: Vec::new(), queued: Vec::new(), load: Load::default() }
    }

    /// Ends when each client was answered as often as the settings say.
    pub(super) async fn warmed_up(&self) {
        self.warm.reached.notified().await;
    }

    /// Opens `n` connections of each kind of idleness.
    pub(super) async fn idle(&mut self, n: u64) -> io::Result<()> {
        let stalls = [
            "",
            "GET /work/1/1 HTTP/1.1\r\nHost: local",
            "POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf of",
        ];
        for _ in 0..n {
            for text in stalls {
                let mut wire = Wire::connect(self.addr).await?;
                self.load.connected += 1;
                wire.send(text).await?;
                self.idle.push(wire);
            }
            let mut wire = Wire::connect(self.addr).await?;
            self.load.connected += 1;
            self.load.ask(&mut wire, n, 0, true).await;
            self.idle.push(wire);
        }
        Ok(())
    }

    /// How many of the idle connections are open.
    pub(super) fn still_idle(&self) -> u64 {
        self.idle.iter().map(|wire| u64::from(wire.is_open())).sum()
    }

    /// Makes `n` connections, each with one request.
    pub(super) async fn queue_up(&mut self, n: u64) -> io::Result<()> {
        for id in 0..n {
            let mut wire = Wire::connect(self.addr).await?;
            self.queued.push(spawn(async move {
                let mut load = Load { connected: 1, ..Load::default() };
                load.ask(&mut wire, id, 1, true).await;
                load
            }));
        }
        Ok(())
    }

    /// Ends when those have their answers, or are turned away.
    pub(super) async fn queue_has_ended(&mut self) -> Result<Queued, Error> {
        let mut queued = Queued::default();
        for task in self.queued.drain(..) {
            let load = task.await?;
            queued.made += load.connected;
            queued.answered += load.answered;
            self.load.add(load);
        }
        Ok(queued)
    }

    /// Tries to connect, again and again.
    pub(super) async fn try_late(&self) -> Tried {
        let mut late = Tried { tried: 20, refused: 0 };
        for _ in 0..late.tried {
            let refused = Wire::connect(self.addr).await.is_err();
            late.refused += u64::from(refused);
        }
        late
    }

    /// Ends when every connection is closed and every client turned away.
    pub(super) async fn all_ended(mut self) -> Result<Load, Error> {
        for task in self.asking {
            self.load.add(task.await?);
        }
        for mut wire in self.idle {
            wire.closed().await;
        }
        Ok(self.load)
    }
}

/// Asks over one connection, and makes another when that is closed, until it is
/// turned away. One client in ten makes one for each request, so that some are
/// being made at any time.
async fn asks(addr: SocketAddr, n: u64, mut draw: Draw, answers: u64, warm: Arc<Warm>) -> Load {
    let mut load = Load::default();
    let keeps_alive = !n.is_multiple_of(10);
    loop {
        let mut wire = match Wire::connect(addr).await {
            Ok(wire) => wire,
            Err(error) => {
                count(&mut load.turned_away, error.kind().to_string());
                return load;
            }
        };
        load.connected += 1;
        // Whoever asks on a connection that is closed already, asks nobody: the
        // first request of a connection goes out in any case, so that what becomes
        // of each connection is known.
        let mut is_open = true;
        while is_open {
            let id = n * 1_000_000 + load.asked;
            is_open = load.ask(&mut wire, id, draw.below(20), keeps_alive).await;
            if load.answered == answers && warm.cold.fetch_sub(1, SeqCst) == 1 {
                warm.reached.notify_one();
            }
            sleep(Duration::from_millis(draw.below(5))).await;
            is_open &= wire.is_open();
        }
    }
}

impl Display for Queued {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of {}", self.answered, self.made)
    }
}

impl Display for Tried {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of {}", self.refused, self.tried)
    }
}
