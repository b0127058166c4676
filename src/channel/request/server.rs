use std::fmt;
use std::future::poll_fn;
use std::panic::{self, AssertUnwindSafe};

use tokio::sync::{mpsc, oneshot};

use super::Reply;
use crate::rt;

/// A request on its way, and where its response goes.
pub(super) struct Envelope<Req, Resp> {
    pub(super) request: Req,
    pub(super) reply: oneshot::Sender<Answer<Req, Resp>>,
}

/// What comes back to a caller.
pub(super) enum Answer<Req, Resp> {
    Response(Resp),
    /// The request, which no server has seen.
    Unseen(Req),
}

/// The side of a channel that answers. There is one.
///
/// Dropped, it takes no more, and hands the requests that it has not taken back to
/// their callers.
pub struct Server<Req, Resp> {
    incoming: mpsc::Receiver<Envelope<Req, Resp>>,
    is_closed: bool,
}

impl<Req, Resp> Server<Req, Resp> {
    pub(super) fn new(incoming: mpsc::Receiver<Envelope<Req, Resp>>) -> Self {
        Self { incoming, is_closed: false }
    }

    /// The next request, in order of arrival, and where its response goes. `None` when
    /// all clients are gone, or it was [closed](Self::close), and nothing is left.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: no request is lost.
    pub async fn next(&mut self) -> Option<(Req, Reply<Req, Resp>)> {
        // Once closed there is nothing to wait for: who was granted room and has not used
        // it yet is refused. Tokio 1.47 would wait for that one, and is not always woken
        // when it has left.
        let envelope = if self.is_closed {
            poll_fn(rt::poll_budget).await.made_progress();
            self.incoming.try_recv().ok()
        } else {
            self.incoming.recv().await
        };
        let Envelope { request, reply } = envelope?;
        Some((request, Reply::new(reply)))
    }

    /// Takes no more requests. Those that are under way are still to be taken.
    pub fn close(&mut self) {
        self.is_closed = true;
        self.incoming.close();
    }
}

impl<Req, Resp> Drop for Server<Req, Resp> {
    fn drop(&mut self) {
        self.incoming.close();
        let mut panicked = None;
        while let Ok(Envelope { request, reply }) = self.incoming.try_recv() {
            // Fails if the caller is gone: then nobody wants it back.
            let give_back = || drop(reply.send(Answer::Unseen(request)));
            // A request that panics at its end keeps none of the others from theirs.
            if let Err(payload) = panic::catch_unwind(AssertUnwindSafe(give_back)) {
                panicked = Some(payload);
            }
        }
        if let Some(payload) = panicked {
            panic::resume_unwind(payload);
        }
    }
}

impl<Req, Resp> fmt::Debug for Server<Req, Resp> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").finish_non_exhaustive()
    }
}
