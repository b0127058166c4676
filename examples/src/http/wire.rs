//! A client's side of HTTP/1.1, as far as is needed to know what became of each
//! request.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// A connection to the service.
#[derive(Debug)]
pub(super) struct Wire(BufReader<TcpStream>);

/// What the service said.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: String,
    /// This was the last one on this connection.
    pub(super) goodbye: bool,
}

impl Wire {
    pub(super) async fn connect(addr: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(addr).await?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Whether it can be asked something: the service has not closed it, as far as
    /// is known here.
    pub(super) fn is_open(&self) -> bool {
        let can_read = self.0.get_ref().try_read(&mut [0]);
        self.0.buffer().is_empty()
            && can_read.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
    }

    /// `keeps_alive`: or tells the service to close the connection after it.
    pub(super) async fn get(&mut self, path: &str, keeps_alive: bool) -> io::Result<Answer> {
        let connection = if keeps_alive { "keep-alive" } else { "close" };
        let head =
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: {connection}\r\n\r\n");
        self.send(&head).await?;
        self.answer().await
    }

    /// Sends it as it is.
    pub(super) async fn send(&mut self, text: &str) -> io::Result<()> {
        self.0.write_all(text.as_bytes()).await
    }

    /// Waits until the service closes the connection, whatever it says before.
    pub(super) async fn closed(&mut self) {
        let _ = self.0.read_to_end(&mut Vec::new()).await;
    }

    async fn answer(&mut self) -> io::Result<Answer> {
        let first = self.line().await?;
        let status = first.split(' ').nth(1).and_then(|status| status.parse().ok());
        let mut answer =
            Answer { status: status.ok_or(bad(&first))?, body: String::new(), goodbye: false };
        let mut length = 0;
        loop {
            let line = self.line().await?.to_lowercase();
            match line.split_once(": ") {
                None => break,
                Some(("content-length", n)) => length = n.parse().map_err(|_| bad(&line))?,
                Some(("connection", "close")) => answer.goodbye = true,
                Some(_) => {}
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).await?;
        answer.body = String::from_utf8(body).map_err(|_| bad("a body that is no text"))?;
        Ok(answer)
    }

    async fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.0.read_line(&mut line).await?;
        match line.strip_suffix("\r\n") {
            Some(line) => Ok(line.to_owned()),
            None => Err(ErrorKind::UnexpectedEof.into()),
        }
    }
}

fn bad(what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, what)
}
