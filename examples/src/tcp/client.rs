//! This side: how the pool makes, checks and closes its connections.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use surefoot::pool::Manage;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// A connection that speaks lines.
#[derive(Debug)]
pub struct Line {
    stream: BufReader<TcpStream>,
    /// An exchange was begun and did not end: its answer may still come, and
    /// must not be taken for the next one's.
    mid_exchange: bool,
}

impl Line {
    async fn connect(addr: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(addr).await?;
        stream.set_nodelay(true)?;
        let mut line = Self { stream: BufReader::new(stream), mid_exchange: true };
        line.read("HELLO").await?;
        Ok(line)
    }

    /// Asks the server for `text`.
    ///
    /// # Errors
    ///
    /// Those of the connection, which is of no more use then.
    ///
    /// # Cancel safety
    ///
    /// Cut half-way, the connection is of no more use, and says so to the pool.
    pub async fn echo(&mut self, text: &str) -> io::Result<String> {
        self.exchange(&format!("ECHO {text}\n")).await
    }

    async fn exchange(&mut self, request: &str) -> io::Result<String> {
        self.mid_exchange = true;
        self.stream.write_all(request.as_bytes()).await?;
        self.receive().await
    }

    async fn receive(&mut self) -> io::Result<String> {
        let mut reply = String::new();
        self.stream.read_line(&mut reply).await?;
        if reply.pop() != Some('\n') {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.mid_exchange = false;
        Ok(reply)
    }

    async fn read(&mut self, expected: &str) -> io::Result<()> {
        Self::expect(&self.receive().await?, expected)
    }

    fn expect(reply: &str, expected: &str) -> io::Result<()> {
        if reply == expected {
            return Ok(());
        }
        let why = format!("the server says {reply:?} for {expected:?}");
        Err(io::Error::new(io::ErrorKind::InvalidData, why))
    }

    /// Ends when the server has seen the end, and counts the connection as
    /// closed: the pool gives its slot to another only then.
    async fn close(mut self) {
        if !self.mid_exchange {
            // Whatever comes of it, the rest follows.
            let _ = self.exchange("QUIT\n").await;
        }
        if self.stream.shutdown().await.is_ok() {
            let _ = self.stream.read_to_end(&mut Vec::new()).await;
        }
    }
}

/// Makes [`Line`]s to one server.
#[derive(Debug)]
pub struct Lines {
    addr: SocketAddr,
    failed: Arc<AtomicU64>,
}

impl Lines {
    /// To the server at `addr`; counts in `failed` the connects that failed.
    #[must_use]
    pub fn new(addr: SocketAddr, failed: Arc<AtomicU64>) -> Self {
        Self { addr, failed }
    }
}

impl Manage for Lines {
    type Conn = Line;
    type Error = io::Error;

    async fn connect(&self) -> io::Result<Line> {
        let connected = Line::connect(self.addr).await;
        self.failed.fetch_add(u64::from(connected.is_err()), SeqCst);
        connected
    }

    async fn check(&self, line: &mut Line) -> io::Result<()> {
        let reply = line.exchange("PING\n").await?;
        Line::expect(&reply, "PONG")
    }

    fn is_broken(&self, line: &Line) -> bool {
        // Nothing can be read between two exchanges but the end.
        let can_read = || match line.stream.get_ref().try_read(&mut [0]) {
            Err(error) => error.kind() != io::ErrorKind::WouldBlock,
            Ok(_) => true,
        };
        line.mid_exchange || !line.stream.buffer().is_empty() || can_read()
    }

    async fn close(&self, line: Line) {
        line.close().await;
    }
}
