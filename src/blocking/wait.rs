use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::BlockingError;
use super::core::Asked;
use super::shared::Shared;
use crate::error::catch;
use crate::rt;
use crate::waiters::Ticket;

/// A thread of those that may be taken. Dropped, it goes to the next.
pub(super) struct Thread(Shared);

impl Drop for Thread {
    fn drop(&mut self) {
        if let Some(waker) = self.0.core.with(super::core::Core::end) {
            // A waker's panic is not the closure's, whose end this is, and must not
            // meet one of the closure's own.
            let _ = catch(|| waker.wake());
        }
    }
}

/// Waits for a thread. Dropped, it leaves the queue, and what it was granted goes
/// to the next.
pub(super) struct Wait<'a> {
    shared: &'a Shared,
    ticket: Option<Ticket>,
}

impl<'a> Wait<'a> {
    pub(super) fn new(shared: &'a Shared) -> Self {
        Self { shared, ticket: None }
    }
}

impl Future for Wait<'_> {
    type Output = Result<Thread, BlockingError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Poll::Ready(coop) = rt::poll_budget(cx) else {
            if self.ticket.is_none() {
                let waker = cx.waker().clone();
                let (ticket, _spare) = self.shared.core.with(|core| core.queue_up(waker));
                self.ticket = ticket;
            }
            return Poll::Pending;
        };
        let (waker, ticket) = (cx.waker().clone(), self.ticket.take());
        let (outcome, spare) = match self.shared.core.with(|core| core.ask(ticket, waker)) {
            Asked::Granted { spare } => (Ok(Thread(self.shared.clone())), spare),
            Asked::Full { spare } => (Err(BlockingError::Full), spare),
            Asked::Parked { ticket, replaced } => {
                self.ticket = Some(ticket);
                drop(replaced);
                return Poll::Pending;
            }
        };
        coop.made_progress();
        drop(spare);
        Poll::Ready(outcome)
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            let (next, spare) = self.shared.core.with(|core| core.withdraw(ticket));
            if let Some(next) = next {
                next.wake();
            }
            drop(spare);
        }
    }
}
