use std::fmt;
use std::future::poll_fn;

use tokio::sync::mpsc;

use super::SendError;
use crate::error::Panicked;
use crate::rt;

/// What a producer sends into. It does not keep the stream from ending: that, only
/// its producer's task does.
pub struct Sender<T> {
    /// Weak, so that one that outlives its task (in a global, in a task of its own)
    /// keeps nobody waiting.
    items: mpsc::WeakSender<Result<T, Panicked>>,
}

impl<T> Sender<T> {
    pub(super) fn new(items: mpsc::WeakSender<Result<T, Panicked>>) -> Self {
        Self { items }
    }

    /// Sends a value to the stream. Waits for room, in order of arrival.
    ///
    /// # Errors
    ///
    /// [`SendError`], with the value, if the stream is gone, or ended since all
    /// producers have.
    ///
    /// # Cancel safety
    ///
    /// Dropped, it has sent the value or it has not. The place in the queue is lost.
    ///
    /// Keep polling it: one that was granted room and is not polled keeps it from the
    /// others, and one that waits keeps the stream from its end.
    pub async fn send(&self, value: T) -> Result<(), SendError<T>> {
        let Some(items) = self.items.upgrade() else {
            // A loop that sends in vain lets its neighbours run, too.
            poll_fn(rt::poll_budget).await.made_progress();
            return Err(SendError(value));
        };
        match rt::in_turn_at_tokio(items.reserve()).await {
            Ok(room) => {
                room.send(Ok(value));
                Ok(())
            }
            Err(_closed) => Err(SendError(value)),
        }
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        Self { items: self.items.clone() }
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").finish_non_exhaustive()
    }
}
