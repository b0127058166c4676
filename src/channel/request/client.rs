use std::fmt;
use std::time::Duration;

use tokio::sync::mpsc::error::SendError;
use tokio::sync::{mpsc, oneshot};

use super::server::{Answer, Envelope};
use super::{CallError, Server};
use crate::deadline::Deadline;
use crate::rt;

/// The side of a channel that asks. Clones ask the same server.
pub struct Client<Req, Resp> {
    requests: mpsc::Sender<Envelope<Req, Resp>>,
}

/// A server, and a client that asks it. Up to `capacity` requests wait for the server
/// to take them.
///
/// # Panics
///
/// If `capacity` is 0, or above Tokio's limit (`Semaphore::MAX_PERMITS`).
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use surefoot::channel::request;
/// use surefoot::spawn::spawn;
///
/// let (client, mut server) = request::channel::<u32, u32>(16);
/// let doubling = spawn(async move {
///     while let Some((number, reply)) = server.next().await {
///         let _ = reply.send(number * 2); // fails if the caller is gone
///     }
/// });
/// assert_eq!(client.call(21).await.unwrap(), 42);
/// drop(client);
/// doubling.await.unwrap();
/// # }
/// ```
#[must_use]
#[track_caller]
pub fn channel<Req, Resp>(capacity: usize) -> (Client<Req, Resp>, Server<Req, Resp>) {
    let (requests, incoming) = mpsc::channel(capacity);
    (Client { requests }, Server::new(incoming))
}

impl<Req, Resp> Client<Req, Resp> {
    /// Asks, and waits for the response. Waits for room first, in order of arrival.
    ///
    /// # Errors
    ///
    /// [`CallError::Closed`] with the request, or [`CallError::Dropped`].
    ///
    /// # Cancel safety
    ///
    /// Dropped while it waits for room, it has asked nothing. Dropped later, the
    /// server sees that the caller is gone
    /// ([`Reply::is_abandoned`](super::Reply::is_abandoned)).
    ///
    /// Keep polling it: one that was granted room and is not polled keeps it from the
    /// others.
    pub async fn call(&self, request: Req) -> Result<Resp, CallError<Req>> {
        match self.room().await {
            Ok(room) => response(ask(room, request).await),
            Err(_closed) => Err(CallError::Closed(request)),
        }
    }

    /// As [`call`](Self::call), for at most `limit`, over both waits together.
    ///
    /// # Errors
    ///
    /// [`CallError`].
    ///
    /// # Panics
    ///
    /// When it has to wait outside a Tokio runtime with timers.
    ///
    /// # Cancel safety
    ///
    /// As [`call`](Self::call).
    pub async fn call_within(&self, limit: Duration, request: Req) -> Result<Resp, CallError<Req>> {
        let deadline = Deadline::after(limit);
        let room = match deadline.bound(self.room()).await {
            Ok(Ok(room)) => room,
            Ok(Err(_closed)) => return Err(CallError::Closed(request)),
            Err(_elapsed) => return Err(CallError::TimedOut(Some(request))),
        };
        match deadline.bound(ask(room, request)).await {
            Ok(answered) => response(answered),
            Err(_elapsed) => Err(CallError::TimedOut(None)),
        }
    }

    /// Room for a request. What comes free is granted to who waits, before anybody can
    /// see it: to try first, which costs less, overtakes nobody.
    async fn room(&self) -> Result<Room<'_, Req, Resp>, SendError<()>> {
        match self.requests.try_reserve() {
            Ok(room) => Ok(room),
            Err(_) => rt::in_turn_at_tokio(self.requests.reserve()).await,
        }
    }

    /// Whether the server is gone or takes no more.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.requests.is_closed()
    }
}

type Room<'a, Req, Resp> = mpsc::Permit<'a, Envelope<Req, Resp>>;
type Answered<Req, Resp> = oneshot::Receiver<Answer<Req, Resp>>;

fn ask<Req, Resp>(room: Room<'_, Req, Resp>, request: Req) -> Answered<Req, Resp> {
    let (reply, answered) = oneshot::channel();
    room.send(Envelope { request, reply });
    answered
}

fn response<Req, Resp>(
    answered: Result<Answer<Req, Resp>, oneshot::error::RecvError>,
) -> Result<Resp, CallError<Req>> {
    match answered {
        Ok(Answer::Response(response)) => Ok(response),
        Ok(Answer::Unseen(request)) => Err(CallError::Closed(request)),
        Err(_dropped) => Err(CallError::Dropped),
    }
}

impl<Req, Resp> Clone for Client<Req, Resp> {
    fn clone(&self) -> Self {
        Self { requests: self.requests.clone() }
    }
}

impl<Req, Resp> fmt::Debug for Client<Req, Resp> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("is_closed", &self.is_closed()).finish_non_exhaustive()
    }
}
