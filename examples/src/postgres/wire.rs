//! A socket whose end can be waited for.

use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};

/// The client's end of a connection. Dropped, it hangs up.
#[derive(Debug)]
pub struct Wire {
    incoming: Arc<OwnedReadHalf>,
    // Shuts its direction down when it is dropped, which the backend sees.
    outgoing: OwnedWriteHalf,
}

/// Knows when the backend behind a [`Wire`] has exited.
#[derive(Debug)]
pub struct Exit(Arc<OwnedReadHalf>);

impl Wire {
    /// Connects to the socket at `path`.
    ///
    /// # Errors
    ///
    /// Those of the socket.
    pub async fn connect(path: &Path) -> io::Result<(Self, Exit)> {
        let (incoming, outgoing) = UnixStream::connect(path).await?.into_split();
        let incoming = Arc::new(incoming);
        let exit = Exit(incoming.clone());
        Ok((Self { incoming, outgoing }, exit))
    }
}

impl Exit {
    /// Waits for it. To be called when the [`Wire`] is gone, since it throws away
    /// what comes.
    ///
    /// A backend leaves its socket open until its process has ended, so that
    /// clients can close in step with it: that is the end that this waits for, and
    /// by then it is out of `pg_stat_activity` too.
    pub async fn wait(&self) {
        while self.0.readable().await.is_ok() {
            match self.0.try_read(&mut [0; 1024]) {
                Ok(0) => return,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => return,
            }
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let stream: &UnixStream = self.incoming.as_ref().as_ref();
        loop {
            ready!(stream.poll_read_ready(cx))?;
            match stream.try_read(buf.initialize_unfilled()) {
                Ok(n) => {
                    buf.advance(n);
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.outgoing).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.outgoing).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.outgoing).poll_shutdown(cx)
    }
}
