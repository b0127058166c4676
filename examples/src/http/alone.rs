//! The same router, stopped by axum's own graceful shutdown and nothing else.

use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use axum::serve::Listener;
use surefoot::shutdown::signal;
use tokio::net::{TcpListener, TcpStream};

use super::service::{Tally, router};

/// Serves until it is told to stop, as axum's documentation shows it.
///
/// # Errors
///
/// Those of the start.
pub fn alone() -> io::Result<ExitCode> {
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let signal = signal();
        let tally = Arc::new(Tally::default());
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        println!("listening {}", listener.local_addr()?);
        let listener = Counting { listener, tally: tally.clone(), _closed: SaysClosed };
        let at_signal = tally.clone();
        let stop = async move {
            signal.await;
            at_signal.print_stopping();
        };
        axum::serve(listener, router(tally.clone())).with_graceful_shutdown(stop).await?;
        tally.print_books();
        Ok(ExitCode::SUCCESS)
    })
}

/// Counts what it accepts, as the service does, and says when it is closed.
struct Counting {
    listener: TcpListener,
    tally: Arc<Tally>,
    // Dropped after the listener.
    _closed: SaysClosed,
}

impl Listener for Counting {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        let (stream, addr) = Listener::accept(&mut self.listener).await;
        let _ = stream.set_nodelay(true);
        self.tally.accepted.fetch_add(1, SeqCst);
        (stream, addr)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

struct SaysClosed;

impl Drop for SaysClosed {
    fn drop(&mut self) {
        println!("closed 0");
    }
}
