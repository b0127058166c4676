//! The other side: a server of lines that counts what is open, and drops
//! connections at random.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use surefoot::spawn::{Task, spawn};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::draw::Draw;

/// Answers `PING` with `PONG`, `ECHO x` with `x`, and `QUIT` with `BYE`, one line
/// each, after a line of greeting. Dropped, it drops its connections.
#[derive(Debug)]
pub struct Server {
    addr: SocketAddr,
    counters: Arc<Counters>,
    _accepting: Task<()>,
}

impl Server {
    /// Listens on a free port of the loopback interface.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub async fn start(draw: Draw) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let addr = listener.local_addr()?;
        let counters = Arc::new(Counters::default());
        let accepting = spawn(accept(listener, counters.clone(), draw));
        Ok(Self { addr, counters, _accepting: accepting })
    }

    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What it counted so far.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let counters = &self.counters;
        Tally {
            accepted: counters.accepted.load(SeqCst),
            open: counters.open.load(SeqCst),
            peak: counters.peak.load(SeqCst),
            refused: counters.refused.load(SeqCst),
            echoed: counters.echoed.load(SeqCst),
            dropped_on_echo: counters.dropped_on_echo.load(SeqCst),
            dropped_on_ping: counters.dropped_on_ping.load(SeqCst),
            dropped_at_rest: counters.dropped_at_rest.load(SeqCst),
            quit: counters.quit.load(SeqCst),
            hung_up: counters.hung_up.load(SeqCst),
        }
    }
}

/// What the server saw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Connections accepted.
    pub accepted: u64,
    /// Connections open now.
    pub open: u64,
    /// The most that were ever open at once.
    pub peak: u64,
    /// Connections dropped before the greeting.
    pub refused: u64,
    /// Requests answered in full.
    pub echoed: u64,
    /// Connections dropped instead of an answer, or in the middle of one.
    pub dropped_on_echo: u64,
    /// Connections dropped instead of a `PONG`.
    pub dropped_on_ping: u64,
    /// Connections dropped right after an answer.
    pub dropped_at_rest: u64,
    /// Connections that said goodbye.
    pub quit: u64,
    /// Connections that the client dropped without a word.
    pub hung_up: u64,
}

impl Tally {
    /// Connections that ended, whoever ended them.
    #[must_use]
    pub fn ended(&self) -> u64 {
        self.refused + self.dropped_after_greeting() + self.quit + self.hung_up
    }

    /// Connections that the server dropped, of those that it had greeted.
    #[must_use]
    pub fn dropped_after_greeting(&self) -> u64 {
        self.dropped_on_echo + self.dropped_on_ping + self.dropped_at_rest
    }
}

#[derive(Debug, Default)]
struct Counters {
    accepted: AtomicU64,
    open: AtomicU64,
    peak: AtomicU64,
    refused: AtomicU64,
    echoed: AtomicU64,
    dropped_on_echo: AtomicU64,
    dropped_on_ping: AtomicU64,
    dropped_at_rest: AtomicU64,
    quit: AtomicU64,
    hung_up: AtomicU64,
}

async fn accept(listener: TcpListener, counters: Arc<Counters>, mut draw: Draw) {
    // Dropped with this task, and then aborts them all.
    let mut sessions = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let session = Session::open(stream, counters.clone(), draw.split());
        sessions.spawn(session.serve());
        while sessions.try_join_next().is_some() {}
    }
}

/// Counts a connection as open until it is dropped.
struct Open(Arc<Counters>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, SeqCst);
    }
}

struct Session {
    // Dropped first: when the client learns of the end, it is counted already.
    open: Open,
    stream: BufReader<TcpStream>,
    draw: Draw,
}

impl Session {
    fn open(stream: TcpStream, counters: Arc<Counters>, draw: Draw) -> Self {
        counters.accepted.fetch_add(1, SeqCst);
        let now_open = counters.open.fetch_add(1, SeqCst) + 1;
        counters.peak.fetch_max(now_open, SeqCst);
        Self { open: Open(counters), stream: BufReader::new(stream), draw }
    }

    async fn serve(mut self) {
        let ended = self.serve_until_the_end().await;
        let counters = &self.open.0;
        let ended_by = match ended {
            Ok(End::Refused) => &counters.refused,
            Ok(End::DroppedOnEcho) => &counters.dropped_on_echo,
            Ok(End::DroppedOnPing) => &counters.dropped_on_ping,
            Ok(End::DroppedAtRest) => &counters.dropped_at_rest,
            Ok(End::Quit) => &counters.quit,
            Ok(End::HungUp) | Err(_) => &counters.hung_up,
        };
        ended_by.fetch_add(1, SeqCst);
        let Self { open, mut stream, .. } = self;
        drop(open);
        if let Ok(End::Quit) = ended {
            // A client that is gone already does not need it.
            let _ = stream.write_all(b"BYE\n").await;
        }
    }

    async fn serve_until_the_end(&mut self) -> io::Result<End> {
        if self.draw.one_in(100) {
            return Ok(End::Refused);
        }
        self.stream.write_all(b"HELLO\n").await?;
        let mut line = String::new();
        loop {
            line.clear();
            if self.stream.read_line(&mut line).await? == 0 {
                return Ok(End::HungUp);
            }
            let request = line.trim_end();
            if request == "QUIT" {
                return Ok(End::Quit);
            }
            let Some(text) = request.strip_prefix("ECHO ") else {
                if self.draw.one_in(200) {
                    return Ok(End::DroppedOnPing);
                }
                self.stream.write_all(b"PONG\n").await?;
                continue;
            };
            match self.draw.below(300) {
                0 => return Ok(End::DroppedOnEcho),
                1 => {
                    let half = &text.as_bytes()[..text.len() / 2];
                    self.stream.write_all(half).await?;
                    return Ok(End::DroppedOnEcho);
                }
                lot => {
                    // Counted first: the client may compare as soon as it has it.
                    self.open.0.echoed.fetch_add(1, SeqCst);
                    self.stream.write_all(format!("{text}\n").as_bytes()).await?;
                    if lot == 2 {
                        return Ok(End::DroppedAtRest);
                    }
                }
            }
        }
    }
}

/// How a connection ended.
#[derive(Clone, Copy)]
enum End {
    Refused,
    DroppedOnEcho,
    DroppedOnPing,
    DroppedAtRest,
    Quit,
    HungUp,
}
