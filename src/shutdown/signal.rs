use std::fmt;
use std::future::{Future, poll_fn};
use std::io;
use std::task::{Context, Poll};

#[cfg(unix)]
use tokio::signal::unix::{self, SignalKind};
#[cfg(not(unix))]
use tokio::signal::windows;

/// What tells a process to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Signal {
    /// SIGINT: Ctrl-C on a terminal.
    Interrupt,
    /// SIGTERM: what `kill`, an init system and a container's runtime send. On
    /// Unix only.
    Terminate,
}

impl Signal {
    /// The exit code that shells give a process that the signal has ended: 128,
    /// and the signal's number.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Interrupt => 130,
            Self::Terminate => 143,
        }
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Interrupt => "SIGINT",
            Self::Terminate => "SIGTERM",
        })
    }
}

/// Waits for SIGINT or SIGTERM (for Ctrl-C, where that is all there is).
///
/// From the call on, and not only from the first poll, neither ends the process
/// any more; that stays so when the future is dropped. [`app`](crate::app) does
/// this before `main` begins; here it is for a service with an entry point of its
/// own:
///
/// ```
/// # #[cfg(unix)]
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use surefoot::shutdown::{self, Signal};
///
/// let signal = shutdown::signal(); // caught from here on
/// # let kill = ["-TERM".to_owned(), std::process::id().to_string()];
/// # assert!(std::process::Command::new("kill").args(kill).status().unwrap().success());
/// assert_eq!(signal.await, Signal::Terminate);
/// # }
/// # #[cfg(not(unix))] fn main() {}
/// ```
///
/// # Panics
///
/// Outside a Tokio runtime whose I/O is enabled, and where the system does not
/// let signals be caught.
///
/// # Cancel safety
///
/// Dropped, it forgets a signal that has arrived and was not returned. To wait
/// again and again, keep polling one future, by reference.
#[track_caller]
pub fn signal() -> impl Future<Output = Signal> + Send + Sync + Unpin + 'static {
    let mut signals = match Signals::listen() {
        Ok(signals) => signals,
        Err(error) => panic!("signals can't be caught: {error}"),
    };
    poll_fn(move |cx| signals.poll_next(cx))
}

/// The signals that arrive from its making on. Two of a kind that arrive
/// together are one: that is how the system delivers them.
#[derive(Debug)]
pub(crate) struct Signals {
    #[cfg(unix)]
    interrupt: unix::Signal,
    #[cfg(unix)]
    terminate: unix::Signal,
    #[cfg(not(unix))]
    ctrl_c: windows::CtrlC,
}

impl Signals {
    /// # Panics
    ///
    /// Outside a runtime.
    #[track_caller]
    pub(crate) fn listen() -> io::Result<Self> {
        #[cfg(unix)]
        return Ok(Self {
            interrupt: unix::signal(SignalKind::interrupt())?,
            terminate: unix::signal(SignalKind::terminate())?,
        });
        #[cfg(not(unix))]
        return Ok(Self { ctrl_c: windows::ctrl_c()? });
    }

    /// The next one. Cancel safe: one that was not returned is the next one's.
    pub(crate) async fn next(&mut self) -> Signal {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// Asks for one at a time: an answer that nobody reads is a signal lost.
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Signal> {
        #[cfg(unix)]
        return match self.interrupt.poll_recv(cx) {
            Poll::Ready(_) => Poll::Ready(Signal::Interrupt),
            Poll::Pending => self.terminate.poll_recv(cx).map(|_| Signal::Terminate),
        };
        #[cfg(not(unix))]
        return self.ctrl_c.poll_recv(cx).map(|_| Signal::Interrupt);
    }
}
